/** What is taken out: one revision of a piece of evidence, or all words about one support of it. */
export type Redacted =
  { readonly evidenceId: string; readonly revision: number } | { readonly evidenceId: string; readonly statement: string };

/** What the ledger calls what was taken out. */
export const redactedSubject = (what: Redacted): string =>
  `evidence/${what.evidenceId}/${'revision' in what ? `revisions/${what.revision}` : `supports/${what.statement}`}`;

/** What stands in the place of words that were redacted or erased. */
export const redactedText = 'Redacted';

/** SQL: a text of content that may be gone. */
export const textOr = (column: string): string => `coalesce(${column}, '${redactedText}')`;
