import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { verifyLedger } from '../../src/ledger/ledger.verification';
import { levelRef, signedOffClaim, statementsOfLevel } from '../factories/claims';
import { makePerson, mentors } from '../factories/people';
import { type TestApp, startApp } from '../setup/app';
import { countOf, isDeep, report, seed } from './deep';
import { Client } from './http';
import type { Draw, Plan } from './model/plan';
import type { Kind } from './model/plans';
import { type Policy, type Who, levelOf } from './model/rules';
import { type Beginning, type Bench, Tally, World, wordsOf } from './model/world';
import { makePeople, setPassword, unlimited } from './people';

/*
 * Whatever is done in whatever order, by whomever: each command is answered as the rules say (model/rules.ts says them once more), and leaves behind
 * what they say. DEEP=1 for all runs; SEED=n for the same ones again.
 */
const runs = countOf(10_000, 80);
const parallel = 4;
// npm test has so much time for it, and no more: a busy machine does fewer runs
const bounds = isDeep ? {} : { interruptAfterTimeLimit: 8_000 };
const longest = 60;

let api: TestApp;
let pool: Pool;
let client: Client;
const tally = new Tally();

beforeAll(async () => {
  api = await startApp(unlimited);
  pool = new Pool({ connectionString: api.database.adminUrl, max: parallel });
  client = new Client(api.origin);
  // drawn anew after each redaction (administration.erasure.api-spec.ts), which would be most of what is done here
  await pool.query(`CREATE OR REPLACE FUNCTION forget_statistics() RETURNS void LANGUAGE sql AS 'SELECT'`);
}, 60_000);
afterAll(async () => {
  client.close();
  await pool.end();
  await api.close();
});

/** A skill for one worker, and those of its people who stay. The first works on ITOP, the others on the small pack under names of their own. */
async function makeBench(worker: number): Promise<Bench> {
  const admin = await makePerson(api, { roles: ['admin'] });
  const {
    members: [auditor, stranger],
  } = await makePeople(pool, [{ name: 'Auditor', roles: ['auditor'] }, { name: 'Stranger' }] as const);
  if (worker === 0) {
    const holder = await makePerson(api);
    const mentor = await makePerson(api);
    await mentors(api, mentor, holder);
    await signedOffClaim({ engineer: holder, mentor, manager: mentor }, 2);
    const levels = new Map(Object.entries(statementsOfLevel).map(([level, count]) => [Number(level), count]));
    await setPassword(pool, admin, holder);
    return {
      client,
      pool,
      skill: levelRef(1).replace('.1', ''),
      levels,
      shared: { admin, auditor, stranger, holder },
      holds: 2,
      tally,
      policies: null,
    };
  }
  const pack = JSON.parse(readFileSync(join(__dirname, '../setup/small-pack.json'), 'utf8')) as {
    framework: { id: string };
    skill: { levels: { level: number; statements: object[] }[] };
  };
  pack.framework.id = `deep-${worker}`;
  // two levels more, soon shown: so that there are steps to be left out
  const texts = ['Draws up the hours of the other keepers.', 'Answers for the light before the harbour master.'];
  pack.skill.levels.push(...texts.map((text, index) => ({ level: index + 4, statements: [{ ordinal: 1, paragraph: 1, text }] })));
  const loaded = await admin.post('/frameworks/imports', pack);
  if (loaded.status !== 201) throw new Error(`the pack was refused: ${JSON.stringify(loaded.body)}`);
  const skill = `deep-${worker}:LHKP`;
  const levels = new Map(pack.skill.levels.map(({ level, statements }) => [level, statements.length]));
  const holder = await holderOf(skill, 2, levels.get(2) ?? 0);
  await setPassword(pool, admin, holder);
  return { client, pool, skill, levels, shared: { admin, auditor, stranger, holder }, holds: 2, tally, policies: null };
}

/** Somebody with a sign-off of their own: they judge up to its level without being accredited. */
async function holderOf(skill: string, level: number, statements: number): Promise<Bench['shared']['holder']> {
  const holder = await makePerson(api);
  const mentor = await makePerson(api);
  await mentors(api, mentor, holder, { skill, accreditedTo: level });
  const refs = Array.from({ length: statements }, (_, index) => `${skill}.${level}.${index + 1}`);
  await holder.post('/engineers/me/evidence', {
    title: 'Work',
    description: 'Done.',
    supports: refs.map((statement) => ({ statement, rationale: 'It shows it.' })),
  });
  const drafted = await holder.post<{ id: string }>('/engineers/me/claims', { skillLevel: `${skill}.${level}`, summary: 'I do that.' });
  const path = `/engineers/${holder.id}/claims/${drafted.body.id}`;
  const submitted = await holder.post<{ statements: { ref: string; evidence: { evidenceId: string }[] }[] }>(
    `${path}/submission`,
    {},
    { ifMatch: drafted.etag ?? '' },
  );
  const verdicts = submitted.body.statements.flatMap(({ ref, evidence }) =>
    evidence.map(({ evidenceId }) => ({ evidence: evidenceId, statement: ref, verdict: 'accepted' })),
  );
  const judged = await mentor.post(`${path}/reviews`, { verdicts }, { ifMatch: submitted.etag ?? '' });
  const approval = { password: mentor.password, meaning: 'Seen.', essence: { met: true, note: 'Yes.' } };
  const approved = await mentor.post<{ state: string }>(`${path}/approval`, approval, { ifMatch: judged.etag ?? '' });
  if (approved.body.state !== 'approved') throw new Error(`no sign-off: ${JSON.stringify(approved.body)}`);
  return holder;
}

const number = fc.nat(255);
const often = <T>(usual: T, ...others: T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(usual, ...others) });
const engineers = often<Who>('engineer', 'mentorA', 'mentorB', 'manager', 'admin', 'stranger', 'auditor');
const judges = fc.constantFrom<Who>(
  'mentorA',
  'mentorA',
  'mentorA',
  'mentorB',
  'mentorB',
  'mentorC',
  'holder',
  'manager',
  'engineer',
  'admin',
  'auditor',
  'stranger',
);
const admins = fc.constantFrom<Who>('admin', 'admin', 'admin', 'admin', 'mentorC', 'mentorC', 'engineer', 'mentorA', 'manager', 'stranger');
const policies: fc.Arbitrary<Policy> = fc.record({
  acceptedPerStatement: fc.constantFrom(1, 1, 2),
  mayMiss: fc.constantFrom(0, 0, 1),
  distinctEvidence: fc.integer({ min: 1, max: 3 }),
  maxAgeMonths: fc.constantFrom(12, 24, 24, 36),
  approvals: fc.constantFrom(1, 1, 2, 3),
  stepping: fc.constantFrom('any', 'one-at-a-time'),
  lineManagerMayApprove: fc.boolean(),
  validMonths: fc.constantFrom(null, 12, 24),
  reviewDays: fc.constant(10),
});

/** One command: what it sends is decided when its turn comes, by what is there then. */
class Command implements fc.AsyncCommand<{ world?: World }, World> {
  private said = '';

  constructor(
    private readonly kind: Kind,
    private readonly draw: Draw,
  ) {}

  check({ world }: { world?: World }): boolean {
    return (world?.plan(this.kind, this.draw) ?? null) !== null;
  }

  async run(_: object, world: World): Promise<void> {
    const plan = world.plan(this.kind, this.draw) as Plan;
    this.said = wordsOf(this.kind, plan);
    await world.run(this.kind, plan);
  }

  toString(): string {
    return this.said === '' ? this.kind : `\n  ${this.said}`;
  }
}

const command = (kind: Kind, weight: number, who: fc.Arbitrary<Who>): { weight: number; arbitrary: fc.Arbitrary<Command> } => ({
  weight,
  arbitrary: fc
    .record<Draw>({
      who,
      match: fc.oneof(
        { weight: 12, arbitrary: fc.constant('fresh' as const) },
        { weight: 1, arbitrary: fc.constantFrom('stale' as const, 'none' as const) },
      ),
      a: number,
      b: number,
      c: number,
      flag: fc.boolean(),
      policy: kind === 'policy' ? policies : fc.constant({} as Policy),
    })
    .map((draw) => new Command(kind, draw)),
});

const commands = fc.commands(
  [
    fc.oneof(
      command('next', 26, fc.constant('engineer')),
      command('log', 5, engineers),
      command('edit', 6, engineers),
      command('archive', 3, engineers),
      command('propose', 4, engineers),
      command('reword', 3, engineers),
      command('unlink', 3, engineers),
      command('review', 6, judges),
      command('reviews', 3, judges),
      command('draft', 3, engineers),
      command('editClaim', 4, engineers),
      command('submit', 4, engineers),
      command('withdraw', 2, engineers),
      command('requestChanges', 3, judges),
      command('refuse', 2, judges),
      command('approve', 8, judges),
      command('revoke', 5, admins),
      command('policy', 2, admins),
      command('beginMentorship', 2, admins),
      command('endMentorship', 3, admins),
      command('accredit', 2, admins),
      command('endAccreditation', 2, admins),
      command('activation', 2, admins),
      command('redactOwn', 2, engineers),
      command('askRedaction', 2, admins),
      command('confirmRedaction', 5, admins),
    ),
  ],
  { maxCommands: longest, size: 'max' },
);

/** What a level begins with by design.md, more often than not: each other policy is a request of its own. */
const usual: Policy = {
  acceptedPerStatement: 1,
  mayMiss: 0,
  distinctEvidence: 1,
  maxAgeMonths: 24,
  approvals: 1,
  stepping: 'any',
  lineManagerMayApprove: false,
  validMonths: null,
  reviewDays: 10,
};

const mentor = fc.record({
  mentorship: fc.constantFrom('in-force' as const, 'in-force' as const, 'in-force' as const, 'ended' as const, 'none' as const),
  upTo: fc.constantFrom(0, 2, 3, 5, 3),
});
const beginnings: fc.Arbitrary<Beginning> = fc.record({
  mentors: fc.record({ mentorA: mentor, mentorB: mentor, mentorC: mentor, manager: mentor, holder: mentor }),
  policy: fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 2, arbitrary: policies }),
});

test(
  `${runs} runs of commands are answered as the rules say, and leave behind what they say`,
  async () => {
    const began = performance.now();
    const benches: Bench[] = [];
    for (let worker = 0; worker < parallel; worker += 1) benches.push(await makeBench(worker));
    const workers = benches.map(async (bench, worker) => {
      const property = fc.asyncProperty(beginnings, commands, async (beginning, some) => {
        const world = await World.begin(bench, beginning);
        await fc.asyncModelRun(() => ({ model: { world }, real: world }), some);
        await world.finish();
      });
      await fc.assert(property, { numRuns: Math.ceil(runs / parallel), seed: seed + worker, ...bounds });
    });
    const failed = (await Promise.allSettled(workers)).find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined;
    if (failed !== undefined) throw failed.reason;
    const milliseconds = Math.round(performance.now() - began);
    const verdict = await verifyLedger(api.app.get(DataSource, { strict: false }), {});
    expect(verdict).toMatchObject({ ok: true });
    const seen = new Set([...tally.outcomes.keys()].map((outcome) => outcome.split(' ')[1]));
    // runs that never get anywhere prove nothing; a machine that had time for a few only cannot be held to it
    if (tally.runs >= 60) {
      expect(tally.signOffs).toBeGreaterThan(tally.runs / 5);
      for (const code of ['gate-not-met', 'stale', 'own-claim', 'mentor-level-too-low']) expect(seen).toContain(code);
    }
    if (isDeep) expect(tally.commands).toBeGreaterThanOrEqual(runs * 20);
    const outcomes = [...tally.outcomes].sort(([one], [other]) => (one < other ? -1 : 1)).map(([what, count]) => `${what} ${count}`);
    if (process.env['DEEP_TALK'] === '1')
      process.stderr.write(`${tally.commands} commands, ${tally.signOffs} sign-offs, ${milliseconds} ms\n${outcomes.join('\n')}`);
    const rate = Math.round((tally.commands / milliseconds) * 1_000);
    report({
      part: 'model',
      what: 'workflow runs',
      count: tally.runs,
      seed,
      result: `${tally.signOffs} sign-offs; every answer, entry and row as the model has it`,
      milliseconds,
    });
    report({
      part: 'model',
      what: 'commands',
      count: tally.commands,
      seed,
      result: `${seen.size - 1} different refusals met; ${rate} commands a second`,
      milliseconds,
    });
  },
  isDeep ? 7_200_000 : 300_000,
);

test('statements name their level', () => expect(levelOf('deep-1:LHKP.3.2')).toBe(3));
