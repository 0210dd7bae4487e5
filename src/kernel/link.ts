/** What a link's query is made of; null and undefined are left out. */
type QueryPart = string | number | boolean | null | undefined;

/** Ids, references of the catalogue and words of the API's own: as good as every value there is, and a dashboard has a thousand links. */
const plain = /^[\w.:-]*$/;
const encoded = (text: string): string => (plain.test(text) ? text : encodeURIComponent(text).replaceAll('%3A', ':'));

/**
 * A link within the API, relative to its host: `/api/v1/engineers/…`.
 * @param path below /api/v1, its parts as they stand in a URL: ids and references of the catalogue
 */
export function apiLink(path: string, query: Readonly<Record<string, QueryPart>> = {}): string {
  let link = `/api/v1${path}`;
  let before = '?';
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined) continue;
    link += `${before}${name}=${encoded(String(value))}`;
    before = '&';
  }
  return link;
}
