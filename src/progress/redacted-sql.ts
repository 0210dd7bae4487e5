/**
 * SQL: whether the revision in hand was redacted, by the ledger: the content itself goes only once the redaction is committed.
 * @param at a row with the columns engineer_id, evidence_id and revision
 * @param engineer whose record it is, where the statement is about one: its parameter says so more plainly than the row does
 */
export const isRedacted = (at: string, engineer = `${at}.engineer_id`): string =>
  `EXISTS (SELECT 1 FROM ledger_entry taken WHERE taken.engineer_id = ${engineer} AND taken.kind = 'record.redacted'
     AND taken.subject = 'evidence/' || ${at}.evidence_id || '/revisions/' || ${at}.revision)`;
