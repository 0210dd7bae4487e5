/**
 * `npm run bench`: the measured routes against a hand-written server. `npm run bench -- start`: cold and warm start.
 * `--rounds=5`, `--seconds=3`; `--trial` writes nothing down. bench/README.md says what it all means.
 */
import { parseArgs } from 'node:util';
import { benchRoutes } from './routes';
import { benchStart } from './start';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '3' },
      trial: { type: 'boolean', default: false },
    },
  });
  const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
  if (!(rounds >= 1) || !(seconds > 0)) throw new Error('--rounds and --seconds are numbers, such as --rounds=5 --seconds=3');
  const [what = 'routes', ...rest] = positionals;
  if (rest.length > 0 || !['routes', 'start'].includes(what))
    throw new Error('npm run bench measures routes, npm run bench -- start the start');
  const began = Date.now();
  if (what === 'start') await benchStart({ rounds, keep: !values.trial });
  else await benchRoutes({ rounds, seconds, warmUpSeconds: Math.min(2, seconds), keep: !values.trial });
  console.log(`It took ${Math.round((Date.now() - began) / 1000)} s.`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
