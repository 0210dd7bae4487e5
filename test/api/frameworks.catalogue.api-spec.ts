import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameworkPack } from '../../src/frameworks/framework-pack';
import type { SkillAnswer } from '../../src/frameworks/frameworks.dto';
import { type TestPerson, makePerson } from '../factories/people';
import { type TestApp, startApp } from '../setup/app';

const pack = JSON.parse(readFileSync(join(__dirname, '../../frameworks/sfia-9/ITOP.json'), 'utf8')) as FrameworkPack;

let api: TestApp;
let engineer: TestPerson;

beforeAll(async () => {
  api = await startApp();
  engineer = await makePerson(api);
});
afterAll(() => api.close());

describe('the catalogue', () => {
  it('is there from the start', async () => {
    const { status, body, headers } = await engineer.get<unknown>('/frameworks');
    expect(status).toBe(200);
    expect(body).toEqual([{ id: 'sfia-9', name: 'SFIA', version: '9', rights: pack.framework.rights, skills: 1 }]);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('has seven levels of responsibility', async () => {
    const { body } = await engineer.get<unknown>('/frameworks/sfia-9/levels');
    expect(body).toEqual(pack.levels);
    expect(pack.levels).toHaveLength(7);
  });

  it('lists its skills', async () => {
    const { body } = await engineer.get<unknown>('/frameworks/sfia-9/skills');
    expect(body).toEqual([{ ref: 'sfia-9:ITOP', code: 'ITOP', name: 'Infrastructure operations', levels: [1, 2, 3, 4, 5] }]);
  });

  it('shows a skill with all its text and its rights', async () => {
    const { status, body } = await engineer.get<SkillAnswer>('/frameworks/sfia-9/skills/ITOP');
    expect(status).toBe(200);
    const { levels, ...skill } = body;
    const { code, name, description, guidance, revisionNotes, source, related } = pack.skill;
    expect(skill).toEqual({
      ref: 'sfia-9:ITOP',
      code,
      name,
      description,
      guidance,
      revisionNotes,
      source,
      related,
      rights: pack.framework.rights,
    });
    expect(skill.rights).toContain('© Copyright SFIA Foundation');
    expect(skill.related.map((one) => one.code).join(' ')).toBe('IFDN ITMG PBMG USUP SYSP DBAD NTAS HSIN SLEN SINT STMG DCMA SCAD');
    expect(skill.guidance.activities).toHaveLength(7);
    expect(levels.map((level) => [level.level, level.phrase, level.essence])).toEqual(
      pack.levels.map((level) => [level.level, level.phrase, level.essence]),
    );
    expect(levels.map(({ ref, defined, statements }) => [ref, defined, statements.length])).toEqual([
      ['sfia-9:ITOP.1', true, 2],
      ['sfia-9:ITOP.2', true, 3],
      ['sfia-9:ITOP.3', true, 6],
      ['sfia-9:ITOP.4', true, 8],
      ['sfia-9:ITOP.5', true, 5],
      ['sfia-9:ITOP.6', false, 0],
      ['sfia-9:ITOP.7', false, 0],
    ]);
    expect(levels[3]?.statements.map(({ ref, ordinal, paragraph }) => `${ref} ${ordinal} ${paragraph}`)).toEqual([
      'sfia-9:ITOP.4.1 1 1',
      'sfia-9:ITOP.4.2 2 2',
      'sfia-9:ITOP.4.3 3 2',
      'sfia-9:ITOP.4.4 4 2',
      'sfia-9:ITOP.4.5 5 3',
      'sfia-9:ITOP.4.6 6 3',
      'sfia-9:ITOP.4.7 7 4',
      'sfia-9:ITOP.4.8 8 4',
    ]);
    expect(levels.flatMap(({ statements }) => statements.map(({ text }) => text))).toEqual(
      pack.skill.levels.flatMap(({ statements }) => statements.map(({ text }) => text)),
    );
  });

  it('says at a level that is not defined what to do instead', async () => {
    const { body } = await engineer.get<SkillAnswer>('/frameworks/sfia-9/skills/ITOP');
    expect(body.levels.map(({ guidance }) => guidance)).toEqual([
      ...new Array<undefined>(5).fill(undefined),
      pack.skill.notDefined.higher,
      pack.skill.notDefined.higher,
    ]);
  });

  it.each([
    '/frameworks/sfia-8/levels',
    '/frameworks/sfia-8/skills',
    '/frameworks/%00/levels',
    '/frameworks/%00/skills',
    '/frameworks/sfia-9/skills/NONE',
    '/frameworks/sfia-9/skills/itop',
    '/frameworks/sfia-9/skills/ITOP.4',
    '/frameworks/sfia-9/skills/%00',
    '/frameworks/sfia-8/skills/ITOP',
  ])('does not have %s', async (path) => {
    const { status, body } = await engineer.get(path);
    expect([status, body['code']]).toEqual([404, 'not-found']);
  });

  it.each(['/frameworks', '/frameworks/sfia-9/levels', '/frameworks/sfia-9/skills', '/frameworks/sfia-9/skills/ITOP'])(
    'shows %s only to people who have signed in',
    async (path) => {
      expect((await api.send('GET', path)).status).toBe(401);
    },
  );

  it.each(['framework', 'framework_level', 'skill', 'skill_level', 'statement'])(
    'lets the application neither change nor delete a %s',
    async (table) => {
      const [rights] = await api.database.query<{ update: boolean; delete: boolean; insert: boolean }>(
        `SELECT has_table_privilege('touchstone_app', $1, 'UPDATE') AS update, has_table_privilege('touchstone_app', $1, 'DELETE') AS delete,
                has_table_privilege('touchstone_app', $1, 'INSERT') AS insert`,
        [table],
      );
      expect(rights).toEqual({ update: false, delete: false, insert: true });
    },
  );
});
