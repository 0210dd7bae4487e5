import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/*
 * Whoever reads content goes by the entries that take it out, and not by whether the eraser has come by: each place in src that names record_content says
 * mayBeShown() or isNotTakenOut() (src/ledger/shown-content.ts), or stands here with its reason. `ledger.eraser-away` reads everything that there is through HTTP.
 */
const withoutWords: Readonly<Record<string, readonly [number, string]>> = {
  'src/claims/redacted-words.ts': [1, 'why a submission is not what was submitted any more: digests only'],
  'src/claims/reviews.queries.ts': [1, 'titles of evidence that is neither archived nor redacted (waiting.ts)'],
  'src/dashboards/me.query.ts': [1, 'the caller’s own notices: who is erased does not sign in, and exports are not redacted'],
  'src/evidence/evidence-one.query.ts': [1, 'why a revision was taken out'],
  'src/ledger/chain.store.ts': [1, 'writes'],
  'src/ledger/ledger.lines.ts': [3, 'the verifier holds what is there against the chain'],
  'src/ledger/ledger.queries.ts': [1, 'so does the check of one chain'],
  'src/ledger/shown-content.ts': [2, 'the rule itself'],
  'src/platform/roles.ts': [2, 'who may read it at all'],
};

const files = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? files(path) : path.endsWith('.ts') && !path.endsWith('.spec.ts') ? [path] : [];
  });

test('whoever reads content asks whether it may be shown', () => {
  const root = join(__dirname, '..');
  const found: Record<string, number> = {};
  for (const path of files(join(root, 'src'))) {
    const code = readFileSync(path, 'utf8').replaceAll(/^\s*(\*|\/\/|\/\*).*$/gm, '');
    const named = [...code.matchAll(/\brecord_content\b(?!')(?: (?!WHERE|GROUP)(\w+))?(?<rest>[^\n]*(?:\n[^\n]*)?)/g)];
    const asks = (alias = '', rest = ''): boolean => rest.includes(`mayBeShown('${alias}'`) || rest.includes(`isNotTakenOut('${alias}'`);
    const unasked = named.filter(({ 1: alias, groups }) => !asks(alias, groups?.['rest'])).length;
    const quoted = [...code.matchAll(/\brecord_content'/g)].length;
    if (unasked + quoted > 0) found[path.slice(root.length + 1)] = unasked + quoted;
  }
  expect(found).toEqual(Object.fromEntries(Object.entries(withoutWords).map(([path, [places]]) => [path, places])));
});
