import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/data-source';
import { LedgerLog } from '../../src/ledger/ledger.log';
import { verifyLedger } from '../../src/ledger/ledger.verification';
import { Transactions } from '../../src/platform/transaction';
import { ProgressStore } from '../../src/progress/progress.store';
import { countOf, drawing, isDeep, report, seed } from './deep';
import { Client } from './http';
import { Worker, entriesOf, halves } from './load';
import { type Member, makePeople } from './people';
import { type DurableServer, Served, startDurable } from './served';

/*
 * kill -9 while many write: of the application, and of Postgres. What was acknowledged is there, what was not is there as a whole or not at all, and
 * the same request under the same key comes to one outcome. DEEP=1 for 100 and 50 of them.
 */
const clients = 6;
const draw = drawing(seed);

let durable: DurableServer;
let served: Served;
let pool: Pool;
let dataSource: DataSource;
let admin: Member;

beforeAll(async () => {
  durable = await startDurable();
  served = new Served(durable.url);
  await served.start();
  pool = new Pool({ connectionString: durable.adminUrl, max: 2 });
  pool.on('error', () => undefined);
  dataSource = await createDataSource({ url: durable.url, pool: 2, impatient: () => undefined }).initialize();
  ({
    members: [admin],
  } = await makePeople(pool, [{ name: 'Admin', roles: ['admin'] }] as const));
}, 120_000);
afterAll(async () => {
  await served.kill();
  await dataSource.destroy();
  await pool.end();
  await durable.remove();
}, 60_000);

async function when(isSo: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 30_000; !(await isSo().catch(() => false)); await delay(25)) {
    if (Date.now() > deadline) throw new Error('it does not come back');
  }
}

const isReady = async (): Promise<boolean> => (await fetch(`${served.origin}/health/ready`)).status === 200;
const answers = async (): Promise<boolean> => (await pool.query('SELECT 1')).rowCount === 1;

/** Progress as it was kept, and as a rebuild makes it. */
async function checkProgress(workers: readonly Worker[]): Promise<void> {
  const ledger = new LedgerLog();
  const store = new ProgressStore();
  const transactions = new Transactions(dataSource);
  const rows = async (): Promise<unknown[]> =>
    (
      await pool.query<object>(
        `SELECT to_jsonb(g) AS row FROM progress g WHERE g.engineer_id = ANY ($1::uuid[])
         UNION ALL SELECT to_jsonb(s) FROM standing s WHERE s.engineer_id = ANY ($1::uuid[]) ORDER BY 1`,
        [workers.map(({ engineer }) => engineer.id)],
      )
    ).rows;
  const kept = await rows();
  for (const { engineer } of workers) await transactions.run(async (tx) => store.rebuild(tx, await ledger.lock(tx, engineer.id)));
  expect(await rows()).toEqual(kept);
}

/** What the test itself reads right after a kill is read again where its own connection was cut; what it then finds stands. */
async function readAgain<Found>(read: () => Promise<Found>): Promise<Found> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await read();
    } catch (error) {
      if (tries === 3 || !/released|terminated|does not answer|ECONN/.test(String(error))) throw error;
      await delay(1_000);
    }
  }
}

interface Sum {
  acknowledged: number;
  unanswered: number;
  replayed: number;
}

/** Kills something in the middle of everybody's work, brings it back, and looks at what is there. */
async function killOnce(kill: () => Promise<void>, bringBack: () => Promise<void>, sum: Sum): Promise<void> {
  const workers = await Worker.several(pool, clients, admin);
  const client = new Client(served.origin, 10_000);
  let isOver = false;
  const work = Promise.all(workers.map((worker) => worker.work(client, () => isOver)));
  // in the midst of it: a cold application has its first answers late
  const enough = clients * 2 + draw(40);
  await when(() => Promise.resolve(workers.reduce((entries, worker) => entries + worker.acknowledged.length, 0) >= enough));
  await delay(draw(60));
  await kill();
  isOver = true;
  await work;
  client.close();
  await bringBack();
  const before = await entriesOf(pool, workers);
  const acknowledged = workers.flatMap((worker) => worker.acknowledged).sort();
  // nothing that was acknowledged is lost; of what was not, there is all or nothing
  const left = [...before];
  for (const entry of acknowledged) {
    const at = left.indexOf(entry);
    if (at === -1) throw new Error(`acknowledged, and lost: ${entry}`);
    left.splice(at, 1);
  }
  expect(await halves(pool, workers)).toBe(0);
  sum.acknowledged += acknowledged.length;
  // the same again, under the same key
  const again = new Client(served.origin, 10_000);
  await Promise.all(workers.map((worker) => worker.repeat(again)));
  await Promise.all(workers.map((worker) => worker.settle(again)));
  again.close();
  expect(await entriesOf(pool, workers)).toEqual(workers.flatMap((worker) => worker.acknowledged).sort());
  expect(await halves(pool, workers)).toBe(0);
  await readAgain(() => checkProgress(workers));
  expect(await readAgain(() => verifyLedger(dataSource, {}))).toMatchObject({ ok: true });
  for (const { retried, replayed } of workers) {
    sum.unanswered += retried;
    sum.replayed += replayed;
  }
}

async function killOften(what: string, times: number, kill: () => Promise<void>, bringBack: () => Promise<void>): Promise<void> {
  const began = performance.now();
  const sum: Sum = { acknowledged: 0, unanswered: 0, replayed: 0 };
  for (let time = 0; time < times; time += 1) await killOnce(kill, bringBack, sum);
  // a kill that hits nobody in the middle of a write shows nothing
  expect(sum.acknowledged).toBeGreaterThan(times * clients);
  expect(sum.unanswered).toBeGreaterThan(times);
  const { acknowledged, unanswered, replayed } = sum;
  const result = `${acknowledged} entries acknowledged before, 0 lost, 0 half done; ${unanswered} writes sent again, ${replayed} of them had been done`;
  report({ part: 'kill', what, count: times, seed, result, milliseconds: Math.round(performance.now() - began) });
}

const limit = isDeep ? 7_200_000 : 120_000;

test(
  'the application is killed under load',
  () =>
    killOften(
      'SIGKILL of the application',
      countOf(100, 2),
      () => served.kill(),
      () => served.start(),
    ),
  limit,
);

test(
  'Postgres is killed under load, and starts again under a running application',
  () =>
    killOften(
      'SIGKILL of Postgres',
      countOf(50, 2),
      () => Promise.resolve(void process.kill(durable.server.pid, 'SIGKILL')),
      async () => {
        await when(answers);
        await when(isReady);
      },
    ),
  limit,
);

test('it is a database that waits for the disk', async () => {
  const { rows } = await pool.query<{ fsync: string; commit: string }>(
    `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit`,
  );
  expect(rows).toEqual([{ fsync: 'on', commit: 'on' }]);
});
