import { parse } from 'csv-parse/sync';
import type { TeamDashboardAnswer } from '../../src/dashboards/team-dashboard.dto';
import type { TeamGapsAnswer, TeamReviewsAnswer, TeamTrendAnswer } from '../../src/dashboards/team-figures.dto';
import type { TeamClaimPage, TeamEvidencePage, TeamSignOffPage } from '../../src/dashboards/team-lists.dto';
import type { EvidencePage } from '../../src/evidence/evidence-answers.dto';
import { addDays } from '../../src/kernel/clock';
import type { LevelStatementsAnswer } from '../../src/progress/level-statements.dto';
import { draftClaim, logWork, logWorkForLevel, signedOffClaim, statementRef, submittedClaim } from '../factories/claims';
import { review } from '../factories/evidence';
import { linksIn, withoutLinks } from '../factories/links';
import { type TestPerson, makePerson, mentors } from '../factories/people';
import { restand } from '../factories/standing';
import { type TestApp, startApp } from '../setup/app';

/*
 * A team with something of everything: whoever sees a figure can follow it to as many rows. Each figure is followed as the manager, and as an auditor.
 */
let api: TestApp;
let manager: TestPerson;
let auditor: TestPerson;
let mentor: TestPerson;
const people: Record<string, TestPerson> = {};
const today = new Date().toISOString().slice(0, 10);
const skill = 'sfia-9:ITOP';

const person = (name: string): TestPerson => people[name] ?? fail(`nobody is called ${name}`);
const fail = (what: string): never => {
  throw new Error(what);
};
const get = async <Body>(who: TestPerson, path: string): Promise<Body> => {
  const answer = await who.get<Body>(path.replace('/api/v1', ''));
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
};
const target = async (name: string, level: number, late = false): Promise<void> => {
  const { id } = person(name);
  expect((await manager.put(`/engineers/${id}/targets/${skill}`, { level, by: addDays(today, 30) })).status).toBe(200);
  if (!late) return;
  await api.database.query(`UPDATE target SET reach_by = (now() AT TIME ZONE 'UTC')::date - 2 WHERE engineer_id = $1`, [id]);
  await restand(api, id);
};

beforeAll(async () => {
  api = await startApp();
  const top = await makePerson(api);
  manager = await makePerson(api, { manager: top });
  auditor = await makePerson(api, { roles: ['auditor'] });
  mentor = await makePerson(api, { name: 'Mentor One' });
  for (const name of ['Holder', 'Submitter', 'Orphan', 'Reviser', 'Empty', 'Former']) {
    people[name] = await makePerson(api, { name, manager });
    if (name !== 'Orphan') await mentors(api, mentor, person(name));
  }
  people['Below'] = await makePerson(api, { name: 'Below', manager: person('Empty') });
  const two = await makePerson(api, { name: 'Mentor Two' });
  await mentors(api, two, person('Submitter'));
  // Holder: level 1 held, some of level 2 shown, a target beyond that is late
  await signedOffClaim({ engineer: person('Holder'), mentor, manager }, 1);
  const work = await logWork(person('Holder'), [statementRef(2, 1), statementRef(2, 2)], { endedOn: '2026-09-01' });
  await review(mentor, person('Holder'), { id: work }, statementRef(2, 1));
  await target('Holder', 3, true);
  // Submitter: overdue, with a target that there is time for
  const claim = await submittedClaim(person('Submitter'), 2);
  await api.database.query(`UPDATE claim SET due_on = (now() AT TIME ZONE 'UTC')::date - 3 WHERE claim_id = $1`, [claim.id]);
  await target('Submitter', 2);
  // Orphan: submitted while there was a mentor, who is one no more
  const mentorship = await mentors(api, mentor, person('Orphan'));
  await submittedClaim(person('Orphan'), 1);
  await api.database.query(`UPDATE mentorship SET until_at = now() WHERE mentorship_id = $1`, [mentorship]);
  // Reviser: a draft, work that goes on, training that counts for nothing
  await logWorkForLevel(person('Reviser'), 3);
  await draftClaim(person('Reviser'), 3);
  const going = await logWork(person('Reviser'), [statementRef(3, 1)], { endedOn: null });
  await review(mentor, person('Reviser'), { id: going }, statementRef(3, 1));
  await logWork(person('Reviser'), [statementRef(4, 1)], { kind: 'training' });
  // Former: revoked; holds level 2 besides, which is their target
  const revoked = await signedOffClaim({ engineer: person('Former'), mentor, manager }, 1);
  await signedOffClaim({ engineer: person('Former'), mentor, manager }, 2);
  const admin = await makePerson(api, { roles: ['admin'] });
  const revocation = { password: admin.password, reason: 'Not theirs.' };
  const { status } = await admin.post(`/engineers/${person('Former').id}/sign-offs/${revoked.claim.signOff?.id}/revocation`, revocation);
  expect(status).toBe(200);
  await target('Former', 2);
}, 180_000);
afterAll(() => api.close());

const viewers = (): [string, TestPerson][] => [
  ['manager', manager],
  ['auditor', auditor],
];
const names = ({ people: those }: TeamDashboardAnswer): string[] => those.map(({ name }) => name);
const team = (who: TestPerson, query = ''): Promise<TeamDashboardAnswer> =>
  get(who, `/teams/${manager.id}/dashboard?skill=${skill}${query}`);

describe('every figure of a dashboard can be followed to its rows', () => {
  it('those of the team’s dashboard', async () => {
    for (const [who, viewer] of viewers()) {
      const body = await team(viewer);
      const { totals } = body;
      const count = async (link: string): Promise<number> => (await get<TeamDashboardAnswer>(viewer, link)).people.length;
      expect(withoutLinks(totals)).toEqual({
        people: 6,
        byLevel: { none: 4, 1: 1, 2: 1, 3: 0, 4: 0, 5: 0 },
        submitted: 2,
        overdue: 1,
        nobodyCanDecide: 1,
        targets: { onTrack: 1, late: 1, reached: 1, none: 3 },
      });
      for (const name of ['people', 'submitted', 'overdue', 'nobodyCanDecide'] as const) {
        expect([who, name, await count(totals.links[name])]).toEqual([who, name, totals[name]]);
      }
      for (const [level, link] of Object.entries(totals.links.byLevel)) {
        expect([who, level, await count(link)]).toEqual([who, level, totals.byLevel[level]]);
      }
      for (const name of ['onTrack', 'late', 'reached', 'none'] as const) {
        expect([who, name, await count(totals.links.targets[name])]).toEqual([who, name, totals.targets[name]]);
      }
      for (const member of body.people) {
        for (const level of member.levels) {
          const rows = await get<LevelStatementsAnswer>(viewer, level.links.total);
          const accepted = await get<LevelStatementsAnswer>(viewer, level.links.accepted);
          const where = [who, member.name, level.level];
          expect([...where, rows.statements.length, accepted.statements.length]).toEqual([...where, level.total, level.accepted]);
          expect(accepted.statements.every(({ state }) => state === 'accepted')).toBe(true);
          expect(rows.signOff?.on ?? null).toBe(level.signedOffOn);
          expect(level.links.claimState === null).toBe(level.claimState === null);
          if (level.links.claimState !== null) {
            const claims = await get<{ items: { state: string; level: number }[] }>(viewer, level.links.claimState);
            expect(claims.items.map(({ state, level: of }) => [state, of])).toEqual([[level.claimState, level.level]]);
          }
          expect(level.links.signedOffOn === null).toBe(level.signedOffOn === null);
          if (level.links.signedOffOn !== null)
            expect((await get<{ on: string }>(viewer, level.links.signedOffOn)).on).toBe(level.signedOffOn);
        }
        const { links } = member;
        if (links.currentLevel === null) expect(member.currentLevel).toBeNull();
        else expect((await get<{ level: number }>(viewer, links.currentLevel)).level).toBe(member.currentLevel);
        if (links.claim === null) expect(member.claim).toBeNull();
        else expect((await get<{ id: string; state: string }>(viewer, links.claim)).state).toBe('submitted');
        if (links.target === null) expect(member.target).toBeNull();
        else expect(await get<unknown>(viewer, links.target)).toMatchObject({ ...member.target });
        // a manager does not see what no submitted or approved claim rests on: no link that would show less than the figure says
        if (who === 'manager') expect(links.lastEvidenceOn).toBeNull();
        else if (links.lastEvidenceOn === null) expect([member.lastEvidenceOn, member.goingOn]).toEqual([null, false]);
        else {
          const { items } = await get<EvidencePage>(viewer, links.lastEvidenceOn);
          const counting = items.filter(({ kind, supports }) => kind === 'work' && supports.some(({ state }) => state !== 'returned'));
          const ended = counting.flatMap(({ endedOn }) => endedOn ?? []).sort();
          expect([ended.at(-1) ?? null, counting.some(({ endedOn }) => endedOn === null)]).toEqual([member.lastEvidenceOn, member.goingOn]);
        }
      }
      expect(body.people.find(({ name }) => name === 'Holder')).toMatchObject({ currentLevel: 1, target: { level: 3, state: 'late' } });
    }
  });

  it('those of its gaps', async () => {
    for (const [who, viewer] of viewers()) {
      const gaps = await get<TeamGapsAnswer>(viewer, `/teams/${manager.id}/gaps?skill=${skill}`);
      const count = async (link: string): Promise<number> => (await get<TeamDashboardAnswer>(viewer, link)).people.length;
      expect(await count(gaps.links.people)).toBe(gaps.people);
      for (const gap of gaps.statements) {
        for (const name of ['shown', 'notShown', 'neededNext', 'missingNext'] as const) {
          expect([who, gap.statement, name, await count(gap.links[name])]).toEqual([who, gap.statement, name, gap[name]]);
        }
      }
      expect(gaps.statements.some(({ shown, missingNext }) => shown > 0 && missingNext > 0)).toBe(true);
    }
  });

  it('those of its queue', async () => {
    for (const [who, viewer] of viewers()) {
      const queue = await get<TeamReviewsAnswer>(viewer, `/teams/${manager.id}/reviews`);
      const rows = async (link: string): Promise<TeamClaimPage['items']> => (await get<TeamClaimPage>(viewer, link)).items;
      for (const name of ['submitted', 'overdue', 'nobodyCanDecide'] as const) {
        expect([who, name, (await rows(queue.totals.links[name])).length]).toEqual([who, name, queue.totals[name]]);
      }
      expect(queue.totals).toMatchObject({ submitted: 2, overdue: 1, nobodyCanDecide: 1 });
      expect(queue.mentors.map(({ mentor: { name } }) => name)).toEqual(['Mentor One', 'Mentor Two']);
      for (const one of queue.mentors) {
        for (const name of ['waiting', 'overdue', 'dueSoon', 'inTime'] as const) {
          const claims = await rows(one.links[name]);
          expect([who, name, claims.length]).toEqual([who, name, one[name]]);
          for (const claim of claims) {
            expect(claim.waitsOn.map(({ id }) => id)).toContain(one.mentor.id);
            expect(await get<unknown>(viewer, claim.links.claim)).toMatchObject({ id: claim.id, state: 'submitted' });
          }
        }
      }
    }
  });

  it('those of its trend; of evidence that the viewer may not see, that it was logged and no more', async () => {
    for (const [who, viewer] of viewers()) {
      const trend = await get<TeamTrendAnswer>(viewer, `/teams/${manager.id}/trend?months=2`);
      for (const month of trend.months) {
        for (const name of ['signOffs', 'revocations'] as const) {
          const { items } = await get<TeamSignOffPage>(viewer, month.links[name]);
          expect([who, month.month, name, items.length]).toEqual([who, month.month, name, month[name]]);
          for (const one of items) expect(await get<unknown>(viewer, one.links.signOff)).toMatchObject({ id: one.id, state: one.state });
        }
        const { items } = await get<TeamEvidencePage>(viewer, `${month.links.evidence}&limit=100`);
        expect([who, month.month, items.length]).toEqual([who, month.month, month.evidence]);
        for (const { engineer, month: of, loggedOn, links } of items) {
          expect([of, engineer === null, loggedOn === null]).toEqual([month.month, links.evidence === null, links.evidence === null]);
          if (loggedOn !== null) expect(loggedOn.slice(0, 7)).toBe(of);
          if (links.evidence !== null) expect(await get<unknown>(viewer, links.evidence)).toMatchObject({ state: 'logged' });
        }
        // what no submitted or approved claim rests on is the engineer's own: one piece of Holder's, and all of Reviser's
        const isUnseen = items.filter(({ engineer }) => engineer === null).length;
        if (month === trend.months.at(-1)) expect([who, isUnseen]).toEqual([who, who === 'auditor' ? 0 : 6]);
      }
      expect(trend.months.at(-1)).toMatchObject({ signOffs: 3, revocations: 1 });
    }
    const month =
      (await get<TeamTrendAnswer>(manager, `/teams/${manager.id}/trend?months=1&skill=${skill}&level=3`)).months[0] ?? fail('no month');
    const { items, nextCursor } = await get<TeamEvidencePage>(manager, `${month.links.evidence}&limit=3`);
    const rest = await get<TeamEvidencePage>(manager, `${month.links.evidence}&limit=3&cursor=${nextCursor}`);
    expect([items.length, rest.items.length, rest.nextCursor, month.evidence]).toEqual([3, 1, null, 4]);
  });

  it('of evidence that the viewer may not see neither its order nor any question tells the day', async () => {
    // as the team's evidence was logged: on the first days of a month long gone, one piece a day, in turn by somebody else
    const rows = `SELECT evidence_id, row_number() OVER (ORDER BY md5(evidence_id::text))::int AS n FROM evidence WHERE engineer_id = ANY ($1)`;
    const ids = Object.values(people).map(({ id }) => id);
    await api.database.query(`CREATE TEMP TABLE logged AS SELECT evidence_id, logged_at FROM evidence`);
    await api.database.query(
      `UPDATE evidence e SET logged_at = '2026-03-01T12:00:00Z'::timestamptz + (n - 1) * interval '1 day' FROM (${rows}) r WHERE r.evidence_id = e.evidence_id`,
      [ids],
    );
    const all = async (who: TestPerson, query = ''): Promise<TeamEvidencePage['items']> =>
      (await get<TeamEvidencePage>(who, `/teams/${manager.id}/evidence?from=2026-03-01&to=2026-03-31&limit=100${query}`)).items;
    const ofAuditor = await all(auditor);
    const days = ofAuditor.map(({ loggedOn }) => loggedOn);
    expect(days).toEqual(days.toSorted());
    expect(days).not.toContain(null);
    const ofManager = await all(manager);
    const seen = ofManager.filter(({ loggedOn }) => loggedOn !== null);
    expect([ofManager.length, seen.length]).toEqual([ofAuditor.length, ofAuditor.length - 6]);
    // what may be seen first, by day; then the rest, of which each says what the others say
    expect(ofManager.slice(0, seen.length)).toEqual(seen);
    expect(seen.map(({ loggedOn }) => loggedOn)).toEqual(seen.map(({ loggedOn }) => loggedOn).toSorted());
    expect(new Set(ofManager.slice(seen.length).map((one) => JSON.stringify(one))).size).toBe(1);
    const csv = await manager.get(`/teams/me/evidence`, { headers: { accept: 'text/csv' } });
    const lines = parse<Record<string, string>>(csv.bytes, { columns: true }).filter(({ engineer }) => engineer === '');
    expect(lines).toEqual(Array.from({ length: 6 }, () => ({ month: '2026-03', loggedOn: '', engineerId: '', engineer: '' })));
    for (const query of ['from=2026-03-02', 'to=2026-03-30', 'from=2026-03-04&to=2026-03-04']) {
      for (const accept of ['application/json', 'text/csv']) {
        const { status, body } = await manager.get(`/teams/me/evidence?level=3&${query}`, { headers: { accept } });
        expect([query, status, body['code']]).toEqual([query, 400, 'malformed']);
      }
      expect((await auditor.get(`/teams/${manager.id}/evidence?${query}`)).status).toBe(200);
    }
    await api.database.query(`UPDATE evidence e SET logged_at = l.logged_at FROM logged l WHERE l.evidence_id = e.evidence_id`);
  });

  it('and every link there is leads somewhere', async () => {
    let followed = 0;
    for (const [who, viewer] of viewers()) {
      for (const view of [
        'dashboard?depth=all',
        'gaps?depth=all&level=2',
        'reviews?depth=all',
        'trend?depth=all&months=1',
        'claims',
        'sign-offs',
        'evidence',
      ]) {
        for (const [way, link] of linksIn(await get<unknown>(viewer, `/teams/${manager.id}/${view}`))) {
          followed += 1;
          expect([who, view, way, (await viewer.get(link.replace('/api/v1', ''))).status]).toEqual([who, view, way, 200]);
        }
      }
    }
    expect(followed).toBeGreaterThan(200);
  });

  it('the engineer’s own too', async () => {
    const reviser = person('Reviser');
    const { levels } = await get<{
      levels: { level: number; statements: Record<string, number>; lastEvidenceOn: string | null; links: Record<string, string | null> }[];
    }>(reviser, `/engineers/me/progress`);
    for (const { level, statements, links } of levels) {
      if (links['statements'] === null || links['statements'] === undefined) {
        expect([6, 7]).toContain(level);
        continue;
      }
      const rows = await get<LevelStatementsAnswer>(reviser, links['statements']);
      expect(rows.figures).toEqual(statements);
      for (const state of ['accepted', 'proposed'] as const) {
        expect((await get<LevelStatementsAnswer>(reviser, `${links['statements']}?state=${state}`)).statements).toHaveLength(
          statements[state] ?? -1,
        );
      }
      for (const one of rows.statements) {
        const { items } = await get<EvidencePage>(reviser, one.links.evidence ?? fail('the engineer sees their evidence'));
        const states = items
          .filter(({ kind }) => kind === 'work')
          .flatMap(({ supports }) => supports.filter(({ statement }) => statement === one.statement));
        expect(one.state).toBe(states.some(({ state }) => state === 'accepted') ? 'accepted' : states.length > 0 ? 'proposed' : 'none');
      }
    }
    for (const [, link] of linksIn({ levels })) expect((await reviser.get(link.replace('/api/v1', ''))).status).toBe(200);
    const ofManager = await get<LevelStatementsAnswer>(manager, `/engineers/${reviser.id}/progress/${skill}.3`);
    expect(ofManager.figures).toEqual({ total: 6, accepted: 1, proposed: 5 });
    expect(ofManager.statements.every(({ links }) => links.evidence === null)).toBe(true);
  });
});

describe('a dashboard is sorted and narrowed', () => {
  it('by what is asked; the totals are of the whole team all the same', async () => {
    const all = ['Empty', 'Former', 'Holder', 'Orphan', 'Reviser', 'Submitter'];
    const asked: [string, string[]][] = [
      ['', all],
      ['&sort=name&order=desc', all.toReversed()],
      ['&sort=currentLevel', ['Holder', 'Former', 'Empty', 'Orphan', 'Reviser', 'Submitter']],
      ['&sort=currentLevel&order=desc', ['Former', 'Holder', 'Empty', 'Orphan', 'Reviser', 'Submitter']],
      ['&sort=target', ['Holder', 'Former', 'Submitter', 'Empty', 'Orphan', 'Reviser']],
      ['&sort=target&order=desc', ['Former', 'Submitter', 'Holder', 'Empty', 'Orphan', 'Reviser']],
      ['&sort=lastEvidenceOn&order=desc', ['Reviser', 'Former', 'Holder', 'Orphan', 'Submitter', 'Empty']],
      ['&level=none', ['Empty', 'Orphan', 'Reviser', 'Submitter']],
      ['&level=1', ['Holder']],
      ['&level=7', []],
      ['&nextLevel=2', ['Holder']],
      ['&nextLevel=3', ['Former']],
      ['&state=submitted', ['Orphan', 'Submitter']],
      ['&state=overdue', ['Submitter']],
      ['&state=nobody-can-decide', ['Orphan']],
      ['&state=on-track', ['Submitter']],
      ['&state=late', ['Holder']],
      ['&state=reached', ['Former']],
      ['&state=no-target', ['Empty', 'Orphan', 'Reviser']],
      // held, or shown by work: training shows nothing
      [`&shows=${statementRef(2, 1)}`, ['Former', 'Holder']],
      [`&shows=${statementRef(4, 1)}`, []],
      [`&lacks=${statementRef(2, 1)}&level=none&sort=name&order=desc`, ['Submitter', 'Reviser', 'Orphan', 'Empty']],
      [`&shows=${statementRef(3, 1)}&lacks=${statementRef(3, 2)}`, ['Reviser']],
      ['&level=none&state=late', []],
    ];
    const { totals } = await team(manager);
    for (const [query, expected] of asked) {
      const body = await team(manager, query);
      expect([query, names(body)]).toEqual([query, expected]);
      expect(body.totals).toEqual(totals);
      const csv = await manager.get(`/teams/me/dashboard?skill=${skill}${query}`, { headers: { accept: 'text/csv' } });
      expect([query, parse<Record<string, string>>(csv.bytes, { columns: true }).map(({ name }) => name)]).toEqual([query, expected]);
    }
    const csv = await manager.get(`/teams/me/dashboard?skill=${skill}&state=late`, { headers: { accept: 'text/csv' } });
    expect(parse(csv.bytes, { columns: true })).toMatchObject([
      { name: 'Holder', targetLevel: '3', targetBy: addDays(today, -2), targetState: 'late' },
    ]);
  });

  it('by nothing else', async () => {
    const code = async (path: string): Promise<unknown[]> => {
      const { status, body } = await manager.get<{ code: string }>(`/teams/me/${path}`);
      return [status, body.code];
    };
    for (const query of ['sort=level', 'order=up', 'level=0', 'level=8', 'nextLevel=none', 'state=draft', 'shows=', 'lacks=']) {
      expect([query, ...(await code(`dashboard?${query}`))]).toEqual([query, 400, 'malformed']);
    }
    for (const query of [`shows=${skill}.9.1`, 'lacks=test-1:NONE.1.1', 'skill=sfia-9:NONE']) {
      expect([query, ...(await code(`dashboard?${query}`))]).toEqual([query, 404, 'not-found']);
    }
    for (const query of [
      'gaps?sort=name',
      'gaps?level=x',
      'reviews?sort=level',
      'reviews?state=late',
      'claims?mentor=x',
      'claims?state=late',
      'sign-offs?from=x',
    ]) {
      expect([query, ...(await code(query))]).toEqual([query, 400, 'malformed']);
    }
    // one rule for all of them: what is no skill is not there, and a number is written in one way
    for (const view of ['dashboard', 'gaps', 'reviews', 'trend', 'claims', 'sign-offs', 'evidence']) {
      expect([view, ...(await code(`${view}?skill=sfia-9:NONE`))]).toEqual([view, 404, 'not-found']);
      const csv = await manager.get<{ code: string }>(`/teams/me/${view}?skill=sfia-9:NONE`, { headers: { accept: 'text/csv' } });
      expect([view, csv.status, csv.body.code]).toEqual([view, 404, 'not-found']);
      expect([view, ...(await code(`${view}?level=01`))]).toEqual([view, 400, 'malformed']);
    }
  });

  it('gaps by level and in other orders, queues by skill and level', async () => {
    const statements = async (query: string): Promise<string[]> =>
      (await get<TeamGapsAnswer>(manager, `/teams/me/gaps?skill=${skill}${query}`)).statements.map(({ statement }) => statement);
    const ofLevel2 = [1, 2, 3].map((n) => statementRef(2, n));
    expect(await statements('&level=2&sort=statement')).toEqual(ofLevel2);
    expect(await statements('&level=2&sort=statement&order=desc')).toEqual(ofLevel2.toReversed());
    expect((await statements('&level=2&sort=shown&order=desc'))[0]).toBe(statementRef(2, 1));
    expect((await statements('&level=2&sort=shown')).at(-1)).toBe(statementRef(2, 1));
    expect((await statements('&level=2&order=asc'))[0]).toBe(statementRef(2, 1));
    const queue = async (query: string): Promise<unknown[]> => {
      const { totals, mentors: those } = await get<TeamReviewsAnswer>(manager, `/teams/me/reviews${query}`);
      return [totals.submitted, ...those.map(({ mentor: { name } }) => name)];
    };
    expect(await queue(`?skill=${skill}&level=2`)).toEqual([1, 'Mentor One', 'Mentor Two']);
    expect(await queue('?level=1')).toEqual([1]);
    expect(await queue('?sort=name&order=desc')).toEqual([2, 'Mentor Two', 'Mentor One']);
    // page by page, each claim once
    const first = await get<TeamClaimPage>(manager, '/teams/me/claims?limit=1');
    const second = await get<TeamClaimPage>(manager, `/teams/me/claims?limit=1&cursor=${first.nextCursor}`);
    expect([...first.items, ...second.items].map(({ engineer, state }) => [engineer.name, state])).toEqual([
      ['Submitter', 'overdue'],
      ['Orphan', 'in-time'],
    ]);
    expect(second.nextCursor).toBeNull();
    const signOffs = await get<TeamSignOffPage>(manager, '/teams/me/sign-offs?limit=2');
    const rest = await get<TeamSignOffPage>(manager, `/teams/me/sign-offs?limit=2&cursor=${signOffs.nextCursor}`);
    expect([signOffs.items.length, rest.items.length, rest.nextCursor]).toEqual([2, 1, null]);
    expect(
      (await get<TeamSignOffPage>(manager, '/teams/me/sign-offs?state=revoked&level=1')).items.map(({ engineer }) => engineer.name),
    ).toEqual(['Former']);
  });

  it('and shows nothing of people who are not in the team', async () => {
    const stranger = await makePerson(api);
    for (const view of ['claims', 'sign-offs', 'evidence']) {
      expect((await stranger.get(`/teams/${manager.id}/${view}`)).status).toBe(404);
      expect(await get<{ items: unknown[] }>(stranger, `/teams/me/${view}`)).toMatchObject({ items: [] });
    }
    expect(names(await team(manager, '&depth=all'))).toContain('Below');
    expect(names(await team(manager))).not.toContain('Below');
  });
});
