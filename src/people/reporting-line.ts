/** Everybody's direct manager, by id; null for who has none. */
export type Managers = ReadonlyMap<string, string | null>;

/** One row of the closure: `ancestor` is `depth` steps above `descendant`. */
export interface LineRow {
  readonly ancestor: string;
  readonly descendant: string;
  readonly depth: number;
}

/**
 * Who is above a person, the direct manager first.
 * @returns null where following the managers never ends: a loop
 */
export function chainOf(managers: Managers, personId: string): string[] | null {
  const chain: string[] = [];
  const seen = new Set([personId]);
  for (let next = managers.get(personId) ?? null; next !== null; next = managers.get(next) ?? null) {
    if (seen.has(next)) return null;
    seen.add(next);
    chain.push(next);
  }
  return chain;
}

/** The closure of these people: a row for everybody above each of them. Throws a RangeError where there is a loop. */
export function closureOf(managers: Managers, people: Iterable<string>): LineRow[] {
  const rows: LineRow[] = [];
  for (const descendant of people) {
    const chain = chainOf(managers, descendant);
    if (chain === null) throw new RangeError(`${descendant} is in or below a loop of managers`);
    chain.forEach((ancestor, index) => rows.push({ ancestor, descendant, depth: index + 1 }));
  }
  return rows;
}

/**
 * Whose place in the closure changes when managers change: those whose manager changes, and everybody who is or was below one of them.
 * `after` is free of loops and holds everybody whom `before` holds.
 */
export function movedBy(before: Managers, after: Managers): string[] {
  const changed = new Set([...after.keys()].filter((id) => (before.get(id) ?? null) !== after.get(id)));
  // up to the first change the old chain and the new one are the same, so looking along the new one is enough
  return [...after.keys()].filter((id) => changed.has(id) || (chainOf(after, id) ?? []).some((ancestor) => changed.has(ancestor)));
}
