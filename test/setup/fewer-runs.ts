import type * as FastCheck from 'fast-check';

/*
 * For mutation testing, where every spec runs hundreds of times: properties are tried with 30 inputs each, always the same ones, and a failure is
 * enough, the smallest is not looked for. Fewer inputs kill fewer mutants, never more.
 */
jest.mock('fast-check', () => {
  const real = jest.requireActual<typeof FastCheck>('fast-check');
  real.configureGlobal({ seed: 42, endOnFailure: true });
  const assert = ((property, parameters) =>
    real.assert(property, { ...parameters, numRuns: Math.min(parameters?.numRuns ?? 30, 30) })) as typeof real.assert;
  const fewer = { ...real, assert };
  return { ...fewer, default: fewer, __esModule: true };
});
