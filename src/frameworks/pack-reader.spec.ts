import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type FrameworkPack } from './framework-pack';
import { importSfiaPage, parseSkillCodes } from './importers/sfia-page';
import { formatPack, PackError, parsePack } from './pack-reader';

const ROOT = join(__dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const SMALL = read('test/setup/small-pack.json');

/** Follows a JSON pointer to its parent and hands over both, for a change by hand. */
function changed(pointer: string, value: unknown): string {
  const pack = JSON.parse(SMALL) as Record<string, unknown>;
  const keys = pointer.split('/').slice(1);
  const last = keys.pop() ?? '';
  let parent = pack;
  for (const key of keys) parent = parent[key] as Record<string, unknown>;
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return JSON.stringify(pack);
}

function errorOf(text: string): PackError {
  try {
    parsePack(text, 'a.json');
  } catch (error) {
    if (error instanceof PackError) return error;
    throw error;
  }
  throw new Error('the pack was accepted');
}

const TEXT = '/skill/levels/0/statements/0/text';

describe('parsePack', () => {
  it('reads a pack and writes it back as it was', () => {
    const pack = parsePack(SMALL, 'small-pack.json');
    expect(pack.skill.levels.map(({ level, statements }) => [level, statements.length])).toEqual([
      [2, 2],
      [3, 3],
    ]);
    expect(JSON.parse(formatPack(pack))).toEqual(JSON.parse(SMALL));
    expect(formatPack(parsePack(formatPack(pack), 'again'))).toBe(formatPack(pack));
  });

  it('names file, place and reason of everything that is wrong, at once', () => {
    const pack = JSON.parse(SMALL) as FrameworkPack;
    pack.framework.name = ' Test';
    pack.skill.levels[1] = { level: 3, statements: [{ ordinal: 2, paragraph: 1, text: 'No stop' }] };
    const error = errorOf(JSON.stringify(pack));
    expect(error.file).toBe('a.json');
    expect(error.problems.map(({ place }) => place)).toEqual([
      '/framework/name',
      '/skill/levels/1/statements/0/ordinal',
      '/skill/levels/1/statements/0/text',
    ]);
    expect(error.message.split('\n')).toEqual(error.problems.map(({ place, reason }) => `a.json: ${place}: ${reason}`));
  });

  it.each<[string, string, unknown, string]>([
    ['a missing property', '/skill/code', undefined, 'is missing'],
    ['an unknown property', '/skill/a~1b', 1, 'is not a property of a pack'],
    ['a property name that objects inherit', '/toString', 'x', 'is not a property of a pack'],
    ['a framework id that makes no reference', '/framework/id', 'SFIA 9', 'pattern'],
    ['a skill code that makes no reference', '/skill/code', 'lhkp', 'pattern'],
    ['an address of another kind', '/skill/source', 'javascript:alert(1)', 'pattern'],
    ['a broken address', '/skill/source', 'https://a b', 'format'],
    ['an ordinal that is no integer', '/skill/levels/0/statements/0/ordinal', 1.5, 'integer'],
    ['a level beyond 7', '/skill/levels/1/level', 8, '<= 7'],
    ['no defined level', '/skill/levels', [], 'fewer than 1'],
    ['a level without statements', '/skill/levels/0/statements', [], 'fewer than 1'],
    ['empty text', TEXT, '', 'fewer than 1'],
    ['a framework level twice', '/levels/6/level', 6, 'levels 1 to 7'],
    ['a skill level twice', '/skill/levels/1/level', 2, 'after level 2'],
    ['skill levels out of order', '/skill/levels/0/level', 4, 'after level 4'],
    ['a gap in the ordinals', '/skill/levels/1/statements/2/ordinal', 4, 'where 3 is next'],
    ['an ordinal twice', '/skill/levels/1/statements/1/ordinal', 1, 'where 2 is next'],
    ['paragraphs that do not begin at 1', '/skill/levels/0/statements/0/paragraph', 2, 'begin at 1'],
    ['paragraphs that go back', '/skill/levels/1/statements/1/paragraph', 3, 'after 3'],
    ['a statement twice', '/skill/levels/1/statements/0/text', 'Writes each ship that passes into the Log.', 'the same statement'],
    ['a related skill twice', '/skill/related/1/code', 'FOGS', 'stands already'],
    ['the skill as related to itself', '/skill/related/0/code', 'LHKP', 'stands already'],
    ['no advice for levels below', '/skill/notDefined/lower', '', 'is empty'],
    ['no advice for levels above', '/skill/notDefined/higher', '', 'is empty'],
    ['two sentences', TEXT, 'Lights the lamp. Writes the log.', 'more than one sentence'],
    ['two sentences without a space', TEXT, 'Lights the lamp.Writes the log.', 'more than one sentence'],
    ['a statement without its stop', TEXT, 'Lights the lamp', 'full stop'],
    ['a question', TEXT, 'Is the lamp lit?', 'full stop'],
    ['an open bracket', TEXT, 'Lights the lamp (at dusk. Writes the log.', 'not closed'],
    ['a leading space', TEXT, ' Lights the lamp.', 'begins or ends with a space'],
    ['a trailing space', '/levels/0/phrase', 'Follow ', 'begins or ends with a space'],
    ['two spaces', TEXT, 'Lights  the lamp.', 'two spaces'],
    ['a no-break space', TEXT, 'Lights\u00a0the lamp.', 'a space that is not the plain one'],
    ['a line break in a line', TEXT, 'Lights\nthe lamp.', 'more than one line'],
    ['empty lines too many', '/skill/guidance/text', 'One.\n\n\nTwo.', 'empty lines'],
    ['a replacement character', TEXT, 'Lights the lamp\uFFFDs wick.', 'replacement character'],
    ['a C1 control character', TEXT, 'Lights the lamp\u0092s wick.', 'control character'],
    ['NUL', TEXT, 'Lights the \u0000 lamp.', 'control character'],
    ['half a surrogate pair', TEXT, 'Lights the \ud800 lamp.', 'surrogate'],
    ['an invisible character', TEXT, 'Lights the\u200b lamp.', 'invisible'],
    ['a text turned round', TEXT, 'Lights the \u202elamp.', 'invisible'],
    ['a misread ©', '/framework/rights', 'Â© The Coast Office.', 'another encoding'],
    ['a © misread twice', '/framework/rights', 'Ã‚Â© The Coast Office.', 'another encoding'],
    ['a misread apostrophe', TEXT, 'Trims the lampâ€™s wick.', 'another encoding'],
    ['a misread apostrophe, as Latin-1', TEXT, 'Trims the lampâ\u0080\u0099s wick.', 'another encoding'],
    ['a misread é', TEXT, 'Keeps the cafÃ© lit.', 'another encoding'],
    ['a misread no-break space', TEXT, 'LightsÂ the lamp.', 'another encoding'],
    ['misread Cyrillic', TEXT, 'Lights Ð¼Ð°Ñ\u008fÐº.', 'another encoding'],
  ])('refuses %s', (_name, place, value, reason) => {
    const { problems } = errorOf(changed(place, value));
    expect(problems.map((problem) => problem.reason).join('\n')).toContain(reason);
  });

  it.each([
    'Keeps the café’s “Façade” – and ½ of the naïve “CAFÉ” lit…, as agreed.',
    'Erhält die Größe „ÄÖÜ“ der Anlage.',
    'Uses tools (e.g. Ansible) and/or infrastructure as code (IaC), e.g. Terraform, at v. 1.2.3.',
    'Works with Node.js, ASP.NET and .NET 8.0 in the U.S. Navy vs. Acme, i.e. No. 5.',
  ])('accepts %j', (text) => {
    expect(parsePack(changed(TEXT, text), 'a.json').skill.levels[0]?.statements[0]?.text).toBe(text);
  });

  it('refuses what is not JSON', () => {
    expect(errorOf('{').problems).toEqual([{ place: '', reason: expect.stringContaining('is not JSON') as string }]);
    expect(errorOf('['.repeat(100_000)).problems).toHaveLength(1);
  });

  it('does not list the problems of a file that is something else without end', () => {
    const { problems } = errorOf(changed('/levels', new Array(5_000).fill(1)));
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toEqual({ place: '', reason: 'has 4900 more problems' });
  });

  it('throws nothing but PackError, whatever it is given', () => {
    const attempt = (text: string) => {
      try {
        parsePack(text, 'a.json');
      } catch (error) {
        expect(error).toBeInstanceOf(PackError);
        expect((error as PackError).problems.length).toBeGreaterThan(0);
      }
    };
    fc.assert(fc.property(fc.string(), attempt));
    fc.assert(fc.property(fc.json(), attempt));
    const pointers = pointersOf(JSON.parse(SMALL));
    const anything = fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' }), fc.integer(), fc.constant(undefined));
    fc.assert(
      fc.property(fc.constantFrom(...pointers), anything, (pointer, value) => attempt(changed(pointer, value))),
      { numRuns: 2_000 },
    );
  });
});

function pointersOf(value: unknown, place = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [`${place}/${key}`, ...pointersOf(inner, `${place}/${key}`)]);
}

describe('frameworks/sfia-9/ITOP.json', () => {
  const file = read('frameworks/sfia-9/ITOP.json');
  const codes = parseSkillCodes(read('frameworks/sfia-9/skill-codes.json'), 'skill-codes.json');
  const pack = parsePack(file, 'ITOP.json');

  it('has the statements of the page, by level and paragraph', () => {
    const sentences = pack.skill.levels.map(({ statements }) => {
      const counts: number[] = [];
      for (const { paragraph } of statements) counts[paragraph - 1] = (counts[paragraph - 1] ?? 0) + 1;
      return counts;
    });
    expect(pack.skill.levels.map(({ level }) => level)).toEqual([1, 2, 3, 4, 5]);
    expect(pack.skill.levels.map(({ statements }) => statements.length)).toEqual([2, 3, 6, 8, 5]);
    expect(sentences).toEqual([
      [1, 1],
      [1, 1, 1],
      [1, 2, 1, 2],
      [1, 3, 2, 2],
      [1, 1, 2, 1],
    ]);
  });

  it('has the levels, activities, notes, related skills and rights', () => {
    expect(pack.levels.map(({ phrase }) => phrase)).toEqual([
      'Follow',
      'Assist',
      'Apply',
      'Enable',
      'Ensure, advise',
      'Initiate, influence',
      'Set strategy, inspire, mobilise',
    ]);
    expect(pack.skill.guidance.activities).toHaveLength(7);
    expect(pack.skill.revisionNotes).toHaveLength(5);
    expect(pack.skill.related.map(({ code }) => code).join(' ')).toBe('IFDN ITMG PBMG USUP SYSP DBAD NTAS HSIN SLEN SINT STMG DCMA SCAD');
    expect(Object.values(codes)).toEqual(pack.skill.related.map(({ code }) => code));
    expect(pack.framework.rights).toMatch(/^© Copyright SFIA Foundation .* own licence from the SFIA Foundation/);
  });

  it('has no encoding damage', () => {
    expect(file).not.toMatch(/[\uFFFD\u0080-\u009FÂÃ]|â€/);
  });

  const page = join(ROOT, '../shared/data/sfia-9-ITOP-page.txt');
  if (existsSync(page)) {
    it('is what the importer makes of the page', () => {
      expect(formatPack(importSfiaPage(readFileSync(page, 'utf8'), page, codes))).toBe(file);
    });
  } else {
    process.stderr.write(`SKIPPED: ${page} is not there, so ITOP.json was not compared with the page it was made from.\n`);
    it.skip('is what the importer makes of the page', () => undefined);
  }
});
