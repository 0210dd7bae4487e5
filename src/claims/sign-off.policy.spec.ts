import type { Actor } from '../kernel/actor';
import { checkMayRevoke } from './sign-off.policy';

const actor = (personId: string, ...roles: Actor['roles']): Actor => ({ personId, name: '', email: '', roles, sessionId: '' });
const signOff = { engineerId: 'engineer', approvers: ['mentor', 'second'] };

describe('a sign-off is revoked', () => {
  it('by an admin who is neither its subject nor an approver', () => {
    expect(checkMayRevoke(actor('somebody', 'admin'), signOff)).toBeNull();
    expect(checkMayRevoke(actor('somebody', 'admin', 'auditor'), signOff)).toBeNull();
  });

  it.each<[string, Actor, string, string]>([
    ['somebody who is no admin', actor('somebody'), 'not-allowed', 'Only an admin revokes'],
    ['an auditor', actor('somebody', 'auditor'), 'not-allowed', 'Only an admin revokes'],
    ['an approver who is no admin', actor('mentor'), 'not-allowed', 'Only an admin revokes'],
    ['its subject, admin or not', actor('engineer', 'admin'), 'own-relation', 'their own sign-off: another admin'],
    ['an approver, admin or not', actor('mentor', 'admin'), 'own-relation', 'that they approved: another admin'],
    ['the second approver, admin or not', actor('second', 'admin'), 'own-relation', 'that they approved: another admin'],
  ])('not by %s', (_, caller, code, detail) => {
    expect(checkMayRevoke(caller, signOff)).toMatchObject({ code, detail: expect.stringContaining(detail) as string });
  });
});
