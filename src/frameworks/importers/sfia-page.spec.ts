import fc from 'fast-check';
import { formatPack, parsePack } from '../pack-reader';
import { importSfiaPage, PageError, parseSkillCodes } from './sfia-page';

const CODES = { 'Fog signalling': 'FOGS', 'Ship’s pilotage': 'PILO' };
const SKILL = 'https://coast.example/en/coast-3/skills/lighthouse-keeping';
const PHRASES = ['Watch', 'Help', 'Keep', 'Guide', 'Ensure, advise', 'Lead', 'Set course'];

/** A page as the site's are, of an invented skill: `defined` gives the paragraphs of each defined level. */
function page(defined: Record<number, string[]>, rights = 'Ã‚Â© Copyright Coast Office 1999-2025. All  lights reserved.'): string {
  const link = (level: number) => (defined[level] ? `[${level}](${SKILL}#skill_level_section_${level})` : '');
  const section = (level: number) => [
    `###  ${defined[level] ? 'Lighthouse keeping: ' : ''}Level ${level}`,
    `**[Level ${level} - ${PHRASES[level - 1]}](https://coast.example/en/coast-3/responsibilities/level-${level}):** Essence of the level: Does  what level ${level} does. Learns. `,
    ...(defined[level] ? ['* * *', ...defined[level]] : []),
  ];
  return [
    '#  Lighthouse keeping LHKP',
    'Keeping a light â€“ and its keeperâ€™s log â€“ that ships can relyÂ on.  ',
    '## Levels of responsibility for this skill',
    `${[1, 2, 3, 4, 5, 6, 7].map(link).join(' |  ')}   `,
    '---|---|---|---|---|---|---  ',
    '###  Revision notes',
    '**Updates for Coast 3**',
    '  * Skill renamed.',
    '  *   See the [old  page](https://coast.example/en/coast-2) .',
    '',
    '### Guidance notes',
    'A light is of use only if it is **always** there.',
    'Activities may include, but are not limited to:',
    '  * trimming  the lamp ',
    '  * watching the weather.',
    '',
    'It is measured by:',
    '  * its range',
    '  * its hours',
    '###  Understanding the responsibility levels of this skill',
    '##### Where lower levels are not defined...',
    '  * Nobody keeps a light at these levels.',
    '##### Where higher levels are not defined...',
    '  * Coasts are led, not kept.',
    '#### Developing skills and demonstrating responsibilities related to this skill',
    'The defined levels show the progression.',
    '##### Where lower levels are not defined...',
    'You can learn by:',
    '  * Reading the log',
    '  * Watching a keeper',
    '##### Where higher levels are not defined…',
    '  * You can progress elsewhere.',
    '[Click to learn why.](https://coast.example/en/why)',
    '###  Show/hide extra descriptions and levels.',
    ...[1, 2, 3, 4, 5, 6, 7].flatMap(section),
    'Keywords [ Large change ](https://coast.example/en/search)',
    '[ Coast version 3  ](https://coast.example/en/coast-3)',
    'Framework status: Current standard',
    '### Links',
    '[Find out more](https://coast.example/en/coast-4)',
    '### Related SFIA skills',
    '[Fog signalling](https://coast.example/en/coast-3/skills/fog-signalling)',
    '[ Shipâ€™s  pilotage ](https://coast.example/en/coast-3/skills/pilotage)',
    '### Short links to this skill',
    '  * [ Coast 2 ](https://coast.example/en/skillcode/2/LHKP)',
    '##### Support',
    '  * [About us](https://coast.example/en/about-us)',
    rights,
    'The Coast Office. Registered somewhere.',
  ].join('\n');
}

const TWO_AND_THREE = {
  2: ['Lights the lamp at dusk,  e.g. after sunset, and puts it out at dawn. ', 'Writes each ship that passes into the log.'],
  3: [
    'Trims the lamp and/or its wick (or the LEDâ€™s v2.0 driver).Finds the cause when it fails. Repairs it.',
    'Warns ships when fog comes up.   ',
  ],
};
const PAGE = page(TWO_AND_THREE);
const lineOf = (text: string, start: string) => text.split('\n').findIndex((line) => line.trim().startsWith(start)) + 1;

function errorOf(text: string, codes: Record<string, string> = CODES): PageError {
  try {
    importSfiaPage(text, 'page.txt', codes);
  } catch (error) {
    if (error instanceof PageError) return error;
    throw error;
  }
  throw new Error('the page was accepted');
}

describe('importSfiaPage', () => {
  it('reads a page of any skill, repaired', () => {
    const pack = importSfiaPage(PAGE, 'page.txt', CODES);
    expect(pack.framework).toEqual({
      id: 'coast-3',
      name: 'COAST',
      version: '3',
      rights:
        '© Copyright Coast Office 1999-2025. All lights reserved. An organisation needs its own licence from the SFIA Foundation to use this text.',
      source: 'https://coast.example/en/coast-3',
    });
    expect(pack.levels).toEqual(PHRASES.map((phrase, i) => ({ level: i + 1, phrase, essence: `Does what level ${i + 1} does. Learns.` })));
    expect(pack.skill).toEqual({
      code: 'LHKP',
      name: 'Lighthouse keeping',
      description: 'Keeping a light – and its keeper’s log – that ships can rely on.',
      source: SKILL,
      revisionNotes: ['Skill renamed.', 'See the old page .'],
      guidance: {
        text: 'A light is of use only if it is always there.\n\nActivities may include, but are not limited to:\n\nIt is measured by:\n- its range\n- its hours',
        activities: ['trimming the lamp', 'watching the weather.'],
      },
      notDefined: {
        lower: 'Nobody keeps a light at these levels.\n\nYou can learn by:\n- Reading the log\n- Watching a keeper',
        higher: 'Coasts are led, not kept.\n\nYou can progress elsewhere.',
      },
      related: [
        { code: 'FOGS', name: 'Fog signalling', url: 'https://coast.example/en/coast-3/skills/fog-signalling' },
        { code: 'PILO', name: 'Ship’s pilotage', url: 'https://coast.example/en/coast-3/skills/pilotage' },
      ],
      levels: [
        {
          level: 2,
          statements: [
            { ordinal: 1, paragraph: 1, text: 'Lights the lamp at dusk, e.g. after sunset, and puts it out at dawn.' },
            { ordinal: 2, paragraph: 2, text: 'Writes each ship that passes into the log.' },
          ],
        },
        {
          level: 3,
          statements: [
            { ordinal: 1, paragraph: 1, text: 'Trims the lamp and/or its wick (or the LED’s v2.0 driver).' },
            { ordinal: 2, paragraph: 1, text: 'Finds the cause when it fails.' },
            { ordinal: 3, paragraph: 1, text: 'Repairs it.' },
            { ordinal: 4, paragraph: 2, text: 'Warns ships when fog comes up.' },
          ],
        },
      ],
    });
    expect(parsePack(formatPack(pack), 'again')).toEqual(pack);
  });

  it('reads a skill that is defined from level 4 up to 7, where the page goes on without a heading', () => {
    const text = page({ 4: ['Guides keepers.'], 5: ['Advises.'], 6: ['Leads a coast.'], 7: ['Sets the aims. Sets the means.'] });
    const pack = importSfiaPage(text, 'page.txt', CODES);
    expect(pack.skill.levels.map(({ level, statements }) => [level, statements.length])).toEqual([
      [4, 1],
      [5, 1],
      [6, 1],
      [7, 2],
    ]);
  });

  it.each<[string, string, string]>([
    ['once', 'Â© Ours, the keeperâ€™s â€œlightâ€\u009d.', '© Ours, the keeper’s “light”.'],
    ['once, as Latin-1', 'Â© Ours, the keeperâ\u0080\u0099s.', '© Ours, the keeper’s.'],
    ['twice', 'Ã‚Â© Ours, the keeperÃ¢â‚¬â„¢s.', '© Ours, the keeper’s.'],
    ['not at all', '© Ours, the “CAFÉ” naïve façade’s.', '© Ours, the “CAFÉ” naïve façade’s.'],
    ['in its spaces', '©Â Ours,Â\u00a0the\u00a0keeper.\u200b', '© Ours, the keeper.'],
  ])('repairs text that was misread %s', (_how, rights, repaired) => {
    expect(importSfiaPage(page(TWO_AND_THREE, rights), 'page.txt', CODES).framework.rights).toBe(
      `${repaired} An organisation needs its own licence from the SFIA Foundation to use this text.`,
    );
  });

  it('takes any line ends, a byte order mark and empty lines', () => {
    const expected = importSfiaPage(PAGE, 'page.txt', CODES);
    for (const variant of [
      PAGE.replaceAll('\n', '\r\n'),
      PAGE.replaceAll('\n', '\r'),
      `\uFEFF${PAGE}`,
      `ï»¿${PAGE}`,
      PAGE.replaceAll('\n', '\n \t\n'),
    ]) {
      expect(importSfiaPage(variant, 'page.txt', CODES)).toEqual(expected);
    }
  });

  it.each<[string, string | RegExp, string, string, string]>([
    ['a heading without a code', 'keeping LHKP', 'keeping', '#  Light', 'no skill code'],
    ['a heading whose last word only looks like a code', 'keeping LHKP', 'keeping NOW', '* [ Coast 2', 'to the skill LHKP'],
    ['no heading', '#  Lighthouse', 'Lighthouse', 'Lighthouse', 'no heading'],
    ['no description', /Keeping a light.*\n/, '', '#  Light', 'no description'],
    ['no table of levels', /\[2\].*\n/, '\n', '#  Light', 'does not tell its address'],
    ['an address without a framework', /coast-3\/skills\/lighthouse/g, 'skills/lighthouse', '|', 'no framework version'],
    ['a level without an essence', /\*\*\[Level 5.*\n/, '', '###  Level 5', 'level 5 has no essence'],
    ['an empty essence', /\*\*\[Level 5(.*):.*\n/, '**[Level 5$1:\n', '**[Level 5', 'level 5 has no essence'],
    ['an essence of another level', '**[Level 5', '**[Level 4', '**[Level 4 - Ensure', 'under the heading of level 5'],
    ['an essence of another framework', /coast-3(.*level-5)/, 'coast-2$1', '**[Level 5', 'outside'],
    ['no section of a level', /###\s+Level 6\n.*\n/, '', '#  Light', '"Level 6"'],
    ['a level twice', '###  Level 7', '###  Level 6', '**[Level 7', 'under the heading of level 6'],
    [
      'a level that the table does not have',
      `[3](${SKILL}#skill_level_section_3)`,
      '',
      '###  Lighthouse keeping: Level 3',
      'not defined in the table',
    ],
    ['a level of another skill', 'keeping: Level 3', 'building: Level 3', '###  Lighthouse building', 'another skill'],
    ['a defined level without statements', /\* \* \*\nLights.*\nWrites.*\n/, '', '###  Lighthouse keeping: Level 2', 'no statements'],
    ['statements of a level not defined', /(###\s+Level 6\n.*\n)/, '$1Leads a coast.\n', 'Leads', 'does not name the skill'],
    ['a statement without its stop', 'into the log.', 'into the log', 'Writes', 'does not end with a full stop'],
    ['a statement with an open bracket', 'driver)', 'driver', 'Trims', 'not closed'],
    ['lost characters', 'into the log.', 'into the \uFFFDlog.', 'Writes', 'replacement character'],
    ['damage that cannot be repaired', 'into the log.', 'into the â€log.', 'Writes', 'another encoding'],
    ['an unknown related skill', '[Fog signalling]', '[toString]', '[toString', '"toString" is not in the table'],
    [
      'a related skill twice',
      '[ Shipâ€™s  pilotage ]',
      '[Fog signalling]',
      '[Fog signalling](https://coast.example/en/coast-3/skills/p',
      'already',
    ],
    ['a related skill of another framework', 'coast-3/skills/fog', 'coast-2/skills/fog', '[Fog', 'outside'],
    ['a line among the related skills', '[Fog signalling](', 'Fog signalling (', 'Fog signalling (', 'not a link'],
    ['no related skills', '### Related SFIA skills', '### Other', '#  Light', 'Related SFIA skills'],
    ['no guidance', '### Guidance notes', '### Other', '#  Light', 'Guidance notes'],
    ['no notice of rights', /\n.*Copyright.*\n/, '\n', '#  Light', 'copyright notice'],
    ['no advice for the levels below', /Where lower/g, 'Were lower', '#  Light', '/skill/notDefined/lower'],
  ])('refuses %s, with file, line and reason', (_name, what, by, start, reason) => {
    const text = PAGE.replace(what, by);
    expect(text).not.toBe(PAGE);
    const line = start === '|' ? 4 : start === 'Lighthouse' ? 1 : lineOf(text, start);
    expect(line).toBeGreaterThan(0);
    const error = errorOf(text);
    expect(error.problems).toContainEqual({ line, reason: expect.stringContaining(reason) as string });
    expect(error.message.split('\n')).toEqual(error.problems.map((problem) => `page.txt:${problem.line}: ${problem.reason}`));
  });

  it('does not blame the rest of the page for a heading without a code', () => {
    expect(errorOf(PAGE.replace('keeping LHKP', 'keeping')).problems).toHaveLength(1);
  });

  it('names everything that is wrong at once, in the order of the page', () => {
    const { problems } = errorOf(PAGE.replace('keeping LHKP', 'keeping').replace('[Fog signalling]', '[Fog]'));
    const lines = problems.map(({ line }) => line);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
  });

  describe('given anything', () => {
    const attempt = (text: string) => {
      // the processor's time, not the clock's: a busy machine is no slow expression
      const before = process.cpuUsage();
      try {
        parsePack(formatPack(importSfiaPage(text, 'page.txt', CODES)), 'page.txt');
      } catch (error) {
        expect(error).toBeInstanceOf(PageError);
      }
      expect(process.cpuUsage(before).user / 1_000).toBeLessThan(2_000);
    };
    const junk = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '',
        '\n',
        '# ',
        '### Level 3\n',
        '* ',
        '**',
        '[',
        '](',
        ')',
        '(',
        '. ',
        'Â',
        'â€',
        'Ã‚',
        '\uFFFD',
        '\ud800',
        '\u0085',
        '  ',
      ),
    );

    it('throws nothing but PageError', () => {
      fc.assert(fc.property(fc.string({ unit: 'binary' }), attempt));
      const cut = fc.record({ at: fc.nat(PAGE.length), drop: fc.nat(200), junk });
      fc.assert(
        fc.property(fc.array(cut, { minLength: 1, maxLength: 5 }), (cuts) => {
          attempt(cuts.reduce((text, { at, drop, junk: put }) => text.slice(0, at) + put + text.slice(at + drop), PAGE));
        }),
        { numRuns: 1_000 },
      );
      fc.assert(
        fc.property(fc.shuffledSubarray(PAGE.split('\n')), (lines) => attempt(lines.join('\n'))),
        { numRuns: 200 },
      );
    });

    it.each([
      'a',
      ' ',
      '* ',
      '-',
      '#',
      '[',
      '[a](',
      '**',
      '**[Level 1 - a',
      'Level: ',
      'a. ',
      'a. B',
      '(A. ',
      '. "',
      'Ä€',
      'à€€',
      'Ã‚',
      'Â ',
      '/a-1',
      `(${SKILL}#skill_level_section_`,
      '/skillcode/1',
      'Activities: ',
      '\n* a',
      '\n',
      '\n# Level 1',
    ])('stays fast on a long run of %j', (part) => {
      const run = part.repeat(100_000 / part.length);
      attempt(run);
      for (const at of ['Keeping a light', 'A light is', 'Lights the lamp', '**[Level 5 - ', '[Fog', 'https://', 'Copyright'])
        attempt(PAGE.replace(at, run));
    });
  });
});

describe('parseSkillCodes', () => {
  it('reads the table', () => {
    expect(parseSkillCodes('{"source":"here","codes":{"Fog signalling":"FOGS"}}', 'codes.json')).toEqual({ 'Fog signalling': 'FOGS' });
  });

  it.each(['', '[]', 'null', '{"codes":null}', '{"codes":{"Fog signalling":"fogs"}}', '{"codes":{"Fog signalling":1}}'])(
    'refuses %j',
    (text) => {
      expect(() => parseSkillCodes(text, 'codes.json')).toThrow(PageError);
    },
  );
});
