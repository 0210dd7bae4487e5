import type { ReviewsAnswer } from '../../src/claims/reviews.dto';
import { cursorFor } from '../../src/kernel/paging';
import {
  acceptAll,
  act,
  approval,
  draftClaim,
  logWork,
  logWorkForLevel,
  makeTrio,
  seeClaim,
  statementRef,
  submittedClaim,
} from '../factories/claims';
import { logEvidence, review, seen } from '../factories/evidence';
import { type TestPerson, makePerson, mentors } from '../factories/people';
import { type TestApp, startApp } from '../setup/app';

let api: TestApp;
beforeAll(async () => {
  api = await startApp();
});
afterAll(() => api.close());

const reviews = async (person: TestPerson, query = ''): Promise<ReviewsAnswer> => {
  const { status, body } = await person.get<ReviewsAnswer>(`/reviews${query}`);
  expect({ status, body }).toMatchObject({ status: 200 });
  return body;
};
const waiting = async (person: TestPerson) => {
  const { body } = await person.get<{ waiting: { claims: number; supports: number; nextDueOn: string | null } }>('/me');
  return body.waiting;
};
const claimIds = async (person: TestPerson): Promise<string[]> => (await reviews(person)).claims.items.map(({ claimId }) => claimId);
const dueIn = (claimId: string, days: number): Promise<unknown> =>
  api.database.query(`UPDATE claim SET due_on = (now() AT TIME ZONE 'UTC')::date + $2::int WHERE claim_id = $1`, [claimId, days]);

describe('claims that wait', () => {
  it('are those submitted to an eligible mentor, with what is open in them', async () => {
    const { engineer, mentor, manager } = await makeTrio(api);
    await logWorkForLevel(engineer, 3);
    const draft = await draftClaim(engineer, 3);
    expect(await claimIds(mentor)).toEqual([]);
    await act(engineer, draft, 'submission');
    const { claim } = await seeClaim(mentor, draft.path);
    expect((await reviews(mentor, '?state=waiting')).claims).toEqual({
      items: [
        {
          engineer: { id: engineer.id, name: engineer.name },
          claimId: draft.id,
          skillLevel: 'sfia-9:ITOP.3',
          level: 3,
          dueOn: claim.dueOn,
          overdue: false,
          submittedAt: claim.changedAt,
          approvalsGiven: 0,
          approvalsNeeded: 1,
          waiting: 6,
        },
      ],
      nextCursor: null,
    });
    expect(await waiting(mentor)).toMatchObject({ claims: 1, nextDueOn: claim.dueOn });
    expect(await claimIds(manager)).toEqual([]);
    expect(await claimIds(engineer)).toEqual([]);
    await acceptAll(mentor, draft);
    expect((await reviews(mentor)).claims.items).toMatchObject([{ waiting: 0 }]);
    await dueIn(draft.id, 0);
    expect((await reviews(mentor)).claims.items).toMatchObject([{ overdue: false }]);
    await dueIn(draft.id, -1);
    expect((await reviews(mentor)).claims.items).toMatchObject([{ overdue: true }]);
    await act(engineer, await seeClaim(engineer, draft.path), 'withdrawal');
    expect(await claimIds(mentor)).toEqual([]);
    expect(await waiting(mentor)).toMatchObject({ claims: 0, nextDueOn: null });
  });

  it('no longer wait for who has approved, and still do for the other mentor; a new submission waits for both again', async () => {
    const trio = await makeTrio(api);
    const other = await makePerson(api);
    await mentors(api, other, trio.engineer);
    const claim = await acceptAll(trio.mentor, await submittedClaim(trio.engineer, 5));
    expect((await act(trio.mentor, claim, 'approval', approval(trio.mentor))).status).toBe(200);
    expect(await claimIds(trio.mentor)).toEqual([]);
    expect((await reviews(other)).claims.items).toMatchObject([{ approvalsGiven: 1, approvalsNeeded: 2 }]);
    const change = { feedback: 'One thing.', statements: [{ statement: statementRef(5, 1), feedback: 'Show the log.' }] };
    expect((await act(other, await seeClaim(other, claim.path), 'change-request', change)).status).toBe(200);
    expect(await claimIds(other)).toEqual([]);
    expect((await act(trio.engineer, await seeClaim(trio.engineer, claim.path), 'submission')).status).toBe(200);
    expect((await reviews(trio.mentor)).claims.items).toMatchObject([{ approvalsGiven: 0 }]);
    expect(await claimIds(other)).toEqual([claim.id]);
  });

  it('wait only for mentors whose own level reaches, held or accredited, at this moment', async () => {
    const { engineer, mentor } = await makeTrio(api);
    const low = await makePerson(api);
    const holder = await makePerson(api);
    await mentors(api, low, engineer, { accreditedTo: 2 });
    await mentors(api, holder, engineer, { accreditedTo: null });
    const { id } = await submittedClaim(engineer, 3);
    expect(await claimIds(low)).toEqual([]);
    expect(await claimIds(holder)).toEqual([]);
    // the holder gets a sign-off of their own, which then ends
    const theirs = { engineer: holder, mentor: await makePerson(api), manager: holder };
    await mentors(api, theirs.mentor, holder);
    const own = await acceptAll(theirs.mentor, await submittedClaim(holder, 4));
    await act(theirs.mentor, own, 'approval', approval(theirs.mentor));
    expect(await claimIds(holder)).toEqual([id]);
    await api.database.query(
      `UPDATE progress SET valid_until = (now() AT TIME ZONE 'UTC')::date - 1 WHERE engineer_id = $1 AND level = 4`,
      [holder.id],
    );
    expect(await claimIds(holder)).toEqual([]);
    await api.database.query(`UPDATE mentorship SET until_at = now() WHERE mentor_id = $1`, [mentor.id]);
    expect(await claimIds(mentor)).toEqual([]);
  });

  it('wait for those above in the line only where the policy that the claim was submitted under lets them judge', async () => {
    const { engineer, manager } = await makeTrio(api);
    await mentors(api, manager, engineer);
    const version = (number: number, allowed: boolean): Promise<unknown> =>
      api.database.query(
        `INSERT INTO policy SELECT skill_level_ref, $1, accepted_per_statement, may_miss, distinct_evidence, max_age_months, approvals, stepping,
           $2, valid_months, review_days, set_by, set_at FROM policy WHERE version = 1 AND skill_level_ref = 'sfia-9:ITOP.2'`,
        [number, allowed],
      );
    const loose = async (): Promise<number> => (await reviews(manager)).supports.items.length;
    const { path } = await submittedClaim(engineer, 2);
    await logWork(engineer, [statementRef(2, 1)]);
    expect([await claimIds(manager), await loose()]).toEqual([[], 0]);
    await version(2, true);
    // a claim keeps its policy; a support on its own goes by the newest
    expect([await claimIds(manager), await loose()]).toEqual([[], 1]);
    await act(engineer, await seeClaim(engineer, path), 'withdrawal');
    const next = await draftClaim(engineer, 2);
    expect((await act(engineer, next, 'submission')).status).toBe(200);
    expect(await claimIds(manager)).toEqual([next.id]);
    await version(3, false);
    expect([await claimIds(manager), await loose()]).toEqual([[next.id], 0]);
  });

  it('come by the day they are due, page by page', async () => {
    const mentor = await makePerson(api);
    const ids: string[] = [];
    for (const days of [5, 1, 3, 1]) {
      const engineer = await makePerson(api);
      await mentors(api, mentor, engineer);
      const { id } = await submittedClaim(engineer, 1);
      await dueIn(id, days);
      ids.push(id);
    }
    const sorted = [ids[1], ids[3], ids[2], ids[0]];
    expect(await claimIds(mentor)).toEqual(sorted);
    const first = await reviews(mentor, '?limit=2');
    expect(first.claims.items.map(({ claimId }) => claimId)).toEqual(sorted.slice(0, 2));
    const second = await reviews(mentor, `?limit=2&cursor=${encodeURIComponent(first.claims.nextCursor ?? '')}`);
    expect(second.claims.items.map(({ claimId }) => claimId)).toEqual(sorted.slice(2));
    expect(second.claims.nextCursor).toBeNull();
  });
});

describe('loose supports that wait', () => {
  it('are those proposed outside of a submission, oldest first; a reopened one says so and waits from then on', async () => {
    const { engineer, mentor } = await makeTrio(api);
    const first = await logEvidence(engineer, {
      title: 'First work',
      endedOn: '2026-10-01',
      supports: [{ statement: statementRef(2, 1), rationale: 'Mine.' }],
    });
    await logWork(engineer, [statementRef(2, 2)]);
    const [one, two] = (await reviews(mentor)).supports.items;
    expect(one).toEqual({
      engineer: { id: engineer.id, name: engineer.name },
      evidenceId: first.id,
      title: 'First work',
      statement: statementRef(2, 1),
      text: first.supports[0]?.text,
      skillLevel: 'sfia-9:ITOP.2',
      rationale: 'Mine.',
      waitingSince: expect.stringMatching(/Z$/) as unknown,
      reopened: false,
      rights: expect.stringContaining('SFIA') as unknown,
    });
    expect(two?.statement).toBe(statementRef(2, 2));
    await review(mentor, engineer, first, statementRef(2, 1));
    expect((await reviews(mentor)).supports.items.map(({ statement }) => statement)).toEqual([statementRef(2, 2)]);
    expect(await waiting(mentor)).toMatchObject({ supports: 1 });
    const { etag } = await seen(engineer, engineer, first.id);
    expect((await engineer.patch(`/engineers/me/evidence/${first.id}`, { title: 'Better told' }, { ifMatch: etag })).status).toBe(200);
    const again = (await reviews(mentor)).supports.items;
    expect(again).toMatchObject([
      { statement: statementRef(2, 2), reopened: false },
      { statement: statementRef(2, 1), reopened: true, title: 'Better told' },
    ]);
    const now = await seen(engineer, engineer, first.id);
    await engineer.post(`/engineers/me/evidence/${first.id}/archival`, {}, { ifMatch: now.etag });
    expect((await reviews(mentor)).supports.items.map(({ statement }) => statement)).toEqual([statementRef(2, 2)]);
  });

  it('are not shown twice: what a submitted claim rests on waits with the claim, until it is back with the engineer', async () => {
    const { engineer, mentor } = await makeTrio(api);
    const claim = await submittedClaim(engineer, 2);
    expect((await reviews(mentor)).supports.items).toEqual([]);
    // proposed after the submission, it waits on its own
    await logWork(engineer, [statementRef(2, 1)], { title: 'Later work' });
    expect((await reviews(mentor)).supports.items).toMatchObject([{ title: 'Later work' }]);
    const change = { feedback: 'One thing.', statements: [{ statement: statementRef(2, 1), feedback: 'Show the log.' }] };
    await act(mentor, await seeClaim(mentor, claim.path), 'change-request', change);
    expect((await reviews(mentor)).supports.items).toHaveLength(4);
    expect(await waiting(mentor)).toMatchObject({ claims: 0, supports: 4 });
  });

  it('are also what an earlier submission rested on and the present one leaves out', async () => {
    const { engineer, mentor } = await makeTrio(api);
    const extra = await logWork(engineer, [statementRef(1, 1)], { title: 'One piece too many' });
    const claim = await submittedClaim(engineer, 1);
    expect((await reviews(mentor)).supports.items).toEqual([]);
    const change = { feedback: 'One piece too many.', statements: [{ statement: statementRef(1, 1), feedback: 'Leave one out.' }] };
    await act(mentor, await seeClaim(mentor, claim.path), 'change-request', change);
    const { etag } = await seeClaim(engineer, claim.path);
    const edited = await engineer.patch(claim.path, { leaveOut: [{ evidence: extra, statement: statementRef(1, 1) }] }, { ifMatch: etag });
    expect(edited.status).toBe(200);
    expect((await act(engineer, await seeClaim(engineer, claim.path), 'submission')).status).toBe(200);
    expect((await reviews(mentor)).supports.items).toMatchObject([{ evidenceId: extra }]);
  });

  it('wait for mentors eligible at the level of the statement, page by page', async () => {
    const { engineer, mentor } = await makeTrio(api);
    const low = await makePerson(api);
    await mentors(api, low, engineer, { accreditedTo: 2 });
    for (const level of [1, 2, 3, 4]) await logWork(engineer, [statementRef(level, 1)]);
    const levels = async (person: TestPerson, query = ''): Promise<string[]> =>
      (await reviews(person, query)).supports.items.map(({ skillLevel }) => skillLevel.slice(-1));
    expect(await levels(mentor)).toEqual(['1', '2', '3', '4']);
    expect(await levels(low)).toEqual(['1', '2']);
    const first = await reviews(mentor, '?limit=3');
    expect(first.supports.items).toHaveLength(3);
    expect(await levels(mentor, `?limit=3&cursor=${first.supports.nextCursor}`)).toEqual(['4']);
  });
});

describe('asking for reviews', () => {
  it('continues one list by its cursor while the other begins anew', async () => {
    const mentor = await makePerson(api);
    for (const _ of [1, 2]) {
      const engineer = await makePerson(api);
      await mentors(api, mentor, engineer);
      await submittedClaim(engineer, 1);
      await logWork(engineer, [statementRef(2, 1)]);
    }
    const first = await reviews(mentor, '?limit=1');
    const moreClaims = await reviews(mentor, `?limit=1&cursor=${first.claims.nextCursor}`);
    expect(moreClaims.claims.items[0]?.claimId).not.toBe(first.claims.items[0]?.claimId);
    expect(moreClaims.supports).toEqual(first.supports);
    const moreSupports = await reviews(mentor, `?limit=1&cursor=${first.supports.nextCursor}`);
    expect(moreSupports.claims).toEqual(first.claims);
    expect(moreSupports.supports.items[0]?.evidenceId).not.toBe(first.supports.items[0]?.evidenceId);
  });

  it('gives empty lists to whom nobody has as a mentor, and refuses other states and cursors', async () => {
    const { engineer, mentor } = await makeTrio(api);
    await submittedClaim(engineer, 1);
    for (const _ of [1, 2]) await logWork(engineer, [statementRef(2, 1)]);
    const admin = await makePerson(api, { roles: ['admin', 'auditor'] });
    const empty = { items: [], nextCursor: null };
    expect(await reviews(admin)).toEqual({ claims: empty, supports: empty });
    const { supports } = await reviews(mentor, '?limit=1');
    expect(supports.nextCursor).not.toBeNull();
    const ofAnother = supports.nextCursor ?? '';
    const queries = [
      'state=done',
      'state=',
      'cursor=x',
      'cursor=claims.',
      `cursor=${ofAnother.replace('supports', 'claims')}`,
      // forged, with a year that Postgres does not have
      `cursor=supports.${cursorFor(['reviews', 'supports', mentor.id], ['0000-01-01T00:00:00.000Z', engineer.id, 'x'])}`,
      'limit=0',
      'skill=sfia-9:ITOP',
    ];
    for (const query of queries) {
      const { status, body } = await mentor.get<{ code: string }>(`/reviews?${query}`);
      expect([query, status, body.code]).toEqual([query, 400, 'malformed']);
    }
    expect((await admin.get(`/reviews?cursor=${ofAnother}`)).status).toBe(400);
    expect((await api.send('GET', '/reviews')).status).toBe(401);
  });
});
