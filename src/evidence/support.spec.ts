import fc from 'fast-check';
import { type SupportAction, type SupportState, nextState, supportStates, supportTransitions } from './support';

const actions: readonly SupportAction[] = ['propose', 'reword', 'withdraw', 'accept', 'return', 'reopen'];

describe('the states of a support', () => {
  it.each<[SupportState | null, SupportAction, string]>([
    [null, 'propose', 'proposed'],
    [null, 'accept', 'not-found'],
    ['proposed', 'accept', 'accepted'],
    ['proposed', 'return', 'returned'],
    ['proposed', 'propose', 'support-exists'],
    ['accepted', 'return', 'returned'],
    ['returned', 'accept', 'accepted'],
    ['accepted', 'reopen', 'proposed'],
    ['returned', 'reword', 'proposed'],
    ['accepted', 'withdraw', 'withdrawn'],
    ['withdrawn', 'propose', 'proposed'],
    ['withdrawn', 'accept', 'not-found'],
    ['withdrawn', 'reword', 'not-found'],
    ['withdrawn', 'withdraw', 'not-found'],
    ['withdrawn', 'reopen', 'not-found'],
  ])('%s, %s: %s', (state, action, expected) => {
    const next = nextState(state, action);
    expect(typeof next === 'object' ? next.code : next).toBe(expected);
  });

  it('reaches no state outside the table, whatever the order of actions; a verdict never comes out of nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...actions), { maxLength: 20 }), (steps) => {
        let state: SupportState | null = null;
        for (const step of steps) {
          const next: ReturnType<typeof nextState> = nextState(state, step);
          if (typeof next === 'object') continue;
          expect(supportStates).toContain(next);
          if (next === 'accepted') expect(step).toBe('accept');
          if (next === 'returned') expect(step).toBe('return');
          if (state === 'withdrawn' || state === null) expect(step).toBe('propose');
          state = next;
        }
      }),
    );
  });

  it('says for every state what may follow', () => {
    expect(Object.keys(supportTransitions).sort()).toEqual([...supportStates].sort());
  });
});
