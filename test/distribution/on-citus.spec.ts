import { startApp } from '../setup/app';
import { onCitus } from '../setup/citus';
import { type KeyFiles, makeKeyFiles } from '../setup/key-files';
import { useEverything } from './flow';

/* Only where there is a Citus: TEST_CITUS=true, and TEST_DATABASE_URL names a server that has it. All other specs that ask through HTTP run there as well. */
(onCitus ? describe : describe.skip)('a database that is spread', () => {
  let keys: KeyFiles;
  beforeAll(() => (keys = makeKeyFiles()));
  afterAll(() => keys.remove());

  it('does everything once', async () => {
    const api = await startApp({ ...keys.settings, CHECKPOINT_MINUTES: '0' });
    try {
      const [spread] = await api.database.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM citus_tables WHERE citus_table_type = 'distributed'`,
      );
      expect(spread?.n).toBeGreaterThan(15);
      expect(await useEverything(api)).toEqual([]);
    } finally {
      await api.close();
    }
  }, 300_000);
});
