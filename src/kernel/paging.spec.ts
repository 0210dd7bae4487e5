import { type Position, cursorFor, positionOf } from './paging';

const list = ['list', 'whose', null];
const id = '01931b2e-7c00-7000-8000-000000000009';
type Shape = Parameters<typeof positionOf>[2][number];

describe('a cursor', () => {
  it.each<[Shape, Position[number]]>([
    ['text', 'Ada Lovelace'],
    ['text', ''],
    ['text', '𝔘nicode \ud800'],
    ['id', id],
    ['day?', '1900-01-01'],
    ['day?', '9999-12-31'],
    ['day?', null],
    ['instant', '1900-01-01T00:00:00.000Z'],
    ['instant', '2024-02-29T23:59:59.999Z'],
    ['instant', '9999-12-31T23:59:59.999Z'],
    ['number', 0],
    ['number', -2_147_483_647],
    ['number', 2_147_483_647],
  ])('comes back as it was: %s %j', (shape, value) => {
    expect(positionOf(list, cursorFor(list, [value]), [shape])).toEqual([value]);
  });

  // what the database would not take must not come so far
  it.each<[Shape, unknown]>([
    ['text', 'a\0b'],
    ['text', 'x'.repeat(401)],
    ['text', null],
    ['text', 1],
    ['text', ['a']],
    ['id', id.toUpperCase()],
    ['id', `${id}\n`],
    ['id', null],
    ['day?', '0000-01-01'],
    ['day?', '1899-12-31'],
    ['day?', '2023-02-29'],
    ['day?', '2023-02-28\n'],
    ['instant', '0000-01-01T00:00:00.000Z'],
    ['instant', '1899-12-31T23:59:59.999Z'],
    ['instant', '+010000-01-01T00:00:00.000Z'],
    ['instant', '2023-02-29T00:00:00.000Z'],
    ['instant', '2023-02-28T24:00:00.000Z'],
    ['instant', '2023-02-28T23:59:60.000Z'],
    ['instant', null],
    ['number', 2_147_483_648],
    ['number', -2_147_483_648],
    ['number', 1.5],
    ['number', '1'],
    ['number', null],
  ])('that was forged is refused: %s %j', (shape, value) => {
    expect(() => positionOf(list, cursorFor(list, [value as Position[number]]), [shape])).toThrow(
      expect.objectContaining({ refusal: expect.objectContaining({ code: 'malformed' }) as unknown }) as Error,
    );
  });

  it('of another list, or with more or less in it, is refused', () => {
    const cursor = cursorFor(list, ['a']);
    expect(() => positionOf(['list', 'whose', 'else'], cursor, ['text'])).toThrow();
    expect(() => positionOf(list, cursor, ['text', 'text'])).toThrow();
    expect(() => positionOf(list, cursor, [])).toThrow();
    expect(() => positionOf(list, 'bnVsbA', [])).toThrow();
  });
});
