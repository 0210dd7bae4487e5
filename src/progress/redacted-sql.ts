/**
 * SQL: whether the revision in hand was redacted, by the ledger: the content itself goes only once the redaction is committed.
 * @param at a row with the columns engineer_id, evidence_id and revision
 */
export const isRedacted = (at: string): string =>
  `EXISTS (SELECT 1 FROM ledger_entry taken WHERE taken.engineer_id = ${at}.engineer_id AND taken.kind = 'record.redacted'
     AND taken.subject = 'evidence/' || ${at}.evidence_id || '/revisions/' || ${at}.revision)`;
