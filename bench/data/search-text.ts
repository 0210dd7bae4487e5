/** The lexemes of a fragment, each written for a tsvector (`'patch'`), with its places in it; and how many places it takes, stop words included. */
interface Fragment {
  readonly places: number;
  readonly lexemes: readonly (readonly [lexeme: string, places: readonly number[]])[];
}

type Query = <Row>(sql: string, parameters: readonly unknown[]) => Promise<Row[]>;

const end = 'zzendofit';

/**
 * Full text search of what is put together from known fragments, computed here from what Postgres makes of each: it would take Postgres longer than all the
 * rest to parse five million texts, of which none has a new word.
 */
export class SearchText {
  private constructor(private readonly known: ReadonlyMap<string, Fragment>) {}

  static async of(fragments: readonly string[], query: Query): Promise<SearchText> {
    const rows = await query<{ fragment: string; lexeme: string; places: number[] }>(
      `SELECT f.fragment, v.lexeme, v.positions::int[] AS places
         FROM unnest($1::text[]) f (fragment), unnest(to_tsvector('english', f.fragment || ' ${end}')) v ORDER BY f.fragment, v.lexeme`,
      [fragments],
    );
    const known = new Map<string, Fragment>();
    for (const fragment of fragments) {
      const found = rows.filter((row) => row.fragment === fragment);
      const after = found.find(({ lexeme }) => lexeme === end)?.places[0];
      if (after === undefined) throw new Error(`"${fragment}" cannot be searched`);
      const lexemes = found
        .filter(({ lexeme }) => lexeme !== end)
        .map(({ lexeme, places }) => [`'${lexeme.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`, places] as const);
      known.set(fragment, { places: after - 1, lexemes });
    }
    return new SearchText(known);
  }

  /** The tsvector, as text, of fragments with a space between. */
  vectorOf(fragments: readonly string[]): string {
    const vector = new Map<string, string>();
    let before = 0;
    for (const text of fragments) {
      const fragment = this.known.get(text);
      if (fragment === undefined) throw new Error(`"${text}" is no fragment`);
      for (const [lexeme, places] of fragment.lexemes) {
        let list = vector.get(lexeme);
        for (const place of places) list = list === undefined ? `:${before + place}` : `${list},${before + place}`;
        vector.set(lexeme, list ?? '');
      }
      before += fragment.places;
    }
    let text = '';
    for (const [lexeme, list] of vector) text += `${lexeme}${list} `;
    return text;
  }
}
