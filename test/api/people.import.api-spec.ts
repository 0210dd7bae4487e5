import { type TestPerson, makePerson } from '../factories/people';
import { type Answer, type RequestOptions, type TestApp, startApp } from '../setup/app';

let api: TestApp;
let admin: TestPerson;

beforeAll(async () => {
  api = await startApp();
  admin = await makePerson(api, { name: 'Admin', roles: ['admin'] });
});
afterAll(() => api.close());

interface Report {
  created: number;
  updated: number;
  unchanged: number;
  mentorships: number;
  people: { row: number; id: string; email: string; outcome: string; invitation: { token: string; url: string } | null }[];
}

const importing = <Body = Record<string, unknown>>(text: string, options: RequestOptions = {}, by = admin): Promise<Answer<Body>> =>
  api.send<Body>('POST', '/people/import', undefined, {
    token: by.token,
    raw: text,
    ...options,
    headers: { 'content-type': 'text/csv; charset=utf-8', ...options.headers },
  });
const refusedFor = async (text: string): Promise<unknown[]> => {
  const before = await counts();
  const answer = await importing(text);
  expect([answer.status, answer.body['code']]).toEqual([422, 'import-refused']);
  expect(await counts()).toEqual(before);
  return (answer.body['errors'] as { pointer: string; code: string }[]).map(({ pointer, code }) => `${pointer} ${code}`);
};
const counts = async (): Promise<unknown> =>
  (
    await api.database.query(
      `SELECT (SELECT count(*) FROM person) AS people, (SELECT sum(version) FROM person) AS versions, (SELECT count(*) FROM invitation) AS invitations,
              (SELECT count(*) FROM reporting_line) AS line, (SELECT count(*) FROM ledger_entry) AS entries, (SELECT count(*) FROM record) AS records`,
    )
  )[0];

describe('importing people', () => {
  it('makes people with invitations, records, managers of the same file and mentors, and reports each row', async () => {
    const mentor = await makePerson(api, { name: 'Mentor' });
    const { status, body } = await importing<Report>(
      `name,email,manager_email,roles,mentor_emails\nLeaf,leaf@import.test,MIDDLE@import.test,,${mentor.email};top@import.test\n` +
        `Middle,middle@import.test,top@import.test,,\nTop,top@import.test,,auditor,\n`,
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({ created: 3, updated: 0, unchanged: 0, mentorships: 2 });
    const [leaf, middle, top] = body.people;
    expect(leaf).toMatchObject({ row: 1, email: 'leaf@import.test', outcome: 'created' });
    expect((await admin.get(`/people/${leaf?.id}`)).body).toMatchObject({ manager: { id: middle?.id, name: 'Middle' }, roles: [] });
    expect((await admin.get(`/people/${top?.id}`)).body).toMatchObject({ manager: null, roles: ['auditor'] });
    const session = await api.send<{ token: string }>('POST', `/invitations/${leaf?.invitation?.token}`, {
      password: 'chosen by the leaf',
    });
    expect(session.status).toBe(201);
    const mentors = await api.send('GET', '/engineers/me/mentors', undefined, { token: session.body.token });
    expect(mentors.body).toMatchObject({
      items: [
        { mentor: { id: top?.id }, skills: ['sfia-9:ITOP'], inForce: true },
        { mentor: { id: mentor.id }, skills: ['sfia-9:ITOP'], inForce: true },
      ],
    });
    const ledger = await api.send('GET', '/engineers/me/ledger', undefined, { token: session.body.token });
    expect(ledger.body).toMatchObject({ items: [{ kind: 'mentorship.begun', actor: admin.id }, { kind: 'mentorship.begun' }] });
    expect((await api.send('GET', '/engineers/me/ledger/verification', undefined, { token: session.body.token })).body).toMatchObject({
      ok: true,
    });
    expect(
      await api.database.query(`SELECT ancestor_id, depth FROM reporting_line WHERE descendant_id = $1 ORDER BY depth`, [leaf?.id]),
    ).toEqual([
      { ancestor_id: middle?.id, depth: 1 },
      { ancestor_id: top?.id, depth: 2 },
    ]);
  });

  it('updates who is there already, moves those below along, and says what stays as it is', async () => {
    const boss = await makePerson(api);
    const person = await makePerson(api, { name: 'Old Name' });
    const below = await makePerson(api, { manager: person });
    const mentor = await makePerson(api);
    const text = `name,email,manager_email,mentor_emails,mentor_skills\nNew Name,${person.email.toUpperCase()},${boss.email},${mentor.email},sfia-9:ITOP\n`;
    const first = await importing<Report>(text);
    expect(first.body).toMatchObject({
      created: 0,
      updated: 1,
      mentorships: 1,
      people: [{ id: person.id, outcome: 'updated', invitation: null }],
    });
    expect((await person.get('/people/me')).body).toMatchObject({ name: 'New Name', email: person.email, manager: { id: boss.id } });
    expect((await boss.get(`/people/${below.id}`)).status).toBe(200);
    const again = await importing<Report>(text);
    expect(again.body).toMatchObject({ created: 0, updated: 0, unchanged: 1, mentorships: 0 });
    const freed = await importing<Report>(`name,email,manager_email\nNew Name,${person.email},\n`);
    expect(freed.body).toMatchObject({ updated: 1 });
    expect((await boss.get(`/people/${below.id}`)).status).toBe(404);
    const roles = await importing<Report>(`name,email,roles\nNew Name,${person.email},auditor\n`);
    expect(roles.body).toMatchObject({ updated: 1 });
    expect((await person.get('/people/me')).body).toMatchObject({ roles: ['auditor'], manager: null });
  });

  it('knows people by every spelling that the database takes for theirs', async () => {
    const odd = await makePerson(api);
    await api.database.query(`UPDATE person SET email = 'willi@import.test' WHERE person_id = $1`, [odd.id]);
    const { status, body } = await importing<Report>(
      `name,email,manager_email\n${odd.name},W\u0130LL\u0130@import.test,\nHilli,hilli@import.test,w\u0130lli@import.test\n`,
    );
    expect([status, body.people.map(({ id, outcome }) => [id === odd.id, outcome])]).toEqual([
      200,
      [
        [true, 'unchanged'],
        [false, 'created'],
      ],
    ]);
    expect(await refusedFor(`name,email\nA,twilli@import.test\nB,tw\u0130lli@import.test\n`)).toEqual(['/rows/2/email email-repeated']);
  });

  it('swaps a manager and their report, which no order of single moves could', async () => {
    const one = await makePerson(api);
    const two = await makePerson(api, { manager: one });
    const swap = await importing<Report>(`name,email,manager_email\n${one.name},${one.email},${two.email}\n${two.name},${two.email},\n`);
    expect(swap.body).toMatchObject({ updated: 2 });
    expect(
      await api.database.query(`SELECT depth FROM reporting_line WHERE ancestor_id = $1 AND descendant_id = $2`, [two.id, one.id]),
    ).toEqual([{ depth: 1 }]);
  });

  it('imports nothing where anything is wrong, and names every place at once', async () => {
    const gone = await makePerson(api);
    await api.database.query(`UPDATE person SET active = false WHERE person_id = $1`, [gone.id]);
    expect(
      await refusedFor(
        `name,email,manager_email,roles,mentor_emails,mentor_skills\n` +
          `Good,good@import.test,,,,\n` +
          `,bad,nobody@import.test,boss,,\n` +
          `Three,three@import.test,${gone.email},,three@import.test;ghost@import.test,sfia-9:NONE\n` +
          `Loop A,a@import.test,b@import.test,,,\nLoop B,b@import.test,a@import.test,,,\nBelow,c@import.test,a@import.test,,,\n`,
      ),
    ).toEqual([
      '/rows/2/name text',
      '/rows/2/email email',
      '/rows/2/roles role-unknown',
      '/rows/2/manager_email person-unknown',
      '/rows/3/manager_email person-unknown',
      '/rows/3/mentor_skills skill-unknown',
      '/rows/3/mentor_emails own-mentor',
      '/rows/3/mentor_emails person-unknown',
      '/rows/4/manager_email reporting-loop',
      '/rows/5/manager_email reporting-loop',
    ]);
    expect(await refusedFor(`name,emial\nOne,one@import.test\n`)).toEqual(['/header columns', '/header columns']);
    expect(await refusedFor(`name,email\n"One,one@import.test\n`)).toEqual(['/ csv']);
  });

  it('refuses what an admin would do to their own roles and relations', async () => {
    const person = await makePerson(api);
    const other = await makePerson(api);
    const below = await makePerson(api, { manager: admin });
    const own = `Admin,${admin.email}`;
    expect(
      await refusedFor(
        `name,email,manager_email,roles,mentor_emails\n${own},${other.email},,${other.email}\n` +
          `P,${person.email},${admin.email},,${admin.email}\nNew,new@import.test,${admin.email},,\n`,
      ),
    ).toEqual([
      '/rows/1/roles own-relation',
      '/rows/1/manager_email own-relation',
      '/rows/1/mentor_emails own-relation',
      '/rows/2/mentor_emails own-relation',
      '/rows/2/manager_email own-relation',
      '/rows/3/manager_email own-relation',
    ]);
    expect(await refusedFor(`name,email,manager_email\nP,${person.email},${below.email}\n`)).toEqual([
      '/rows/1/manager_email own-relation',
    ]);
    const same = await importing<Report>(
      `name,email,manager_email,roles,mentor_emails\n${own},,admin,\n${below.name},${below.email},${admin.email},,\n`,
    );
    expect(same.body).toMatchObject({ unchanged: 2 });
  });

  it('is for admins, and takes CSV in UTF-8', async () => {
    const text = 'name,email\nOne,one@import.test\n';
    const engineer = await makePerson(api);
    const code = ({ status, body }: Answer): [number, unknown] => [status, body['code']];
    expect(code(await importing(text, {}, engineer))).toEqual([403, 'not-allowed']);
    expect(code(await importing(text, { headers: { 'content-type': 'application/json' } }))).toEqual([415, 'wrong-media-type']);
    expect(code(await importing('', { raw: new Uint8Array([0x6e, 0xff]) }))).toEqual([400, 'malformed']);
    expect(code(await importing('name,email\nO\0ne,one@import.test\n'))).toEqual([400, 'malformed']);
    expect(code(await importing(`name,email\n${'x'.repeat(1_048_577)}`))).toEqual([413, 'too-large']);
  });

  it('answers the same again under an Idempotency-Key, without the secrets', async () => {
    const text = 'name,email\nOnce,once@import.test\nTwice,twice@import.test\n';
    const first = await importing<Report>(text, { key: 'file' });
    const second = await importing<Report>(text, { key: 'file' });
    expect([first.status, second.status, second.headers.get('idempotency-replayed')]).toEqual([200, 200, 'true']);
    expect(second.body.people.map(({ invitation }) => [invitation?.token, invitation?.url])).toEqual([
      [null, null],
      [null, null],
    ]);
    expect(second.body.created).toBe(2);
    const [kept] = await api.database.query<{ text: string }>(`SELECT a::text AS text FROM idempotent_answer a WHERE key = 'file'`);
    expect(kept?.text).not.toContain(first.body.people[1]?.invitation?.token);
  });

  it('makes one organisation of two files that come at the same time', async () => {
    const file = (manager: string, report: string): string =>
      `name,email,manager_email\nA,a2@import.test,${manager}\nB,b2@import.test,${report}\n`;
    const answers = await Promise.all([importing(file('', 'a2@import.test')), importing(file('b2@import.test', ''))]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await api.database.query(`SELECT 1 FROM person WHERE email LIKE '_2@import.test' AND manager_id IS NOT NULL`)).toHaveLength(1);
    expect(
      await api.database.query(
        `SELECT 1 FROM reporting_line l JOIN person p ON p.person_id = l.descendant_id WHERE p.email LIKE '_2@import.test'`,
      ),
    ).toHaveLength(1);
  });

  it('takes the largest file there may be', async () => {
    const rows = Array.from(
      { length: 5_000 },
      (_, at) => `Person ${at},p${at}@bulk.test,${at === 0 ? '' : `p${Math.floor((at - 1) / 8)}@bulk.test`}`,
    );
    const { status, body } = await importing<Report>(`name,email,manager_email\n${rows.join('\n')}\n`);
    expect([status, body.created]).toEqual([200, 5_000]);
    const [row] = await api.database.query(
      `SELECT count(*)::int AS count FROM reporting_line l JOIN person p ON p.person_id = l.descendant_id WHERE p.email = 'p4999@bulk.test'`,
    );
    expect(row).toEqual({ count: 5 });
  });
});
