import { join } from 'node:path';
import { agree } from '../bench/agreement';
import { type Served, root, serve } from '../bench/served';
import { addDays } from '../src/kernel/clock';
import { logWork, signedOffClaim, statementRef, submittedClaim } from './factories/claims';
import { restand } from './factories/standing';
import { review } from './factories/evidence';
import { type TestPerson, makePerson, mentors } from './factories/people';
import { type TestApp, startApp } from './setup/app';

/*
 * The server that the benchmarks compare with answers as Touchstone does, word for word: otherwise a comparison says nothing. `npm run bench` asks both again.
 */
let api: TestApp;
let peer: Served | undefined;
let manager: TestPerson;
let mentor: TestPerson;
let engineer: TestPerson;
const skill = 'sfia-9:ITOP';
const today = new Date().toISOString().slice(0, 10);

beforeAll(async () => {
  api = await startApp();
  manager = await makePerson(api, { manager: await makePerson(api) });
  mentor = await makePerson(api, { name: 'Mentor' });
  engineer = await makePerson(api, { manager });
  await mentors(api, mentor, engineer);
  peer = await serve({
    name: 'handwritten',
    node: ['-r', join(root, 'test/setup/run-ts.cjs'), join(root, 'bench/handwritten/server.ts')],
    env: { DATABASE_URL: api.database.url },
  });
}, 120_000);
afterAll(async () => {
  await peer?.stop();
  await api.close();
});

/** Both are asked the same, one after the other. */
async function agreed(who: TestPerson, path: string, body?: object): Promise<void> {
  const own = { name: 'touchstone', origin: api.origin } as Served;
  if (peer === undefined) throw new Error('there is no peer');
  await agree(own, peer, { method: body === undefined ? 'GET' : 'POST', path, token: who.token, ...(body === undefined ? {} : { body }) });
}
const redact = async (path: string): Promise<void> => {
  const { status, body } = await engineer.post(
    `${path}/redaction`,
    { reason: 'A customer’s name.' },
    { ifMatch: (await engineer.get(path.replace(/\/revisions.*/, ''))).etag ?? '' },
  );
  expect({ status, body }).toMatchObject({ status: 200 });
};
const judgedWork = async (): Promise<string> => {
  const id = await logWork(engineer, [statementRef(2, 1), statementRef(2, 2)]);
  await review(mentor, engineer, { id }, statementRef(2, 1));
  return `/engineers/${engineer.id}/evidence/${id}`;
};

test('of evidence: as it is, revised, and redacted', async () => {
  const path = await judgedWork();
  await agreed(engineer, path);
  await engineer.patch(path, { title: 'Another title' }, { ifMatch: (await engineer.get(path)).etag ?? '' });
  for (const query of ['', '?revision=1']) await agreed(engineer, path + query);
  await redact(`${path}/revisions/1`);
  for (const query of ['', '?revision=1', '?revision=2']) await agreed(engineer, path + query);
  // the words that were judged: the verdict goes with them
  const other = await judgedWork();
  await redact(`${other}/revisions/1`);
  await agreed(engineer, other);
  expect((await engineer.get<{ supports: { state: string }[] }>(other)).body.supports.map(({ state }) => state)).toEqual([
    'proposed',
    'proposed',
  ]);
  // and where the newest words are gone, an older revision is compared with what stands in their place
  const third = await judgedWork();
  await engineer.patch(third, { title: 'Again' }, { ifMatch: (await engineer.get(third)).etag ?? '' });
  await redact(`${third}/revisions/2`);
  for (const query of ['', '?revision=1']) await agreed(engineer, third + query);
  for (const query of ['', '?limit=2', '?state=archived', `?statement=${skill}.2`])
    await agreed(engineer, `/engineers/${engineer.id}/evidence${query}`);
});

test('of what is logged, whose progress counts nothing that was redacted', async () => {
  const support = { statement: statementRef(2, 3), rationale: 'I did it.' };
  await agreed(engineer, `/engineers/${engineer.id}/evidence`, {
    title: 'Work',
    description: 'What I did.',
    endedOn: '2026-10-01',
    supports: [support],
  });
  const rows = (): Promise<unknown> =>
    api.database.query(
      `SELECT g.*, s.levels, s.levels_all, s.levels_some, s.levels_approved, s.lapses_on
         FROM progress g JOIN standing s USING (engineer_id, skill_ref) WHERE g.engineer_id = $1 ORDER BY g.level`,
      [engineer.id],
    );
  const kept = await rows();
  // the peer wrote last: what it made of the level is what Touchstone makes of it
  expect(
    (
      await engineer.post(`/engineers/${engineer.id}/evidence`, {
        title: 'Nothing',
        description: 'Counts for nothing new.',
        kind: 'training',
        endedOn: '2026-10-01',
        supports: [support],
      })
    ).status,
  ).toBe(201);
  expect(await rows()).toEqual(kept);
});

test('of the team’s dashboard', async () => {
  const people: TestPerson[] = [];
  for (const name of ['Holder', 'Submitter', 'Orphan', 'Empty']) people.push(await makePerson(api, { name, manager }));
  const [holder, submitter, orphan] = people;
  if (holder === undefined || submitter === undefined || orphan === undefined) throw new Error('somebody is missing');
  for (const one of [holder, submitter]) await mentors(api, mentor, one);
  await signedOffClaim({ engineer: holder, mentor, manager }, 1);
  await submittedClaim(submitter, 2);
  const mentorship = await mentors(api, mentor, orphan);
  await submittedClaim(orphan, 1);
  await api.database.query(`UPDATE mentorship SET until_at = now() WHERE mentorship_id = $1`, [mentorship]);
  await api.database.query(`UPDATE claim SET due_on = (now() AT TIME ZONE 'UTC')::date - 3 WHERE engineer_id = $1`, [orphan.id]);
  for (const [one, level] of [
    [holder, 1],
    [submitter, 3],
    [orphan, 2],
  ] as const)
    expect((await manager.put(`/engineers/${one.id}/targets/${skill}`, { level, by: addDays(today, 30) })).status).toBe(200);
  await api.database.query(`UPDATE target SET reach_by = (now() AT TIME ZONE 'UTC')::date - 2 WHERE engineer_id = $1`, [orphan.id]);
  await restand(api, orphan.id);
  const auditor = await makePerson(api, { roles: ['auditor'] });
  for (const who of [manager, auditor])
    for (const depth of ['', '&depth=all']) await agreed(who, `/teams/${manager.id}/dashboard?skill=${skill}${depth}`);
});
