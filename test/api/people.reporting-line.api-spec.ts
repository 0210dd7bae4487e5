import fc from 'fast-check';
import { chainOf, closureOf } from '../../src/people/reporting-line';
import { type TestPerson, makePerson } from '../factories/people';
import { type Answer, type TestApp, startApp } from '../setup/app';

let api: TestApp;
let admin: TestPerson;

beforeAll(async () => {
  api = await startApp();
  admin = await makePerson(api, { roles: ['admin'] });
});
afterAll(() => api.close());

const code = ({ status, body }: Answer): [number, unknown] => [status, body['code']];
const move = async (person: { id: string }, manager: { id: string } | null, by = admin): Promise<Answer> => {
  const seen = await admin.get(`/people/${person.id}`);
  return by.put(`/people/${person.id}/manager`, { managerId: manager?.id ?? null }, { ifMatch: String(seen.etag) });
};

async function closureMatches(ids: readonly string[]): Promise<void> {
  const rows = await api.database.query<{ person_id: string; manager_id: string | null }>(`SELECT person_id, manager_id FROM person`);
  const stored = await api.database.query(
    `SELECT ancestor_id AS ancestor, descendant_id AS descendant, depth FROM reporting_line WHERE descendant_id = ANY ($1::uuid[])`,
    [ids],
  );
  const computed = closureOf(new Map(rows.map((row) => [row.person_id, row.manager_id])), ids);
  const text = (all: readonly object[]): string[] => all.map((row) => JSON.stringify(row)).sort();
  expect(text(stored)).toEqual(text(computed));
}

describe('setting a manager', () => {
  it('moves a person with everybody below them, and answers the person', async () => {
    const [top, middle, leaf, elsewhere] = [await makePerson(api), await makePerson(api), await makePerson(api), await makePerson(api)];
    await move(leaf, middle);
    await move(middle, top);
    expect((await top.get(`/people/${leaf.id}`)).status).toBe(200);
    const moved = await move(middle, elsewhere);
    expect(moved.status).toBe(200);
    expect(moved.body).toMatchObject({ id: middle.id, manager: { id: elsewhere.id, name: elsewhere.name } });
    expect(code(await top.get(`/people/${leaf.id}`))).toEqual([404, 'not-found']);
    expect((await elsewhere.get(`/people/${leaf.id}`)).status).toBe(200);
    const freed = await move(middle, null);
    expect([freed.status, freed.body['manager']]).toEqual([200, null]);
    await closureMatches([top.id, middle.id, leaf.id, elsewhere.id]);
  });

  it('refuses a loop, long or short, and leaves everything as it was', async () => {
    const top = await makePerson(api);
    const middle = await makePerson(api, { manager: top });
    const leaf = await makePerson(api, { manager: middle });
    expect(code(await move(top, leaf))).toEqual([409, 'reporting-loop']);
    expect(code(await move(top, middle))).toEqual([409, 'reporting-loop']);
    expect(code(await move(top, top))).toEqual([409, 'reporting-loop']);
    await closureMatches([top.id, middle.id, leaf.id]);
  });

  it('lets one of two moves through that would be a loop together', async () => {
    for (let round = 0; round < 25; round += 1) {
      const [one, two] = [await makePerson(api), await makePerson(api)];
      const answers = await Promise.all([move(one, two), move(two, one)]);
      expect(answers.map(code).sort()).toEqual([
        [200, undefined],
        [409, 'reporting-loop'],
      ]);
      await closureMatches([one.id, two.id]);
    }
  });

  it('refuses managers who are not there or not active', async () => {
    const person = await makePerson(api);
    const gone = await makePerson(api);
    await api.database.query(`UPDATE person SET active = false WHERE person_id = $1`, [gone.id]);
    expect(code(await move(person, gone))).toEqual([422, 'person-unknown']);
    expect(code(await move(person, { id: '01931b2e-7c00-7000-8000-000000000009' }))).toEqual([422, 'person-unknown']);
    expect(code(await move(person, { id: 'me' }))).toEqual([400, 'malformed']);
    const seen = await admin.get(`/people/${person.id}`);
    expect(code(await admin.put(`/people/${person.id}/manager`, {}, { ifMatch: String(seen.etag) }))).toEqual([400, 'malformed']);
  });

  it('needs the version that was seen', async () => {
    const [person, manager] = [await makePerson(api), await makePerson(api)];
    const seen = String((await admin.get(`/people/${person.id}`)).etag);
    const body = { managerId: manager.id };
    expect(code(await admin.put(`/people/${person.id}/manager`, body))).toEqual([428, 'if-match-required']);
    expect((await admin.put(`/people/${person.id}/manager`, body, { ifMatch: seen })).status).toBe(200);
    expect(code(await admin.put(`/people/${person.id}/manager`, { managerId: null }, { ifMatch: seen }))).toEqual([412, 'stale']);
  });

  it('is not for the admin’s own manager, nor to make the admin one, directly or by way of somebody below them', async () => {
    const below = await makePerson(api, { manager: admin });
    const person = await makePerson(api);
    const belowBelow = await makePerson(api, { manager: below });
    expect(code(await move(admin, person))).toEqual([403, 'own-relation']);
    expect(code(await admin.put(`/people/me/manager`, { managerId: null }))).toEqual([403, 'own-relation']);
    expect(code(await move(person, admin))).toEqual([403, 'own-relation']);
    expect(code(await move(person, below))).toEqual([403, 'own-relation']);
    expect((await move(belowBelow, admin)).status).toBe(200);
    const other = await makePerson(api, { roles: ['admin'] });
    expect((await move(person, below, other)).status).toBe(200);
    expect(code(await person.put(`/people/me/manager`, { managerId: null }))).toEqual([403, 'not-allowed']);
  });

  it('keeps the closure equal to what the managers say, whatever moves come in whatever order', async () => {
    const people: TestPerson[] = [];
    for (let i = 0; i < 6; i += 1) people.push(await makePerson(api));
    const ids = people.map(({ id }) => id);
    const index = fc.nat({ max: people.length - 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(index, fc.option(index)), { minLength: 4, maxLength: 10 }), async (moves) => {
        for (const [who, whom] of moves) {
          const rows = await api.database.query<{ person_id: string; manager_id: string | null }>(
            `SELECT person_id, manager_id FROM person`,
          );
          const wanted = new Map(rows.map((row) => [row.person_id, row.manager_id]));
          const [person, manager] = [people[who], whom === null ? null : people[whom]];
          if (person === undefined || manager === undefined) continue;
          wanted.set(person.id, manager?.id ?? null);
          const loops = ids.some((id) => chainOf(wanted, id) === null);
          expect((await move(person, manager)).status).toBe(loops ? 409 : 200);
        }
        await closureMatches(ids);
      }),
      { numRuns: 20 },
    );
  });
});
