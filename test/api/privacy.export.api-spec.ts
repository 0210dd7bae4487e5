import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { unzipSync } from 'fflate';
import { type Json, saltedDigest } from '../../src/kernel/canonical-json';
import { type Entry, checkChain } from '../../src/ledger/entry';
import { exportParts } from '../../src/privacy/export-parts';
import { acceptedClaim, act, approval, draftClaim, levelRef, logWork, makeTrio, signedOffClaim, statementRef } from '../factories/claims';
import { type TestPerson, makePerson, mentors } from '../factories/people';
import { type TestApp, startApp } from '../setup/app';

let api: TestApp;
beforeAll(async () => {
  api = await startApp();
});
afterAll(() => api.close());

type Rows = readonly Record<string, unknown>[];

interface Export {
  readonly names: readonly string[];
  text(name: string): string;
  json(name: string): Rows;
  csv(name: string): Rows;
}

async function exportOf(person: TestPerson, of = 'me', query = ''): Promise<Export> {
  const answer = await person.get(`/engineers/${of}/export${query}`);
  expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
    200,
    'application/zip',
    'no-store',
  ]);
  const files = unzipSync(answer.bytes);
  const text = (name: string): string => {
    const bytes = files[name];
    if (bytes === undefined) throw new Error(`${name} is not in the export`);
    return Buffer.from(bytes).toString('utf8');
  };
  return {
    names: Object.keys(files),
    text,
    json: (name) => JSON.parse(text(`${name}.json`)) as Rows,
    csv: (name) => parse(text(`${name}.csv`), { columns: true }),
  };
}

const ledgerOf = (person: TestPerson): Promise<{ kind: string; actor: string; content: unknown }[]> =>
  api.database.query(
    `SELECT e.kind, e.actor_id AS actor, e.subject, k.body AS content FROM ledger_entry e LEFT JOIN record_content k USING (engineer_id, digest)
      WHERE e.engineer_id = $1 AND e.kind LIKE 'record.%' ORDER BY e.seq`,
    [person.id],
  );
const opened = (person: TestPerson): Promise<{ actor: string; content: unknown }[]> =>
  api.database.query(
    `SELECT e.actor_id AS actor, k.body AS content FROM administration_entry e LEFT JOIN administration_content k USING (digest)
      WHERE e.kind = 'record.opened-by-admin' AND e.subject = 'people/' || $1::uuid ORDER BY e.seq`,
    [person.id],
  );

describe('the export of a record', () => {
  it('has everything of the engineer, as JSON and the same as CSV, and a manifest of it', async () => {
    const trio = await makeTrio(api);
    const { engineer, mentor } = trio;
    const signedOff = await signedOffClaim(trio, 1);
    const evidence = await logWork(engineer, [statementRef(2, 1)], { title: 'A title that stands nowhere else' });
    const { etag = '' } = await engineer.get(`/engineers/me/evidence/${evidence}`);
    expect((await engineer.patch(`/engineers/me/evidence/${evidence}`, { title: 'A second title' }, { ifMatch: etag })).status).toBe(200);
    const draft = await draftClaim(engineer, 2);
    await engineer.post('/me/tokens', { name: 'My script', scopes: ['record:read'], expiresOn: '2027-01-01' });
    const exported = await exportOf(engineer);
    // each part twice, and the CSV says what the JSON says
    const parts = exported.names
      .filter((name) => name.endsWith('.json') && name !== 'manifest.json')
      .map((name) => name.replace('.json', ''));
    expect(parts.length).toBeGreaterThan(20);
    for (const part of parts) {
      const [json, csv] = [exported.json(part), exported.csv(part)];
      const asText = (value: unknown): string =>
        typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value);
      expect(csv).toEqual(json.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, asText(value)]))));
    }
    // the manifest covers every file but itself
    const manifest = JSON.parse(exported.text('manifest.json')) as { files: Record<string, { sha256: string; bytes: number }>; by: string };
    expect(Object.keys(manifest.files).sort()).toEqual(exported.names.filter((name) => name !== 'manifest.json').sort());
    for (const [name, { sha256, bytes }] of Object.entries(manifest.files)) {
      const text = Buffer.from(exported.text(name), 'utf8');
      expect([name, createHash('sha256').update(text).digest('hex'), text.length]).toEqual([name, sha256, bytes]);
    }
    expect(exported.text('README.txt')).toContain(engineer.name);
    expect(exported.json('profile')).toMatchObject([
      { id: engineer.id, email: engineer.email, managerId: trio.manager.id, hasPassword: true },
    ]);
    expect(exported.json('mentors')).toMatchObject([{ mentorId: mentor.id, mentorName: mentor.name, skills: ['sfia-9:ITOP'] }]);
    expect(exported.json('evidence-revisions').filter(({ evidenceId }) => evidenceId === evidence)).toMatchObject([
      { revision: 1, title: 'A title that stands nowhere else' },
      { revision: 2, title: 'A second title' },
    ]);
    expect(exported.json('supports').find(({ evidenceId }) => evidenceId === evidence)).toMatchObject({
      state: 'proposed',
      statement: statementRef(2, 1),
    });
    expect(exported.json('claims')).toMatchObject([
      { id: signedOff.id, state: 'approved' },
      { id: draft.id, state: 'draft', summary: 'I do this work on my own.' },
    ]);
    expect(exported.json('claim-submissions')).toMatchObject([{ claimId: signedOff.id, content: { skillLevel: levelRef(1) } }]);
    expect(exported.json('approvals')).toMatchObject([{ mentorId: mentor.id, content: { essence: { met: true } } }]);
    expect(exported.json('claim-history').map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['claim.drafted', 'claim.submitted', 'claim.approved']) as unknown,
    );
    expect(exported.json('sign-offs')).toMatchObject([{ skillLevel: levelRef(1), content: { engineer: { id: engineer.id } } }]);
    expect(exported.json('progress')).toMatchObject([
      { skillLevel: levelRef(1), signOffId: expect.any(String) as unknown },
      { skillLevel: levelRef(2) },
    ]);
    expect(exported.json('tokens')).toMatchObject([{ name: 'My script' }]);
    expect(exported.json('sessions')).toMatchObject([{ client: 'test' }]);
    // the ledger can be checked from the export alone, and its last entry is this export
    const ledger = exported.json('ledger') as unknown as (Entry & { salt: string; content: Json })[];
    expect(checkChain(engineer.id, ledger)).toBeNull();
    for (const { content, salt, digest } of ledger) expect(saltedDigest(content, Buffer.from(salt, 'hex')).toString('hex')).toBe(digest);
    expect(ledger.at(-1)).toMatchObject({ kind: 'record.exported', actor: engineer.id });
  });

  it('holds no secret, and of others only what is the engineer’s', async () => {
    const trio = await makeTrio(api);
    const { engineer, mentor } = trio;
    const claim = await acceptedClaim(trio, 1);
    const note = 'A note about somebody else.';
    expect((await act(mentor, claim, 'approval', approval(mentor, { essence: { met: true, note } }))).status).toBe(200);
    expect((await mentor.get(`/teams/${engineer.id}/dashboard`)).status).toBe(403);
    await new Promise((resolve) => setTimeout(resolve, 700));
    const exported = await exportOf(mentor);
    const all = exported.names.map((name) => exported.text(name)).join('\n');
    expect(all).toContain(mentor.email);
    const secrets = await api.database.query<{ secret: string }>(
      `SELECT encode(token_hash, 'hex') AS secret FROM session UNION ALL SELECT password_hash FROM person WHERE password_hash IS NOT NULL`,
    );
    expect(secrets.length).toBeGreaterThan(0);
    for (const { secret } of secrets) expect(all).not.toContain(secret);
    expect(all).not.toContain('argon2');
    // what they did for the engineer: that, whom and when; nothing of the engineer's own
    expect(exported.json('approvals-given')).toEqual([
      { engineerId: engineer.id, skillLevel: levelRef(1), on: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as unknown },
    ]);
    expect(exported.json('verdicts-given')).toHaveLength(2);
    expect(exported.json('mentorships-given')).toMatchObject([{ engineerId: engineer.id }]);
    expect(exported.json('accreditations')).toMatchObject([{ upToLevel: 5, reason: 'for a test' }]);
    expect(exported.json('refused-requests')).toMatchObject([{ status: 403, code: 'not-allowed' }]);
    for (const foreign of [engineer.name, engineer.email, note, 'Ansible']) expect(all).not.toContain(foreign);
    // who else is in the administration ledger is not in anybody's export
    const admin = await makePerson(api, { roles: ['admin'] });
    const made = await admin.post<{ id: string }>('/people', { name: 'Somebody Else', email: 'somebody.else@example.test' });
    const acts = (await exportOf(admin)).json('administration');
    expect(acts.find(({ subject }) => subject === `people/${made.body.id}`)).toMatchObject({ kind: 'person.added', content: null });
    expect(acts.find(({ subject }) => subject === `people/${admin.id}`)).toMatchObject({ content: { roles: ['admin'] } });
  });

  it('is noted each time before it is sent, with actor and reason; only asking what would come is not', async () => {
    const engineer = await makePerson(api);
    expect((await engineer.get('/engineers/me/export?reason=For%20my%20files')).status).toBe(200);
    expect((await engineer.get(`/engineers/${engineer.id}/export`)).status).toBe(200);
    expect(await ledgerOf(engineer)).toEqual([
      { kind: 'record.exported', actor: engineer.id, subject: 'record', content: { reason: 'For my files' } },
      { kind: 'record.exported', actor: engineer.id, subject: 'record', content: { reason: null } },
    ]);
    expect(await opened(engineer)).toEqual([]);
    expect((await engineer.get<{ notices: unknown[] }>('/me')).body.notices).toEqual([]);
    const head = await fetch(`${api.origin}/api/v1/engineers/me/export`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${engineer.token}` },
    });
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'application/zip']);
    expect(await ledgerOf(engineer)).toHaveLength(2);
  });

  it('is given to an admin who says why; it stands in both ledgers and the engineer is told', async () => {
    const engineer = await makePerson(api);
    await logWork(engineer, [statementRef(1, 1)], { title: 'Mine alone' });
    const admin = await makePerson(api, { roles: ['admin'] });
    for (const query of ['', '?reason=', '?reason=%20%20', '?reason=x&reason=y', `?reason=${'x'.repeat(2001)}`, '?why=x']) {
      const { status, body } = await admin.get(`/engineers/${engineer.id}/export${query}`);
      expect([query, status, body['code']]).toEqual([query, 400, 'malformed']);
    }
    expect([await ledgerOf(engineer), await opened(engineer)]).toEqual([[], []]);
    const exported = await exportOf(admin, engineer.id, '?reason=Their%20letter%20of%20Monday');
    expect(exported.json('evidence-revisions')).toMatchObject([{ title: 'Mine alone' }]);
    expect(exported.text('README.txt')).toContain('Their letter of Monday');
    const reason = 'Their letter of Monday';
    expect(await ledgerOf(engineer)).toEqual([{ kind: 'record.exported', actor: admin.id, subject: 'record', content: { reason } }]);
    expect(await opened(engineer)).toEqual([{ actor: admin.id, content: { act: 'export', reason } }]);
    expect((await engineer.get<{ notices: unknown[] }>('/me')).body.notices).toEqual([
      { kind: 'record-opened', at: expect.any(String) as unknown, by: { id: admin.id, name: admin.name }, reason },
    ]);
    // an admin's own is theirs
    expect((await admin.get('/engineers/me/export')).status).toBe(200);
    expect(await opened(admin)).toEqual([]);
  });

  it('is for nobody else', async () => {
    const { engineer, mentor, manager } = await makeTrio(api);
    const auditor = await makePerson(api, { roles: ['auditor'] });
    const stranger = await makePerson(api);
    const path = `/engineers/${engineer.id}/export?reason=x`;
    for (const [person, status] of [
      [mentor, 403],
      [manager, 403],
      [auditor, 403],
      [stranger, 404],
    ] as const) {
      expect((await person.get(path)).status).toBe(status);
    }
    expect((await api.send('GET', path)).status).toBe(401);
    const { body } = await engineer.post<{ token: string }>('/me/tokens', {
      name: 'All',
      scopes: ['record:read', 'ledger:read'],
      expiresOn: '2027-01-01',
    });
    expect((await api.send('GET', path, undefined, { token: body.token })).body).toMatchObject({ code: 'scope-too-small' });
    expect(await ledgerOf(engineer)).toEqual([]);
  });

  it('is all or nothing: what cannot be noted is not sent', async () => {
    const engineer = await makePerson(api);
    const admin = await makePerson(api, { roles: ['admin'] });
    await api.database.query(`ALTER TABLE administration_entry ADD CONSTRAINT closed CHECK (kind <> 'record.opened-by-admin') NOT VALID`);
    const { status, bytes } = await admin
      .get(`/engineers/${engineer.id}/export?reason=x`)
      .catch(() => ({ status: 500, bytes: Buffer.alloc(0) }));
    await api.database.query(`ALTER TABLE administration_entry DROP CONSTRAINT closed`);
    expect([status, bytes.subarray(0, 2).toString()]).toEqual([500, '']);
    expect(await ledgerOf(engineer)).toEqual([]);
  });

  it('knows of every table that says something of a person', async () => {
    const explained: Readonly<Record<string, string>> = {
      administration_record: 'the head of a chain',
      badge_status: 'a place in a public list, drawn by lot',
      checkpoint_leaf: 'heads of chains',
      claim_pin: 'what the content of a submission says',
      idempotent_answer: 'answers that repeat what stands elsewhere, kept for a day',
      recovery_code: 'hashes of secrets',
      policy: 'who set it stands in the administration ledger',
      record: 'the head of the chain, which is the last entry of the ledger',
      reporting_line: 'follows from who is whose manager',
      standing: 'progress and targets, in one row',
    };
    const tables = await api.database.query<{ name: string }>(
      `SELECT DISTINCT table_name AS name FROM information_schema.columns
        WHERE table_schema = 'public' AND (column_name IN ('engineer_id', 'person_id', 'mentor_id', 'actor_id', 'address', 'email') OR column_name LIKE '%\\_by')`,
    );
    const statements = exportParts.map(({ sql }) => sql).join(' ');
    const missing = tables
      .map(({ name }) => name)
      .filter((name) => !new RegExp(`\\b${name}\\b`).test(statements) && explained[name] === undefined);
    expect(missing).toEqual([]);
  });

  it('keeps a large record out of memory, and one at a time', async () => {
    const engineer = await makePerson(api);
    await mentors(api, await makePerson(api), engineer);
    const text = 'x'.repeat(2_000);
    await api.database.query(
      `WITH made AS (SELECT n, ('01931b2e-7c00-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS id, sha256(n::text::bytea) AS digest FROM generate_series(1, 5000) n),
            e AS (INSERT INTO evidence (engineer_id, evidence_id, kind, search, logged_at, changed_at) SELECT $1, id, 'work', '', now(), now() FROM made),
            r AS (INSERT INTO evidence_revision (engineer_id, evidence_id, revision, at, digest) SELECT $1, id, 1, now(), digest FROM made)
       INSERT INTO record_content (engineer_id, digest, salt, body)
       SELECT $1, digest, digest, jsonb_build_object('title', 'Work ' || n, 'description', $2 || n) FROM made`,
      [engineer.id, text],
    );
    const answers = await Promise.all(Array.from({ length: 14 }, () => engineer.get(`/engineers/me/export`)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(0);
    expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(0);
    expect(statuses.every((status) => status === 200 || status === 503)).toBe(true);
    const whole = answers.find(({ status }) => status === 200);
    const files = unzipSync(whole?.bytes ?? Buffer.alloc(0), { filter: ({ name }) => name === 'evidence-revisions.json' });
    expect(JSON.parse(Buffer.from(files['evidence-revisions.json'] ?? []).toString('utf8'))).toHaveLength(5000);
  });
});
