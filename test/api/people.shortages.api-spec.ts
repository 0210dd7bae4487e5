import { draftClaim, levelRef, logWork, makeTrio, signedOffClaim, statementRef } from '../factories/claims';
import { type TestPerson, makePerson, mentors } from '../factories/people';
import { type TestApp, startApp } from '../setup/app';

let api: TestApp;
let admin: TestPerson;

beforeAll(async () => {
  api = await startApp();
  admin = await makePerson(api, { roles: ['admin'] });
});
afterAll(() => api.close());

interface Shortage {
  engineer: { id: string; name: string };
  skillLevel: string;
  needed: number;
  eligible: number;
  lacking: number;
}

/** What is lacking for one engineer: level, needed, eligible, lacking; null where nothing is. */
async function lackingFor(engineer: TestPerson): Promise<unknown[] | null> {
  const { status, body } = await admin.get<{ items: Shortage[] }>('/mentors/shortages?limit=100');
  expect(status).toBe(200);
  const rows = body.items.filter((item) => item.engineer.id === engineer.id);
  expect(rows.length).toBeLessThan(2);
  const [row] = rows;
  return row === undefined ? null : [row.skillLevel, row.needed, row.eligible, row.lacking];
}

describe('who lacks mentors', () => {
  it('is who works towards a level that too few could sign off', async () => {
    const engineer = await makePerson(api);
    expect(await lackingFor(engineer)).toBeNull();
    await logWork(engineer, [statementRef(3, 1), statementRef(5, 1)]);
    expect(await lackingFor(engineer)).toEqual([levelRef(3), 1, 0, 1]);
    await mentors(api, await makePerson(api), engineer, { accreditedTo: 3 });
    expect(await lackingFor(engineer)).toBeNull();
  });

  it('goes by the open claim, whatever else the work shows', async () => {
    const engineer = await makePerson(api);
    await logWork(engineer, [statementRef(2, 1)]);
    await mentors(api, await makePerson(api), engineer);
    await draftClaim(engineer, 5);
    expect(await lackingFor(engineer)).toEqual([levelRef(5), 2, 1, 1]);
    await mentors(api, await makePerson(api), engineer);
    expect(await lackingFor(engineer)).toBeNull();
  });

  it('looks above the level that is held', async () => {
    const trio = await makeTrio(api);
    const { engineer, mentor } = trio;
    await signedOffClaim(trio, 1);
    await api.database.query(`UPDATE accreditation SET up_to_level = 1 WHERE person_id = $1`, [mentor.id]);
    expect(await lackingFor(engineer)).toBeNull();
    await logWork(engineer, [statementRef(4, 1)]);
    expect(await lackingFor(engineer)).toEqual([levelRef(4), 1, 0, 1]);
  });

  it('counts as a mentor whom the rule of eligibility counts, and nobody else', async () => {
    const manager = await makePerson(api);
    const engineer = await makePerson(api, { manager });
    await logWork(engineer, [statementRef(3, 1)]);
    const lacks = [levelRef(3), 1, 0, 1];
    const low = await makePerson(api);
    await mentors(api, low, engineer, { accreditedTo: 2 });
    expect(await lackingFor(engineer)).toEqual(lacks);
    await mentors(api, manager, engineer);
    expect(await lackingFor(engineer)).toEqual(lacks);
    await mentors(api, await makePerson(api), engineer, { until: new Date() });
    await mentors(api, await makePerson(api), engineer, { from: new Date(Date.now() + 3_600_000) });
    expect(await lackingFor(engineer)).toEqual(lacks);
    const good = await makePerson(api);
    await mentors(api, good, engineer);
    expect(await lackingFor(engineer)).toBeNull();
    await api.database.query(`UPDATE person SET active = false WHERE person_id = $1`, [good.id]);
    expect(await lackingFor(engineer)).toEqual(lacks);
    await api.database.query(`UPDATE policy SET line_manager_may_approve = true WHERE skill_level_ref = $1`, [levelRef(3)]);
    expect(await lackingFor(engineer)).toBeNull();
    await api.database.query(`UPDATE policy SET line_manager_may_approve = false WHERE skill_level_ref = $1`, [levelRef(3)]);
    await api.database.query(`UPDATE person SET active = false WHERE person_id = $1`, [engineer.id]);
    expect(await lackingFor(engineer)).toBeNull();
  });

  it('counts a mentor once who has two mentorships, and a level held by a sign-off', async () => {
    const trio = await makeTrio(api);
    await signedOffClaim(trio, 1);
    const engineer = await makePerson(api);
    await logWork(engineer, [statementRef(1, 1)]);
    await mentors(api, trio.engineer, engineer, { accreditedTo: null });
    expect(await lackingFor(engineer)).toBeNull();
    await api.database.query(`UPDATE policy SET approvals = 2 WHERE skill_level_ref = $1`, [levelRef(1)]);
    await mentors(api, trio.engineer, engineer, { accreditedTo: null });
    expect(await lackingFor(engineer)).toEqual([levelRef(1), 2, 1, 1]);
    await api.database.query(`UPDATE policy SET approvals = 1 WHERE skill_level_ref = $1`, [levelRef(1)]);
  });

  it('is listed by name in pages, to admins', async () => {
    const names = ['Aa One', 'Aa Three', 'Aa Two'];
    for (const name of names) await logWork(await makePerson(api, { name }), [statementRef(1, 1)]);
    const first = await admin.get<{ items: Shortage[]; nextCursor: string }>('/mentors/shortages?limit=2');
    const second = await admin.get<{ items: Shortage[] }>(`/mentors/shortages?limit=2&cursor=${first.body.nextCursor}`);
    expect([...first.body.items, ...second.body.items].slice(0, 3).map(({ engineer }) => engineer.name)).toEqual(names);
    const engineer = await makePerson(api);
    const answer = await engineer.get('/mentors/shortages');
    expect([answer.status, answer.body['code']]).toEqual([403, 'not-allowed']);
  });
});
