import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The chain of the organisation itself: what is done to its rules, people and roles (docs/decisions/0008). */
export class CreateAdministrationLedger1700000008000 implements MigrationInterface {
  readonly name = 'CreateAdministrationLedger1700000008000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- the chain's head: every administrative act locks it, right before it is written, so acts come one after the other
      CREATE TABLE administration_record (
        -- there is one organisation, and so one row
        single boolean PRIMARY KEY DEFAULT true,
        version integer NOT NULL DEFAULT 0,
        head_seq integer NOT NULL DEFAULT 0,
        head_hash bytea NOT NULL,
        CONSTRAINT administration_record_single_check CHECK (single),
        CONSTRAINT administration_record_head_check CHECK (head_seq >= 0 AND octet_length(head_hash) = 32)
      );
      -- what the first entry follows: SHA-256 of 'touchstone record 00000000-0000-0000-0000-000000000000'
      INSERT INTO administration_record (head_hash) VALUES ('\\xe30278626fd2a4a719df1bc41c8f6c8f8503c6ee8333d199d612c2ac3e3d6981');
      -- neither INSERT nor DELETE: the row is there from here on
      GRANT SELECT, UPDATE ON administration_record TO touchstone_app;

      CREATE TABLE administration_entry (
        seq integer PRIMARY KEY,
        at timestamptz(3) NOT NULL,
        -- null is the application itself, or whoever holds the database (the first admin)
        actor_id uuid REFERENCES person,
        kind text NOT NULL,
        subject text NOT NULL,
        digest bytea NOT NULL,
        -- a chain does not fork: nothing follows the same entry twice
        previous bytea NOT NULL UNIQUE,
        hash bytea NOT NULL,
        CONSTRAINT administration_entry_seq_check CHECK (seq >= 1),
        CONSTRAINT administration_entry_hashes_check CHECK (octet_length(digest) = 32 AND octet_length(previous) = 32 AND octet_length(hash) = 32),
        CONSTRAINT administration_entry_kind_check CHECK (kind IN (
          'rules.adopted', 'framework.loaded', 'policy.set', 'accreditation.granted', 'accreditation.ended', 'roles.changed',
          'person.added', 'person.edited', 'people.imported', 'person.deactivated', 'person.reactivated', 'person.erased', 'manager.changed',
          'invitation.issued', 'invitation.used', 'request.made', 'request.confirmed', 'request.declined', 'request.expired',
          'record.opened-by-admin'
        ))
      );
      GRANT SELECT, INSERT ON administration_entry TO touchstone_app;

      -- what digests stand for, with the salts: ids, roles, numbers, and the reasons that were given, which may have to be erased
      CREATE TABLE administration_content (
        digest bytea PRIMARY KEY,
        salt bytea NOT NULL,
        body jsonb NOT NULL,
        CONSTRAINT administration_content_check CHECK (octet_length(digest) = 32 AND octet_length(salt) >= 16)
      );
      GRANT SELECT, INSERT ON administration_content TO touchstone_app;
      GRANT SELECT, DELETE ON administration_content TO touchstone_eraser;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE administration_content, administration_entry, administration_record`);
  }
}
