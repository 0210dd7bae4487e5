import type { TeamDashboardAnswer, TeamMemberAnswer } from '../../src/dashboards/team-dashboard.dto';
import {
  type Trio,
  act,
  acceptAll,
  approval,
  draftClaim,
  logWork,
  logWorkForLevel,
  seeClaim,
  signedOffClaim,
  statementRef,
  submittedClaim,
} from '../factories/claims';
import { withoutLinks } from '../factories/links';
import { type TestPerson, makePerson, mentors } from '../factories/people';
import { restand } from '../factories/standing';
import { type TestApp, startApp } from '../setup/app';

let api: TestApp;
beforeAll(async () => {
  api = await startApp();
});
afterAll(() => api.close());

const dashboard = async (person: TestPerson, of: string = 'me', query = ''): Promise<TeamDashboardAnswer> => {
  const { status, body } = await person.get<TeamDashboardAnswer>(`/teams/${of}/dashboard${query}`);
  expect({ status, body }).toMatchObject({ status: 200 });
  return body;
};
const refusal = async (person: TestPerson, path: string): Promise<[number, string]> => {
  const { status, body } = await person.get<{ code: string }>(path);
  return [status, body.code];
};
const level = (member: TeamMemberAnswer | undefined, number: number) => member?.levels.find((one) => one.level === number);

/** An engineer below a manager, with a mentor; the manager below somebody. */
async function makeTeam(): Promise<Trio & { top: TestPerson }> {
  const top = await makePerson(api, { name: 'Top Manager' });
  const manager = await makePerson(api, { name: 'Manager One', manager: top });
  const engineer = await makePerson(api, { name: 'Engineer One', manager });
  const mentor = await makePerson(api, { name: 'Mentor One' });
  await mentors(api, mentor, engineer);
  return { top, manager, engineer, mentor };
}

describe('the dashboard of a team', () => {
  it('shows people without anything, by name, with every level of the skill', async () => {
    const { manager } = await makeTeam();
    const second = await makePerson(api, { name: 'Aa Engineer', manager });
    const body = await dashboard(manager);
    expect(body).toMatchObject({
      manager: { id: manager.id, name: 'Manager One' },
      skill: 'sfia-9:ITOP',
      totals: { people: 2, byLevel: { none: 2, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0 }, submitted: 0, overdue: 0 },
      asOf: expect.stringMatching(/Z$/) as unknown,
    });
    expect(body.people.map(({ name }) => name)).toEqual(['Aa Engineer', 'Engineer One']);
    expect(withoutLinks(body.people[0])).toEqual({
      id: second.id,
      name: 'Aa Engineer',
      active: true,
      currentLevel: null,
      target: null,
      levels: [2, 3, 6, 8, 5].map((total, i) => ({
        level: i + 1,
        accepted: 0,
        total,
        claimState: null,
        signedOffOn: null,
        validUntil: null,
      })),
      lastEvidenceOn: null,
      goingOn: false,
      claim: null,
    });
  });

  it('follows a claim through its life, and says on whom it waits', async () => {
    const trio = await makeTeam();
    const { manager, engineer, mentor } = trio;
    const second = await makePerson(api, { name: 'Aa Mentor' });
    await mentors(api, second, engineer);
    const low = await makePerson(api);
    await mentors(api, low, engineer, { accreditedTo: 2 });
    const of = async (): Promise<TeamMemberAnswer | undefined> => (await dashboard(manager)).people[0];
    await logWorkForLevel(engineer, 3);
    await logWork(engineer, [statementRef(3, 1)], { endedOn: null });
    const draft = await draftClaim(engineer, 3);
    // a draft is between the engineer and nobody
    let now = await of();
    expect(now).toMatchObject({ lastEvidenceOn: '2026-10-01', goingOn: true, claim: null, currentLevel: null });
    expect(level(now, 3)).toMatchObject({ accepted: 0, total: 6, claimState: null });
    expect((await act(engineer, draft, 'submission')).status).toBe(200);
    const { claim } = await seeClaim(mentor, draft.path);
    now = await of();
    expect(level(now, 3)?.claimState).toBe('submitted');
    expect(now?.claim).toEqual({
      id: draft.id,
      skillLevel: 'sfia-9:ITOP.3',
      dueOn: claim.dueOn,
      overdue: false,
      waitsOn: [
        { id: second.id, name: 'Aa Mentor' },
        { id: mentor.id, name: 'Mentor One' },
      ],
    });
    await api.database.query(`UPDATE claim SET due_on = (now() AT TIME ZONE 'UTC')::date - 1 WHERE claim_id = $1`, [draft.id]);
    expect((await dashboard(manager)).totals).toMatchObject({ submitted: 1, overdue: 1 });
    const change = { feedback: 'One thing.', statements: [{ statement: statementRef(3, 1), feedback: 'Show the log.' }] };
    expect((await act(mentor, await seeClaim(mentor, draft.path), 'change-request', change)).status).toBe(200);
    now = await of();
    // nor is what the mentors and the engineer have to settle
    expect([level(now, 3)?.claimState, now?.claim]).toEqual([null, null]);
    expect((await act(engineer, await seeClaim(engineer, draft.path), 'submission')).status).toBe(200);
    const accepted = await acceptAll(mentor, draft);
    expect(level(await of(), 3)).toMatchObject({ accepted: 6, claimState: 'submitted', signedOffOn: null });
    const { body } = await act(mentor, accepted, 'approval', approval(mentor));
    now = await of();
    expect(now).toMatchObject({ currentLevel: 3, claim: null });
    expect(withoutLinks(level(now, 3))).toEqual({
      level: 3,
      accepted: 6,
      total: 6,
      claimState: 'approved',
      signedOffOn: body.signOff?.on,
      validUntil: null,
    });
    expect(withoutLinks((await dashboard(manager)).totals)).toEqual({
      people: 1,
      byLevel: { none: 0, 1: 0, 2: 0, 3: 1, 4: 0, 5: 0 },
      submitted: 0,
      overdue: 0,
      nobodyCanDecide: 0,
      targets: { onTrack: 0, late: 0, reached: 0, none: 1 },
    });
  });

  it('no longer waits on who has approved', async () => {
    const trio = await makeTeam();
    const second = await makePerson(api, { name: 'Mentor Two' });
    await mentors(api, second, trio.engineer);
    const claim = await acceptAll(trio.mentor, await submittedClaim(trio.engineer, 5));
    expect((await act(trio.mentor, claim, 'approval', approval(trio.mentor))).status).toBe(200);
    expect((await dashboard(trio.manager)).people[0]?.claim?.waitsOn).toEqual([{ id: second.id, name: 'Mentor Two' }]);
    await api.database.query(`UPDATE person SET active = false WHERE person_id = $1`, [second.id]);
    expect((await dashboard(trio.manager)).people[0]?.claim?.waitsOn).toEqual([]);
  });

  it('counts a sign-off until it ends or is revoked', async () => {
    const trio = await makeTeam();
    const { manager, engineer } = trio;
    const claim = await signedOffClaim(trio, 1);
    const lastsUntil = async (days: number): Promise<void> => {
      await api.database.query(`UPDATE progress SET valid_until = (now() AT TIME ZONE 'UTC')::date + $2::int WHERE engineer_id = $1`, [
        engineer.id,
        days,
      ]);
      await restand(api, engineer.id);
    };
    const evidenceId = claim.claim.statements[0]?.evidence[0]?.evidenceId;
    const { etag } = await engineer.get(`/engineers/me/evidence/${evidenceId}`);
    expect((await engineer.post(`/engineers/me/evidence/${evidenceId}/archival`, {}, { ifMatch: etag ?? '' })).status).toBe(200);
    await lastsUntil(0);
    let [now] = (await dashboard(manager)).people;
    expect(now?.currentLevel).toBe(1);
    expect(level(now, 1)).toMatchObject({ accepted: 2, total: 2, validUntil: expect.stringMatching(/^\d{4}-/) as unknown });
    await lastsUntil(-1);
    [now] = (await dashboard(manager)).people;
    expect(now?.currentLevel).toBeNull();
    expect(level(now, 1)).toMatchObject({ accepted: 1, signedOffOn: null, validUntil: null });
    await lastsUntil(1);
    const admin = await makePerson(api, { roles: ['admin'] });
    const path = `/engineers/${engineer.id}/sign-offs/${claim.claim.signOff?.id}/revocation`;
    expect((await admin.post(path, { password: admin.password, reason: 'The work was not theirs.' })).status).toBe(200);
    [now] = (await dashboard(manager)).people;
    expect(now?.currentLevel).toBeNull();
    expect(level(now, 1)?.signedOffOn).toBeNull();
  });

  it('is of the direct reports, or of everybody below; people who have left are not there', async () => {
    const { top, manager, engineer } = await makeTeam();
    const left = await makePerson(api, { manager });
    await api.database.query(`UPDATE person SET active = false WHERE person_id = $1`, [left.id]);
    const ids = async (query: string): Promise<string[]> => (await dashboard(top, 'me', query)).people.map(({ id }) => id);
    expect(await ids('')).toEqual([manager.id]);
    expect(await ids('?depth=direct')).toEqual([manager.id]);
    expect(await ids('?depth=all')).toEqual([engineer.id, manager.id]);
    expect((await dashboard(top, manager.id)).people.map(({ id }) => id)).toEqual([engineer.id]);
  });
});

describe('who sees the dashboard of a team', () => {
  it('is the manager, those above and auditors; all see the same', async () => {
    const { top, manager, engineer, mentor } = await makeTeam();
    await submittedClaim(engineer, 1);
    const auditor = await makePerson(api, { roles: ['auditor'] });
    const { people } = await dashboard(manager);
    expect(people).toHaveLength(1);
    expect((await dashboard(top, manager.id)).people).toEqual(people);
    // but that auditors can follow more of it
    expect(withoutLinks((await dashboard(auditor, manager.id)).people)).toEqual(withoutLinks(people));
    const path = `/teams/${manager.id}/dashboard`;
    expect(await refusal(engineer, path)).toEqual([404, 'not-found']);
    expect(await refusal(await makePerson(api, { manager }), path)).toEqual([404, 'not-found']);
    expect(await refusal(await makePerson(api, { roles: ['admin'] }), path)).toEqual([403, 'not-allowed']);
    // a mentor of the manager knows of them; their team is not theirs to see
    await mentors(api, mentor, manager);
    expect(await refusal(mentor, path)).toEqual([403, 'not-allowed']);
    expect((await api.send('GET', path)).status).toBe(401);
    expect(await refusal(top, '/teams/nobody/dashboard')).toEqual([404, 'not-found']);
  });

  it('is nobody who was above before: access ends with the relation', async () => {
    const { top, manager, engineer } = await makeTeam();
    const admin = await makePerson(api, { roles: ['admin'] });
    const elsewhere = await makePerson(api);
    const { etag } = await admin.get(`/people/${manager.id}`);
    const moved = await admin.put(`/people/${manager.id}/manager`, { managerId: elsewhere.id }, { ifMatch: etag ?? '' });
    expect(moved.status).toBe(200);
    expect(await refusal(top, `/teams/${manager.id}/dashboard`)).toEqual([404, 'not-found']);
    expect((await dashboard(top, 'me', '?depth=all')).people).toEqual([]);
    expect((await dashboard(elsewhere, 'me', '?depth=all')).people.map(({ id }) => id)).toEqual([engineer.id, manager.id]);
  });

  it('an auditor who was invited afresh is none for a while, whatever they manage', async () => {
    const auditor = await makePerson(api, { roles: ['auditor'] });
    const engineer = await makePerson(api, { manager: auditor });
    await logWork(engineer, [statementRef(1, 1)]);
    const link = async (): Promise<unknown> => (await dashboard(auditor)).people.find(({ id }) => id === engineer.id)?.links.lastEvidenceOn;
    expect(await link()).not.toBeNull();
    const barred = `UPDATE person SET approvals_barred_until = now() + $2::interval WHERE person_id = $1`;
    await api.database.query(barred, [auditor.id, '1 hour']);
    expect(await link()).toBeNull();
    await api.database.query(barred, [auditor.id, '-1 hour']);
    expect(await link()).not.toBeNull();
  });

  it('is empty for who has nobody, and refuses other skills and queries', async () => {
    const person = await makePerson(api);
    expect(await dashboard(person)).toMatchObject({ people: [], totals: { people: 0, byLevel: { none: 0 } } });
    expect(await refusal(person, '/teams/me/dashboard?skill=sfia-9:NONE')).toEqual([404, 'not-found']);
    for (const query of ['depth=2', 'depth=', 'limit=10', 'skill=']) {
      expect([query, ...(await refusal(person, `/teams/me/dashboard?${query}`))]).toEqual([query, 400, 'malformed']);
    }
  });
});
