import 'reflect-metadata';
import { Transactions } from '../platform/transaction';
import { CheckpointsService } from '../ledger/checkpoints.service';
import { CheckpointsStore } from '../ledger/checkpoints.store';
import { LedgerKeys } from '../ledger/ledger-keys';
import { reaching, withDataSource } from './connect';
import { ledgerDatabase, runCommand, settingsAndKeys } from './ledger';

const USAGE = `Signs the heads of all records as they are now, and prints the checkpoint as JSON, to be kept elsewhere.

  npm run -s ledger:checkpoint > CHECKPOINT.json

DATABASE_URL names the database; without it the running demo's is used. LEDGER_KEY_FILE names the key. Where nothing changed since, the newest checkpoint is printed.`;

runCommand(USAGE, async () => {
  const { settings } = settingsAndKeys();
  const url = await ledgerDatabase(settings);
  const { checkpoint } = await reaching('DATABASE_URL', url, () =>
    withDataSource(url, (dataSource) =>
      new CheckpointsService(new Transactions(dataSource), new CheckpointsStore(), new LedgerKeys(settings)).make(),
    ),
  );
  if (checkpoint === null) {
    console.error('No record has an entry yet: there is nothing to sign.');
    return false;
  }
  console.log(JSON.stringify(checkpoint, null, 2));
  return true;
});
