import type { ProgressAnswer } from '../../src/claims/readiness.dto';
import type { TargetAnswer, TargetPage } from '../../src/progress/targets.dto';
import { makeTrio, signedOffClaim } from '../factories/claims';
import { type TestPerson, makePerson, mentors } from '../factories/people';
import { loadSecondSkill } from '../security/world';
import { type Answer, type TestApp, startApp } from '../setup/app';

let api: TestApp;
let today: string;
beforeAll(async () => {
  api = await startApp();
  [{ today }] = (await api.database.query<{ today: string }>(`SELECT (now() AT TIME ZONE 'UTC')::date::text AS today`)) as [
    { today: string },
  ];
  await loadSecondSkill(await makePerson(api, { roles: ['admin'] }));
});
afterAll(() => api.close());

const skill = 'sfia-9:ITOP';
const other = 'test-1:LHKP';
const later = '2099-12-31';
const pathOf = ({ id }: Pick<TestPerson, 'id'>, of = skill): string => `/engineers/${id}/targets/${of}`;
const set = (
  who: TestPerson,
  engineer: Pick<TestPerson, 'id'>,
  body: unknown,
  ifMatch?: string,
): Promise<Answer<TargetAnswer & { code: string }>> => who.put(pathOf(engineer), body, ifMatch === undefined ? {} : { ifMatch });
const refusal = ({ status, body }: Answer<{ code?: string }>): [number, string | undefined] => [status, body.code];

/** What the ledger says of targets, with the rows that stand for it. */
const history = (
  engineer: TestPerson,
): Promise<{ actor: string; content: unknown; revision: number; level: number | null; by: string | null }[]> =>
  api.database.query(
    `SELECT e.actor_id AS actor, k.body AS content, t.revision, t.level::int AS level, t.reach_by::text AS by
       FROM ledger_entry e JOIN record_content k USING (engineer_id, digest) LEFT JOIN target t ON t.engineer_id = e.engineer_id AND t.digest = e.digest
      WHERE e.engineer_id = $1 AND e.kind = 'target.set' AND e.subject LIKE 'targets/%' ORDER BY e.seq`,
    [engineer.id],
  );
const verified = async (engineer: TestPerson): Promise<unknown> =>
  (await engineer.get<{ ok: boolean }>('/engineers/me/ledger/verification')).body.ok;

describe('a target', () => {
  it('is set by the engineer or their manager, changed on the version seen, and taken back; the ledger keeps all of it', async () => {
    const { engineer, manager } = await makeTrio(api);
    expect(refusal(await engineer.get(pathOf(engineer)))).toEqual([404, 'not-found']);
    const first = await set(manager, engineer, { level: 3, by: later });
    expect({ status: first.status, body: first.body, etag: first.etag }).toEqual({
      status: 200,
      etag: '"v1"',
      body: {
        skill,
        level: 3,
        by: later,
        state: 'on-track',
        currentLevel: null,
        setBy: { id: manager.id, name: manager.name },
        setAt: expect.stringMatching(/Z$/) as unknown,
      },
    });
    expect(refusal(await set(engineer, engineer, { level: 4, by: later }))).toEqual([428, 'if-match-required']);
    expect(refusal(await set(engineer, engineer, { level: 4, by: later }, '"v2"'))).toEqual([412, 'stale']);
    const second = await set(engineer, engineer, { level: 4, by: today }, first.etag);
    // the day itself is in time
    expect([second.status, second.etag, second.body.state, second.body.setBy.id]).toEqual([200, '"v2"', 'on-track', engineer.id]);
    const seen = await manager.get<TargetAnswer>(pathOf(engineer));
    expect([seen.body, seen.etag]).toEqual([second.body, '"v2"']);
    // the same again is no change
    expect((await set(manager, engineer, { level: 4, by: today }, '"v2"')).etag).toBe('"v2"');
    expect(refusal(await manager.delete(pathOf(engineer)))).toEqual([428, 'if-match-required']);
    expect(refusal(await manager.delete(pathOf(engineer), { ifMatch: '"v1"' }))).toEqual([412, 'stale']);
    expect((await manager.delete(pathOf(engineer), { ifMatch: '"v2"' })).status).toBe(204);
    expect(refusal(await engineer.get(pathOf(engineer)))).toEqual([404, 'not-found']);
    expect(refusal(await manager.delete(pathOf(engineer), { ifMatch: '"v3"' }))).toEqual([404, 'not-found']);
    // nobody can have seen what is not there
    expect(refusal(await set(engineer, engineer, { level: 5, by: later }, '"v3"'))).toEqual([412, 'stale']);
    expect((await set(engineer, engineer, { level: 5, by: later })).etag).toBe('"v4"');
    const content = (level: number | null, by: string | null) => ({ skill, level, by });
    expect(await history(engineer)).toEqual([
      { actor: manager.id, content: content(3, later), revision: 1, level: 3, by: later },
      { actor: engineer.id, content: content(4, today), revision: 2, level: 4, by: today },
      { actor: manager.id, content: content(null, null), revision: 3, level: null, by: null },
      { actor: engineer.id, content: content(5, later), revision: 4, level: 5, by: later },
    ]);
    expect(await verified(engineer)).toBe(true);
  });

  it('is for a level that the skill defines and a day to come; refusals write nothing', async () => {
    const { engineer } = await makeTrio(api);
    const refused = async (body: unknown): Promise<unknown[]> => {
      const answer = await set(engineer, engineer, body);
      const { errors } = answer.body as unknown as { errors?: { pointer: string }[] };
      return [...refusal(answer), ...(errors ?? []).map(({ pointer }) => pointer)];
    };
    expect(await refused({ level: 6, by: later })).toEqual([422, 'level-not-defined']);
    expect(await refused({ level: 3, by: '2026-01-01' })).toEqual([400, 'malformed', '/by']);
    expect(await refused({ level: 8, by: later })).toEqual([400, 'malformed', '/level']);
    expect(await refused({ level: '3', by: later })).toEqual([400, 'malformed', '/level']);
    expect(await refused({ level: 3, by: '2027-02-30' })).toEqual([400, 'malformed', '/by']);
    expect(await refused({ level: 3 })).toEqual([400, 'malformed', '/by']);
    expect(await refused({ level: 3, by: later, why: 'x' })).toEqual([400, 'malformed', '/why']);
    expect(refusal(await engineer.put(pathOf(engineer, 'sfia-9:NONE'), { level: 3, by: later }))).toEqual([404, 'not-found']);
    expect(refusal(await engineer.put(pathOf(engineer, 'ITOP'), {}))).toEqual([404, 'not-found']);
    expect(await history(engineer)).toEqual([]);
  });

  it('is not set for somebody who has left', async () => {
    const { engineer, manager } = await makeTrio(api);
    await api.database.query(`UPDATE person SET active = false WHERE person_id = $1`, [engineer.id]);
    expect(refusal(await set(manager, engineer, { level: 3, by: later }))).toEqual([409, 'person-state']);
    expect(await history(engineer)).toEqual([]);
  });

  it('is reached by a sign-off of its level or a higher one, late when its day has passed without, and open again when the level lapses', async () => {
    const trio = await makeTrio(api);
    const { engineer } = trio;
    await set(engineer, engineer, { level: 1, by: later });
    const state = async (): Promise<unknown[]> => {
      const { body } = await engineer.get<TargetAnswer>(pathOf(engineer));
      const { target } = (await engineer.get<ProgressAnswer>('/engineers/me/progress')).body;
      expect(target).toEqual({ level: body.level, by: body.by, state: body.state });
      return [body.state, body.currentLevel];
    };
    const dayBefore = async (): Promise<void> => {
      await api.database.query(`UPDATE target SET reach_by = (now() AT TIME ZONE 'UTC')::date - 1 WHERE engineer_id = $1`, [engineer.id]);
    };
    const lasts = (days: number): Promise<unknown> =>
      api.database.query(
        `UPDATE progress SET valid_until = (now() AT TIME ZONE 'UTC')::date + $2::int WHERE engineer_id = $1 AND level = 2`,
        [engineer.id, days],
      );
    expect(await state()).toEqual(['on-track', null]);
    await signedOffClaim(trio, 2);
    expect(await state()).toEqual(['reached', 2]);
    await dayBefore();
    expect(await state()).toEqual(['reached', 2]);
    await lasts(0);
    expect(await state()).toEqual(['reached', 2]);
    await lasts(-1);
    expect(await state()).toEqual(['late', null]);
    // what is held may be a target all the same: to hold it still
    await lasts(1);
    const { etag = '' } = await engineer.get(pathOf(engineer));
    expect((await set(engineer, engineer, { level: 2, by: later }, etag)).body.state).toBe('reached');
  });

  it('of many who set one at once is set once, each change seen by the next', async () => {
    const { engineer, manager } = await makeTrio(api);
    const firsts = await Promise.all(
      Array.from({ length: 8 }, (_, i) => set(i % 2 === 0 ? engineer : manager, engineer, { level: 1 + (i % 5), by: later })),
    );
    expect(firsts.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 7 }, () => 428)]);
    const level = firsts.find(({ status }) => status === 200)?.body.level ?? 0;
    const changes = await Promise.all(
      Array.from({ length: 6 }, (_, i) =>
        set(i % 2 === 0 ? engineer : manager, engineer, { level: 1 + ((level + (i % 4)) % 5), by: later }, '"v1"'),
      ),
    );
    expect(changes.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 5 }, () => 412)]);
    expect((await history(engineer)).map(({ revision }) => revision)).toEqual([1, 2]);
    expect(await verified(engineer)).toBe(true);
  });
});

describe('who sees targets and sets them', () => {
  it('mentors see those in the skills that they mentor, the line and auditors all; the engineer and the line set them', async () => {
    const { engineer, manager, mentor } = await makeTrio(api);
    const top = await makePerson(api);
    await api.database.query(`INSERT INTO reporting_line (ancestor_id, descendant_id, depth) VALUES ($1, $2, 2)`, [top.id, engineer.id]);
    const auditor = await makePerson(api, { roles: ['auditor'] });
    const admin = await makePerson(api, { roles: ['admin'] });
    const keeper = await makePerson(api);
    await mentors(api, keeper, engineer, { skill: other, accreditedTo: null });
    const stranger = await makePerson(api);
    expect((await top.put(pathOf(engineer), { level: 2, by: later })).status).toBe(200);
    expect((await engineer.put(pathOf(engineer, other), { level: 2, by: later })).status).toBe(200);
    const path = `/engineers/${engineer.id}/targets`;
    const list = async (who: TestPerson, query = ''): Promise<unknown> => {
      const { status, body } = await who.get<TargetPage>(`${path}${query}`);
      return status === 200 ? body.items.map((one) => one.skill) : status;
    };
    for (const who of [engineer, manager, top, auditor]) expect(await list(who)).toEqual([skill, other]);
    expect([await list(mentor), await list(keeper), await list(admin), await list(stranger)]).toEqual([[skill], [other], 403, 404]);
    // page by page
    const { nextCursor } = (await manager.get<TargetPage>(`${path}?limit=1`)).body;
    expect([await list(manager, '?limit=1'), await list(manager, `?limit=1&cursor=${nextCursor}`)]).toEqual([[skill], [other]]);
    const one = async (who: TestPerson, of: string): Promise<number> => (await who.get(pathOf(engineer, of))).status;
    expect([await one(mentor, skill), await one(mentor, other), await one(keeper, skill), await one(keeper, other)]).toEqual([
      200, 404, 404, 200,
    ]);
    for (const who of [mentor, auditor, admin]) {
      expect(refusal(await set(who, engineer, { level: 3, by: later }, '"v1"'))).toEqual([403, 'not-allowed']);
      expect(refusal(await who.delete(pathOf(engineer), { ifMatch: '"v1"' }))).toEqual([403, 'not-allowed']);
    }
    for (const who of [stranger, await makePerson(api, { manager: engineer })]) {
      expect(refusal(await set(who, engineer, {}))).toEqual([404, 'not-found']);
      expect(refusal(await who.delete(pathOf(engineer)))).toEqual([404, 'not-found']);
    }
    expect(await history(engineer)).toHaveLength(2);
  });

  it('is nobody who was above before: access ends with the relation', async () => {
    const { engineer, manager } = await makeTrio(api);
    await set(manager, engineer, { level: 2, by: later });
    await api.database.query(`DELETE FROM reporting_line WHERE descendant_id = $1`, [engineer.id]);
    expect(refusal(await set(manager, engineer, { level: 3, by: later }, '"v1"'))).toEqual([404, 'not-found']);
  });

  it('it is in progress for whoever sees that: null where none is set', async () => {
    const { engineer, manager, mentor } = await makeTrio(api);
    const target = async (who: TestPerson): Promise<unknown> =>
      (await who.get<ProgressAnswer>(`/engineers/${engineer.id}/progress?skill=${skill}`)).body.target;
    expect(await target(engineer)).toBeNull();
    await set(engineer, engineer, { level: 2, by: later });
    for (const who of [engineer, manager, mentor]) expect(await target(who)).toEqual({ level: 2, by: later, state: 'on-track' });
  });
});
