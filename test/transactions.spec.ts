import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../src/data-source';
import { Database, Transactions, type Tx, rowsAtOnce, rowsOf, write } from '../src/platform/transaction';
import { type TestDatabase, createTestDatabase } from './setup/database';

let database: TestDatabase;
let owner: Client;
let dataSource: DataSource;
let transactions: Transactions;
beforeAll(async () => {
  database = await createTestDatabase();
  owner = new Client({ connectionString: database.adminUrl });
  await owner.connect();
  await owner.query(`CREATE TABLE mark (id int PRIMARY KEY, at int NOT NULL CHECK (at >= 0)); GRANT ALL ON mark TO PUBLIC`);
  dataSource = await createDataSource({ url: database.url, pool: 4 }).initialize();
  transactions = new Transactions(dataSource);
});
afterAll(async () => {
  await dataSource.destroy();
  await owner.end();
  await database.drop();
});
beforeEach(() => owner.query('TRUNCATE mark'));

const insert = (tx: Tx, id: number, at = 0): void => write(tx, 'INSERT INTO mark VALUES ($1, $2)', [id, at]);
const marks = async (): Promise<number[]> =>
  (await owner.query<{ id: number }>('SELECT id FROM mark ORDER BY id')).rows.map(({ id }) => id);

test('what is written without waiting is there for the next statement, and kept', async () => {
  const seen = await transactions.run(async (tx) => {
    await rowsAtOnce(tx, 'SELECT 1');
    insert(tx, 1);
    insert(tx, 2);
    return rowsOf<{ id: number }>(tx, 'SELECT id FROM mark ORDER BY id');
  });
  expect(seen).toEqual([{ id: 1 }, { id: 2 }]);
  expect(await marks()).toEqual([1, 2]);
});

test('a transaction whose last statement is not waited for is kept, or fails', async () => {
  await transactions.run((tx) => Promise.resolve(insert(tx, 1)));
  expect(await marks()).toEqual([1]);
  const twice = transactions.run((tx) => {
    insert(tx, 2);
    return Promise.resolve(insert(tx, 1));
  });
  await expect(twice).rejects.toMatchObject({ driverError: { code: '23505' } });
  expect(await marks()).toEqual([1]);
});

test('what comes after a write that failed is told why it failed, and nothing is kept', async () => {
  const failing = transactions.run(async (tx) => {
    insert(tx, 1);
    insert(tx, 2, -1);
    insert(tx, 3);
    await rowsOf(tx, 'SELECT 1');
  });
  await expect(failing).rejects.toMatchObject({ driverError: { code: '23514', constraint: 'mark_at_check' } });
  expect(await marks()).toEqual([]);
});

test('what reads inside a transaction is a part of it, whichever others begin and end meanwhile; what reads after it is not', async () => {
  const db = new Database(dataSource, transactions);
  const seen = (): Promise<{ id: number }[]> => db.query<{ id: number }>('SELECT id FROM mark ORDER BY id');
  const other = (id: number): Promise<void> => transactions.run((tx) => Promise.resolve(insert(tx, id)));
  await other(1);
  let ended = (): void => undefined;
  const otherHasEnded = new Promise<void>((resolve) => (ended = resolve));
  const long = transactions.run(async (tx) => {
    insert(tx, 2);
    await otherHasEnded;
    return { seen: await seen(), current: transactions.current() === tx };
  });
  expect(await seen()).toEqual([{ id: 1 }]);
  await other(3);
  ended();
  expect(await long).toEqual({ seen: [{ id: 1 }, { id: 2 }, { id: 3 }], current: true });
  expect(transactions.current()).toBeUndefined();
  expect(await transactions.run(() => seen())).toHaveLength(3);
});

test('work that throws keeps nothing of what it did not wait for', async () => {
  const thrown = transactions.run((tx) => {
    insert(tx, 1);
    insert(tx, 2, -1);
    throw new Error('no');
  });
  await expect(thrown).rejects.toThrow('no');
  expect(await marks()).toEqual([]);
  // and the connection is as good as before
  expect(await transactions.run((tx) => rowsOf(tx, 'SELECT 1 AS one'))).toEqual([{ one: 1 }]);
});

test('a write that was not waited for and ran into a conflict is tried again with all the rest', async () => {
  await owner.query(`CREATE SEQUENCE tries; GRANT ALL ON SEQUENCE tries TO PUBLIC;
    CREATE FUNCTION collide() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF nextval('tries') < 3 THEN RAISE EXCEPTION 'a conflict' USING ERRCODE = '40001'; END IF; RETURN NEW; END $$;
    CREATE TRIGGER collide BEFORE INSERT ON mark FOR EACH ROW EXECUTE FUNCTION collide()`);
  await transactions.run((tx) => Promise.resolve(insert(tx, 1)));
  await owner.query('DROP FUNCTION collide CASCADE; DROP SEQUENCE tries');
  expect(await marks()).toEqual([1]);
});

test('a failure that is passed over is not taken for a success', async () => {
  const passed = transactions.run(async (tx) => {
    insert(tx, 1);
    await rowsOf(tx, 'SELECT 1 / 0').catch(() => []);
  });
  await expect(passed).rejects.toThrow('a statement of this transaction failed');
  expect(await marks()).toEqual([]);
});

test('what comes after the end is refused, and not done outside of the transaction', async () => {
  let kept: Tx | undefined;
  await transactions.run((tx) => {
    kept = tx;
    return Promise.resolve(insert(tx, 1));
  });
  if (kept === undefined) throw new Error('there was no transaction');
  await expect(kept.query('INSERT INTO mark VALUES (2, 0)')).rejects.toThrow('this transaction is over');
  expect(await marks()).toEqual([1]);
});

test('numbers of rows come with what changes or deletes them, as TypeORM has it', async () => {
  await transactions.run(async (tx) => {
    insert(tx, 1);
    insert(tx, 2);
    expect(await tx.query('UPDATE mark SET at = 1 WHERE id = $1 RETURNING id', [1])).toEqual([[{ id: 1 }], 1]);
    expect(await tx.query('DELETE FROM mark')).toEqual([[], 2]);
    expect(await tx.query('INSERT INTO mark VALUES (3, 0) RETURNING id')).toEqual([{ id: 3 }]);
  });
});

test('what is done after the commit is waited for, and holds up nobody else: the place is given back', async () => {
  let go = (): void => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  const done: number[] = [];
  const answered: number[] = [];
  // three places with a pool of four: these would take them all
  const slow = [1, 2, 3].map((id) =>
    transactions
      .run((tx) => {
        transactions.afterCommit(tx, async () => {
          await gate;
          done.push(id);
        });
        return Promise.resolve(insert(tx, id));
      })
      .then(() => answered.push(id)),
  );
  await transactions.run((tx) => Promise.resolve(insert(tx, 4)));
  expect([done, answered]).toEqual([[], []]);
  go();
  await Promise.all(slow);
  expect([done.sort(), answered.sort(), await marks()]).toEqual([
    [1, 2, 3],
    [1, 2, 3],
    [1, 2, 3, 4],
  ]);
});
