import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyse } from 'scslre';
import { makeTrio, submittedClaim } from '../factories/claims';
import { logEvidence } from '../factories/evidence';
import { type TestPerson, makePerson } from '../factories/people';
import { type TestApp, startApp } from '../setup/app';
import { isDeep } from '../deep/deep';
import { tell } from './counts';
import { type Described, type Schema, described, resolved } from './document';
import { regularExpressions } from './regular-expressions';

const size = 100_000;
const mostMs = 50;
const counts = { expressions: 0, matched: 0, slowestMatchMs: 0, fields: 0, requests: 0, slowestRequestMs: 0, slowest: '' };
afterAll(() =>
  tell('regular expressions, and fields given 100 kB', counts.expressions + counts.fields, {
    expressions: counts.expressions,
    'texts matched': counts.matched,
    'ms at most': counts.slowestMatchMs,
    fields: counts.fields,
    requests: counts.requests,
    [`ms at most (${counts.slowest})`]: counts.slowestRequestMs,
  }),
);

/** The processor's time of the thread that runs the loop, in milliseconds: Linux counts it for each thread; elsewhere that of the whole process stands in. */
function ownTime(): number {
  try {
    const [nanoseconds] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ');
    return Number(nanoseconds) / 1_000_000;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  }
}

/**
 * For how many milliseconds something held up everything else, at most: the processor's time of the loop's own thread, or the time that the loop was busy,
 * whichever is less; and the least of a few tries. Neither passwords hashed beside the loop nor others on this machine count.
 */
async function costOf(work: () => unknown, tries = 10): Promise<number> {
  let least = Infinity;
  for (let i = 0; i < tries && least > mostMs / 2; i += 1) {
    const [own, loop] = [ownTime(), performance.eventLoopUtilization()];
    await work();
    least = Math.min(least, ownTime() - own, performance.eventLoopUtilization(loop).active);
  }
  return least;
}

/** Expressions that are only ever matched against something short: where, which, how short, and why. */
const short: readonly { readonly where: string; readonly source: string; readonly most: number }[] = [
  // the 24 characters before a full stop
  { where: 'src/frameworks/sentences.ts', source: `([\\p{L}\\p{N}.]*)(["'”’)\\]]*)$`, most: 24 },
  // a setting, which nobody sends
  { where: 'src/people/invitation-link.ts', source: '\\/+$', most: 2_000 },
];
const mostFor = ({ where, expression }: (typeof found)[number]): number =>
  short.find((one) => where.startsWith(`${one.where}:`) && one.source === expression.source)?.most ?? size;

const found = regularExpressions();
/** What a matcher may be led astray by: one thing again and again, and then what does not fit. */
const repeated = (unit: string): string[] => {
  const many = unit.repeat(Math.floor(size / unit.length));
  const some = [`${many}\0`, `!${many}`];
  return isDeep ? [...some, `${many}!`, `${many}${unit} `, many] : some;
};
const fewUnits = ['a', 'A', '0', ' ', '\n', '.', '-', '/', '"', '\\', 'Ã', 'a.'];
const moreUnits = [
  '\t',
  '_',
  ':',
  '@',
  "'",
  ',',
  ';',
  '=',
  '%',
  '\u200b',
  'é',
  '€',
  '1.',
  'a@',
  'a:',
  '\r\n',
  '<a',
  '![](',
  '[a](b)',
  '**',
];
const units = isDeep ? [...fewUnits, ...moreUnits] : fewUnits;

describe('regular expressions of the source', () => {
  test('there are some, and those that are bounded are still there', () => {
    expect(found.length).toBeGreaterThan(50);
    expect(found.filter((one) => mostFor(one) < size)).toHaveLength(short.length);
  });

  test.each(found.map((one) => [one.where, String(one.expression), one] as const))('%s %s', async (_, __, one) => {
    const { expression } = one;
    const most = mostFor(one);
    const { reports } = analyse(expression, { assumeRejectingSuffix: false });
    expect(reports.filter(({ exponential }) => exponential).map(({ character }) => character.literal.source)).toEqual([]);
    const picked = reports.map(({ character }) => character.pick);
    // the sticky place of an expression with g or y is none of a match that begins
    const match = (input: string): void => {
      expression.lastIndex = 0;
      expression.test(input);
    };
    for (const long of [...new Set([...picked, ...units])].flatMap(repeated)) {
      const text = most === size ? long : long.slice(-most);
      const start = performance.now();
      match(text);
      let ms = performance.now() - start;
      if (ms > mostMs) ms = await costOf(() => match(text));
      counts.matched += 1;
      counts.slowestMatchMs = Math.max(counts.slowestMatchMs, Math.round(ms));
      expect([text.slice(0, 20), ms < mostMs ? 'fast' : Math.round(ms)]).toEqual([text.slice(0, 20), 'fast']);
    }
    counts.expressions += 1;
  });
});

describe('100 kB into each field', () => {
  let api: TestApp;
  let engineer: TestPerson;
  let mentor: TestPerson;
  let admin: TestPerson;
  let ids: Readonly<Record<string, string>>;
  beforeAll(async () => {
    api = await startApp();
    ({ engineer, mentor } = await makeTrio(api));
    admin = await makePerson(api, { roles: ['admin'] });
    const claim = await submittedClaim(engineer, 1);
    const evidence = await logEvidence(engineer, { supports: [{ statement: 'sfia-9:ITOP.2.1', rationale: 'Mine.' }] });
    ids = {
      engineerId: engineer.id,
      personId: engineer.id,
      claimId: claim.id,
      evidenceId: evidence.id,
      statement: 'sfia-9:ITOP.2.1',
      skillLevel: 'sfia-9:ITOP.1',
      skill: 'sfia-9:ITOP',
    };
  }, 60_000);
  afterAll(() => api.close());

  /** The ways to every text in a body. */
  function textsIn(given: Schema, way: readonly string[] = []): (readonly string[])[] {
    const schema = resolved(given);
    if (schema.properties !== undefined) return Object.entries(schema.properties).flatMap(([name, one]) => textsIn(one, [...way, name]));
    if (schema.items !== undefined) return textsIn(schema.items, [...way, '*']);
    return [schema.type].flat().includes('string') || schema.enum !== undefined ? [way] : [];
  }
  const example = (given: Schema): unknown => {
    const schema = resolved(given);
    if (schema.properties !== undefined)
      return Object.fromEntries(Object.entries(schema.properties).map(([name, one]) => [name, example(one)]));
    if (schema.items !== undefined) return [example(schema.items)];
    return schema.examples?.[0] ?? 'x';
  };
  /** A body of examples with this text in one place. */
  const bodyWith = (schema: Schema, way: readonly string[], text: string): unknown => {
    const place = (value: unknown, [first, ...rest]: readonly string[]): unknown => {
      if (first === undefined) return text;
      if (first === '*') return [place((value as unknown[])[0], rest)];
      return { ...(value as object), [first]: place((value as Record<string, unknown>)[first], rest) };
    };
    return place(example(schema), way);
  };
  const callerFor = ({ path }: Described): TestPerson =>
    /\/(people|policies|mentors|revocation|frameworks)/.test(path)
      ? admin
      : /\/(review|reviews|approval|refusal|change-request)$/.test(path)
        ? mentor
        : engineer;
  const filled = ({ path }: Described): string =>
    path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? '01931b2e-7c00-7000-8000-000000000001');
  const long = (isDeep ? ['a', ' ', '\u200b', '-', 'a@', 'a.', '0', '/', '\t\n', 'é'] : ['a']).flatMap((unit) =>
    repeated(unit).slice(1, 2),
  );

  async function expectQuick(what: string, ask: () => Promise<{ status: number }>, statuses: readonly number[]): Promise<void> {
    let status = 0;
    const ms = await costOf(async () => {
      ({ status } = await ask());
    });
    counts.requests += 1;
    if (ms > counts.slowestRequestMs) Object.assign(counts, { slowestRequestMs: Math.round(ms), slowest: what });
    expect([what, statuses.includes(status) ? 'refused' : status, ms < mostMs ? 'quick' : Math.round(ms)]).toEqual([
      what,
      'refused',
      'quick',
    ]);
  }

  const fields = described.flatMap((route) => {
    const schema = route.bodies['application/json'];
    return schema === undefined || route.path.endsWith('/imports')
      ? []
      : textsIn(schema).map((way) => [`${route.route} ${way.join('/')}`, route, schema, way] as const);
  });

  test.each(fields)('%s', async (_, route, schema, way) => {
    counts.fields += 1;
    for (const text of long) {
      const raw = JSON.stringify(bodyWith(schema, way, text));
      const options = { token: callerFor(route).token, ifMatch: '"never-seen"', raw };
      await expectQuick(
        `${way.join('/')} ${text.slice(0, 4)}`,
        () => api.send(route.method, filled(route), undefined, options),
        [400, 401, 403, 404, 412, 429],
      );
    }
  });

  const query = described.flatMap((route) =>
    route.method === 'GET'
      ? route.parameters.filter((one) => one.in === 'query').map(({ name }) => [`${route.route} ${name}`, route, name] as const)
      : [],
  );
  test.each(query)('%s, as much as a query may hold', async (_, route, name) => {
    counts.fields += 1;
    for (const unit of isDeep ? ['a', '+', '-', 'a.', '0', '%E2%80%8B', '"', 'a%20or%20'] : ['a', '+']) {
      const path = `${filled(route)}?${name}=${unit.repeat(Math.floor(5_000 / unit.length))}`;
      await expectQuick(`${name} ${unit}`, () => api.send('GET', path, undefined, { token: callerFor(route).token }), [400, 403, 404]);
    }
  });

  test('a file of people, a page of a framework and a pack', async () => {
    counts.fields += 3;
    const page = readFileSync(join(__dirname, '../setup/small-pack.json'), 'utf8');
    for (const unit of units) {
      const [text = ''] = repeated(unit);
      const send = (path: string, raw: string, type: string) => (): Promise<{ status: number }> =>
        api.send('POST', path, undefined, { token: admin.token, raw, headers: { 'content-type': type } });
      await expectQuick(`people ${unit}`, send('/people/import', `name,email\n${text}`, 'text/csv'), [400, 422]);
      await expectQuick(
        `quoted people ${unit}`,
        send('/people/import', `name,email\n"${text.replaceAll('"', '""')}","${text.replaceAll('"', '""')}"\n`, 'text/csv'),
        [400, 422],
      );
      await expectQuick(`page ${unit}`, send('/frameworks/imports', text, 'text/plain'), [400, 422]);
      const pack = JSON.parse(page) as { framework: object; skill: object };
      for (const skill of isDeep ? ['description', 'name', 'code', 'source'] : ['name']) {
        const raw = JSON.stringify({ ...pack, framework: { ...pack.framework, id: 'long-1' }, skill: { ...pack.skill, [skill]: text } });
        await expectQuick(`pack ${skill} ${unit}`, send('/frameworks/imports', raw, 'application/json'), [400, 422]);
      }
    }
  });
});
