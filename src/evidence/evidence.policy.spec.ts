import fc from 'fast-check';
import type { Viewpoint } from '../kernel/actor';
import type { JudgeFacts } from '../progress/eligibility';
import {
  type EvidenceAction,
  type SupportStanding,
  checkEvidenceAction,
  checkReviewable,
  checkReviewer,
  checkSupportChange,
  evidenceActionsOf,
  ownJudge,
  sightOf,
  supportActionsOf,
} from './evidence.policy';

const engineerId = '01931b2e-7c00-7000-8000-000000000001';

const viewpoint = (traits: { self?: boolean; above?: boolean; mentorSkills?: string[]; roles?: ('admin' | 'auditor')[] }): Viewpoint => ({
  personId: traits.self === true ? engineerId : '01931b2e-7c00-7000-8000-000000000002',
  name: 'Somebody',
  email: 'somebody@example.test',
  roles: traits.roles ?? [],
  sessionId: '01931b2e-7c00-7000-8000-000000000003',
  relation: { engineerId, self: traits.self ?? false, above: traits.above ?? false, mentorSkills: traits.mentorSkills ?? [] },
});

const self = viewpoint({ self: true });
const standing: SupportStanding = {
  state: 'logged',
  lockedLevels: [],
  skillLevel: 'sfia-9:ITOP.4',
  level: 4,
  lineManagerMayApprove: false,
  approvalGiven: false,
  isRedacted: false,
};
const mentor: JudgeFacts = { ...ownJudge('x'), self: false, mentorship: 'in-force', accreditedLevel: 4 };

describe('how far somebody sees', () => {
  it.each([
    ['the engineer', viewpoint({ self: true }), { all: true, skills: [], pinned: false }],
    ['an auditor', viewpoint({ roles: ['auditor'] }), { all: true, skills: [], pinned: false }],
    ['a mentor', viewpoint({ mentorSkills: ['sfia-9:ITOP'] }), { all: false, skills: ['sfia-9:ITOP'], pinned: false }],
    ['a manager', viewpoint({ above: true }), { all: false, skills: [], pinned: true }],
    ['both', viewpoint({ above: true, mentorSkills: ['sfia-9:ITOP'] }), { all: false, skills: ['sfia-9:ITOP'], pinned: true }],
    ['an admin', viewpoint({ roles: ['admin'] }), { all: false, skills: [], pinned: false }],
  ])('%s', (_, who, sight) => {
    expect(sightOf(who)).toEqual(sight);
  });

  it('where there is no such record: nothing, but for an auditor', () => {
    const { relation: _, ...nobody } = viewpoint({ self: true });
    expect(sightOf(nobody)).toEqual({ all: false, skills: [], pinned: false });
    expect(sightOf({ ...nobody, roles: ['auditor'] }).all).toBe(true);
    expect(checkEvidenceAction('edit', nobody, standing)?.code).toBe('not-allowed');
  });
});

describe('what an engineer may do', () => {
  const code = (action: EvidenceAction, facts: Partial<SupportStanding>, who = self): string | undefined =>
    checkEvidenceAction(action, who, { ...standing, ...facts })?.code;

  it.each<[EvidenceAction, Partial<SupportStanding>, string | undefined]>([
    ['edit', {}, undefined],
    ['edit', { lockedLevels: ['sfia-9:ITOP.4'] }, 'evidence-locked'],
    ['edit', { state: 'archived' }, 'evidence-archived'],
    ['archive', { lockedLevels: ['sfia-9:ITOP.4'] }, 'evidence-locked'],
    ['archive', { state: 'archived' }, 'evidence-archived'],
    ['addSupport', { lockedLevels: ['sfia-9:ITOP.4'] }, undefined],
    ['addSupport', { state: 'archived' }, 'evidence-archived'],
  ])('%s with %j: %s', (action, facts, expected) => {
    expect(code(action, facts)).toBe(expected);
  });

  it.each<[Partial<SupportStanding>, string | undefined]>([
    [{}, undefined],
    [{ lockedLevels: ['sfia-9:ITOP.4'] }, 'evidence-locked'],
    [{ lockedLevels: ['sfia-9:ITOP.3'] }, undefined],
    [{ state: 'archived' }, 'evidence-archived'],
  ])('a support with %j: %s', (facts, expected) => {
    expect(checkSupportChange(self, { ...standing, ...facts })?.code).toBe(expected);
  });

  it('is for nobody else', () => {
    for (const who of [
      viewpoint({ mentorSkills: ['sfia-9:ITOP'] }),
      viewpoint({ above: true }),
      viewpoint({ roles: ['admin', 'auditor'] }),
    ]) {
      expect(code('edit', {}, who)).toBe('not-allowed');
      expect(checkSupportChange(who, standing)).toMatchObject({
        code: 'not-allowed',
        detail: 'Only the engineer changes their own evidence.',
      });
    }
  });

  it('is told with the evidence, each action with its reason', () => {
    expect(evidenceActionsOf(self, { state: 'logged', lockedLevels: ['sfia-9:ITOP.4'] })).toEqual({
      edit: { allowed: false, code: 'evidence-locked', detail: expect.any(String) as string },
      archive: { allowed: false, code: 'evidence-locked', detail: expect.any(String) as string },
      addSupport: { allowed: true },
    });
    const { edit, withdraw } = supportActionsOf(self, { ...standing, lockedLevels: ['sfia-9:ITOP.4'] }, ownJudge(engineerId));
    expect(edit).toMatchObject({ allowed: false, code: 'evidence-locked' });
    expect(withdraw).toEqual(edit);
  });
});

describe('who may judge', () => {
  it.each<[string, Partial<JudgeFacts>, Partial<SupportStanding>, string | undefined]>([
    ['an accredited mentor', {}, {}, undefined],
    ['the engineer', { self: true }, {}, 'own-claim'],
    ['no mentor', { mentorship: 'none' }, {}, 'not-your-mentee'],
    ['one whose mentorship ended', { mentorship: 'not-in-force' }, {}, 'mentorship-ended'],
    ['one who holds too little', { accreditedLevel: 3 }, {}, 'mentor-level-too-low'],
    ['one who holds the level', { accreditedLevel: null, heldLevel: 5 }, {}, undefined],
    ['the manager', { above: true }, {}, 'line-manager'],
    ['the manager where the policy allows it', { above: true }, { lineManagerMayApprove: true }, undefined],
  ])('%s', (_, facts, support, expected) => {
    expect(checkReviewer({ ...mentor, ...facts }, { ...standing, ...support })?.code).toBe(expected);
  });

  it('not what is archived, nor what an approval rests on', () => {
    expect(checkReviewable({ ...standing, state: 'archived' })?.code).toBe('evidence-archived');
    expect(checkReviewable({ ...standing, isRedacted: true })?.code).toBe('already-redacted');
    expect(checkReviewable({ ...standing, approvalGiven: true })).toMatchObject({
      code: 'claim-state',
      detail: 'After a first approval the verdicts change only by a change request.',
    });
    expect(checkReviewable({ ...standing, lockedLevels: ['sfia-9:ITOP.4'] })).toBeNull();
  });

  it('never is the engineer, who holds nothing and mentors nobody here', () => {
    expect(ownJudge(engineerId)).toEqual({
      personId: engineerId,
      active: true,
      engineerActive: true,
      self: true,
      above: false,
      mentorship: 'none',
      heldLevel: null,
      accreditedLevel: null,
      barred: false,
    });
  });

  it('tells with the resource what it enforces', () => {
    const anyStanding = fc.record({
      state: fc.constantFrom('logged' as const, 'archived' as const),
      lockedLevels: fc.subarray(['sfia-9:ITOP.3', 'sfia-9:ITOP.4']),
      skillLevel: fc.constant('sfia-9:ITOP.4'),
      level: fc.constant(4),
      lineManagerMayApprove: fc.boolean(),
      approvalGiven: fc.boolean(),
      isRedacted: fc.boolean(),
    });
    const anyJudge = fc.record({
      personId: fc.constant('x'),
      active: fc.boolean(),
      engineerActive: fc.boolean(),
      self: fc.boolean(),
      above: fc.boolean(),
      mentorship: fc.constantFrom('in-force' as const, 'not-in-force' as const, 'none' as const),
      heldLevel: fc.option(fc.integer({ min: 1, max: 7 })),
      accreditedLevel: fc.option(fc.integer({ min: 1, max: 7 })),
      barred: fc.boolean(),
    });
    fc.assert(
      fc.property(anyStanding, anyJudge, fc.boolean(), (facts, judge, isSelf) => {
        const who = viewpoint({ self: isSelf });
        const { review, edit } = supportActionsOf(who, facts, judge);
        expect(review.allowed).toBe(checkReviewer(judge, facts) === null && checkReviewable(facts) === null);
        expect(edit.allowed).toBe(checkSupportChange(who, facts) === null);
        if (judge.self) expect(review).toMatchObject({ allowed: false, code: 'own-claim' });
        if (!isSelf) expect(Object.values(evidenceActionsOf(who, facts)).some(({ allowed }) => allowed)).toBe(false);
      }),
    );
  });
});
