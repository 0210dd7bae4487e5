import type { Actor } from '../kernel/actor';
import { type OwnRelation, checkMaySetPolicy } from './policies.policy';
import { type Policy, defaultPolicy, policyContent, policyNames, sameNumbers } from './policy';

const actor = (...roles: Actor['roles']): Actor => ({ personId: 'p', name: '', email: '', roles, sessionId: '' });
const none: OwnRelation = { claims: false, mentored: false, mentors: false };

describe('the policy of a skill level is set', () => {
  it('by an admin whom it does not concern', () => {
    expect(checkMaySetPolicy(actor('admin'), none)).toBeNull();
  });

  it.each([actor(), actor('auditor')])('by nobody else: %j', (caller) => {
    expect(checkMaySetPolicy(caller, none)?.code).toBe('not-allowed');
    expect(checkMaySetPolicy(caller, { claims: true, mentored: true, mentors: true })?.code).toBe('not-allowed');
  });

  it.each<[Partial<OwnRelation>, string]>([
    [{ claims: true }, 'In this skill you have an open claim: another admin sets its policies.'],
    [{ mentored: true }, 'In this skill you are mentored: another admin sets its policies.'],
    [{ mentors: true }, 'In this skill you are a mentor: another admin sets its policies.'],
    [{ claims: true, mentored: true, mentors: true }, 'In this skill you have an open claim: another admin sets its policies.'],
  ])('not for oneself: %j', (relation, detail) => {
    expect(checkMaySetPolicy(actor('admin'), { ...none, ...relation })).toMatchObject({ code: 'own-relation', detail });
  });
});

describe('the numbers of a policy', () => {
  const numbers = defaultPolicy(4, 8);
  const others = {
    acceptedPerStatement: 2,
    mayMiss: 1,
    distinctEvidence: 5,
    maxAgeMonths: 12,
    approvals: 3,
    stepping: 'one-at-a-time',
    lineManagerMayApprove: true,
    approversUseTotp: true,
    validMonths: 36,
    reviewDays: 5,
  } as const;

  it('are all named, so that none is left out where policies are compared, shown and written to the ledger', () => {
    expect([...policyNames].sort()).toEqual(Object.keys(numbers).sort());
  });

  it.each(policyNames)('differ where %s differs', (name) => {
    expect(sameNumbers(numbers, { ...numbers, [name]: others[name] })).toBe(false);
    expect(sameNumbers(numbers, { ...numbers })).toBe(true);
  });

  it('stand in the ledger under the policy’s level and version', () => {
    const policy: Policy = { skillLevel: 'f-1:SKIL.4', version: 7, ...others };
    expect(policyContent(policy)).toEqual({ skillLevel: 'f-1:SKIL.4', version: 7, numbers: others });
  });
});
