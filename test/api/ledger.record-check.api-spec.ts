import type { ChainCheckAnswer } from '../../src/ledger/ledger.dto';
import { Database } from '../../src/platform/transaction';
import { statementRef, statementsOfLevel } from '../factories/claims';
import { type TestPerson, makePerson } from '../factories/people';
import { type Answer, type TestApp, startApp } from '../setup/app';

/* The check of one record: a chain is as long as its engineer likes, and whoever asks for it takes no more than their turn. */
const batch = 100;
let api: TestApp;
let engineer: TestPerson;
let entries = 0;
beforeAll(async () => {
  api = await startApp();
  engineer = await makePerson(api);
  const refs = Object.entries(statementsOfLevel).flatMap(([level, n]) =>
    Array.from({ length: n }, (_, i) => statementRef(Number(level), i + 1)),
  );
  const supports = refs.map((statement) => ({ statement, rationale: 'It shows it.' }));
  while (entries <= 2 * batch) {
    const { status } = await engineer.post('/engineers/me/evidence', { title: 'Work', description: 'Done.', supports });
    expect(status).toBe(201);
    entries += 1 + supports.length;
  }
});
afterAll(() => api.close());
afterEach(() => jest.restoreAllMocks());

const check = (who: TestPerson): Promise<Answer<ChainCheckAnswer>> =>
  who.get<ChainCheckAnswer>(`/engineers/${engineer.id}/ledger/verification`);
const readsChain = (sql: unknown): boolean => /FROM record h\b/.test(String(sql));

test('a long chain is read and hashed a batch at a time, and all of it', async () => {
  const query = jest.spyOn(api.app.get(Database, { strict: false }), 'query');
  expect((await check(engineer)).body).toMatchObject({ ok: true, entries, heldInPart: 0 });
  const rows = await Promise.all(
    query.mock.results.filter((_, i) => readsChain(query.mock.calls[i]?.[0])).map(({ value }) => value as Promise<unknown[]>),
  );
  expect(rows.map(({ length }) => length)).toEqual([batch, batch, entries - 2 * batch]);
});

test('what does not fit is found in every batch, and where the chain ends with one', async () => {
  const sql = (text: string): Promise<unknown> => api.database.query(text);
  await sql('SET session_replication_role = replica');
  const at = (seq: number): string => `WHERE engineer_id = '${engineer.id}' AND seq = ${seq}`;
  for (const seq of [1, batch, batch + 1, entries]) {
    await sql(`UPDATE ledger_entry SET actor_id = NULL ${at(seq)}`);
    expect((await check(engineer)).body).toMatchObject({ ok: false, misfit: { seq }, entries });
    await sql(`UPDATE ledger_entry SET actor_id = '${engineer.id}' ${at(seq)}`);
  }
  const end = `WHERE engineer_id = '${engineer.id}' AND seq > ${2 * batch}`;
  await sql(`CREATE TEMP TABLE ends AS SELECT * FROM ledger_entry ${end}`);
  await sql(`DELETE FROM ledger_entry ${end}`);
  expect((await check(engineer)).body).toMatchObject({ ok: false, misfit: { seq: 2 * batch + 1 }, entries: 2 * batch });
  await sql('INSERT INTO ledger_entry SELECT * FROM ends');
  await sql('SET session_replication_role = DEFAULT');
  expect((await check(engineer)).body).toMatchObject({ ok: true, entries });
});

test('one chain is checked at a time; ten may wait, and who comes then is refused', async () => {
  const database = api.app.get(Database, { strict: false });
  const real = database.query.bind(database);
  let go = (): void => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  let under = 0;
  jest.spyOn(database, 'query').mockImplementation(async (text, parameters) => {
    if (!readsChain(text)) return real(text, parameters);
    under += 1;
    await gate;
    return real(text, parameters);
  });
  const statuses: number[] = [];
  let refused = (): void => undefined;
  const isRefused = new Promise<void>((resolve) => (refused = resolve));
  const all = Promise.all(
    Array.from({ length: 12 }, async () => {
      const answer = await check(engineer);
      statuses.push(answer.status);
      if (answer.status !== 200) expect(answer.body).toMatchObject({ code: 'too-busy' });
      refused();
    }),
  );
  await isRefused;
  expect([under, statuses]).toEqual([1, [503]]);
  go();
  await all;
  expect(statuses.sort()).toEqual([...Array.from({ length: 11 }, () => 200), 503]);
});
