/** SQL: what a redaction's entry is about. @param at a row with the columns evidence_id and revision */
export const subjectOfRevision = (at: string): string => `'evidence/' || ${at}.evidence_id || '/revisions/' || ${at}.revision`;

/**
 * SQL, a step of a statement that asks of many records: their redactions, `redacted (engineer_id, subject)`; a correlated subquery is not for Citus there.
 * @param step the name of a step before it, whose engineers are asked about
 */
export const redactionsAmong = (step: string): string =>
  `redacted AS MATERIALIZED (
    SELECT y.engineer_id, y.subject FROM ledger_entry y WHERE y.engineer_id IN (SELECT ${step}.engineer_id FROM ${step}) AND y.kind = 'record.redacted'
  )`;

/**
 * SQL: whether the revision in hand was redacted, by the ledger: the content itself goes only once the redaction is committed.
 * @param at a row with the columns engineer_id, evidence_id and revision
 * @param engineer whose record it is, where the statement is about one: its parameter says so more plainly than the row does
 */
export const isRedacted = (at: string, engineer = `${at}.engineer_id`): string =>
  `EXISTS (SELECT 1 FROM ledger_entry taken WHERE taken.engineer_id = ${engineer} AND taken.kind = 'record.redacted'
     AND taken.subject = ${subjectOfRevision(at)})`;
