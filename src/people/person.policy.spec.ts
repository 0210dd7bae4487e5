import type { Actor } from '../kernel/actor';
import {
  type ManagerChange,
  checkAdminsLeft,
  checkManagerChange,
  checkMay,
  checkState,
  personActions,
  seesEverybody,
} from './person.policy';

const actor = (personId: string, ...roles: Actor['roles']): Actor => ({ personId, name: '', email: '', roles, sessionId: '' });
const admin = actor('admin', 'admin');

describe('what may be done about a person', () => {
  it('is for admins, whatever it is', () => {
    for (const action of personActions) {
      expect(checkMay(action, actor('other'), 'person')?.code).toBe('not-allowed');
      expect(checkMay(action, actor('person'), 'person')?.code).toBe('not-allowed');
      expect(checkMay(action, actor('other', 'auditor'), 'person')?.code).toBe('not-allowed');
      expect(checkMay(action, admin, 'person')).toBeNull();
    }
  });

  it('is never about oneself, but for name and address', () => {
    const own = personActions.filter((action) => checkMay(action, admin, 'admin') === null);
    expect(own).toEqual(['edit']);
    expect(checkMay('accredit', admin, 'admin')?.code).toBe('own-relation');
  });

  it.each([
    ['edit', null, null],
    ['changeRoles', null, null],
    ['changeManager', null, null],
    ['invite', null, 'person-state'],
    ['accredit', null, 'person-state'],
    ['deactivate', null, 'person-state'],
    ['reactivate', 'person-state', null],
  ] as const)('%s: of somebody active %p, of somebody deactivated %p', (action, active, deactivated) => {
    expect(checkState(action, { active: true, erased: false })?.code ?? null).toBe(active);
    expect(checkState(action, { active: false, erased: false })?.code ?? null).toBe(deactivated);
  });

  it('says what stands in the way', () => {
    const said = (['deactivate', 'invite', 'accredit'] as const).map(
      (action) => checkState(action, { active: false, erased: false })?.detail,
    );
    expect(said).toEqual([
      'The person is deactivated already.',
      'The person is deactivated: reactivate them first.',
      'The person is deactivated: reactivate them first.',
    ]);
    expect(checkState('reactivate', { active: true, erased: false })?.detail).toBe('The person is active already.');
  });

  it('is seen by admins and auditors of everybody, by others not', () => {
    expect([admin, actor('a', 'auditor'), actor('b', 'admin', 'auditor'), actor('c')].map(seesEverybody)).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it('leaves an active admin', () => {
    expect(checkAdminsLeft({ active: true, roles: ['admin'] }, 0)?.code).toBe('last-admin');
    expect(checkAdminsLeft({ active: true, roles: ['admin'] }, 1)).toBeNull();
    expect(checkAdminsLeft({ active: false, roles: ['admin'] }, 0)).toBeNull();
    expect(checkAdminsLeft({ active: true, roles: ['auditor'] }, 0)).toBeNull();
  });
});

describe('a new manager', () => {
  const change = (over: Partial<ManagerChange>): string | null =>
    checkManagerChange({
      caller: admin,
      personId: 'person',
      managerId: 'manager',
      managerIsBelow: false,
      callerIsAbove: false,
      callerIsAboveManager: false,
      ...over,
    })?.code ?? null;

  it.each<[string, Partial<ManagerChange>, string | null]>([
    ['somebody else', {}, null],
    ['nobody', { managerId: null }, null],
    ['nobody, for somebody below the caller', { managerId: null, callerIsAbove: true }, null],
    ['of the caller', { personId: 'admin' }, 'own-relation'],
    ['of the caller, nobody', { personId: 'admin', managerId: null }, 'own-relation'],
    ['the caller', { managerId: 'admin' }, 'own-relation'],
    ['somebody below the caller', { callerIsAboveManager: true }, 'own-relation'],
    ['the caller, who is above already', { managerId: 'admin', callerIsAbove: true }, null],
    ['somebody below the caller, who is above already', { callerIsAbove: true, callerIsAboveManager: true }, null],
    ['the person', { managerId: 'person' }, 'reporting-loop'],
    ['somebody below the person', { managerIsBelow: true }, 'reporting-loop'],
  ])('%s', (_, over, code) => {
    expect(change(over)).toBe(code);
  });

  it('who would put the caller above somebody is left to another admin, and that is said', () => {
    const by = { caller: admin, personId: 'person', managerIsBelow: false, callerIsAbove: false, callerIsAboveManager: false };
    expect(checkManagerChange({ ...by, managerId: 'admin' })?.detail).toBe(
      'That would put you above this person in the reporting line: another admin does it.',
    );
  });
});
