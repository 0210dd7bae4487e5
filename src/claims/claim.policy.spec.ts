import type { Role, Viewpoint } from '../kernel/actor';
import { checkEligible, checkMayJudge, type JudgeFacts } from '../progress/eligibility';
import { type ClaimAction, type ClaimState, claimActions, claimStates } from './claim';
import { type ClaimOutline, actionsOf, checkGate, checkMay, checkOpenFor, sightOf } from './claim.policy';
import type { GateVerdict } from './gate';

const skill = 'f-1:SKIL';
const open: GateVerdict = { submittable: true, approvable: true, unmet: [] };

const viewpoint = (over: { self?: boolean; above?: boolean; mentorSkills?: string[]; roles?: Role[] } | null): Viewpoint => ({
  personId: 'p',
  name: 'P',
  email: 'p@example.test',
  sessionId: 's',
  roles: over?.roles ?? [],
  ...(over === null
    ? {}
    : { relation: { engineerId: 'e', self: over.self ?? false, above: over.above ?? false, mentorSkills: over.mentorSkills ?? [] } }),
});

const judge = (over: Partial<JudgeFacts> = {}): JudgeFacts => ({
  personId: 'p',
  active: true,
  engineerActive: true,
  self: false,
  above: false,
  mentorship: 'in-force',
  heldLevel: null,
  accreditedLevel: 4,
  barred: false,
  ...over,
});

const claim = (state: ClaimState, submission = state === 'draft' ? 0 : 1): ClaimOutline => ({ skill, level: 3, state, submission });

describe('who sees a claim', () => {
  test.each<[string, Viewpoint, Record<ClaimState, 'full' | 'without-feedback' | 'none'>]>([
    [
      'self',
      viewpoint({ self: true }),
      { draft: 'full', submitted: 'full', 'changes-requested': 'full', approved: 'full', refused: 'full', withdrawn: 'full' },
    ],
    [
      'an auditor',
      viewpoint({ roles: ['auditor'] }),
      { draft: 'full', submitted: 'full', 'changes-requested': 'full', approved: 'full', refused: 'full', withdrawn: 'full' },
    ],
    [
      'a mentor',
      viewpoint({ mentorSkills: [skill] }),
      { draft: 'none', submitted: 'full', 'changes-requested': 'full', approved: 'full', refused: 'full', withdrawn: 'full' },
    ],
    [
      'a mentor of another skill',
      viewpoint({ mentorSkills: ['f-1:ELSE'] }),
      { draft: 'none', submitted: 'none', 'changes-requested': 'none', approved: 'none', refused: 'none', withdrawn: 'none' },
    ],
    [
      'above in the line',
      viewpoint({ above: true }),
      {
        draft: 'none',
        submitted: 'without-feedback',
        'changes-requested': 'none',
        approved: 'without-feedback',
        refused: 'none',
        withdrawn: 'none',
      },
    ],
    [
      'an admin',
      viewpoint({ roles: ['admin'] }),
      { draft: 'none', submitted: 'none', 'changes-requested': 'none', approved: 'none', refused: 'none', withdrawn: 'none' },
    ],
    [
      'nobody',
      viewpoint(null),
      { draft: 'none', submitted: 'none', 'changes-requested': 'none', approved: 'none', refused: 'none', withdrawn: 'none' },
    ],
  ])('%s', (_, who, expected) => {
    for (const state of claimStates) expect([state, sightOf(who, claim(state))]).toEqual([state, expected[state]]);
  });

  test('a mentor never sees a claim that was withdrawn as a draft', () => {
    expect(sightOf(viewpoint({ mentorSkills: [skill] }), claim('withdrawn', 0))).toBe('none');
  });
});

describe('who may judge', () => {
  test.each<[string, Partial<JudgeFacts>, string | null]>([
    ['an eligible mentor', {}, null],
    ['by a sign-off at the level', { heldLevel: 3, accreditedLevel: null }, null],
    ['by a sign-off above the level', { heldLevel: 5, accreditedLevel: null }, null],
    ['the engineer', { self: true }, 'own-claim'],
    ['somebody deactivated', { active: false }, 'not-allowed'],
    ['of a deactivated engineer', { engineerActive: false }, 'person-state'],
    ['somebody above', { above: true }, 'line-manager'],
    ['somebody above who is no mentor', { above: true, mentorship: 'none' }, 'line-manager'],
    ['no mentor', { mentorship: 'none' }, 'not-your-mentee'],
    ['a former mentor', { mentorship: 'not-in-force' }, 'mentorship-ended'],
    ['a mentor below the level', { heldLevel: 2, accreditedLevel: 2 }, 'mentor-level-too-low'],
    ['a mentor who holds nothing', { heldLevel: null, accreditedLevel: null }, 'mentor-level-too-low'],
  ])('%s', (_, over, code) => {
    expect(checkEligible(judge(over), 3, false)?.code ?? null).toBe(code);
  });

  test('the policy may let the line judge, and nothing else changes', () => {
    expect(checkEligible(judge({ above: true }), 3, true)).toBeNull();
    expect(checkEligible(judge({ above: true, mentorship: 'none' }), 3, true)).toMatchObject({ code: 'not-your-mentee' });
    expect(checkEligible(judge({ self: true, above: true }), 3, true)).toMatchObject({ code: 'own-claim' });
  });

  test('who was invited afresh is a mentor all the same, and judges nothing yet', () => {
    expect(checkEligible(judge({ barred: true }), 3, false)).toBeNull();
    expect(checkMayJudge(judge({ barred: true }), 3, false)).toMatchObject({
      code: 'not-allowed',
      detail: expect.stringContaining('less than 72 hours ago') as string,
    });
    const barred = claimActions.filter(
      (action) => checkMay(action, viewpoint({ mentorSkills: [skill] }), claim('submitted'), judge({ barred: true }), false) !== null,
    );
    expect(barred).toEqual(claimActions);
  });

  test.each<[ClaimAction, string | null, string]>([
    ['edit', null, 'not-allowed'],
    ['submit', null, 'not-allowed'],
    ['withdraw', null, 'not-allowed'],
    ['review', 'own-claim', ''],
    ['approve', 'own-claim', ''],
    ['requestChanges', 'own-claim', ''],
    ['refuse', 'own-claim', ''],
  ])('%s: the engineer and a mentor', (action, forSelf, forMentor) => {
    expect(checkMay(action, viewpoint({ self: true }), claim('submitted'), judge({ self: true }), false)?.code ?? null).toBe(forSelf);
    expect(checkMay(action, viewpoint({ mentorSkills: [skill] }), claim('submitted'), judge(), false)?.code ?? '').toBe(forMentor);
  });

  test('an admin or auditor who is no mentor judges nothing', () => {
    for (const role of ['admin', 'auditor'] as const) {
      expect(checkMay('approve', viewpoint({ roles: [role] }), claim('submitted'), judge({ mentorship: 'none' }), true)).toMatchObject({
        code: 'not-your-mentee',
      });
    }
  });
});

describe('what the state of a claim leaves open', () => {
  test.each<[string, ClaimAction, ClaimState, string[], string | null]>([
    ['an approval', 'approve', 'submitted', [], null],
    ['an approval beside another’s', 'approve', 'submitted', ['q'], null],
    ['a second approval by the same mentor', 'approve', 'submitted', ['p'], 'already-approved'],
    ['an approval too many', 'approve', 'approved', ['q'], 'already-signed-off'],
    ['an approval of a draft', 'approve', 'draft', [], 'claim-state'],
    ['a verdict', 'review', 'submitted', [], null],
    ['a verdict after a first approval', 'review', 'submitted', ['q'], 'claim-state'],
    ['changes after a first approval', 'requestChanges', 'submitted', ['q'], null],
    ['a refusal after one’s own approval', 'refuse', 'submitted', ['p'], null],
    ['an edit of what is submitted', 'edit', 'submitted', [], 'claim-state'],
  ])('%s (%s, %s, approved by %j): %s', (_, action, state, approvedBy, code) => {
    expect(checkOpenFor(action, { state, redacted: false }, approvedBy, 'p')?.code ?? null).toBe(code);
  });

  test('nothing is submitted or approved of which words are gone; all else goes on', () => {
    const code = (action: ClaimAction, state: ClaimState, approvedBy: string[] = []): string | null =>
      checkOpenFor(action, { state, redacted: true }, approvedBy, 'p')?.code ?? null;
    expect([code('submit', 'draft'), code('submit', 'changes-requested'), code('approve', 'submitted')]).toEqual(
      Array(3).fill('already-redacted'),
    );
    expect([code('approve', 'draft'), code('approve', 'submitted', ['p']), code('submit', 'submitted')]).toEqual([
      'claim-state',
      'already-approved',
      'claim-state',
    ]);
    expect([
      code('edit', 'draft'),
      code('withdraw', 'submitted'),
      code('requestChanges', 'submitted'),
      code('refuse', 'submitted'),
    ]).toEqual(Array(4).fill(null));
  });
});

describe('actions', () => {
  const shut: GateVerdict = {
    submittable: false,
    approvable: false,
    unmet: [
      { code: 'too-few-items', detail: 'x', blocks: 'submission' },
      { code: 'statement-not-accepted', detail: 'y', statement: 's', blocks: 'approval' },
    ],
  };

  test('say what the enforcing checks would say', () => {
    const actions = actionsOf(viewpoint({ mentorSkills: [skill] }), {
      outline: { ...claim('submitted'), redacted: false },
      approvedBy: [],
      gate: shut,
      judge: judge(),
      lineManagerMayApprove: false,
    });
    expect(actions.approve).toMatchObject({ allowed: false, code: 'gate-not-met' });
    expect(actions.review).toEqual({ allowed: true });
    expect(actions.submit).toMatchObject({ allowed: false, code: 'not-allowed' });
    expect(
      actionsOf(viewpoint({ self: true }), {
        outline: { ...claim('draft'), redacted: false },
        approvedBy: [],
        gate: open,
        judge: judge({ self: true }),
        lineManagerMayApprove: false,
      }),
    ).toMatchObject({
      submit: { allowed: true },
      edit: { allowed: true },
      approve: { allowed: false, code: 'own-claim' },
    });
  });

  test('a refused step lists what blocks that step and nothing else', () => {
    expect(checkGate('submit', shut)?.errors).toEqual([shut.unmet[0]]);
    expect(checkGate('approve', shut)?.errors).toEqual([shut.unmet[1]]);
    expect(checkGate('refuse', shut)).toBeNull();
    expect(checkGate('approve', open)).toBeNull();
    expect(checkGate('submit', shut)?.detail).toBe('The gate is not met: 1 thing is missing for submission.');
    const twice = { ...shut, unmet: [...shut.unmet, ...shut.unmet] };
    expect(checkGate('approve', twice)?.detail).toBe('The gate is not met: 2 things are missing for approval.');
  });

  test('who is no longer there, or has nothing to do with the engineer, does nothing that is the engineer’s', () => {
    for (const action of ['edit', 'submit', 'withdraw'] as const) {
      expect(checkMay(action, viewpoint(null), claim('draft'), judge({ mentorship: 'none' }), false)).toMatchObject({
        code: 'not-allowed',
        detail: 'Only the engineer can do this with their claim.',
      });
    }
  });
});
