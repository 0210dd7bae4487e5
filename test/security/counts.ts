import { report } from '../deep/deep';

const begun = Date.now();

/** Tells the report of the deep run what a spec has counted: how many of what, and the rest in words. */
export function tell(what: string, count: number, rest: Readonly<Record<string, number | string>>, seed?: number): void {
  const result = Object.entries(rest).map(([name, n]) => `${n} ${name}`);
  report({
    part: 'security',
    what,
    count,
    result: result.join(', '),
    milliseconds: Date.now() - begun,
    ...(seed === undefined ? {} : { seed }),
  });
}
