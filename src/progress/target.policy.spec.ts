import type { Relation, Role, Viewpoint } from '../kernel/actor';
import { checkMaySetTarget, maySeeTarget, targetSkillsOf } from './target.policy';

const viewpoint = (relation: Partial<Relation>, roles: Role[] = []): Viewpoint => ({
  personId: 'p',
  name: 'P',
  email: 'p@example.test',
  roles,
  sessionId: 's',
  relation: { engineerId: 'e', self: false, above: false, mentorSkills: [], ...relation },
});
const cases: [string, Viewpoint, readonly string[] | null, boolean][] = [
  ['the engineer', viewpoint({ self: true }), null, true],
  ['somebody above', viewpoint({ above: true }), null, true],
  ['an auditor', viewpoint({}, ['auditor']), null, false],
  ['a mentor', viewpoint({ mentorSkills: ['x-1:ONE'] }), ['x-1:ONE'], false],
  ['a mentor who is above', viewpoint({ above: true, mentorSkills: ['x-1:ONE'] }), null, true],
  ['an admin', viewpoint({}, ['admin']), [], false],
];

describe('targets', () => {
  it.each(cases)('of others are seen, and set, as far as they may by %s', (_, who, skills, sets) => {
    expect(targetSkillsOf(who)).toEqual(skills);
    expect([maySeeTarget(who, 'x-1:ONE'), maySeeTarget(who, 'x-1:TWO')]).toEqual([skills === null || skills.length > 0, skills === null]);
    expect(checkMaySetTarget(who)?.code ?? null).toBe(sets ? null : 'not-allowed');
  });
});
