/*
 * Figures of small groups say something of single people, so they are withheld; and with them as many others that nobody gets them back by subtracting,
 * not even knowing this file. Which others are withheld must not depend on how large they are: if the next larger one were, that would tell its size.
 * So the groups of a breakdown stand in fixed pairs, and what is withheld is whole pairs. All tables of few people were tried (small-groups.spec.ts).
 */

/** A group of fewer people than this is small. An empty one is nobody, and is shown. */
export const smallestGroup = 5;

/** One group of a breakdown: each person of the whole is in exactly one of them. */
export interface Group {
  readonly name: string;
  /** How many people are in it. */
  readonly people: number;
  /** How many of these the reader does not see by name elsewhere (in their own team's dashboard): taking away those whom they do see leaves these. */
  readonly unseen: number;
}

const isSmall = (people: number): boolean => people > 0 && people < smallestGroup;
const sum = (groups: readonly Group[], of: 'people' | 'unseen'): number => groups.reduce((total, group) => total + group[of], 0);

/** Whether the number of people in the whole, or in one group on its own, may be shown. */
export const mayShow = ({ people, unseen }: Omit<Group, 'name'>): boolean => !isSmall(people) && !isSmall(unseen);

/** Groups in pairs, in their order; three at the end of an odd number. */
function pairsOf(groups: readonly Group[]): Group[][] {
  const pairs = Array.from({ length: Math.max(1, Math.floor(groups.length / 2)) }, (_, i) => groups.slice(2 * i, 2 * i + 2));
  if (groups.length % 2 === 1 && groups.length > 1) pairs.at(-1)?.push(...groups.slice(-1));
  return pairs;
}

/**
 * The groups of one breakdown whose figures are withheld, by name: the pairs with a small group, and as many others as it takes until what is withheld
 * together (which is known from the whole and the rest) is no small group either. Where the whole is one, everything is.
 */
export function withheldIn(groups: readonly Group[]): ReadonlySet<string> {
  const whole = { people: sum(groups, 'people'), unseen: sum(groups, 'unseen') };
  const pairs = pairsOf(groups);
  const withheld = mayShow(whole) ? pairs.filter((pair) => !pair.every(mayShow)) : pairs;
  const rest = pairs.filter((pair) => !withheld.includes(pair));
  const isTooLittle = (): boolean => {
    const all = withheld.flat();
    return sum(all, 'people') < smallestGroup || (whole.unseen > 0 && sum(all, 'unseen') < smallestGroup);
  };
  while (withheld.length > 0 && isTooLittle()) {
    const next = rest.shift();
    if (next === undefined) break;
    withheld.push(next);
  }
  return new Set(withheld.flat().map(({ name }) => name));
}
