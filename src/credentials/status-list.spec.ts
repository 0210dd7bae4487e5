import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { encodeList, isSet, listSize } from './status-list';

test('a list has 16 KiB, and its first place is the highest bit of its first byte', () => {
  const bytes = gunzipSync(Buffer.from(encodeList([0, 9, listSize - 1]).slice(1), 'base64url'));
  expect([bytes.length, bytes[0], bytes[1], bytes.at(-1)]).toEqual([16_384, 0x80, 0x40, 0x01]);
  expect(encodeList([])).toMatch(/^u[A-Za-z0-9_-]+$/);
});

test('just the places that were set are set', () => {
  const place = fc.nat(listSize - 1);
  fc.assert(
    fc.property(fc.array(place, { maxLength: 40 }), place, (set, other) => {
      const list = encodeList(set);
      for (const one of set) expect(isSet(list, one)).toBe(true);
      expect(isSet(list, other)).toBe(set.includes(other));
    }),
    { numRuns: 30 },
  );
});
