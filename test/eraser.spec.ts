import { setImmediate as breathe } from 'node:timers/promises';
import { Client } from 'pg';
import { Settings } from '../src/config';
import { Eraser } from '../src/ledger/eraser';
import { type TestDatabase, createTestDatabase } from './setup/database';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('whoever waits for the eraser shares one run, which begins after they came', async () => {
  const eraser = new Eraser(Object.assign(Object.create(Settings.prototype) as Settings, { DATABASE_ERASER_URL: database.eraserUrl }));
  const order: string[] = [];
  const connect = jest.spyOn(Client.prototype, 'connect');
  const query = jest.spyOn(Client.prototype, 'query');
  const runs = (): number => query.mock.calls.filter(([sql]) => String(sql).includes('erase_what_ledgers_allow')).length;
  const asked = (who: string): Promise<void> => eraser.eraseNow().then(() => void order.push(`${who} after ${runs()}`));
  const first = asked('first');
  // it has begun by now, and goes on beyond this turn of the event loop: it needs a connection
  await breathe();
  expect(connect).toHaveBeenCalledTimes(1);
  await Promise.all([first, ...['second', 'third', 'fourth', 'fifth'].map(asked)]);
  expect(order).toEqual(['first after 1', 'second after 2', 'third after 2', 'fourth after 2', 'fifth after 2']);
  await asked('last');
  expect(order.at(-1)).toBe('last after 3');
  jest.restoreAllMocks();
});
