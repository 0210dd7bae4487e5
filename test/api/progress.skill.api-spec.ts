import type { ProgressAnswer } from '../../src/claims/readiness.dto';
import {
  acceptAll,
  act,
  approval,
  draftClaim,
  logWork,
  logWorkForLevel,
  makeTrio,
  seeClaim,
  signedOffClaim,
  statementRef,
  submittedClaim,
} from '../factories/claims';
import { type TestPerson, makePerson, mentors } from '../factories/people';
import { type TestApp, startApp } from '../setup/app';

let api: TestApp;
beforeAll(async () => {
  api = await startApp();
  // a second skill, so that mentors can be of another one
  await api.database
    .query(`INSERT INTO skill (skill_ref, framework_id, code, name, description, source, guidance_text, activities, revision_notes,
      not_defined_lower, not_defined_higher, related)
    SELECT 'sfia-9:OTHR', framework_id, 'OTHR', 'Another skill', description, source, guidance_text, '{}', '{}', '', '', '[]' FROM skill WHERE code = 'ITOP'`);
  await api.database.query(
    `INSERT INTO skill_level (skill_level_ref, skill_ref, framework_id, level) VALUES ('sfia-9:OTHR.3', 'sfia-9:OTHR', 'sfia-9', 3)`,
  );
  await api.database.query(
    `INSERT INTO statement (statement_ref, skill_level_ref, ordinal, paragraph, text) VALUES ('sfia-9:OTHR.3.1', 'sfia-9:OTHR.3', 1, 1, 'Does it.')`,
  );
  await api.database
    .query(`INSERT INTO policy SELECT 'sfia-9:OTHR.3', version, accepted_per_statement, may_miss, 1, max_age_months, approvals, stepping,
      line_manager_may_approve, valid_months, review_days, set_by, set_at FROM policy WHERE skill_level_ref = 'sfia-9:ITOP.3'`);
});
afterAll(() => api.close());

const progress = async (person: TestPerson, of: Pick<TestPerson, 'id'> | 'me' = 'me', query = ''): Promise<ProgressAnswer> => {
  const { status, body } = await person.get<ProgressAnswer>(`/engineers/${of === 'me' ? 'me' : of.id}/progress${query}`);
  expect({ status, body }).toMatchObject({ status: 200 });
  return body;
};
const level = ({ levels }: ProgressAnswer, number: number) => levels.find((one) => one.level === number);
const refusal = async (person: TestPerson, path: string): Promise<[number, string]> => {
  const { status, body } = await person.get<{ code: string }>(path);
  return [status, body.code];
};

describe('progress in a skill', () => {
  it('shows all seven levels of an empty record, and that everything is missing for the first', async () => {
    const engineer = await makePerson(api, { name: 'Engineer One' });
    const body = await progress(engineer);
    expect(body).toMatchObject({ engineer: { id: engineer.id, name: 'Engineer One' }, skill: 'sfia-9:ITOP', currentLevel: null });
    expect(body.levels.map((one) => [one.ref, one.defined, one.statements.total])).toEqual([
      ['sfia-9:ITOP.1', true, 2],
      ['sfia-9:ITOP.2', true, 3],
      ['sfia-9:ITOP.3', true, 6],
      ['sfia-9:ITOP.4', true, 8],
      ['sfia-9:ITOP.5', true, 5],
      ['sfia-9:ITOP.6', false, 0],
      ['sfia-9:ITOP.7', false, 0],
    ]);
    expect(level(body, 4)).toEqual({
      ref: 'sfia-9:ITOP.4',
      level: 4,
      phrase: 'Enable',
      defined: true,
      statements: { total: 8, accepted: 0, proposed: 0 },
      lastEvidenceOn: null,
      goingOn: false,
      claim: null,
      signOff: null,
      links: {
        statements: `/api/v1/engineers/${body.engineer.id}/progress/sfia-9:ITOP.4`,
        lastEvidenceOn: null,
        claim: null,
        signOff: null,
      },
    });
    expect(body.next).toMatchObject({ skillLevel: 'sfia-9:ITOP.1', level: 1, missing: 2 });
    expect(body.next?.statements).toEqual(
      [1, 2].map((ordinal) => ({
        ref: statementRef(1, ordinal),
        text: expect.stringMatching(/\.$/) as unknown,
        state: 'missing',
        accepted: 0,
        proposed: 0,
      })),
    );
    expect(body.next?.unmet.map(({ code, blocks }) => `${blocks} ${code}`)).toEqual([
      'submission statement-without-evidence',
      'submission statement-without-evidence',
      'submission too-few-items',
      'submission no-eligible-mentor',
      'approval statement-not-accepted',
      'approval statement-not-accepted',
      'approval too-few-items',
      'approval no-eligible-mentor',
    ]);
    expect(body.rights).toContain('SFIA');
  });

  it('follows a claim through its life, and names what is missing for the level after it', async () => {
    const { engineer, mentor } = await makeTrio(api);
    await logWork(engineer, [statementRef(3, 1), statementRef(3, 2)], { endedOn: '2026-09-30' });
    await logWork(engineer, [statementRef(3, 2)], { endedOn: null });
    await logWork(engineer, [statementRef(3, 3)], { kind: 'training' });
    let now = await progress(engineer);
    // training counts nowhere; a statement shown twice counts once
    expect(level(now, 3)).toMatchObject({
      statements: { total: 6, accepted: 0, proposed: 2 },
      lastEvidenceOn: '2026-09-30',
      goingOn: true,
    });
    expect(now.next?.level).toBe(1);
    const draft = await draftClaim(engineer, 3);
    now = await progress(engineer);
    expect(level(now, 3)?.claim).toEqual({ id: draft.id, state: 'draft' });
    expect(now.next).toMatchObject({ level: 3, missing: 4 });
    expect(now.next?.statements.map(({ state, proposed }) => `${state} ${proposed}`)).toEqual([
      'proposed 1',
      'proposed 2',
      'missing 0',
      'missing 0',
      'missing 0',
      'missing 0',
    ]);
    await act(engineer, draft, 'withdrawal');
    const claim = await submittedClaim(engineer, 3);
    expect(level(await progress(engineer), 3)).toMatchObject({
      claim: { id: claim.id, state: 'submitted' },
      statements: { accepted: 0, proposed: 6 },
    });
    const accepted = await acceptAll(mentor, claim);
    now = await progress(engineer);
    expect(level(now, 3)).toMatchObject({ statements: { total: 6, accepted: 6, proposed: 0 }, signOff: null });
    expect(now).toMatchObject({ currentLevel: null, next: { level: 3, missing: 0, unmet: [] } });
    const { status, body } = await act(mentor, accepted, 'approval', approval(mentor));
    expect(status).toBe(200);
    now = await progress(engineer);
    expect(now.currentLevel).toBe(3);
    expect(level(now, 3)).toMatchObject({ claim: { id: claim.id, state: 'approved' }, signOff: { ...body.signOff } });
    expect(now.next).toMatchObject({ skillLevel: 'sfia-9:ITOP.4', missing: 8 });
  });

  it('has nothing next above the highest defined level', async () => {
    const trio = await makeTrio(api);
    await mentors(api, await makePerson(api), trio.engineer);
    await api.database
      .query(`INSERT INTO policy SELECT skill_level_ref, 2, accepted_per_statement, may_miss, distinct_evidence, max_age_months, 1, stepping,
        line_manager_may_approve, valid_months, review_days, set_by, set_at FROM policy WHERE skill_level_ref = 'sfia-9:ITOP.5' AND version = 1`);
    await signedOffClaim(trio, 5);
    expect(await progress(trio.engineer)).toMatchObject({ currentLevel: 5, next: null });
  });

  it('shows a level in force with the figures of its sign-off, whatever becomes of the evidence', async () => {
    const trio = await makeTrio(api);
    const { engineer } = trio;
    const { claim } = await signedOffClaim(trio, 2);
    const evidenceId = claim.statements[0]?.evidence[0]?.evidenceId ?? '';
    const { etag } = await engineer.get(`/engineers/me/evidence/${evidenceId}`);
    const edited = await engineer.patch(`/engineers/me/evidence/${evidenceId}`, { outcome: 'No night shifts.' }, { ifMatch: etag ?? '' });
    expect(edited.status).toBe(200);
    expect(level(await progress(engineer), 2)).toMatchObject({ statements: { total: 3, accepted: 3, proposed: 0 } });
    const archived = await engineer.post(`/engineers/me/evidence/${evidenceId}/archival`, {}, { ifMatch: edited.etag ?? '' });
    expect(archived.status).toBe(200);
    const now = await progress(engineer);
    expect(now.currentLevel).toBe(2);
    expect(level(now, 2)).toMatchObject({ statements: { total: 3, accepted: 3, proposed: 0 } });
    const [row] = await api.database.query<{ accepted: number }>(
      `SELECT accepted FROM progress WHERE engineer_id = $1 AND skill_level_ref = 'sfia-9:ITOP.2'`,
      [engineer.id],
    );
    expect(row?.accepted).toBe(2);
  });

  it('ends with the day of a sign-off, whether or not that has been noted, and with its revocation', async () => {
    const trio = await makeTrio(api);
    const { engineer } = trio;
    await signedOffClaim(trio, 1);
    const higher = await signedOffClaim(trio, 2);
    expect(await progress(engineer)).toMatchObject({ currentLevel: 2, next: { level: 3 } });
    const lastsUntil = async (day: string): Promise<void> => {
      await api.database.query(`UPDATE sign_off SET signed_off_on = '2020-01-01', valid_until = $2 WHERE engineer_id = $1 AND level = 2`, [
        engineer.id,
        day,
      ]);
      await api.database.query(`UPDATE progress SET valid_until = $2 WHERE engineer_id = $1 AND level = 2`, [engineer.id, day]);
    };
    const [{ today = '', yesterday = '' } = {}] = await api.database.query<{ today: string; yesterday: string }>(
      `SELECT (now() AT TIME ZONE 'UTC')::date::text AS today, ((now() AT TIME ZONE 'UTC')::date - 1)::text AS yesterday`,
    );
    await lastsUntil(today);
    expect((await progress(engineer)).currentLevel).toBe(2);
    await lastsUntil(yesterday);
    const expired = await progress(engineer);
    expect(expired).toMatchObject({ currentLevel: 1, next: { level: 2 } });
    expect(level(expired, 2)?.signOff).toBeNull();
    await lastsUntil('2999-01-01');
    expect((await progress(engineer)).currentLevel).toBe(2);
    const admin = await makePerson(api, { roles: ['admin'] });
    const revoked = await admin.post(`/engineers/${engineer.id}/sign-offs/${higher.claim.signOff?.id}/revocation`, {
      password: admin.password,
      reason: 'The work was somebody else’s.',
    });
    expect(revoked.status).toBe(200);
    expect(await progress(engineer)).toMatchObject({ currentLevel: 1, next: { level: 2 } });
  });
});

describe('who sees progress', () => {
  it('is the engineer, their mentors, those above them and auditors; each sees the claims that are for them', async () => {
    const { engineer, mentor, manager } = await makeTrio(api);
    const auditor = await makePerson(api, { roles: ['auditor'] });
    await logWorkForLevel(engineer, 3);
    const draft = await draftClaim(engineer, 3);
    const claimSeenBy = async (person: TestPerson) => level(await progress(person, engineer), 3)?.claim?.state ?? null;
    const nextSeenBy = async (person: TestPerson) => (await progress(person, engineer)).next?.level;
    const all = async (): Promise<(string | null)[]> => [
      await claimSeenBy(engineer),
      await claimSeenBy(auditor),
      await claimSeenBy(mentor),
      await claimSeenBy(manager),
    ];
    expect(await all()).toEqual(['draft', 'draft', null, null]);
    // nor does what comes next give a draft away
    expect([await nextSeenBy(engineer), await nextSeenBy(mentor), await nextSeenBy(manager)]).toEqual([3, 1, 1]);
    await act(engineer, draft, 'submission');
    expect(await all()).toEqual(['submitted', 'submitted', 'submitted', 'submitted']);
    expect(await nextSeenBy(manager)).toBe(3);
    const feedback = { feedback: 'One more thing.', statements: [{ statement: statementRef(3, 1), feedback: 'Show the log.' }] };
    expect((await act(mentor, await seeClaim(mentor, draft.path), 'change-request', feedback)).status).toBe(200);
    expect(await all()).toEqual(['changes-requested', 'changes-requested', 'changes-requested', null]);
    expect(await nextSeenBy(manager)).toBe(1);
    expect((await progress(manager, engineer)).levels[2]?.statements).toEqual({ total: 6, accepted: 0, proposed: 6 });
  });

  it('is nobody else: strangers find nothing, admins are told no, and a relation that has ended is no relation', async () => {
    const { engineer, mentor, manager } = await makeTrio(api);
    const peer = await makePerson(api, { manager });
    const admin = await makePerson(api, { roles: ['admin'] });
    const above = await makePerson(api);
    await api.database.query(
      `WITH own AS (UPDATE person SET manager_id = $1 WHERE person_id = $2)
       INSERT INTO reporting_line (ancestor_id, descendant_id, depth) VALUES ($1, $2, 1), ($1, $3, 2)`,
      [above.id, manager.id, engineer.id],
    );
    const path = `/engineers/${engineer.id}/progress`;
    expect((await above.get(path)).status).toBe(200);
    expect(await refusal(peer, path)).toEqual([404, 'not-found']);
    expect(await refusal(admin, path)).toEqual([403, 'not-allowed']);
    expect((await api.send('GET', path)).status).toBe(401);
    await api.database.query(`UPDATE mentorship SET until_at = now() WHERE mentor_id = $1`, [mentor.id]);
    expect(await refusal(mentor, path)).toEqual([404, 'not-found']);
    await api.database.query(`DELETE FROM reporting_line WHERE descendant_id = $1`, [engineer.id]);
    expect(await refusal(manager, path)).toEqual([404, 'not-found']);
  });

  it('is a mentor for the skills mentored only, and that skill is the one they are shown', async () => {
    const { engineer, mentor } = await makeTrio(api);
    const other = await makePerson(api);
    await mentors(api, other, engineer, { skill: 'sfia-9:OTHR' });
    expect((await progress(other, engineer)).skill).toBe('sfia-9:OTHR');
    expect(await refusal(other, `/engineers/${engineer.id}/progress?skill=sfia-9:ITOP`)).toEqual([404, 'not-found']);
    expect(await refusal(mentor, `/engineers/${engineer.id}/progress?skill=sfia-9:OTHR`)).toEqual([404, 'not-found']);
    await logWork(engineer, ['sfia-9:OTHR.3.1']);
    expect((await progress(engineer)).skill).toBe('sfia-9:OTHR');
    expect((await progress(mentor, engineer)).skill).toBe('sfia-9:ITOP');
  });

  it('says that an unknown skill is not there, and refuses queries of another form', async () => {
    const engineer = await makePerson(api);
    expect(await refusal(engineer, '/engineers/me/progress?skill=sfia-9:NONE')).toEqual([404, 'not-found']);
    expect(await refusal(engineer, '/engineers/me/progress?skill=')).toEqual([400, 'malformed']);
    expect(await refusal(engineer, '/engineers/me/progress?level=3')).toEqual([400, 'malformed']);
    expect(await refusal(engineer, '/engineers/none/progress')).toEqual([404, 'not-found']);
  });
});
