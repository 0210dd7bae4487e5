/**
 * `npm run bench`: the measured routes against their peers, then the storm. One part by itself: `npm run bench -- routes`, `storm`, `start`, `scale --data DIR` (upon what
 * `npm run bench:data` has kept) or `mixed --minutes 30`. `--rounds=5`, `--seconds=3`; `--trial` writes nothing down. bench/README.md says what it all means.
 */
import 'reflect-metadata';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchMixed } from './mixed';
import { benchRoutes } from './routes';
import { benchScale } from './scale';
import { root } from './served';
import { benchStart } from './start';
import { benchStorm } from './storm';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '3' },
      minutes: { type: 'string', default: '30' },
      people: { type: 'string', default: '10900' },
      data: { type: 'string', default: join(root, '.data/bench') },
      trial: { type: 'boolean', default: false },
    },
  });
  const numbers = [values.rounds, values.seconds, values.minutes, values.people].map(Number);
  const [rounds = 0, seconds = 0, minutes = 0, people = 0] = numbers;
  if (!numbers.every((one) => one > 0)) throw new Error('--rounds, --seconds, --minutes and --people are numbers, such as --rounds=5');
  const keep = !values.trial;
  const parts: Readonly<Record<string, () => Promise<void>>> = {
    routes: () => benchRoutes({ rounds, seconds, warmUpSeconds: values.trial ? Math.min(2, seconds) : 10, keep }),
    storm: () => benchStorm({ people, acts: Math.round(people * 1.5), keep }),
    scale: () => benchScale({ data: values.data, rounds, keep }),
    mixed: () => benchMixed({ minutes, keep }),
    start: () => benchStart({ rounds, keep }),
  };
  const chosen = positionals.length === 0 ? ['routes', 'storm'] : positionals;
  const unknown = chosen.find((part) => !(part in parts));
  if (unknown !== undefined) throw new Error(`There is no part called ${unknown}: there are ${Object.keys(parts).join(', ')}.`);
  const began = Date.now();
  for (const part of chosen) await parts[part]?.();
  console.log(`It took ${Math.round((Date.now() - began) / 1000)} s.`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
