import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Erasing: the eraser deletes what the ledgers say may be missing, and can do nothing else (docs/decisions/0012). */
export class CreateErasure1700000012100 implements MigrationInterface {
  readonly name = 'CreateErasure1700000012100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- who is erased has a pseudonym instead of a name, for good
      ALTER TABLE person ADD COLUMN erased_at timestamptz(3);
      ALTER TABLE person ADD CONSTRAINT person_erased_check CHECK (erased_at IS NULL OR (NOT active AND roles = '{}' AND password_hash IS NULL));

      -- reasons are replaced where somebody's words are erased
      GRANT UPDATE (reason) ON claim_no_opportunity TO touchstone_app;

      -- the eraser looks for these among all entries, again and again
      CREATE INDEX ledger_entry_erasure_idx ON ledger_entry (engineer_id, seq) WHERE kind IN ('record.erased', 'record.redacted');
      CREATE INDEX administration_entry_erasure_idx ON administration_entry (seq) WHERE kind = 'person.erased';

      -- not even the eraser deletes as it likes: what it runs belongs to the owner, and takes what entries have named and nothing else
      REVOKE ALL ON record_content, administration_content FROM touchstone_eraser;

      -- Takes away what the ledgers say may be missing; answers how many rows that were. Run again, it finds nothing.
      CREATE FUNCTION erase_what_ledgers_allow() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $body$
      DECLARE
        gone integer := 0;
        taken integer;
      BEGIN
        -- of an erased record: content that no entry from the erasure on names
        DELETE FROM record_content c
         USING (SELECT e.engineer_id, max(e.seq) AS seq FROM ledger_entry e WHERE e.kind = 'record.erased' GROUP BY e.engineer_id) x
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
                 WHERE e.kind = 'person.erased') x
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
      END $body$;

      -- The planner's statistics hold samples of what columns said: they are drawn anew after an erasure.
      CREATE FUNCTION forget_statistics() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $body$
      BEGIN
        ANALYZE person, evidence, support, claim, claim_no_opportunity, record_content, administration_content, accreditation, admin_request,
          idempotent_answer, personal_token, session, refused_request;
      END $body$;

      REVOKE ALL ON FUNCTION erase_what_ledgers_allow(), forget_statistics() FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION erase_what_ledgers_allow(), forget_statistics() TO touchstone_eraser;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION forget_statistics();
      DROP FUNCTION erase_what_ledgers_allow();
      GRANT SELECT, DELETE ON record_content, administration_content TO touchstone_eraser;
      DROP INDEX administration_entry_erasure_idx;
      DROP INDEX ledger_entry_erasure_idx;
      REVOKE UPDATE (reason) ON claim_no_opportunity FROM touchstone_app;
      ALTER TABLE person DROP CONSTRAINT person_erased_check;
      ALTER TABLE person DROP COLUMN erased_at;
    `);
  }
}
