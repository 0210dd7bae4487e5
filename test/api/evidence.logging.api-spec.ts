import { checkLedger, evidencePath, ledgerOf, logEvidence, progressOf, seen } from '../factories/evidence';
import { type TestPerson, makePerson, mentors } from '../factories/people';
import { type Answer, type TestApp, startApp } from '../setup/app';

interface Problem extends Record<string, unknown> {
  code: string;
  errors?: { pointer?: string; code: string; statement?: string }[];
}

let api: TestApp;
let engineer: TestPerson;

beforeAll(async () => {
  api = await startApp();
  engineer = await makePerson(api);
});
afterAll(() => api.close());

const valid = { title: 'Automated patching', description: 'Playbooks that patch in rings.' };
const log = (fields: Record<string, unknown>, as = engineer): Promise<Answer<Problem>> =>
  as.post<Problem>(evidencePath(engineer), { ...valid, ...fields });
const today = (): string => new Date().toISOString().slice(0, 10);
const daysFromNow = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

const countOf = async (): Promise<number> => {
  const [row] = await api.database.query<{ n: number }>(
    `SELECT (SELECT count(*) FROM evidence) + (SELECT count(*) FROM record_content) + (SELECT count(*) FROM ledger_entry) AS n`,
  );
  return Number(row?.n);
};

describe('logging evidence', () => {
  it('keeps all of it, and says so in the ledger', async () => {
    const someone = await makePerson(api);
    const answer = await someone.post(evidencePath(someone), {
      title: '  Automated   patching ',
      description: 'Playbooks\nthat patch in rings.',
      outcome: 'Two hours a month.',
      role: 'took-part',
      supervisedBy: 'The lead of the platform team',
      kind: 'lab',
      startedOn: '2024-02-29',
      endedOn: '2024-03-01',
      links: [{ url: 'https://git.example/a', label: 'The playbooks' }, { url: 'http://wiki.example/b' }],
      tags: ['Ansible', 'ansible ', 'Run  Book'],
      supports: [
        { statement: 'sfia-9:ITOP.4.2', rationale: 'They are mine.' },
        { statement: 'sfia-9:ITOP.3.1', rationale: 'They deploy.' },
      ],
    });
    expect(answer.status).toBe(201);
    const id = String(answer.body['id']);
    expect(answer.headers.get('location')).toBe(`/api/v1${evidencePath(someone, id)}`);
    expect(answer.etag).toBe('"v1"');
    expect(answer.body).toMatchObject({
      revision: 1,
      state: 'logged',
      title: 'Automated patching',
      description: 'Playbooks\nthat patch in rings.',
      outcome: 'Two hours a month.',
      role: 'took-part',
      supervisedBy: 'The lead of the platform team',
      kind: 'lab',
      startedOn: '2024-02-29',
      endedOn: '2024-03-01',
      links: [
        { url: 'https://git.example/a', label: 'The playbooks' },
        { url: 'http://wiki.example/b', label: null },
      ],
      tags: ['ansible', 'run book'],
      attachments: [],
      supports: [
        { statement: 'sfia-9:ITOP.3.1', rationale: 'They deploy.', state: 'proposed', revision: 1, feedback: null, reviewedBy: null },
        { statement: 'sfia-9:ITOP.4.2', skillLevel: 'sfia-9:ITOP.4', rationale: 'They are mine.' },
      ],
      actions: { edit: { allowed: true }, archive: { allowed: true }, addSupport: { allowed: true } },
    });
    expect((answer.body['rights'] as string[])[0]).toContain('SFIA Foundation');
    const { etag, ...read } = await seen(someone, someone, id);
    expect([etag, read]).toEqual([answer.etag, answer.body]);
    expect(await ledgerOf(someone)).toEqual([
      'evidence.logged',
      'support.proposed supports/sfia-9:ITOP.4.2',
      'support.proposed supports/sfia-9:ITOP.3.1',
    ]);
    await checkLedger(someone);
    const [same] = await api.database.query(
      `SELECT 1 FROM evidence_revision r JOIN ledger_entry l USING (engineer_id, digest) WHERE r.evidence_id = $1 AND l.kind = 'evidence.logged'`,
      [id],
    );
    expect(same).toBeDefined();
  });

  it('counts work that waits as proposed, and a lab not at all', async () => {
    const someone = await makePerson(api);
    await logEvidence(someone, { supports: [{ statement: 'sfia-9:ITOP.4.2', rationale: 'x' }] });
    await logEvidence(someone, { kind: 'lab', supports: [{ statement: 'sfia-9:ITOP.4.3', rationale: 'x' }] });
    const { kept, rebuilt } = await progressOf(api, someone);
    expect(kept).toMatchObject([{ skill_level_ref: 'sfia-9:ITOP.4', total: 8, accepted: 0, proposed: 1, going_on: true }]);
    expect(rebuilt).toEqual(kept);
  });

  it('is work that goes on when no more is said', async () => {
    const { body } = await log({ outcome: null, endedOn: null });
    expect(body).toMatchObject({
      kind: 'work',
      role: null,
      outcome: null,
      startedOn: null,
      endedOn: null,
      links: [],
      tags: [],
      supports: [],
    });
  });

  it('takes right-to-left text and emoji as they are', async () => {
    const title = 'ניהול תשתיות · إدارة البنية التحتية 🛠️';
    const { status, body } = await log({ title, description: '‮abc‬' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ title, description: '‮abc‬' });
  });

  it('takes texts of the full length, counted in characters', async () => {
    const { status } = await log({ title: '🛠'.repeat(200), description: '🛠'.repeat(20_000), outcome: 'x '.repeat(10_000) });
    expect(status).toBe(201);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['no title', { title: undefined }, '/title'],
    ['an empty title', { title: '' }, '/title'],
    ['a blank title', { title: ' \n ' }, '/title'],
    ['a title that is null', { title: null }, '/title'],
    ['a title that is too long', { title: 'x'.repeat(201) }, '/title'],
    ['no description', { description: undefined }, '/description'],
    ['a huge description', { description: 'x'.repeat(20_001) }, '/description'],
    ['an empty outcome', { outcome: '' }, '/outcome'],
    ['NUL', { description: 'a\u0000b' }, '/description'],
    ['half of a surrogate pair', { title: 'a\ud800' }, '/title'],
    ['another role', { role: 'hero' }, '/role'],
    ['another kind', { kind: 'holiday' }, '/kind'],
    ['a kind that is null', { kind: null }, '/kind'],
    ['an impossible day', { startedOn: '2025-02-30' }, '/startedOn'],
    ['a day in another form', { startedOn: '1.2.2025' }, '/startedOn'],
    ['an instant for a day', { endedOn: '2025-02-01T00:00:00Z' }, '/endedOn'],
    ['a first day in the future', { startedOn: daysFromNow(2) }, '/startedOn'],
    ['a last day in the future', { endedOn: daysFromNow(2) }, '/endedOn'],
    ['days the wrong way round', { startedOn: '2025-02-02', endedOn: '2025-02-01' }, '/endedOn'],
    ['a script for a link', { links: [{ url: 'javascript:alert(1)' }] }, '/links/0/url'],
    ['a link that is no http', { links: [{ url: 'https://a.example' }, { url: 'ftp://a.example/x' }] }, '/links/1/url'],
    ['a link with a password', { links: [{ url: 'https://user:secret@a.example' }] }, '/links/0/url'],
    ['links that are texts', { links: ['https://a.example'] }, '/links'],
    ['a field of a link that there is not', { links: [{ url: 'https://a.example', rel: 'x' }] }, '/links/0/rel'],
    ['too many tags', { tags: Array.from({ length: 21 }, (_, i) => `tag ${i}`) }, '/tags'],
    ['an empty tag', { tags: [''] }, '/tags'],
    ['tags in one text', { tags: 'ansible' }, '/tags'],
    ['an engineer in the body', { engineerId: '01931b2e-7c00-7000-8000-000000000001' }, '/engineerId'],
    ['an id in the body', { id: '01931b2e-7c00-7000-8000-00000000000a' }, '/id'],
    ['a state in the body', { state: 'archived' }, '/state'],
    ['a support without a rationale', { supports: [{ statement: 'sfia-9:ITOP.4.2' }] }, '/supports/0/rationale'],
    [
      'a support that brings its verdict',
      { supports: [{ statement: 'sfia-9:ITOP.4.2', rationale: 'x', state: 'accepted' }] },
      '/supports/0/state',
    ],
  ])('refuses %s and writes nothing', async (_, fields, pointer) => {
    const before = await countOf();
    const { status, body } = await log(fields);
    expect([status, body.code, body.errors?.[0]?.pointer]).toEqual([400, 'malformed', pointer]);
    expect(await countOf()).toBe(before);
  });

  it('takes today as a day, by the clock of the organisation', async () => {
    expect((await log({ startedOn: today(), endedOn: today() })).status).toBe(201);
  });

  it.each(['sfia-9:ITOP.4.9', 'sfia-9:ITOP.6.1', 'sfia-9:ITOP.4', 'other-1:ITOP.4.2', 'nonsense'])(
    'refuses %s, which is no statement, and writes nothing',
    async (statement) => {
      const before = await countOf();
      const { status, body } = await log({
        supports: [
          { statement: 'sfia-9:ITOP.4.2', rationale: 'x' },
          { statement, rationale: 'x' },
        ],
      });
      expect([status, body.code, body.errors?.map((error) => error.statement)]).toEqual([422, 'statement-unknown', [statement]]);
      expect(await countOf()).toBe(before);
    },
  );

  it('refuses the same statement twice, and writes nothing', async () => {
    const before = await countOf();
    const one = { statement: 'sfia-9:ITOP.4.2', rationale: 'x' };
    const { status, body } = await log({ supports: [one, { ...one, rationale: 'y' }] });
    expect([status, body.code]).toEqual([409, 'support-exists']);
    expect(await countOf()).toBe(before);
  });

  it('is for the engineer alone: others who know of the record are told so, strangers find nothing', async () => {
    const [stranger, auditor, admin, mentor] = [
      await makePerson(api),
      await makePerson(api, { roles: ['auditor'] }),
      await makePerson(api, { roles: ['admin'] }),
      await makePerson(api),
    ];
    await mentors(api, mentor, engineer);
    for (const who of [auditor, admin, mentor]) expect((await log({ title: '' }, who)).body.code).toBe('not-allowed');
    expect((await log({}, stranger)).body.code).toBe('not-found');
    expect((await api.send('POST', evidencePath(engineer), valid)).status).toBe(401);
  });

  it('is done once when it is sent twice under one key', async () => {
    const someone = await makePerson(api);
    const send = (): Promise<Answer> => someone.post(evidencePath(someone), valid, { key: 'log-1' });
    const [first, second] = [await send(), await send()];
    expect(second.body).toEqual(first.body);
    expect([second.headers.get('idempotency-replayed'), second.etag]).toEqual(['true', first.etag]);
    expect(await ledgerOf(someone)).toHaveLength(1);
  });
});
