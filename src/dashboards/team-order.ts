import type { Day } from '../kernel/clock';
import type { TargetShown } from '../progress/target';

/** What people of a team are sorted and narrowed by. */
export interface Member {
  readonly id: string;
  readonly name: string;
  readonly currentLevel: number | null;
  readonly lastEvidenceOn: Day | null;
  readonly goingOn: boolean;
  readonly target: TargetShown | null;
  readonly claim: { readonly overdue: boolean; readonly waitsOn: readonly unknown[] } | null;
}

export const memberSorts = ['name', 'currentLevel', 'lastEvidenceOn', 'target'] as const;
export type MemberSort = (typeof memberSorts)[number];
export const memberStates = ['submitted', 'overdue', 'nobody-can-decide', 'on-track', 'late', 'reached', 'no-target'] as const;
export type MemberState = (typeof memberStates)[number];
export type Order = 'asc' | 'desc';

/** What people of a team are narrowed to; null is not asked. */
export interface MemberFilter {
  /** The highest level held, 0 for none. */
  readonly level: number | null;
  /** The level that comes next for them: the lowest defined one above the one they hold. */
  readonly nextLevel: number | null;
  readonly state: MemberState | null;
  /** A statement that they show. */
  readonly shows: string | null;
  /** A statement that they do not show. */
  readonly lacks: string | null;
}

/** Whether somebody is in a state: of their submitted claim, or of their target. */
export function isIn(state: MemberState, { claim, target }: Pick<Member, 'claim' | 'target'>): boolean {
  switch (state) {
    case 'submitted':
      return claim !== null;
    case 'overdue':
      return claim?.overdue === true;
    case 'nobody-can-decide':
      return claim?.waitsOn.length === 0;
    case 'no-target':
      return target === null;
    case 'on-track':
    case 'late':
    case 'reached':
      return target?.state === state;
  }
}

/** The lowest defined level above the one that is held; null where none is. */
export const nextLevelOf = (currentLevel: number | null, defined: readonly number[]): number | null =>
  defined.filter((level) => level > (currentLevel ?? 0)).sort((a, b) => a - b)[0] ?? null;

/**
 * Whether somebody is among those asked for.
 * @param defined the levels that the skill defines
 * @param shown which of the statements that are asked about they show
 */
export const isAsked = (filter: MemberFilter, member: Member, defined: readonly number[], shown: readonly string[]): boolean =>
  (filter.level === null || filter.level === (member.currentLevel ?? 0)) &&
  (filter.nextLevel === null || filter.nextLevel === nextLevelOf(member.currentLevel, defined)) &&
  (filter.state === null || isIn(filter.state, member)) &&
  (filter.shows === null || shown.includes(filter.shows)) &&
  (filter.lacks === null || !shown.includes(filter.lacks));

/** Things in the order of these keys, one after the other; equals as they came in. */
export function sortedBy<One>(things: readonly One[], ...keys: readonly (readonly [(one: One) => string | number, Order])[]): One[] {
  return things.toSorted((a, b) => {
    for (const [key, order] of keys) {
      const [one, other] = [key(a), key(b)];
      if (one !== other) return (one < other ? -1 : 1) * (order === 'asc' ? 1 : -1);
    }
    return 0;
  });
}

/** What a person is sorted by; null, which has no place among the others, comes last. */
const keyOf: Readonly<Record<Exclude<MemberSort, 'name'>, (member: Member) => string | number | null>> = {
  currentLevel: ({ currentLevel }) => currentLevel,
  // work that goes on is later than any day
  lastEvidenceOn: ({ lastEvidenceOn, goingOn }) => (goingOn ? '9999-12-31' : lastEvidenceOn),
  target: ({ target }) => target?.by ?? null,
};

/**
 * People in order; equals, and those without what is sorted by, in the order they came in, the latter last whichever way it goes.
 * @param byName the people by name, as the database sorts names
 */
export function inOrder<One extends Member>(byName: readonly One[], sort: MemberSort, order: Order): One[] {
  if (sort === 'name') return order === 'asc' ? [...byName] : byName.toReversed();
  const key = keyOf[sort];
  const sign = order === 'asc' ? 1 : -1;
  return byName.toSorted((a, b) => {
    const [one, other] = [key(a), key(b)];
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    return one === other ? 0 : one < other ? -sign : sign;
  });
}
