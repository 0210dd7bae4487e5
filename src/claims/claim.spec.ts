import fc from 'fast-check';
import { addWorkdays, workdaysBetween } from '../kernel/clock';
import {
  type ClaimAction,
  type ClaimState,
  checkApprovalOpen,
  checkReviewOpen,
  checkState,
  claimActions,
  claimStates,
  dueOn,
  isWithEngineer,
  openStates,
  reviewDaysLeft,
  stateAfterApproval,
  step,
  transitions,
} from './claim';

/** design.md's table, written a second time: a change of either must be a change of both. */
const designed: Record<ClaimState, ClaimAction[]> = {
  draft: ['edit', 'submit', 'withdraw'],
  submitted: ['withdraw', 'review', 'approve', 'requestChanges', 'refuse'],
  'changes-requested': ['edit', 'submit', 'withdraw'],
  approved: [],
  refused: [],
  withdrawn: [],
};

describe('the life of a claim', () => {
  test.each(claimStates.flatMap((state) => claimActions.map((action) => [state, action] as const)))('%s: %s', (state, action) => {
    const refusal = checkState(state, action);
    if (designed[state].includes(action)) expect(refusal).toBeNull();
    else expect(refusal).toMatchObject({ kind: 'wrong-state', code: 'claim-state' });
  });

  test('a refusal names the state and what is not possible in it', () => {
    expect(checkState('changes-requested', 'approve')?.detail).toBe(
      'The claim is changes requested: approving it is not possible in this state.',
    );
    const said = claimActions.map((action) => checkState('withdrawn', action)?.detail.replace(/^.*: (.*) is not.*$/, '$1'));
    expect(said).toEqual([
      'editing it',
      'submitting it',
      'withdrawing it',
      'reviewing its supports',
      'approving it',
      'requesting changes',
      'refusing it',
    ]);
  });

  test('a claim rests on what its record says now exactly while it is with its engineer', () => {
    expect(claimStates.filter(isWithEngineer)).toEqual(['draft', 'changes-requested']);
  });

  test('open states are those that have an action', () => {
    expect(openStates).toEqual(['draft', 'submitted', 'changes-requested']);
  });

  test('a step that the table does not have is loud', () => {
    expect(() => step('draft', 'submit', 'approved')).toThrow('no step submit from draft to approved');
    expect(() => step('refused', 'submit', 'submitted')).toThrow();
    expect(step('changes-requested', 'submit', 'submitted')).toBe('submitted');
  });

  test('approving twice, approving what is decided, and approving what is not submitted are told apart', () => {
    expect(checkApprovalOpen('submitted', ['m'], 'm')).toMatchObject({ code: 'already-approved' });
    expect(checkApprovalOpen('approved', ['m'], 'm')).toMatchObject({ code: 'already-approved' });
    expect(checkApprovalOpen('approved', ['m'], 'n')).toMatchObject({ code: 'already-signed-off' });
    expect(checkApprovalOpen('submitted', ['m'], 'n')).toBeNull();
    for (const state of ['draft', 'changes-requested', 'refused', 'withdrawn'] as const) {
      expect(checkApprovalOpen(state, [], 'm')).toMatchObject({ code: 'claim-state' });
      // an approval of a submission that no longer stands is no obstacle of its own
      expect(checkApprovalOpen(state, ['m'], 'm')).toMatchObject({ code: 'claim-state' });
    }
  });

  test('verdicts are closed by a first approval', () => {
    expect(checkReviewOpen('submitted', [])).toBeNull();
    expect(checkReviewOpen('submitted', ['m'])).toMatchObject({
      code: 'claim-state',
      detail: 'This submission has an approval: verdicts change only after a change request.',
    });
    expect(checkReviewOpen('draft', [])).toMatchObject({ code: 'claim-state' });
  });

  test('the last approval needed approves, none before', () => {
    expect(stateAfterApproval(1, 2)).toBe('submitted');
    expect(stateAfterApproval(2, 2)).toBe('approved');
    expect(stateAfterApproval(1, 1)).toBe('approved');
  });

  test('whatever the order of actions, no state is reached that the design does not have, and a closed claim never moves', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...claimActions), fc.nat()), { maxLength: 40 }), (actions) => {
        let state: ClaimState = 'draft';
        let closed = false;
        for (const [action, pick] of actions) {
          const next: readonly ClaimState[] | undefined = transitions[state][action];
          if (next === undefined) {
            expect(checkState(state, action)).not.toBeNull();
            continue;
          }
          expect(closed).toBe(false);
          state = step(state, action, next[pick % next.length] ?? state);
          expect(claimStates).toContain(state);
          closed = !openStates.includes(state);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('by when a claim is due', () => {
  test('ten working days after its submission', () => {
    expect(dueOn('2026-11-20', 10, null)).toBe('2026-12-04');
    expect(dueOn('2026-11-21', 1, null)).toBe('2026-11-23');
  });

  test('the time it is back with the engineer does not count', () => {
    const due = dueOn('2026-11-02', 10, null);
    const left = reviewDaysLeft('2026-11-06', due);
    expect(left).toBe(6);
    expect(dueOn('2026-12-14', 10, left)).toBe('2026-12-22');
    expect(reviewDaysLeft('2026-12-30', due)).toBe(0);
    expect(dueOn('2026-12-30', 10, 0)).toBe('2026-12-30');
  });

  test('working days added are the working days between', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 60 }), (offset, days) => {
        const start = new Date(Date.UTC(2026, 0, 1 + offset)).toISOString().slice(0, 10);
        const end = addWorkdays(start, days);
        expect(workdaysBetween(start, end)).toBe(days);
        expect([0, 6]).not.toContain(new Date(end).getUTCDay());
      }),
    );
  });
});
