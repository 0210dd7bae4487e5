/**
 * SQL, a subquery `(digest)`: the content of a record that its entries take out, by redactions or by its erasure. The eraser takes it away once such an entry
 * is committed, or later where it cannot be reached just then. The subqueries with OFFSET are asked only where there is such an entry: left to choose, the
 * planner reads all content of the record first.
 * @param engineer whose record it is: the statement's own parameter, so that it is asked once, and seen to be of one record (docs/scaling.md, Citus)
 */
const digestsTakenOut = (engineer: string): string => `
    SELECT decode(taken.digest, 'hex') AS digest FROM ledger_entry gone
     CROSS JOIN LATERAL (SELECT jsonb_array_elements_text(named.body->'digests') AS digest FROM record_content named
                          WHERE named.engineer_id = ${engineer} AND named.digest = gone.digest OFFSET 0) taken
     WHERE gone.engineer_id = ${engineer} AND gone.kind = 'record.redacted'
     UNION ALL
    SELECT kept.digest FROM ledger_entry gone
     CROSS JOIN LATERAL (SELECT k.digest FROM record_content k WHERE k.engineer_id = ${engineer}
                            AND NOT EXISTS (SELECT 1 FROM ledger_entry stays WHERE stays.engineer_id = ${engineer} AND stays.digest = k.digest AND stays.seq >= gone.seq)
                         OFFSET 0) kept
     WHERE gone.engineer_id = ${engineer} AND gone.kind = 'record.erased'`;

/**
 * SQL: whether content may be shown: no entry of its record takes it out. It stands beside every join of record_content that words are read from, so that
 * what was taken out is as if it were gone, whether the eraser has come or not (test/taken-out.spec.ts names the joins that need none).
 * @param content a row of record_content
 * @param engineer whose record it is, as the statement's own parameter
 */
export const mayBeShown = (content: string, engineer: string): string => `${content}.digest NOT IN (${digestsTakenOut(engineer)})`;

/** SQL, a step: what mayBeShown() asks, once for a statement that asks it often: planning it in each place costs more than reading the rest. */
export const takenOutStep = (engineer: string): string => `taken_out AS MATERIALIZED (${digestsTakenOut(engineer)}
    )`;

/** SQL, a condition: as mayBeShown(), after the step takenOutStep(). @param content a row of record_content */
export const isNotTakenOut = (content: string): string => `${content}.digest NOT IN (SELECT taken_out.digest FROM taken_out)`;

/**
 * SQL: whether content of the administration ledger may be shown: nobody's erasure takes it out.
 * @param content a row of administration_content
 */
export const actMayBeShown = (content: string): string =>
  `NOT EXISTS (SELECT 1 FROM administration_entry gone JOIN administration_content named ON named.digest = gone.digest
     WHERE gone.kind = 'person.erased' AND jsonb_exists(named.body->'digests', encode(${content}.digest, 'hex')))`;
