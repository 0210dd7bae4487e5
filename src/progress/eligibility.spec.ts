import { type JudgeFacts, checkEligible, checkMayJudge, eligibleAmong } from './eligibility';

const mentor: JudgeFacts = {
  personId: 'm',
  active: true,
  engineerActive: true,
  self: false,
  above: false,
  mentorship: 'in-force',
  heldLevel: 3,
  accreditedLevel: null,
  barred: false,
};

describe('who may judge', () => {
  it('is told what is never possible before what could be granted', () => {
    // each line mends what the one before was refused for
    const order: [Partial<JudgeFacts>, string | null][] = [
      [{ self: true, active: false, engineerActive: false, above: true, mentorship: 'none', heldLevel: null, barred: true }, 'own-claim'],
      [{ self: false }, 'not-allowed'],
      [{ active: true }, 'person-state'],
      [{ engineerActive: true }, 'line-manager'],
      [{ above: false }, 'not-your-mentee'],
      [{ mentorship: 'not-in-force' }, 'mentorship-ended'],
      [{ mentorship: 'in-force' }, 'mentor-level-too-low'],
      [{ heldLevel: 3 }, null],
    ];
    let facts = mentor;
    for (const [change, code] of order) {
      facts = { ...facts, ...change };
      expect(checkEligible(facts, 3, false)?.code ?? null).toBe(code);
    }
    expect(checkMayJudge(facts, 3, false)).toMatchObject({
      code: 'not-allowed',
      detail: 'You were invited afresh less than 72 hours ago: until then you can neither approve nor judge in any other way.',
    });
    expect(checkMayJudge({ ...facts, barred: false }, 3, false)).toBeNull();
  });

  it('is whoever holds the level or is accredited up to it, whichever is higher', () => {
    const may = (heldLevel: number | null, accreditedLevel: number | null): boolean =>
      checkEligible({ ...mentor, heldLevel, accreditedLevel }, 3, false) === null;
    expect([may(3, null), may(null, 3), may(2, 3), may(3, 2), may(4, null)]).toEqual([true, true, true, true, true]);
    expect([may(2, null), may(null, 2), may(2, 2), may(null, null)]).toEqual([false, false, false, false]);
  });

  it('does not judge the work of somebody who has left, and is told so', () => {
    expect(checkEligible({ ...mentor, engineerActive: false }, 3, false)?.detail).toBe(
      'The engineer is deactivated: their work is not judged now.',
    );
  });

  it('who is not eligible may not approve either, barred or not, for the same reason', () => {
    expect(checkMayJudge({ ...mentor, mentorship: 'none', barred: true }, 3, false)?.code).toBe('not-your-mentee');
    expect(checkMayJudge({ ...mentor, above: true }, 3, true)).toBeNull();
    expect(checkMayJudge({ ...mentor, above: true }, 3, false)?.code).toBe('line-manager');
  });

  it('of several mentors are those who are eligible', () => {
    const mentors: JudgeFacts[] = [
      mentor,
      { ...mentor, personId: 'low', heldLevel: 2 },
      { ...mentor, personId: 'above', above: true },
      { ...mentor, personId: 'fresh', barred: true },
    ];
    expect(eligibleAmong(mentors, 3, false)).toEqual(['m', 'fresh']);
    expect(eligibleAmong(mentors, 3, true)).toEqual(['m', 'above', 'fresh']);
    expect(eligibleAmong(mentors, 2, false)).toEqual(['m', 'low', 'fresh']);
  });
});
