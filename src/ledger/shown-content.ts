/**
 * SQL: whether content may be shown: no entry of its record takes it out, by a redaction or by the record's erasure. The eraser takes it away once that entry
 * is committed, or later where it cannot be reached just then; nobody is shown it in between. It stands beside every join of record_content that words are
 * read from, so that what was taken out is as if it were gone (test/taken-out.spec.ts names the joins that need none).
 * @param content a row of record_content
 * @param engineer whose record it is, as the statement's own parameter where it has one, so that it is seen to be of one record (docs/scaling.md, Citus)
 */
export const mayBeShown = (content: string, engineer = `${content}.engineer_id`): string =>
  `NOT EXISTS (SELECT 1 FROM ledger_entry gone
      LEFT JOIN record_content named ON named.engineer_id = ${engineer} AND named.digest = gone.digest
     WHERE gone.engineer_id = ${engineer} AND gone.kind IN ('record.erased', 'record.redacted')
       AND CASE gone.kind WHEN 'record.redacted' THEN jsonb_exists(named.body->'digests', encode(${content}.digest, 'hex'))
           ELSE NOT EXISTS (SELECT 1 FROM ledger_entry stays
                 WHERE stays.engineer_id = ${engineer} AND stays.digest = ${content}.digest AND stays.seq >= gone.seq) END)`;

/**
 * SQL: whether content of the administration ledger may be shown: nobody's erasure takes it out.
 * @param content a row of administration_content
 */
export const actMayBeShown = (content: string): string =>
  `NOT EXISTS (SELECT 1 FROM administration_entry gone JOIN administration_content named ON named.digest = gone.digest
     WHERE gone.kind = 'person.erased' AND jsonb_exists(named.body->'digests', encode(${content}.digest, 'hex')))`;
