import { gunzipSync, gzipSync } from 'node:zlib';

/** How many places a list has: the fewest that the Bitstring Status List v1.0 allows (16 KiB), so that a place hides among many. */
export const listSize = 131_072;

/**
 * A list of bits in the form of the Bitstring Status List v1.0: gzip, then base64url with the multibase prefix `u`. The first place is the highest bit of the first byte.
 * @param set the places whose bit is one
 */
export function encodeList(set: readonly number[]): string {
  const bytes = Buffer.alloc(listSize / 8);
  for (const place of set) {
    const at = Math.floor(place / 8);
    bytes[at] = (bytes[at] ?? 0) | (0x80 >> (place % 8));
  }
  return `u${gzipSync(bytes).toString('base64url')}`;
}

/** Whether the bit at a place of an encoded list is one. */
export function isSet(encoded: string, place: number): boolean {
  const bytes = gunzipSync(Buffer.from(encoded.slice(1), 'base64url'), { maxOutputLength: listSize });
  return ((bytes[Math.floor(place / 8)] ?? 0) & (0x80 >> (place % 8))) !== 0;
}
