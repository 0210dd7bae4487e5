import { Client } from 'pg';
import type { ConfirmedRequestAnswer } from '../../src/administration/requests.dto';
import type { SignedCheckpoint } from '../../src/ledger/checkpoint';
import type { LedgerVerificationAnswer } from '../../src/ledger/checkpoints.dto';
import { Eraser } from '../../src/ledger/eraser';
import {
  acceptedClaim,
  act,
  approval,
  draftClaim,
  makeTrio,
  seeClaim,
  signedOffClaim,
  statementRef,
  submittedClaim,
} from '../factories/claims';
import { progressOf } from '../factories/evidence';
import { type TestPerson, byTwoAdmins, makePerson, mentors } from '../factories/people';
import { type KeyFiles, makeKeyFiles } from '../setup/key-files';
import { type TestApp, startApp } from '../setup/app';

/** One word that is planted wherever somebody can write something about the engineer. */
const word = 'zqplanted';
let keys: KeyFiles;
let api: TestApp;
let one: TestPerson;
let two: TestPerson;
let auditor: TestPerson;
beforeAll(async () => {
  keys = makeKeyFiles();
  api = await startApp(keys.settings);
  one = await makePerson(api, { roles: ['admin'] });
  two = await makePerson(api, { roles: ['admin'] });
  auditor = await makePerson(api, { roles: ['auditor'] });
});
afterAll(async () => {
  await api.close();
  keys.remove();
});

const verification = async (): Promise<LedgerVerificationAnswer> =>
  (await auditor.get<LedgerVerificationAnswer>('/ledger/verification')).body;
const erase = (person: Pick<TestPerson, 'id'>, why = 'They asked for it.') =>
  byTwoAdmins<ConfirmedRequestAnswer>(one, two, { action: 'erase-person', personId: person.id, reason: why });
const must = <Answer extends { status: number; body: unknown }>(answer: Answer, status: number): Answer => {
  if (answer.status !== status) throw new Error(`answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer;
};

/** Every row of every table as text, and what the planner's statistics have drawn of them: whatever a dump could hold. */
async function dump(): Promise<string> {
  await api.database.query('ANALYZE');
  const tables = await api.database.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
  );
  const rows: string[] = [];
  for (const { name } of tables) {
    const found = await api.database.query<{ line: string }>(`SELECT t::text AS line FROM ${name} t`);
    rows.push(...found.map(({ line }) => `${name}: ${line}`));
  }
  const statistics = await api.database.query<{ line: string }>(`SELECT s::text AS line FROM pg_stats s WHERE schemaname = 'public'`);
  return [...rows, ...statistics.map(({ line }) => line)].join('\n');
}

test('nothing of an erased record is left in a dump of the database; chains and a checkpoint held from before still verify', async () => {
  const name = 'Zqname Zqsurname';
  const trio = await makeTrio(api);
  const { mentor } = trio;
  const manager = await makePerson(api);
  const engineer = await makePerson(api, { name, manager });
  await mentors(api, mentor, engineer);
  // in every field that takes words, by everybody who can write some
  const said = (what: string): string => `${word} ${what}`;
  const work = must(
    await engineer.post<{ id: string }>(
      '/engineers/me/evidence',
      {
        title: said('title'),
        description: said('description'),
        outcome: said('outcome'),
        role: 'supervised',
        supervisedBy: said('supervisor'),
        links: [{ url: `https://${word}.example/x`, label: said('label') }],
        tags: [said('tag')],
        endedOn: '2026-10-01',
        supports: [1, 2].map((n) => ({ statement: statementRef(1, n), rationale: said('rationale') })),
      },
      { key: 'logged-once' },
    ),
    201,
  ).body;
  const path = `/engineers/${engineer.id}/evidence/${work.id}`;
  must(await engineer.patch(path, { outcome: said('second outcome') }, { ifMatch: (await engineer.get(path)).etag ?? '' }), 200);
  let claim = must(
    await engineer.post<{ id: string }>('/engineers/me/claims', { skillLevel: 'sfia-9:ITOP.1', summary: said('summary') }),
    201,
  ).body;
  const claimPath = `/engineers/${engineer.id}/claims/${claim.id}`;
  must(await act(engineer, await seeClaim(engineer, claimPath), 'submission'), 200);
  must(
    await act(mentor, await seeClaim(mentor, claimPath), 'change-request', {
      feedback: said('feedback'),
      statements: [{ statement: statementRef(1, 1), feedback: said('more feedback') }],
    }),
    200,
  );
  must(await act(engineer, await seeClaim(engineer, claimPath), 'submission'), 200);
  const verdicts = [1, 2].map((n) => ({
    evidence: work.id,
    statement: statementRef(1, n),
    verdict: 'accepted',
    feedback: said('verdict'),
  }));
  must(await act(mentor, await seeClaim(mentor, claimPath), 'reviews', { verdicts }), 200);
  const yes = approval(mentor, { essence: { met: true, note: said('note') } });
  const approved = must(await act(mentor, await seeClaim(mentor, claimPath), 'approval', yes), 200).body;
  const signOff = `/engineers/${engineer.id}/sign-offs/${approved.signOff?.id ?? ''}`;
  claim = must(
    await engineer.post<{ id: string }>('/engineers/me/claims', { skillLevel: 'sfia-9:ITOP.2', summary: said('open') }),
    201,
  ).body;
  const draft = `/engineers/${engineer.id}/claims/${claim.id}`;
  const noOpportunity = [{ statement: statementRef(2, 1), reason: said('no opportunity') }];
  must(await engineer.patch(draft, { noOpportunity }, { ifMatch: (await seeClaim(engineer, draft)).etag }), 200);
  must(await one.post(`/people/${engineer.id}/accreditations`, { skill: 'sfia-9:ITOP', upToLevel: 1, reason: said('accredited') }), 201);
  must(
    await engineer.post('/me/tokens', { name: said('token'), scopes: ['record:read'], expiresOn: new Date().toISOString().slice(0, 10) }),
    201,
  );
  must(await one.get(`/engineers/${engineer.id}/export?reason=${word}`), 200);
  must(await one.get(`${path}`), 403);
  const refused = must(
    await one.post<{ id: string }>('/administration/requests', {
      action: 'give-role',
      personId: engineer.id,
      role: 'auditor',
      reason: said('asked'),
    }),
    201,
  );
  const refusal = `/administration/requests/${refused.body.id}/refusal`;
  must(await two.post(refusal, { reason: said('refused') }, { ifMatch: refused.etag ?? '' }), 200);
  const held = must(await auditor.get<{ items: SignedCheckpoint[] }>('/ledger/checkpoints?limit=1'), 200);
  expect(await verification()).toMatchObject({ ok: true });
  const before = await dump();
  for (const text of [word, 'Zqname', engineer.email]) expect(before).toContain(text);

  const answer = must(await erase(engineer, said('why')), 200);
  const pseudonym = `Erased person ${engineer.id.slice(-4)}`;
  expect(answer.body).toMatchObject({ state: 'confirmed', reason: null, person: { id: engineer.id, name: pseudonym } });
  const after = await dump();
  for (const text of [word, 'Zqname', 'Zqsurname', engineer.email]) {
    expect(after.split('\n').filter((line) => line.toLowerCase().includes(text.toLowerCase()))).toEqual([]);
  }
  const [left] = await api.database.query<{ contents: number; kinds: string[] }>(
    `SELECT (SELECT count(*)::int FROM record_content WHERE engineer_id = $1) AS contents,
            ARRAY(SELECT kind FROM ledger_entry WHERE engineer_id = $1 ORDER BY seq DESC LIMIT 2) AS kinds`,
    [engineer.id],
  );
  // only what says that the record is erased
  expect(left).toEqual({ contents: 1, kinds: ['record.erased', 'claim.withdrawn'] });

  // chains, rows and checkpoints, that from before too
  expect(await verification()).toMatchObject({ ok: true });
  const newest = held.body.items[0];
  if (newest !== undefined) {
    const again = (await auditor.get<{ items: SignedCheckpoint[] }>('/ledger/checkpoints?limit=100')).body.items;
    expect(again.find(({ number }) => number === newest.number)).toEqual(newest);
  }
  expect(await progressOf(api, engineer)).toMatchObject({ kept: expect.anything() as unknown });
  const { kept, rebuilt } = await progressOf(api, engineer);
  expect(kept).toEqual(rebuilt);

  // the sign-off stays as a fact: who, which level, which day
  const register = (await auditor.get<{ items: { id: string }[] }>('/sign-offs')).body.items;
  expect(register.find(({ id }) => signOff.endsWith(id))).toMatchObject({
    engineer: { id: engineer.id, name: pseudonym },
    level: 1,
    state: 'in-force',
  });
  const shown = (await auditor.get<Record<string, unknown>>(signOff)).body;
  expect(shown).toMatchObject({ level: 1, ledger: { digest: expect.any(String) as string } });
  expect(shown['content']).toBeUndefined();

  // nothing that reads the record falls over, and whoever may read it is told that it is erased
  const evidence = (await auditor.get<{ items: object[] }>(`/engineers/${engineer.id}/evidence?state=archived`)).body.items;
  expect(evidence).toMatchObject([{ id: work.id, title: 'Redacted', tags: [] }]);
  expect((await auditor.get(`/engineers/${engineer.id}/evidence`)).body).toMatchObject({ items: [] });
  expect((await auditor.get(path)).body).toMatchObject({ title: 'Redacted', redacted: { reason: null }, state: 'archived' });
  for (const revision of [1, 2]) expect((await auditor.get(`${path}?revision=${revision}`)).body).toMatchObject({ title: 'Redacted' });
  for (const below of [
    'claims',
    `claims/${approved.id}`,
    `claims/${claim.id}`,
    'progress?skill=sfia-9:ITOP',
    'sign-offs',
    'ledger',
    'mentors',
    `readiness?skillLevel=sfia-9:ITOP.2`,
  ]) {
    const { status, bytes } = await auditor.get(`/engineers/${engineer.id}/${below}`);
    expect([below, status < 500 && !bytes.toString().includes(word)]).toEqual([below, true]);
  }
  for (const part of ['pack', 'badge', 'proof', 'pdf']) expect((await auditor.get(`${signOff}/${part}`)).status).toBeLessThan(500);
  expect((await manager.get('/teams/me/dashboard?skill=sfia-9:ITOP')).status).toBe(200);
  expect((await mentor.get(signOff)).status).toBe(200);
  expect((await mentor.get('/reviews')).status).toBe(200);
  expect((await auditor.get('/administration/ledger?limit=100')).status).toBe(200);
  expect((await one.get(`/administration/requests/${refused.body.id}`)).body).toMatchObject({ reason: null, decisionReason: null });
});

describe('somebody who is erased', () => {
  test('is signed out at once and for good; nobody edits them, invites them or lets them in', async () => {
    const person = await makePerson(api);
    must(await erase(person), 200);
    expect((await person.get('/me')).status).toBe(401);
    expect((await api.send('POST', '/sessions', { email: person.email, password: person.password })).status).toBe(401);
    const { etag = '', body } = await one.get(`/people/${person.id}`);
    expect(body).toMatchObject({
      name: `Erased person ${person.id.slice(-4)}`,
      active: false,
      roles: [],
      actions: { edit: { allowed: false } },
    });
    const attempts = [
      one.patch(`/people/${person.id}`, { name: person.name }, { ifMatch: etag }),
      one.post(`/people/${person.id}/reactivation`, {}, { ifMatch: etag }),
      one.post(`/people/${person.id}/invitation`, {}),
    ];
    for (const { status, body: problem } of await Promise.all(attempts)) expect([status, problem['code']]).toEqual([409, 'person-state']);
    await expect(erase(person)).rejects.toThrow('person-state');
    // the address is free again
    expect((await one.post('/people', { name: 'Somebody Else', email: person.email })).status).toBe(201);
    expect(await verification()).toMatchObject({ ok: true });
  });

  test('may have roles, a claim that is submitted and a sign-off in force: two admins decide', async () => {
    const trio = await makeTrio(api);
    await signedOffClaim(trio, 1);
    const claim = await submittedClaim(trio.engineer, 2);
    await byTwoAdmins(one, two, { action: 'give-role', personId: trio.engineer.id, role: 'auditor' });
    expect((await trio.mentor.get<{ claims: { items: object[] } }>('/reviews')).body.claims.items).toHaveLength(1);
    must(await erase(trio.engineer), 200);
    expect((await trio.mentor.get<{ claims: { items: object[] } }>('/reviews')).body.claims.items).toHaveLength(0);
    expect((await auditor.get(claim.path)).body).toMatchObject({ state: 'withdrawn', summary: 'Erased.' });
    expect(await verification()).toMatchObject({ ok: true });
  });

  test('leaves their name where they signed for others: that is the others’ record', async () => {
    const trio = await makeTrio(api);
    await api.database.query(`UPDATE person SET name = 'Zqsigner' WHERE person_id = $1`, [trio.mentor.id]);
    const { claim } = await signedOffClaim(trio, 1);
    must(await erase(trio.mentor), 200);
    const lines = (await dump()).split('\n').filter((line) => line.includes('Zqsigner'));
    expect(
      lines.filter((line) => !line.startsWith(`record_content: (${trio.engineer.id},`) && !line.includes('public,record_content,body')),
    ).toEqual([]);
    expect(lines.length).toBeGreaterThan(0);
    const signOff = await trio.engineer.get<{ approvers: { name: string }[]; content: { approvals: { mentor: { name: string } }[] } }>(
      `/engineers/me/sign-offs/${claim.signOff?.id ?? ''}`,
    );
    expect(signOff.body.approvers[0]?.name).toBe(`Erased person ${trio.mentor.id.slice(-4)}`);
    expect(signOff.body.content.approvals[0]?.mentor.name).toBe('Zqsigner');
    expect(await verification()).toMatchObject({ ok: true });
  });
});

describe('what keeps an erasure whole', () => {
  test('a decision that waits for the record: an approval and the erasure at once, one after the other', async () => {
    const trio = await makeTrio(api);
    const claim = await acceptedClaim(trio, 1);
    const [approved, erased] = await Promise.all([
      act(trio.mentor, await seeClaim(trio.mentor, claim.path), 'approval', approval(trio.mentor)),
      erase(trio.engineer),
    ]);
    expect(erased.status).toBe(200);
    expect([200, 409, 412, 403, 404]).toContain(approved.status);
    const [left] = await api.database.query<{ count: number }>(`SELECT count(*)::int AS count FROM record_content WHERE engineer_id = $1`, [
      trio.engineer.id,
    ]);
    expect(left?.count).toBe(1);
    expect(await verification()).toMatchObject({ ok: true });
  });

  test('what was entered and not yet taken away goes at the next turn, and a second turn finds nothing', async () => {
    const trio = await makeTrio(api);
    await draftClaim(trio.engineer, 1);
    // as if the application had died between the two
    const eraser = api.app.get(Eraser, { strict: false });
    const crash = jest.spyOn(eraser, 'eraseNow').mockResolvedValue();
    must(await erase(trio.engineer), 200);
    crash.mockRestore();
    const contents = async (): Promise<number> =>
      (
        await api.database.query<{ count: number }>(`SELECT count(*)::int AS count FROM record_content WHERE engineer_id = $1`, [
          trio.engineer.id,
        ])
      )[0]?.count ?? -1;
    expect(await contents()).toBeGreaterThan(1);
    expect(await verification()).toMatchObject({ ok: true });
    await eraser.eraseNow();
    expect(await contents()).toBe(1);
    await eraser.eraseNow();
    expect(await contents()).toBe(1);
    expect(await verification()).toMatchObject({ ok: true });
  });

  test('where no account to erase with is named, or it cannot come in, nothing is decided', async () => {
    for (const [url, status, code] of [
      ['', 409, 'eraser-missing'],
      [api.database.eraserUrl.replace(/:\/\/[^@]+@/, '://nobody:x@'), 503, 'database-away'],
    ] as const) {
      const other = await startApp({ DATABASE_ERASER_URL: url });
      const [first, second] = [await makePerson(other, { roles: ['admin'] }), await makePerson(other, { roles: ['admin'] })];
      const person = await makePerson(other);
      const quiet = jest.spyOn(console, 'error').mockImplementation();
      const answer = await byTwoAdmins(first, second, { action: 'erase-person', personId: person.id });
      quiet.mockRestore();
      expect([answer.status, answer.body['code']]).toEqual([status, code]);
      expect((await person.get('/me')).status).toBe(200);
      await other.close();
    }
  });

  test('nobody but the eraser can take content away, and the eraser nothing that no entry names', async () => {
    const trio = await makeTrio(api);
    await draftClaim(trio.engineer, 1);
    const tries = async (url: string, sql: string): Promise<string> => {
      const client = new Client({ connectionString: url });
      await client.connect();
      try {
        await client.query(sql);
        return 'done';
      } catch (error) {
        return String((error as { code?: string }).code);
      } finally {
        await client.end();
      }
    };
    const denied = '42501';
    const { url, eraserUrl } = api.database;
    for (const sql of [
      'DELETE FROM record_content',
      'SELECT erase_what_ledgers_allow()',
      'SELECT forget_statistics()',
      'SET ROLE touchstone_eraser',
    ]) {
      expect([sql, await tries(url, sql)]).toEqual([sql, denied]);
    }
    for (const sql of [
      'DELETE FROM record_content',
      'SELECT * FROM record_content',
      'SELECT * FROM person',
      'DELETE FROM administration_content',
      `UPDATE accreditation SET reason = 'x'`,
      'DELETE FROM ledger_entry',
      `CREATE FUNCTION x() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
      'SET ROLE touchstone_app',
    ]) {
      expect([sql, await tries(eraserUrl, sql)]).toEqual([sql, denied]);
    }
    const count = (): Promise<unknown> => api.database.query('SELECT count(*) FROM record_content');
    const before = await count();
    expect(await tries(eraserUrl, 'SELECT erase_what_ledgers_allow()')).toBe('done');
    expect(await count()).toEqual(before);
    // an entry alone erases nobody: it takes a request that another admin has confirmed
    const owner = new Client({ connectionString: api.database.adminUrl });
    await owner.connect();
    const counts = async (confirmed: boolean): Promise<number> => {
      await owner.query('BEGIN');
      try {
        await owner.query(
          `INSERT INTO ledger_entry (engineer_id, seq, at, actor_id, kind, subject, digest, previous, hash)
           SELECT engineer_id, seq + 1, at, actor_id, 'record.erased', 'people/' || engineer_id, sha256('x'), hash, sha256('y')
             FROM ledger_entry WHERE engineer_id = $1 ORDER BY seq DESC LIMIT 1`,
          [trio.engineer.id],
        );
        if (confirmed)
          await owner.query(
            `INSERT INTO admin_request (request_id, action, person_id, reason, state, requested_by, requested_at, expires_at, decided_by, decided_at)
             VALUES (gen_random_uuid(), 'erase-person', $1, 'x', 'confirmed', $2, now(), now() + interval '7 days', $3, now())`,
            [trio.engineer.id, trio.mentor.id, trio.manager.id],
          );
        await owner.query('SELECT erase_what_ledgers_allow()');
        const { rows } = await owner.query<{ left: number }>('SELECT count(*)::int AS left FROM record_content WHERE engineer_id = $1', [
          trio.engineer.id,
        ]);
        return rows[0]?.left ?? -1;
      } finally {
        await owner.query('ROLLBACK');
      }
    };
    expect(await counts(false)).toBeGreaterThan(0);
    expect(await counts(true)).toBe(0);
    await owner.end();
  });
});
