import type { MeAnswer } from '../../src/dashboards/me.dto';
import { act, makeTrio, seeClaim, statementRef, submittedClaim } from '../factories/claims';
import { type TestPerson, makePerson, mentors } from '../factories/people';
import { type TestApp, startApp } from '../setup/app';

let api: TestApp;
beforeAll(async () => {
  api = await startApp();
});
afterAll(() => api.close());

const me = async (person: TestPerson): Promise<MeAnswer> => {
  const { status, body } = await person.get<MeAnswer>('/me');
  expect({ status, body }).toMatchObject({ status: 200 });
  return body;
};

describe('/me', () => {
  it('says who one is, also to somebody who is nothing to anybody', async () => {
    const person = await makePerson(api, { name: 'Auditor One', roles: ['auditor'] });
    expect(await me(person)).toEqual({
      id: person.id,
      name: 'Auditor One',
      email: person.email,
      roles: ['auditor'],
      mentorOf: [],
      managerOf: 0,
      mentors: [],
      approvalsBarredUntil: null,
      invitedAfresh: null,
      waiting: { claims: 0, supports: 0, nextDueOn: null, changesRequested: 0 },
      notices: [],
    });
    expect((await api.send('GET', '/me')).status).toBe(401);
  });

  it('names the mentorships in force on both sides, with their skills and end', async () => {
    const engineer = await makePerson(api, { name: 'Engineer One' });
    const mentor = await makePerson(api, { name: 'Mentor One' });
    const past = await makePerson(api);
    const future = await makePerson(api);
    const gone = await makePerson(api);
    const until = new Date(Date.now() + 86_400_000);
    await mentors(api, mentor, engineer, { until });
    await mentors(api, past, engineer, { until: new Date(Date.now() - 1000) });
    await mentors(api, future, engineer, { from: new Date(Date.now() + 3_600_000) });
    await mentors(api, gone, engineer);
    await api.database.query(`UPDATE person SET active = false WHERE person_id = $1`, [gone.id]);
    const skills = ['sfia-9:ITOP'];
    expect((await me(engineer)).mentors).toEqual([{ mentor: { id: mentor.id, name: 'Mentor One' }, skills, until: until.toISOString() }]);
    expect((await me(mentor)).mentorOf).toEqual([
      { engineer: { id: engineer.id, name: 'Engineer One' }, skills, until: until.toISOString() },
    ]);
    expect((await me(past)).mentorOf).toEqual([]);
    expect((await me(future)).mentorOf).toEqual([]);
  });

  it('counts active direct reports, not those below them', async () => {
    const top = await makePerson(api);
    const manager = await makePerson(api, { manager: top });
    await makePerson(api, { manager });
    const left = await makePerson(api, { manager });
    await api.database.query(`UPDATE person SET active = false WHERE person_id = $1`, [left.id]);
    expect([(await me(top)).managerOf, (await me(manager)).managerOf]).toEqual([1, 1]);
  });

  it('says what waits for the mentor, by the first day it is due, and what has come back to the engineer', async () => {
    const { engineer, mentor } = await makeTrio(api);
    const other = await makePerson(api);
    await mentors(api, mentor, other);
    const first = await submittedClaim(engineer, 1);
    const second = await submittedClaim(other, 1);
    await api.database.query(`UPDATE claim SET due_on = '2026-01-02' WHERE claim_id = $1`, [second.id]);
    expect((await me(mentor)).waiting).toEqual({ claims: 2, supports: 0, nextDueOn: '2026-01-02', changesRequested: 0 });
    const change = { feedback: 'One thing.', statements: [{ statement: statementRef(1, 1), feedback: 'Show the log.' }] };
    expect((await act(mentor, await seeClaim(mentor, second.path), 'change-request', change)).status).toBe(200);
    expect((await me(other)).waiting.changesRequested).toBe(1);
    expect((await me(engineer)).waiting.changesRequested).toBe(0);
    const { claim } = await seeClaim(mentor, first.path);
    expect((await me(mentor)).waiting).toMatchObject({ claims: 1, supports: 2, nextDueOn: claim.dueOn });
  });

  it('tells who was invited afresh until when they cannot approve', async () => {
    const person = await makePerson(api);
    await api.database.query(`UPDATE person SET approvals_barred_until = '2999-01-01T00:00:00Z' WHERE person_id = $1`, [person.id]);
    expect((await me(person)).approvalsBarredUntil).toBe('2999-01-01T00:00:00.000Z');
    await api.database.query(`UPDATE person SET approvals_barred_until = now() WHERE person_id = $1`, [person.id]);
    expect((await me(person)).approvalsBarredUntil).toBeNull();
  });
});
