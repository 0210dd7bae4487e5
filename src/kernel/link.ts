/** What a link's query is made of; null and undefined are left out. */
type QueryPart = string | number | boolean | null | undefined;

const encoded = (text: string): string => encodeURIComponent(text).replaceAll('%3A', ':');

/**
 * A link within the API, relative to its host: `/api/v1/engineers/…`.
 * @param path below /api/v1, its parts as they stand in a URL: ids and references of the catalogue
 */
export function apiLink(path: string, query: Readonly<Record<string, QueryPart>> = {}): string {
  const parts = Object.entries(query).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [`${name}=${encoded(String(value))}`],
  );
  return `/api/v1${path}${parts.length === 0 ? '' : '?'}${parts.join('&')}`;
}
