/** An answer without its `links`, wherever they stand: what a test compares as a whole. */
export function withoutLinks<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map((one: unknown) => withoutLinks(one)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]: [string, unknown]) => (name === 'links' ? [] : [[name, withoutLinks(one)]])),
  ) as Value;
}

/** Every link of an answer, with the way to it: `people.0.links.progress`. */
export function linksIn(value: unknown, way = ''): [string, string][] {
  if (typeof value === 'string') return value.startsWith('/api/v1/') && /(^|\.)links(\.|$)/.test(way) ? [[way, value]] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]: [string, unknown]) => linksIn(one, way === '' ? name : `${way}.${name}`));
}
