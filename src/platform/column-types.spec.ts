import { instantOf, textsOf } from './column-types';

describe('how columns are read', () => {
  it.each([
    ['2026-11-02 09:30:00.123+00', '2026-11-02T09:30:00.123Z'],
    ['2026-11-02 09:30:00.5+00', '2026-11-02T09:30:00.500Z'],
    ['2026-11-02 09:30:00+00', '2026-11-02T09:30:00.000Z'],
    ['2026-11-02 09:30:00.123987+00', '2026-11-02T09:30:00.123Z'],
    ['2026-11-02 10:30:00.123+01', '2026-11-02T09:30:00.123Z'],
    ['2026-11-02 15:00:00.123+05:30', '2026-11-02T09:30:00.123Z'],
    ['1999-12-31 23:59:59.999+00', '1999-12-31T23:59:59.999Z'],
  ])('reads the instant %s', (text, instant) => {
    expect(instantOf(text).toISOString()).toBe(instant);
  });

  it('leaves what is no instant of ours to pg', () => {
    expect(instantOf('infinity')).toBe(Infinity);
    expect(instantOf('10000-01-01 00:00:00+00').getUTCFullYear()).toBe(10_000);
  });

  it.each([
    ['{}', []],
    ['{alone}', ['alone']],
    ['{admin,auditor}', ['admin', 'auditor']],
    ['{"two words",one}', ['two words', 'one']],
    ['{NULL,"NULL"}', [null, 'NULL']],
    ['{"a,b","c\\"d","{}"}', ['a,b', 'c"d', '{}']],
    [
      '{{a,b},{c,d}}',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['{ansible,"bullet \\\\ slash"}', ['ansible', 'bullet \\ slash']],
  ])('reads the texts %s', (text, texts) => {
    expect(textsOf(text)).toEqual(texts);
  });
});
