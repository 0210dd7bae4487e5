import { parse } from 'csv-parse/sync';
import type { TeamDashboardAnswer } from '../../src/dashboards/team-dashboard.dto';
import { newId } from '../../src/kernel/ids';
import type { TeamGapsAnswer, TeamReviewsAnswer, TeamTrendAnswer } from '../../src/dashboards/team-figures.dto';
import { daysOverdue } from '../../src/dashboards/team-claims';
import { addDays, addMonths, addWorkdays, workdaysBetween } from '../../src/kernel/clock';
import { acceptAll, act, approval, logWork, signedOffClaim, statementRef, submittedClaim } from '../factories/claims';
import { review } from '../factories/evidence';
import { withoutLinks } from '../factories/links';
import { type TestPerson, makePerson, mentors } from '../factories/people';
import { restand } from '../factories/standing';
import { type TestApp, startApp } from '../setup/app';

let api: TestApp;
beforeAll(async () => {
  api = await startApp();
});
afterAll(() => api.close());

const get = async <Body>(person: TestPerson, path: string): Promise<Body> => {
  const { status, body } = await person.get<Body>(path);
  expect({ status, body }).toMatchObject({ status: 200 });
  return body;
};

interface Team {
  readonly top: TestPerson;
  readonly manager: TestPerson;
  readonly engineers: readonly TestPerson[];
  readonly mentor: TestPerson;
}

async function makeTeam(size: number): Promise<Team> {
  const top = await makePerson(api);
  const manager = await makePerson(api, { manager: top });
  const mentor = await makePerson(api, { name: 'Mentor One' });
  const engineers: TestPerson[] = [];
  for (let i = 0; i < size; i += 1) {
    const engineer = await makePerson(api, { manager });
    await mentors(api, mentor, engineer);
    engineers.push(engineer);
  }
  return { top, manager, mentor, engineers };
}
const [first, second, third] = [0, 1, 2];
const nth = (people: readonly TestPerson[], i: number): TestPerson => people[i] ?? raise();
const raise = (): never => {
  throw new Error('the team is smaller');
};
const today = new Date().toISOString().slice(0, 10);

describe('the gaps of a team', () => {
  it('are the statements of the skill, those most lacked for the next level first', async () => {
    const { manager, top, mentor, engineers } = await makeTeam(3);
    await signedOffClaim({ engineer: nth(engineers, first), mentor, manager }, 1);
    const evidence = await logWork(nth(engineers, second), [statementRef(1, 2), statementRef(2, 3)]);
    await review(mentor, nth(engineers, second), { id: evidence }, statementRef(1, 2));
    const lab = await logWork(nth(engineers, third), [statementRef(1, 1)], { kind: 'lab' });
    await review(mentor, nth(engineers, third), { id: lab }, statementRef(1, 1));
    const gaps = await get<TeamGapsAnswer>(manager, '/teams/me/gaps?skill=sfia-9:ITOP');
    expect(gaps).toMatchObject({ manager: { id: manager.id }, skill: 'sfia-9:ITOP', people: 3 });
    expect(gaps.rights).toContain('SFIA');
    expect(gaps.statements).toHaveLength(24);
    const of = (ref: string): unknown => {
      const { text, ...figures } = withoutLinks(gaps.statements).find(({ statement }) => statement === ref) ?? raise();
      expect(text).not.toBe('');
      return figures;
    };
    // two have level 1 next, and labs show nothing; whoever holds a level shows all of it
    expect(gaps.statements[0]?.statement).toBe(statementRef(1, 1));
    expect(of(statementRef(1, 1))).toEqual({
      statement: statementRef(1, 1),
      level: 1,
      shown: 1,
      notShown: 2,
      neededNext: 2,
      missingNext: 2,
    });
    expect(of(statementRef(1, 2))).toEqual({
      statement: statementRef(1, 2),
      level: 1,
      shown: 2,
      notShown: 1,
      neededNext: 2,
      missingNext: 1,
    });
    expect(of(statementRef(2, 3))).toEqual({
      statement: statementRef(2, 3),
      level: 2,
      shown: 0,
      notShown: 3,
      neededNext: 1,
      missingNext: 1,
    });
    expect(of(statementRef(5, 1))).toEqual({
      statement: statementRef(5, 1),
      level: 5,
      shown: 0,
      notShown: 3,
      neededNext: 0,
      missingNext: 0,
    });
    expect(gaps.statements.map(({ missingNext }) => missingNext)).toEqual(
      gaps.statements.map(({ missingNext }) => missingNext).sort((a, b) => b - a),
    );
    expect((await get<TeamGapsAnswer>(top, '/teams/me/gaps')).people).toBe(1);
    expect((await get<TeamGapsAnswer>(top, '/teams/me/gaps?depth=all')).people).toBe(4);
    expect((await get<TeamGapsAnswer>(top, `/teams/${manager.id}/gaps`)).statements).toEqual(gaps.statements);
    expect((await manager.get('/teams/me/gaps?skill=sfia-9:NONE')).status).toBe(404);
  });
});

describe('the queue of a team', () => {
  it('is that of each mentor, by how far claims are past their day', async () => {
    const { manager, mentor, engineers } = await makeTeam(3);
    const two = await makePerson(api, { name: 'Mentor Two' });
    await mentors(api, two, nth(engineers, first));
    await mentors(api, await makePerson(api), nth(engineers, second), { accreditedTo: null });
    const claims = [await submittedClaim(nth(engineers, first), 5), await submittedClaim(nth(engineers, second), 1)];
    const due = (i: number, day: string): Promise<unknown> =>
      api.database.query(`UPDATE claim SET due_on = $2 WHERE claim_id = $1`, [claims[i]?.id, day]);
    const queue = (): Promise<TeamReviewsAnswer> => get<TeamReviewsAnswer>(manager, '/teams/me/reviews');
    await due(first, addWorkdays(today, 3));
    await due(second, addWorkdays(today, 2));
    const one = { id: mentor.id, name: 'Mentor One' };
    const other = { id: two.id, name: 'Mentor Two' };
    expect(withoutLinks(await queue())).toEqual({
      manager: { id: manager.id, name: manager.name },
      mentors: [
        { mentor: one, waiting: 2, overdue: 0, dueSoon: 1, inTime: 1, nextDueOn: addWorkdays(today, 2), longestOverdueDays: 0 },
        { mentor: other, waiting: 1, overdue: 0, dueSoon: 0, inTime: 1, nextDueOn: addWorkdays(today, 3), longestOverdueDays: 0 },
      ],
      totals: { submitted: 2, overdue: 0, nobodyCanDecide: 0 },
      asOf: expect.any(String) as unknown,
    });
    // the latest day that lies so many working days back
    const back = (workdays: number): string => {
      for (let days = workdays; ; days += 1) if (workdaysBetween(addDays(today, -days), today) === workdays) return addDays(today, -days);
    };
    await due(first, back(4));
    const late = await queue();
    expect(late.mentors[0]).toMatchObject({ overdue: 1, nextDueOn: back(4) });
    expect(late.mentors[0]?.longestOverdueDays).toBe(4);
    expect(late.totals).toMatchObject({ overdue: 1 });
    // who has approved waits no more; when nobody is left who could, that is said
    const claim = claims[first] ?? raise();
    expect((await act(two, await acceptAll(mentor, claim), 'approval', approval(two))).status).toBe(200);
    expect((await queue()).mentors.map(({ mentor: { id } }) => id)).toEqual([mentor.id]);
    await api.database.query(`UPDATE person SET active = false WHERE person_id = $1`, [mentor.id]);
    expect(await queue()).toMatchObject({ mentors: [], totals: { submitted: 2, nobodyCanDecide: 2 } });
  });
});

test('what was due on Friday is a day overdue on Saturday, and still on Monday', async () => {
  const on = async (day: string): Promise<number | undefined> =>
    (await api.database.query<{ days: number }>(`SELECT ${daysOverdue(`date '2026-11-20'`, `date '${day}'`)} AS days`))[0]?.days;
  const days = ['2026-11-19', '2026-11-20', '2026-11-21', '2026-11-22', '2026-11-23', '2026-11-24', '2026-11-28', '2026-11-30'];
  const counted: (number | undefined)[] = [];
  for (const day of days) counted.push(await on(day));
  expect(counted).toEqual([0, 0, 1, 1, 1, 2, 5, 6]);
});

describe('the trend of a team', () => {
  it('counts evidence, sign-offs and revocations by month, this month last', async () => {
    const { manager, mentor, engineers } = await makeTeam(1);
    const engineer = nth(engineers, first);
    const claim = await signedOffClaim({ engineer, mentor, manager }, 1);
    const month = today.slice(0, 7);
    const before = addMonths(`${month}-01`, -3).slice(0, 7);
    await api.database.query(`UPDATE evidence SET logged_at = ($2 || '-15T12:00:00Z')::timestamptz WHERE engineer_id = $1`, [
      engineer.id,
      before,
    ]);
    await logWork(engineer, []);
    const trend = async (query = ''): Promise<TeamTrendAnswer> =>
      withoutLinks(await get<TeamTrendAnswer>(manager, `/teams/me/trend${query}`));
    const all = await trend();
    expect(all.months).toHaveLength(24);
    expect(all.months.at(-1)).toEqual({ month, evidence: 1, signOffs: 1, revocations: 0 });
    expect(all.months.at(-4)).toEqual({ month: before, evidence: 2, signOffs: 0, revocations: 0 });
    expect(all.months[0]).toEqual({ month: addMonths(`${month}-01`, -23).slice(0, 7), evidence: 0, signOffs: 0, revocations: 0 });
    // of one skill: what was linked to it
    expect((await trend('?skill=sfia-9:ITOP&months=4')).months.map(({ evidence }) => evidence)).toEqual([2, 0, 0, 0]);
    expect((await trend('?months=1')).months).toEqual([{ month, evidence: 1, signOffs: 1, revocations: 0 }]);
    const admin = await makePerson(api, { roles: ['admin'] });
    const signOff = `/engineers/${engineer.id}/sign-offs/${claim.claim.signOff?.id}`;
    expect((await admin.post(`${signOff}/revocation`, { password: admin.password, reason: 'Not theirs.' })).status).toBe(200);
    expect((await trend('?months=1')).months).toEqual([{ month, evidence: 1, signOffs: 1, revocations: 1 }]);
    // of one level: what was linked to it, or signed off at it; the newest first if that is asked
    expect((await trend('?level=1&months=1')).months).toEqual([{ month, evidence: 0, signOffs: 1, revocations: 1 }]);
    expect((await trend('?level=2&months=1')).months).toEqual([{ month, evidence: 0, signOffs: 0, revocations: 0 }]);
    expect((await trend('?order=desc')).months).toEqual(
      all.months.toReversed().map((one) => (one.month === month ? { ...one, revocations: 1 } : one)),
    );
    for (const query of ['?level=8', '?level=none', '?order=up', '?sort=month']) {
      expect([query, (await manager.get(`/teams/me/trend${query}`)).status]).toEqual([query, 400]);
    }
    for (const query of ['?months=0', '?months=121', '?months=x', '?months=', '?months=1.5']) {
      expect([query, (await manager.get(`/teams/me/trend${query}`)).status]).toEqual([query, 400]);
    }
    expect((await manager.get('/teams/me/trend?skill=sfia-9:NONE')).status).toBe(404);
  });
});

describe('every dashboard of a team', () => {
  const paths = ['dashboard', 'gaps', 'reviews', 'trend', 'claims', 'sign-offs', 'evidence'];

  it('is for the manager, those above and auditors', async () => {
    const { top, manager, mentor, engineers } = await makeTeam(1);
    const auditor = await makePerson(api, { roles: ['auditor'] });
    const admin = await makePerson(api, { roles: ['admin'] });
    for (const path of paths) {
      for (const [person, status] of [
        [manager, 200],
        [top, 200],
        [auditor, 200],
        [admin, 403],
        [mentor, 404],
        [nth(engineers, first), 404],
      ] as const) {
        expect([path, (await person.get(`/teams/${manager.id}/${path}`)).status]).toEqual([path, status]);
      }
      expect((await api.send('GET', `/teams/${manager.id}/${path}`)).status).toBe(401);
    }
  });

  it('is CSV for whoever would rather have that, with the same figures', async () => {
    const { manager, mentor, engineers } = await makeTeam(2);
    await submittedClaim(nth(engineers, first), 1);
    await signedOffClaim({ engineer: nth(engineers, second), mentor, manager }, 1);
    for (const path of paths) {
      const json = await manager.get<Record<string, unknown>>(`/teams/me/${path}`);
      const csv = await manager.get<unknown>(`/teams/me/${path}`, { headers: { accept: 'text/csv' } });
      expect([csv.status, csv.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8; header=present']);
      expect(csv.headers.get('content-disposition')).toMatch(/^attachment; filename="[\w-]+\.csv"$/);
      for (const { headers } of [json, csv]) expect([headers.get('vary'), headers.get('cache-control')]).toEqual(['Accept', 'no-store']);
      const rows = parse<Record<string, string>>(csv.bytes, { columns: true });
      const list = (
        json.body['people'] instanceof Array
          ? json.body['people']
          : (json.body['statements'] ?? json.body['mentors'] ?? json.body['months'] ?? json.body['items'])
      ) as Record<string, unknown>[];
      expect(rows).toHaveLength(list.length);
      for (const [i, row] of rows.entries()) {
        for (const [name, value] of Object.entries(list[i] ?? {})) {
          if (name in row && (value === null || typeof value !== 'object') && name !== 'claim')
            expect([name, row[name]]).toEqual([name, value === null ? '' : String(value as string)]);
        }
      }
    }
    const team = parse((await manager.get('/teams/me/dashboard', { headers: { accept: 'text/csv' } })).bytes, { columns: true });
    expect(team).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          name: nth(engineers, first).name,
          claim: 'sfia-9:ITOP.1',
          claimOverdue: 'false',
          claimWaitsOn: mentor.name,
          level1Accepted: '0',
          level1Total: '2',
          level1ClaimState: 'submitted',
          level5Total: '5',
        }),
      ]) as unknown,
    );
  });

  it('as CSV leaves nothing out: lists have all their rows, and people all that is told of them', async () => {
    const { manager, engineers } = await makeTeam(2);
    const validity = `UPDATE progress SET valid_until = '2099-12-31', sign_off_id = $2, signed_off_on = '2026-01-01', signed_off_accepted = 0 WHERE engineer_id = $1`;
    await logWork(nth(engineers, second), [statementRef(1, 1)]);
    await api.database.query('SET session_replication_role = replica');
    await api.database.query(validity, [nth(engineers, second).id, newId()]);
    await restand(api, nth(engineers, second).id);
    // more than a page has, and more than are read at once
    await api.database.query(
      `INSERT INTO claim (engineer_id, claim_id, skill_ref, skill_level_ref, state, summary, policy_version, first_submitted_on, submission, due_on, drafted_at, changed_at)
       SELECT $1, gen_random_uuid(), 'test-1:S' || n, 'sfia-9:ITOP.1', 'submitted', 's', 1, '2026-01-01', 1, date '2026-01-01' + n, now(), now() FROM generate_series(1, 225) n`,
      [nth(engineers, first).id],
    );
    await api.database.query(
      `INSERT INTO sign_off (engineer_id, sign_off_id, claim_id, submission, skill_ref, skill_level_ref, level, at, signed_off_on, total, accepted, digest)
       SELECT $1, gen_random_uuid(), gen_random_uuid(), 1, 'sfia-9:ITOP', 'sfia-9:ITOP.1', 1, now(), date '2026-01-01' + n, 2, 2, sha256('x') FROM generate_series(1, 425) n`,
      [nth(engineers, first).id],
    );
    await api.database.query(
      `INSERT INTO evidence (engineer_id, evidence_id, kind, search, logged_at, changed_at)
       SELECT $1, gen_random_uuid(), 'work', '', now(), now() FROM generate_series(1, 200)`,
      [nth(engineers, first).id],
    );
    await api.database.query('SET session_replication_role = DEFAULT');
    for (let i = 0; i < 25; i += 1) await logWork(nth(engineers, first), []);
    for (const [list, rows, ofPage] of [
      ['claims', 225, 20],
      ['sign-offs', 425, 20],
      ['evidence', 226, 20],
    ] as const) {
      const { body } = await manager.get<{ items: unknown[]; nextCursor: string }>(`/teams/me/${list}`);
      expect([list, body.items.length]).toEqual([list, ofPage]);
      const csv = async (query: string): Promise<Record<string, string>[]> =>
        parse<Record<string, string>>((await manager.get(`/teams/me/${list}${query}`, { headers: { accept: 'text/csv' } })).bytes, {
          columns: true,
        });
      expect([list, (await csv('')).length, (await csv('?limit=5')).length]).toEqual([list, rows, rows]);
      expect([list, (await csv(`?cursor=${body.nextCursor}`)).length]).toEqual([list, rows - ofPage]);
      expect([list, (await csv('?depth=direct&level=5')).length]).toEqual([list, 0]);
      // a HEAD is answered, and holds nothing: more of them than there are connections for this
      const head = { method: 'HEAD', headers: { accept: 'text/csv', authorization: `Bearer ${manager.token}` } };
      for (let i = 0; i < 8; i += 1) expect((await fetch(`${api.origin}/api/v1/teams/me/${list}`, head)).status).toBe(200);
    }
    const { body } = await manager.get<TeamDashboardAnswer>('/teams/me/dashboard?skill=sfia-9:ITOP');
    const team = parse<Record<string, string>>(
      (await manager.get('/teams/me/dashboard?skill=sfia-9:ITOP', { headers: { accept: 'text/csv' } })).bytes,
      { columns: true },
    );
    expect(team).toHaveLength(body.people.length);
    for (const [i, person] of body.people.entries()) {
      const row = team[i] ?? raise();
      const text = (value: string | number | boolean | null | undefined): string => String(value ?? '');
      expect(row).toMatchObject({ active: 'true', claimId: text(person.claim?.id), claim: text(person.claim?.skillLevel) });
      for (const { level, validUntil, signedOffOn, accepted } of person.levels) {
        expect([row[`level${level}ValidUntil`], row[`level${level}SignedOffOn`], row[`level${level}Accepted`]]).toEqual(
          [validUntil, signedOffOn, accepted].map(text),
        );
      }
    }
    expect(team.map((row) => row['level1ValidUntil']).sort()).toEqual(['', '2099-12-31']);
  });

  it('is JSON unless CSV is wanted more', async () => {
    const person = await makePerson(api);
    const kind = async (accept: string): Promise<string | null> =>
      (await person.get('/teams/me/reviews', { headers: { accept } })).headers.get('content-type')?.split(';')[0] ?? null;
    for (const accept of [
      '*/*',
      'application/json',
      'text/csv;q=0.5, application/json',
      'text/html',
      'text/csv;q=0',
      '',
      'no type at all',
      'text/*;q=0.1, application/*',
    ]) {
      expect([accept, await kind(accept)]).toEqual([accept, 'application/json']);
    }
    for (const accept of ['text/csv', 'text/csv; charset=utf-8', 'application/json;q=0.3, text/csv;q=0.9', 'text/*', 'TEXT/CSV']) {
      expect([accept, await kind(accept)]).toEqual([accept, 'text/csv']);
    }
    // a refusal is a problem, whatever was asked for
    const refused = await person.get('/teams/me/gaps?skill=sfia-9:NONE', { headers: { accept: 'text/csv' } });
    expect([refused.status, refused.headers.get('content-type'), refused.headers.get('content-disposition')]).toEqual([
      404,
      'application/problem+json; charset=utf-8',
      null,
    ]);
  });

  it('is safe to open in a spreadsheet, whatever people are called', async () => {
    const manager = await makePerson(api);
    const names = ['=HYPERLINK("http://x")', '+1', '-1', '@SUM(A1)', 'a;=1+1', '＝1'];
    for (const name of names) await makePerson(api, { name, manager });
    const { bytes } = await manager.get('/teams/me/dashboard', { headers: { accept: 'text/csv' } });
    const rows = parse<Record<string, string>>(bytes, { columns: true });
    expect(rows.map(({ name }) => name).sort()).toEqual(names.map((name) => (name === 'a;=1+1' ? "a;'=1+1" : `'${name}`)).sort());
  });
});
