/** A page as the importer reads them, of an invented skill that is defined at levels 2 and 3; `related` are its lines about related skills. */
export function skillPage(related: readonly string[] = []): string {
  const skill = 'https://coast.example/en/coast-3/skills/lighthouse-keeping';
  const statements: Readonly<Record<number, readonly string[]>> = {
    2: ['Lights the lamp at dusk and puts it out at dawn.'],
    3: ['Trims the lamp. Finds the cause when it fails.'],
  };
  return [
    '#  Lighthouse keeping LHKP',
    'Keeping a light that ships can rely on.',
    '## Levels of responsibility for this skill',
    Object.keys(statements)
      .map((level) => `[${level}](${skill}#skill_level_section_${level})`)
      .join(' | '),
    '### Guidance notes',
    'A light is of use only if it is always there.',
    '##### Where lower levels are not defined...',
    'Read the log.',
    '##### Where higher levels are not defined...',
    'Coasts are led, not kept.',
    ...[1, 2, 3, 4, 5, 6, 7].flatMap((level) => [
      `### ${statements[level] === undefined ? '' : 'Lighthouse keeping: '}Level ${level}`,
      `**[Level ${level} - Phrase ${level}](https://coast.example/en/coast-3/responsibilities/level-${level}):** Essence of the level: Does what level ${level} does.`,
      ...(statements[level] ?? []),
    ]),
    'Keywords [ Coast ](https://coast.example/en/search)',
    '### Related Coast skills',
    ...related,
    '### Support',
    '© Copyright Coast Office.',
  ].join('\n');
}
