/**
 * Where two JSON values differ: JSON pointers (RFC 6901) to the texts and numbers that are not the same, and to what only one of them has.
 * Empty when they say the same, in whatever order their properties stand.
 */
export function changesBetween(loaded: unknown, given: unknown, place = ''): string[] {
  if (!isContainer(loaded) || !isContainer(given) || Array.isArray(loaded) !== Array.isArray(given)) {
    return loaded === given ? [] : [place];
  }
  const keys = new Set([...Object.keys(given), ...Object.keys(loaded)]);
  return [...keys].flatMap((key) => changesBetween(loaded[key], given[key], `${place}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`));
}

const isContainer = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
