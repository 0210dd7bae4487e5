import type { ExportPart } from './export-parts';

/** Whose export it is, who asked for it, and when. */
export interface ExportOccasion {
  readonly engineer: { readonly id: string; readonly name: string };
  readonly by: { readonly id: string; readonly name: string };
  readonly reason: string | null;
  readonly at: Date;
  readonly organisation: string;
}

/** README.txt of an export: what is in it and how to read it. */
export const exportReadme = ({ engineer, by, reason, at, organisation }: ExportOccasion, parts: readonly ExportPart[]): string =>
  `Everything that Touchstone at ${organisation} keeps of ${engineer.name} (${engineer.id})
${at.toISOString()}, asked for by ${by.id === engineer.id ? 'themselves' : `${by.name} (${by.id})`}${reason === null ? '' : `: ${reason}`}

Each file is there twice: as JSON, exact, and as CSV for spreadsheets. In the CSV an apostrophe stands before what a spreadsheet would take for a
formula. Instants are in UTC, days are the organisation's.

${parts.map(({ name, holds }) => `${name.padEnd(20)}  ${holds}`).join('\n')}

manifest.json         the SHA-256 of each of these files

What you did in others' records is theirs: here it says that you did it, about whom and when. Passwords, tokens and the secrets of one-time codes are
kept as hashes or encrypted, and are left out. So are answers that are kept for a day in case a request is sent again: they repeat what stands here.

The ledger can be checked by hand. The digest of an entry is SHA-256 over the canonical JSON (RFC 8785) of {"content": ..., "salt": ...}; its hash is
SHA-256 over the canonical JSON of its actor, at, digest, kind, previous, seq and subject; "previous" is the hash of the entry before. Content that is
null was redacted or erased: the chain holds without it. That this export was made is its last entry.

The wording of levels and statements belongs to the owners of the frameworks that it is taken from.
`;
