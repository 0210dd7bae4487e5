import fc from 'fast-check';
import {
  parseSkillLevelRef,
  parseSkillRef,
  parseStatementRef,
  skillLevelOfStatement,
  skillLevelRef,
  skillRef,
  skillRefOfLevel,
  statementRef,
} from './reference';

const frameworkId = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/);
const code = fc.stringMatching(/^[A-Z0-9]{2,10}$/);
const level = fc.integer({ min: 1, max: 7 });
const ordinal = fc.integer({ min: 1, max: 99 });

describe('a reference', () => {
  it('is written as in the catalogue', () => {
    expect(skillRef('sfia-9', 'ITOP')).toBe('sfia-9:ITOP');
    expect(skillLevelRef('sfia-9', 'ITOP', 4)).toBe('sfia-9:ITOP.4');
    expect(statementRef('sfia-9', 'ITOP', 4, 2)).toBe('sfia-9:ITOP.4.2');
  });

  it('gives back the parts it was made of, and is of one kind only', () => {
    fc.assert(
      fc.property(frameworkId, code, level, ordinal, (f, c, l, o) => {
        const skill = skillRef(f, c);
        const skillLevel = skillLevelRef(f, c, l);
        const statement = statementRef(f, c, l, o);
        expect(parseSkillRef(skill)).toEqual({ frameworkId: f, code: c });
        expect(parseSkillLevelRef(skillLevel)).toEqual({ frameworkId: f, code: c, level: l });
        expect(parseStatementRef(statement)).toEqual({ frameworkId: f, code: c, level: l, ordinal: o });
        expect([parseSkillRef(skillLevel), parseSkillRef(statement)]).toEqual([null, null]);
        expect([parseSkillLevelRef(skill), parseSkillLevelRef(statement)]).toEqual([null, null]);
        expect([parseStatementRef(skill), parseStatementRef(skillLevel)]).toEqual([null, null]);
        expect(skillLevelOfStatement(statement)).toBe(skillLevel);
        expect(skillRefOfLevel(skillLevel)).toBe(skill);
      }),
    );
  });

  it.each([
    '',
    'ITOP',
    ':ITOP',
    'sfia-9:',
    'sfia-9:I',
    'sfia-9:itop',
    'sfia-9:ABCDEFGHIJK',
    'SFIA-9:ITOP',
    '9-sfia:ITOP',
    `${'a'.repeat(32)}:ITOP`,
    'sfia-9:ITOP ',
    ' sfia-9:ITOP',
    'sfia-9:ITOP\n',
    'sfia-9:ITÖP',
    'sfia-9:ITOP.',
    'sfia-9:ITOP.0',
    'sfia-9:ITOP.8',
    'sfia-9:ITOP.04',
    'sfia-9:ITOP.4\n',
    'sfia-9:ITOP.４',
    'sfia-9:ITOP.4.',
    'sfia-9:ITOP.4.0',
    'sfia-9:ITOP.4.02',
    'sfia-9:ITOP.4.100',
    'sfia-9:ITOP.4.2.1',
    'sfia-9:ITOP.4.-2',
  ])('is not %j', (text) => {
    expect([parseSkillRef(text), parseSkillLevelRef(text), parseStatementRef(text)]).toEqual([null, null, null]);
  });

  it('of the wrong kind is refused loudly by the conveniences', () => {
    expect(() => skillRefOfLevel('sfia-9:ITOP')).toThrow(RangeError);
    expect(() => skillLevelOfStatement('sfia-9:ITOP.4')).toThrow(RangeError);
  });

  it('is read in linear time', () => {
    const started = performance.now();
    for (const part of ['a', 'a-', 'a:', 'a:A.1.', 'a:AA.1.1']) parseStatementRef(part.repeat(200_000));
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
