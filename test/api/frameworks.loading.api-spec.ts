import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Logger } from '@nestjs/common';
import { createApp } from '../../src/app';
import { readSettings } from '../../src/config';
import type { FrameworkPack } from '../../src/frameworks/framework-pack';
import { FrameworksLoader } from '../../src/frameworks/frameworks.loader';
import { packsFolder } from '../../src/frameworks/pack-files';
import { type TestApp, startApp } from '../setup/app';

const small = readFileSync(join(__dirname, '../setup/small-pack.json'), 'utf8');

let api: TestApp;
let folder: string;

beforeAll(async () => {
  api = await startApp();
});
afterAll(() => api.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'touchstone-packs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (place: string, change: (pack: FrameworkPack) => void = () => undefined): void => {
  const pack = JSON.parse(small) as FrameworkPack;
  change(pack);
  mkdirSync(dirname(join(folder, place)), { recursive: true });
  writeFileSync(join(folder, place), JSON.stringify(pack));
};
const load = (): Promise<void> => api.app.get(FrameworksLoader).load(folder);
const skills = async (framework: string): Promise<unknown[]> =>
  (await api.database.query<{ code: string }>(`SELECT code FROM skill WHERE framework_id = $1 ORDER BY code`, [framework])).map(
    ({ code }) => code,
  );

describe('loading the packs of a folder', () => {
  it('takes every file but the table of codes', async () => {
    put('test-1/LHKP.json');
    put('test-1/PILO.json', ({ skill }) => Object.assign(skill, { code: 'PILO', related: [] }));
    writeFileSync(join(folder, 'test-1/skill-codes.json'), '{"codes":{}}');
    writeFileSync(join(folder, 'README.md'), 'Packs.');
    await load();
    expect(await skills('test-1')).toEqual(['LHKP', 'PILO']);
  });

  it('names file, place and reason of everything that is broken, and loads nothing', async () => {
    const asBroken = (pack: FrameworkPack) => Object.assign(pack.framework, { id: 'broken-1' });
    put('broken-1/LHKP.json', asBroken);
    put('broken-1/PILO.json', (pack) => {
      asBroken(pack);
      Object.assign(pack.skill, { name: '' });
    });
    writeFileSync(join(folder, 'broken-1/ZZZZ.json'), '{');
    const error = await load().catch((reason: unknown) => reason as Error);
    expect(error).toBeInstanceOf(Error);
    const [title, ...lines] = (error as Error).message.split('\n');
    expect(title).toBe('These framework packs cannot be used:');
    expect(lines).toEqual([
      expect.stringMatching(/^frameworks\/broken-1\/PILO\.json: \/skill\/name: must NOT have fewer than 1 characters$/),
      expect.stringMatching(/^frameworks\/broken-1\/ZZZZ\.json: \(the whole file\): is not JSON/),
    ]);
    expect(await skills('broken-1')).toEqual([]);
  });

  it('refuses a pack in the wrong place, and packs of one framework that disagree about it', async () => {
    put('test-2/LHKP.json', ({ framework }) => Object.assign(framework, { id: 'test-2' }));
    put('test-2/PILO.json', ({ framework, levels, skill }) => {
      Object.assign(framework, { id: 'test-2' });
      Object.assign(levels[2] ?? {}, { essence: 'Dreams.' });
      Object.assign(skill, { code: 'PILO', related: [] });
    });
    put('test-3/FOGS.json');
    await expect(load()).rejects.toThrow(
      [
        'frameworks/test-2/PILO.json: /levels/2/essence: is not the same as in frameworks/test-2/LHKP.json',
        'frameworks/test-3/FOGS.json: /framework/id: is test-1, but the file stands in test-3/',
        'frameworks/test-3/FOGS.json: /skill/code: is LHKP, but the file is called FOGS.json',
      ].join('\n'),
    );
  });

  it('leaves a pack with new words aside, with a warning: what is loaded stands', async () => {
    put('test-4/LHKP.json', ({ framework }) => Object.assign(framework, { id: 'test-4' }));
    await load();
    put('test-4/LHKP.json', ({ framework, skill }) => {
      Object.assign(framework, { id: 'test-4' });
      Object.assign(skill, { name: 'Lamps' });
    });
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    await load();
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/^frameworks\/test-4\/LHKP\.json: left aside\. .*\/skill\/name/)]]);
    warn.mockRestore();
    const rows = await api.database.query(`SELECT name FROM skill WHERE skill_ref = 'test-4:LHKP'`);
    expect(rows).toEqual([{ name: 'Lighthouse keeping' }]);
  });

  it('writes nothing when everything is there already', async () => {
    const loader = api.app.get(FrameworksLoader);
    await loader.load(packsFolder());
    // where a row lies changes whenever it is written, be it with the same words
    const tables = ['framework', 'framework_level', 'skill', 'skill_level', 'statement', 'policy'];
    const places = (): Promise<unknown[]> =>
      api.database.query(
        tables.map((table) => `SELECT '${table}' AS table, ctid::text, xmin::text FROM ${table}`).join(' UNION ALL ') + ' ORDER BY 1, 2',
      );
    const before = await places();
    await loader.load(packsFolder());
    expect(await places()).toEqual(before);
  });

  it('has one outcome when several processes start at once', async () => {
    await api.database.query(`TRUNCATE framework, framework_level, skill, skill_level, statement, policy CASCADE`);
    const settings = readSettings({ LOG_LEVEL: 'silent', DATABASE_URL: api.database.url });
    const apps = await Promise.all([1, 2, 3].map(() => createApp(settings, api.database.url)));
    for (const app of apps) await app.close();
    const [counts] = await api.database.query(
      `SELECT (SELECT count(*)::int FROM statement) AS statements, (SELECT count(*)::int FROM policy) AS policies`,
    );
    expect(counts).toEqual({ statements: 24, policies: 5 });
  });
});
