import type { TeamDashboardAnswer } from '../../src/dashboards/team-dashboard.dto';
import type { TeamGapsAnswer } from '../../src/dashboards/team-figures.dto';
import type { EvidencePage } from '../../src/evidence/evidence-answers.dto';
import type { LevelStatementsAnswer } from '../../src/progress/level-statements.dto';
import type { ProgressAnswer } from '../../src/claims/readiness.dto';
import {
  type SeenClaim,
  acceptAll,
  act,
  approval,
  draftClaim,
  logWork,
  makeTrio,
  seeClaim,
  signedOffClaim,
  statementRef,
} from '../factories/claims';
import { review } from '../factories/evidence';
import { type TestPerson, byTwoAdmins, makePerson } from '../factories/people';
import { restand } from '../factories/standing';
import { type TestApp, startApp } from '../setup/app';

/*
 * States in which figures and the rows behind them are had from different places: a level that was granted without one of its statements, and what a
 * redaction takes out of a sign-off. Every figure has as many rows as it says all the same.
 */
let api: TestApp;
let auditor: TestPerson;
let admins: [TestPerson, TestPerson];
beforeAll(async () => {
  api = await startApp();
  auditor = await makePerson(api, { roles: ['auditor'] });
  admins = [await makePerson(api, { roles: ['admin'] }), await makePerson(api, { roles: ['admin'] })];
  // of level 2 one statement may be missed
  await api.database
    .query(`INSERT INTO policy SELECT skill_level_ref, 2, accepted_per_statement, 1, distinct_evidence, max_age_months, approvals, stepping,
      line_manager_may_approve, valid_months, review_days, set_by, set_at FROM policy WHERE skill_level_ref = 'sfia-9:ITOP.2' AND version = 1`);
});
afterAll(() => api.close());

const skill = 'sfia-9:ITOP';
const get = async <Body>(who: TestPerson, path: string): Promise<Body> => {
  const { status, body } = await who.get<Body>(path.replace('/api/v1', ''));
  expect({ path, status }).toEqual({ path, status: 200 });
  return body;
};
const must = (status: number): void => expect(status).toBeLessThan(300);

/** Follows every figure of a level to its rows, everywhere that it is shown; answers the statements that are accepted, and those that are proposed. */
async function standing(manager: TestPerson, engineer: TestPerson, level: number): Promise<{ accepted: string[]; proposed: string[] }> {
  const ofState = async (who: TestPerson, state: string): Promise<string[]> => {
    const rows = await get<LevelStatementsAnswer>(who, `/engineers/${engineer.id}/progress/${skill}.${level}?state=${state}`);
    return rows.statements.map(({ statement }) => statement);
  };
  const found = { accepted: await ofState(manager, 'accepted'), proposed: await ofState(manager, 'proposed') };
  for (const who of [manager, engineer, auditor]) {
    const { levels } = await get<ProgressAnswer>(who, `/engineers/${engineer.id}/progress?skill=${skill}`);
    const statements = levels.find((one) => one.level === level)?.statements;
    expect(statements).toMatchObject({ accepted: found.accepted.length, proposed: found.proposed.length });
    expect((await get<LevelStatementsAnswer>(who, `/engineers/${engineer.id}/progress/${skill}.${level}`)).figures).toEqual(statements);
  }
  for (const who of [manager, auditor]) {
    const { people } = await get<TeamDashboardAnswer>(who, `/teams/${manager.id}/dashboard?skill=${skill}`);
    const member = people.find(({ id }) => id === engineer.id)?.levels.find((one) => one.level === level);
    expect(member?.accepted).toBe(found.accepted.length);
    expect((await get<LevelStatementsAnswer>(who, member?.links.accepted ?? '')).statements).toHaveLength(found.accepted.length);
    const gaps = await get<TeamGapsAnswer>(who, `/teams/${manager.id}/gaps?skill=${skill}&level=${level}`);
    for (const gap of gaps.statements) {
      // the engineer is the whole team
      expect([gap.statement, gap.shown]).toEqual([gap.statement, found.accepted.includes(gap.statement) ? 1 : 0]);
      for (const name of ['shown', 'notShown', 'neededNext', 'missingNext'] as const) {
        const { people: rows } = await get<TeamDashboardAnswer>(who, gap.links[name]);
        expect([gap.statement, name, rows.length]).toEqual([gap.statement, name, gap[name]]);
      }
    }
  }
  return found;
}

const [one, two, three] = [1, 2, 3].map((n) => statementRef(2, n)) as [string, string, string];

/** Submits a claim to level 2 without its third statement, with a piece of evidence for each of the others; answers the claim, and the evidence for the first. */
async function submitWithoutOne(engineer: TestPerson): Promise<{ first: string; claim: SeenClaim }> {
  const first = await logWork(engineer, [one]);
  await logWork(engineer, [two]);
  const drafted = await draftClaim(engineer, 2);
  const noOpportunity = [{ statement: three, reason: 'We have none of it.' }];
  must((await engineer.patch(drafted.path, { noOpportunity }, { ifMatch: drafted.etag })).status);
  must((await act(engineer, await seeClaim(engineer, drafted.path), 'submission')).status);
  return { first, claim: await seeClaim(engineer, drafted.path) };
}

test('a level granted without one of its statements shows the others, whatever becomes of any of them', async () => {
  const { engineer, mentor, manager } = await makeTrio(api);
  const { first, claim: submitted } = await submitWithoutOne(engineer);
  const claim = await acceptAll(mentor, submitted);
  expect((await act(mentor, claim, 'approval', approval(mentor))).body).toMatchObject({ state: 'approved' });
  const granted = [one, two];
  expect(await standing(manager, engineer, 2)).toEqual({ accepted: granted, proposed: [] });
  // one that it was granted with is proposed anew
  const { etag } = await engineer.get(`/engineers/me/evidence/${first}`);
  must((await engineer.patch(`/engineers/me/evidence/${first}`, { outcome: 'No night shifts.' }, { ifMatch: etag ?? '' })).status);
  expect(await standing(manager, engineer, 2)).toEqual({ accepted: granted, proposed: [] });
  // the one that was missed is, and is then accepted: the level is still the one that was granted
  const late = await logWork(engineer, [three]);
  expect(await standing(manager, engineer, 2)).toEqual({ accepted: granted, proposed: [three] });
  await review(mentor, engineer, { id: late }, three);
  expect(await standing(manager, engineer, 2)).toEqual({ accepted: granted, proposed: [] });
  // what was frozen is taken out, and the revisions with it
  const redact = { action: 'redact', personId: engineer.id, evidence: first, reason: 'It held the name of a customer.' };
  must((await byTwoAdmins(...admins, { ...redact, revision: 1, frozen: true })).status);
  expect(await standing(manager, engineer, 2)).toEqual({ accepted: granted, proposed: [] });
  // once its time is over, what stands now is shown: redacted work shows nothing
  must((await byTwoAdmins(...admins, { ...redact, revision: 2 })).status);
  await api.database.query(
    `UPDATE progress SET signed_off_on = '2025-01-01', valid_until = (now() AT TIME ZONE 'UTC')::date - 1 WHERE engineer_id = $1 AND level = 2`,
    [engineer.id],
  );
  await restand(api, engineer.id);
  expect(await standing(manager, engineer, 2)).toEqual({ accepted: [two, three], proposed: [] });
});

test('words on a support that were taken out before the sign-off leave it one that the level was granted with', async () => {
  const { engineer, mentor, manager } = await makeTrio(api);
  const { first, claim } = await submitWithoutOne(engineer);
  await acceptAll(mentor, claim);
  const wanted = { action: 'redact', personId: engineer.id, evidence: first, statement: one, reason: 'It held a name.' };
  must((await byTwoAdmins(...admins, wanted)).status);
  const accepted = await seeClaim(mentor, claim.path);
  expect((await act(mentor, accepted, 'approval', approval(mentor))).body).toMatchObject({ state: 'approved' });
  expect(await standing(manager, engineer, 2)).toEqual({ accepted: [one, two], proposed: [] });
});

test('a level keeps its figures and their rows when all that its sign-off froze is redacted', async () => {
  const { engineer, mentor, manager } = await makeTrio(api);
  const { claim } = await signedOffClaim({ engineer, mentor, manager }, 1);
  const before = await standing(manager, engineer, 1);
  expect(before.accepted).toHaveLength(2);
  for (const { evidenceId, revision } of claim.statements.flatMap(({ evidence }) => evidence)) {
    const wanted = { action: 'redact', personId: engineer.id, evidence: evidenceId, revision, reason: 'It held a name.', frozen: true };
    must((await byTwoAdmins(...admins, wanted)).status);
  }
  const { body } = await engineer.get(`/engineers/me/sign-offs/${claim.signOff?.id}`);
  expect(body['content']).toBeUndefined();
  expect(await standing(manager, engineer, 1)).toEqual(before);
});

test('the day of the latest work leads to the work that it is of', async () => {
  const { engineer, mentor, manager } = await makeTrio(api);
  await logWork(engineer, [statementRef(3, 1)], { endedOn: '2026-03-01' });
  const latest = await logWork(engineer, [statementRef(3, 1)], { endedOn: '2026-04-01' });
  const returned = await logWork(engineer, [statementRef(3, 1)], { endedOn: '2026-05-01' });
  await review(mentor, engineer, { id: returned }, statementRef(3, 1), 'returned');
  await logWork(engineer, [statementRef(3, 1)], { endedOn: '2026-06-01', kind: 'training' });
  const redacted = await logWork(engineer, [statementRef(3, 1)], { endedOn: '2026-07-01' });
  const wanted = { action: 'redact', personId: engineer.id, evidence: redacted, revision: 1, reason: 'It held a name.' };
  must((await byTwoAdmins(...admins, wanted)).status);
  const links: (readonly [TestPerson, string | null | undefined])[] = [];
  const { people } = await get<TeamDashboardAnswer>(auditor, `/teams/${manager.id}/dashboard?skill=${skill}`);
  expect(people[0]).toMatchObject({ lastEvidenceOn: '2026-04-01', goingOn: false });
  links.push([auditor, people[0]?.links.lastEvidenceOn]);
  for (const who of [engineer, mentor]) {
    const { levels } = await get<ProgressAnswer>(who, `/engineers/${engineer.id}/progress?skill=${skill}`);
    const level = levels.find((one) => one.level === 3);
    expect(level?.lastEvidenceOn).toBe('2026-04-01');
    links.push([who, level?.links.lastEvidenceOn]);
  }
  for (const [who, link] of links) {
    const { items } = await get<EvidencePage>(who, link ?? '');
    expect(items.map(({ id, endedOn }) => [id === latest, endedOn])).toEqual([
      [true, '2026-04-01'],
      [false, '2026-03-01'],
    ]);
  }
});
