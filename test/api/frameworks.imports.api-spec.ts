import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameworkPack } from '../../src/frameworks/framework-pack';
import type { FrameworkImportAnswer, SkillAnswer } from '../../src/frameworks/frameworks.dto';
import type { PolicyAnswer } from '../../src/frameworks/policies.dto';
import { type TestPerson, makePerson } from '../factories/people';
import { type Answer, type TestApp, startApp } from '../setup/app';
import { skillPage } from '../setup/skill-page';

const small = readFileSync(join(__dirname, '../setup/small-pack.json'), 'utf8');
const smallPack = (): FrameworkPack => JSON.parse(small) as FrameworkPack;

let api: TestApp;
let admin: TestPerson;
let engineer: TestPerson;

beforeAll(async () => {
  api = await startApp();
  admin = await makePerson(api, { roles: ['admin'] });
  engineer = await makePerson(api);
});
afterAll(() => api.close());

interface Problem extends Record<string, unknown> {
  code: string;
  detail: string;
  errors: { pointer: string; code: string; detail: string }[];
}

const imports = <Body = Problem>(body: unknown, type = 'application/json', as = admin): Promise<Answer<Body>> =>
  as.post<Body>('/frameworks/imports', undefined, {
    raw: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': type },
  });

/** A pack of a framework of its own. */
const packOf = (id: string): FrameworkPack => {
  const pack = smallPack();
  pack.framework.id = id;
  return pack;
};

const rows = async (): Promise<unknown> => {
  const [counts] = await api.database.query(
    `SELECT (SELECT count(*) FROM framework) AS frameworks, (SELECT count(*) FROM skill) AS skills, (SELECT count(*) FROM statement) AS statements,
            (SELECT count(*) FROM policy) AS policies`,
  );
  return counts;
};

describe('importing a pack', () => {
  it('brings another framework, whose skill is there at once', async () => {
    const answer = await imports<FrameworkImportAnswer>(small);
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe('/api/v1/frameworks/test-1/skills/LHKP');
    expect(answer.body).toEqual({
      framework: { id: 'test-1', name: 'Test', version: '1', rights: smallPack().framework.rights },
      skill: { ref: 'test-1:LHKP', code: 'LHKP', name: 'Lighthouse keeping' },
      levels: [2, 3],
      statements: 5,
      related: 2,
      added: true,
    });
    const { body } = await engineer.get<SkillAnswer>('/frameworks/test-1/skills/LHKP');
    const { lower, higher } = smallPack().skill.notDefined;
    expect(body.levels.map(({ defined, guidance, statements }) => [defined, guidance, statements.length])).toEqual([
      [false, lower, 0],
      [true, undefined, 2],
      [true, undefined, 3],
      ...new Array<unknown>(4).fill([false, higher, 0]),
    ]);
    const policy = await engineer.get<PolicyAnswer>('/policies/test-1:LHKP.3');
    expect(policy.body).toMatchObject({ version: 1, distinctEvidence: 3, setBy: null });
  });

  it('does nothing the second time', async () => {
    await imports(packOf('twice-1'));
    const before = await rows();
    const again = await imports<FrameworkImportAnswer>(packOf('twice-1'));
    expect([again.status, again.body.added]).toEqual([200, false]);
    expect(again.headers.get('location')).toBe('/api/v1/frameworks/twice-1/skills/LHKP');
    expect(await rows()).toEqual(before);
  });

  it('adds a skill to a framework that is there', async () => {
    const pack = packOf('more-1');
    await imports(pack);
    pack.skill.code = 'FOGS';
    pack.skill.name = 'Fog signalling';
    pack.skill.related = [];
    expect((await imports(pack)).status).toBe(201);
    const { body } = await engineer.get<{ code: string }[]>('/frameworks/more-1/skills');
    expect(body.map(({ code }) => code)).toEqual(['FOGS', 'LHKP']);
  });

  it('has one outcome when the same pack comes ten times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => imports<FrameworkImportAnswer>(packOf('race-1'))));
    expect(answers.map(({ status }) => status).sort()).toEqual([...new Array<number>(9).fill(200), 201]);
    const [{ count } = { count: 0 }] = await api.database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM policy WHERE skill_level_ref LIKE 'race-1:%'`,
    );
    expect(count).toBe(2);
  });

  it('is answered once under an idempotency key', async () => {
    const send = () => admin.post('/frameworks/imports', packOf('idem-1'), { key: 'import-1' });
    const [first, second] = [await send(), await send()];
    expect([first.status, second.status, second.headers.get('idempotency-replayed')]).toEqual([201, 201, 'true']);
    expect(second.body).toEqual(first.body);
  });
});

describe('a changed text', () => {
  const changes: [string, (pack: FrameworkPack) => void, string][] = [
    [
      'a statement',
      ({ skill }) => Object.assign(skill.levels[0]?.statements[0] ?? {}, { text: 'Lights the lamp.' }),
      '/skill/levels/0/statements/0/text',
    ],
    [
      'a statement more',
      ({ skill }) => skill.levels[0]?.statements.push({ ordinal: 3, paragraph: 3, text: 'Rows home.' }),
      '/skill/levels/0/statements/2',
    ],
    ['a level less', ({ skill }) => skill.levels.pop(), '/skill/levels/1'],
    ['the skill’s name', ({ skill }) => Object.assign(skill, { name: 'Lights' }), '/skill/name'],
    ['a related skill', ({ skill }) => skill.related.pop(), '/skill/related/1'],
    ['an essence', ({ levels }) => Object.assign(levels[6] ?? {}, { essence: 'Dreams.' }), '/levels/6/essence'],
    ['the rights', ({ framework }) => Object.assign(framework, { rights: '© Nobody.' }), '/framework/rights'],
  ];

  it.each(changes)('of %s is refused, and nothing is done', async (_what, change, pointer) => {
    await imports(packOf('fixed-1'));
    const before = await rows();
    const pack = packOf('fixed-1');
    change(pack);
    const { status, body } = await imports(pack);
    expect([status, body.code]).toEqual([409, 'framework-in-use']);
    expect(body.detail).toContain(pointer);
    expect(body.errors).toEqual([expect.objectContaining({ pointer, code: 'changed' })]);
    expect(await rows()).toEqual(before);
  });

  it('of the levels is refused with a new skill too', async () => {
    await imports(packOf('fixed-2'));
    const pack = packOf('fixed-2');
    pack.skill.code = 'NEWS';
    Object.assign(pack.levels[0] ?? {}, { phrase: 'Watch' });
    expect((await imports(pack)).status).toBe(409);
    expect((await engineer.get('/frameworks/fixed-2/skills/NEWS')).status).toBe(404);
  });
});

describe('what cannot be imported', () => {
  it('is refused with each place and reason', async () => {
    const before = await rows();
    const pack = packOf('broken-1') as unknown as { framework: { name?: string }; skill: { source: string }; extra?: number };
    delete pack.framework.name;
    pack.skill.source = 'javascript:alert(1)';
    pack.extra = 1;
    const { status, body } = await imports(pack);
    expect([status, body.code]).toEqual([422, 'import-refused']);
    expect(body.errors).toContainEqual({ pointer: '/framework/name', code: 'pack', detail: '/framework/name is missing.' });
    expect(body.errors.map(({ pointer }) => pointer).sort()).toEqual(
      expect.arrayContaining(['/extra', '/framework/name', '/skill/source']),
    );
    expect(await rows()).toEqual(before);
  });

  it.each([
    ['what is not JSON', '{"framework":', 400],
    ['nothing', '', 400],
    ['white space', ' \n', 400],
    ['nesting without end', '['.repeat(1_000) + ']'.repeat(1_000), 400],
    ['a poisonous name', small.replace('"code"', '"__proto__"'), 400],
    ['NUL', small.replace('Lighthouse', 'Light\\u0000house'), 400],
    ['half a surrogate pair', small.replace('Lighthouse', 'Light\\ud800house'), 400],
    ['a list', '[]', 422],
  ])('%s is refused', async (_what, body, status) => {
    const answer = await imports(body);
    expect([answer.status, answer.body.code]).toEqual([status, status === 400 ? 'malformed' : 'import-refused']);
  });

  it('is anything that is neither JSON nor text', async () => {
    const answer = await imports(small, 'application/xml');
    expect([answer.status, answer.body.code]).toEqual([415, 'wrong-media-type']);
  });

  it('is anything, for people who are not admins', async () => {
    const auditor = await makePerson(api, { roles: ['auditor'] });
    for (const person of [engineer, auditor]) {
      const answer = await imports(packOf('theirs-1'), 'application/json', person);
      expect([answer.status, answer.body.code]).toEqual([403, 'not-allowed']);
    }
    expect((await api.send('POST', '/frameworks/imports', packOf('theirs-1'))).status).toBe(401);
    expect((await engineer.get('/frameworks/theirs-1/skills')).status).toBe(404);
  });
});

describe('importing a page', () => {
  it('reads it as the importer does', async () => {
    const answer = await imports<FrameworkImportAnswer>(skillPage(), 'text/markdown; charset=utf-8');
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      framework: { id: 'coast-3', name: 'COAST' },
      skill: { ref: 'coast-3:LHKP' },
      levels: [2, 3],
      statements: 3,
    });
    expect((await imports(skillPage(), 'text/plain')).status).toBe(200);
    expect((await engineer.get('/frameworks/coast-3/skills/LHKP')).status).toBe(200);
  });

  it('is refused with the line where it cannot be read', async () => {
    const page = skillPage();
    const line = page.split('\n').findIndex((text) => text.startsWith('**[Level 4')) + 1;
    const answer = await imports(page.replace('**[Level 4', '**[Stage 4'), 'text/plain');
    expect([answer.status, answer.body.code]).toEqual([422, 'import-refused']);
    expect(answer.body.errors).toContainEqual({
      pointer: `/line/${line}`,
      code: 'page',
      detail: expect.stringContaining('level 4 has no essence') as string,
    });
  });

  it('knows the codes of related skills that stand beside the framework’s packs', async () => {
    const related = [
      '[Problem management](https://sfia-online.org/en/sfia-9/skills/problem-management)',
      '[Juggling](https://sfia-online.org/en/sfia-9/skills/juggling)',
    ];
    const page = skillPage(related).replaceAll('https://coast.example/en/coast-3', 'https://sfia-online.org/en/sfia-9');
    const answer = await imports(page, 'text/plain');
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map(({ detail }) => detail)).toEqual([expect.stringContaining('"Juggling" is not in the table of codes')]);
  });
});
