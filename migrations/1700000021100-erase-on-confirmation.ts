import type { MigrationInterface, QueryRunner } from 'typeorm';

/** SQL: whether two admins have agreed to erase somebody. That the one who asked is not the one who confirmed is held by a CHECK. */
const confirmedFor = (person: string): string =>
  `EXISTS (SELECT 1 FROM admin_request r WHERE r.person_id::text = ${person} AND r.action = 'erase-person' AND r.state = 'confirmed')`;

/** SQL: the function that the eraser runs; `also` says what else must hold of an erasure's entry, given whom it is about. */
const eraseFunction = (also: (person: string) => string): string => `
      CREATE OR REPLACE FUNCTION erase_what_ledgers_allow() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $body$
      DECLARE
        gone integer := 0;
        taken integer;
      BEGIN
        -- of an erased record: content that no entry from the erasure on names
        DELETE FROM record_content c
         USING (SELECT e.engineer_id, max(e.seq) AS seq FROM ledger_entry e
                 WHERE e.kind = 'record.erased'${also('e.engineer_id::text')} GROUP BY e.engineer_id) x
         WHERE c.engineer_id = x.engineer_id
           AND NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.engineer_id = c.engineer_id AND e.digest = c.digest AND e.seq >= x.seq);
        GET DIAGNOSTICS taken = ROW_COUNT;
        gone := gone + taken;
        -- content that a redaction names, in its own record
        DELETE FROM record_content c
         USING (SELECT e.engineer_id, CASE WHEN d.hex ~ '^[0-9a-f]{64}$' THEN decode(d.hex, 'hex') END AS digest
                  FROM ledger_entry e JOIN record_content k ON k.engineer_id = e.engineer_id AND k.digest = e.digest
                 CROSS JOIN LATERAL jsonb_array_elements_text(k.body->'digests') d (hex)
                 WHERE e.kind = 'record.redacted') x
         WHERE c.engineer_id = x.engineer_id AND c.digest = x.digest;
        GET DIAGNOSTICS taken = ROW_COUNT;
        gone := gone + taken;
        -- words about somebody who is erased, as their erasure names them
        DELETE FROM administration_content c
         USING (SELECT CASE WHEN d.hex ~ '^[0-9a-f]{64}$' THEN decode(d.hex, 'hex') END AS digest
                  FROM administration_entry e JOIN administration_content k ON k.digest = e.digest
                 CROSS JOIN LATERAL jsonb_array_elements_text(k.body->'digests') d (hex)
                 WHERE e.kind = 'person.erased'${also("split_part(e.subject, '/', 2)")}) x
         WHERE c.digest = x.digest;
        GET DIAGNOSTICS taken = ROW_COUNT;
        gone := gone + taken;
        -- why they were accredited: history, which the application cannot change
        UPDATE accreditation a SET reason = 'Erased.'
          FROM person p WHERE p.person_id = a.person_id AND p.erased_at IS NOT NULL AND a.reason <> 'Erased.'
           AND EXISTS (SELECT 1 FROM administration_entry e WHERE e.kind = 'person.erased' AND e.subject = 'people/' || a.person_id);
        GET DIAGNOSTICS taken = ROW_COUNT;
        gone := gone + taken;
        RETURN gone;
      END $body$;`;

/** What the eraser runs asks for more than an entry of the application's: nobody's record goes without the request that another admin has confirmed. */
export class EraseOnConfirmation1700000021100 implements MigrationInterface {
  readonly name = 'EraseOnConfirmation1700000021100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(eraseFunction((person) => ` AND ${confirmedFor(person)}`));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(eraseFunction(() => ''));
  }
}
