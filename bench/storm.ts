import { join } from 'node:path';
import { storm } from '../test/deep/storm';
import { fill } from './data/fill';
import { ProgressBar } from './progress-bar';
import { circumstances, figureOf, publish, tableOf } from './results';
import { type Served, root, serve } from './served';
import { openSurroundings } from './surroundings';

/** Ten thousand engineers with work at five levels, a storm of everything that moves progress, and how many rows of progress are wrong afterwards. */
export async function benchStorm({ people, acts, keep }: { people: number; acts: number; keep: boolean }): Promise<void> {
  console.log('Preparing an organisation for a storm …');
  const surroundings = await openSurroundings();
  let server: Served | undefined;
  try {
    const { url, ownerUrl } = surroundings;
    const bar = new ProgressBar();
    const measures = { seed: 9, people, evidence: people * 3, asOf: new Date(new Date().toISOString().slice(0, 10)), everyLevel: true };
    const { store, company } = await fill(surroundings, measures, (what, done, of) => bar.show(what, done, of));
    bar.clear();
    server = await serve({
      name: 'touchstone',
      node: [join(root, 'dist/src/main.js')],
      env: { DATABASE_URL: url, DATABASE_OWNER_URL: ownerUrl },
    });
    const began = Date.now();
    const { answers, cells, wrong } = await storm({ origin: server.origin, store, company, acts, atOnce: 24, seed: 9 });
    const done = (what: RegExp): number => [...answers].reduce((sum, [key, count]) => (what.test(key) ? sum + count : sum), 0);
    const granted: readonly (readonly [string, RegExp])[] = [
      ['verdicts', /^reviews? 200/],
      ['edits and new rationales', /^(edit|reword) 200/],
      ['supports withdrawn', /^withdraw 20/],
      ['pieces archived', /^archive 200/],
      ['pieces logged', /^log 201/],
      ['claims submitted', /^submit 200/],
      ['approvals', /^approve 200/],
      ['sign-offs revoked', /^revoke 20/],
    ];
    const measuredAt = circumstances();
    const one = (value: number) => figureOf([value]);
    publish(
      'storm',
      {
        ...measuredAt,
        machine: { ...measuredAt.machine, postgres: surroundings.postgresVersion },
        rounds: 1,
        ratios: { 'progress.wrongCells': one(wrong) },
        absolute: { 'progress.cells': one(cells), 'storm.seconds': one((Date.now() - began) / 1000) },
      },
      tableOf(
        ['the storm', ''],
        [
          ...granted.map(([words, what]) => [words, done(what).toLocaleString('en')]),
          ['refused, as what was seen had changed or a rule was not met', done(/ 4\d\d$/).toLocaleString('en')],
          ['rows of progress compared with a rebuild', cells.toLocaleString('en')],
          ['**wrong**', String(wrong)],
        ],
      ),
      keep,
    );
    if (wrong > 0) throw new Error(`${wrong} of ${cells} rows of progress are wrong`);
  } finally {
    await server?.stop();
    await surroundings.close();
  }
}
