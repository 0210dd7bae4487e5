import fc from 'fast-check';
import { changesBetween } from './pack-changes';

describe('changesBetween', () => {
  it.each<[unknown, unknown, string[]]>([
    [{ a: 1, b: 'x' }, { b: 'x', a: 1 }, []],
    [{ a: { b: ['x', 'y'] } }, { a: { b: ['x', 'z'] } }, ['/a/b/1']],
    [['x'], ['x', 'y'], ['/1']],
    [['x', 'y'], ['x'], ['/1']],
    [{}, { 'a/b~c': 1 }, ['/a~1b~0c']],
    [{ a: null }, { a: {} }, ['/a']],
    [{ a: [] }, { a: {} }, ['/a']],
    ['x', 'y', ['']],
    [{ a: { b: 1 }, c: 2 }, { a: { b: 2 }, c: 3 }, ['/a/b', '/c']],
  ])('between %j and %j is %j', (loaded, given, places) => {
    expect(changesBetween(loaded, given)).toEqual(places);
  });

  it('finds none in a copy, and as many in one direction as in the other', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => expect(changesBetween(value, structuredClone(value))).toEqual([])),
    );
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(changesBetween(a, b).sort()).toEqual(changesBetween(b, a).sort());
      }),
    );
  });
});
