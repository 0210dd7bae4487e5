import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The record, its ledger and its content; mentorships and accreditations. */
export class CreateRecord1700000003000 implements MigrationInterface {
  readonly name = 'CreateRecord1700000003000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- the one mutable row of a record: every write locks it first, so one record's writes come one after the other
      CREATE TABLE record (
        engineer_id uuid PRIMARY KEY REFERENCES person,
        version integer NOT NULL DEFAULT 0,
        head_seq integer NOT NULL DEFAULT 0,
        head_hash bytea NOT NULL,
        CONSTRAINT record_head_check CHECK (head_seq >= 0 AND octet_length(head_hash) = 32)
      );
      GRANT SELECT, INSERT, UPDATE ON record TO touchstone_app;

      CREATE TABLE ledger_entry (
        engineer_id uuid NOT NULL REFERENCES record,
        seq integer NOT NULL,
        at timestamptz(3) NOT NULL,
        -- null is the application itself (an expiry)
        actor_id uuid REFERENCES person,
        kind text NOT NULL,
        subject text NOT NULL,
        digest bytea NOT NULL,
        previous bytea NOT NULL,
        hash bytea NOT NULL,
        PRIMARY KEY (engineer_id, seq),
        -- a chain does not fork: nothing follows the same entry twice
        UNIQUE (engineer_id, previous),
        CONSTRAINT ledger_entry_seq_check CHECK (seq >= 1),
        CONSTRAINT ledger_entry_hashes_check CHECK (octet_length(digest) = 32 AND octet_length(previous) = 32 AND octet_length(hash) = 32),
        CONSTRAINT ledger_entry_kind_check CHECK (kind IN (
          'evidence.logged', 'evidence.revised', 'evidence.archived',
          'support.proposed', 'support.withdrawn', 'support.accepted', 'support.returned', 'support.reopened',
          'claim.drafted', 'claim.edited', 'claim.submitted', 'claim.withdrawn', 'claim.changes-requested', 'claim.refused', 'claim.approved',
          'sign-off.granted', 'sign-off.expired', 'sign-off.revoked', 'mentorship.begun', 'mentorship.ended', 'target.set',
          'record.exported', 'record.redacted', 'record.erased'
        ))
      );
      -- the history of one thing (a claim's page)
      CREATE INDEX ledger_entry_subject_idx ON ledger_entry (engineer_id, subject, seq);
      GRANT SELECT, INSERT ON ledger_entry TO touchstone_app;

      -- what digests stand for, with the salts: all that is personal and may have to be erased
      CREATE TABLE record_content (
        engineer_id uuid NOT NULL REFERENCES record,
        digest bytea NOT NULL,
        salt bytea NOT NULL,
        body jsonb NOT NULL,
        PRIMARY KEY (engineer_id, digest),
        CONSTRAINT record_content_check CHECK (octet_length(digest) = 32 AND octet_length(salt) >= 16)
      );
      GRANT SELECT, INSERT ON record_content TO touchstone_app;
      GRANT SELECT, DELETE ON record_content TO touchstone_eraser;

      CREATE TABLE mentorship (
        engineer_id uuid NOT NULL REFERENCES record,
        mentorship_id uuid NOT NULL,
        mentor_id uuid NOT NULL REFERENCES person,
        from_at timestamptz(3) NOT NULL,
        until_at timestamptz(3),
        created_by uuid NOT NULL REFERENCES person,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (engineer_id, mentorship_id),
        -- nobody mentors themselves, nor is made mentor, or given one, by their own hand
        CONSTRAINT mentorship_self_check CHECK (mentor_id <> engineer_id AND created_by <> mentor_id AND created_by <> engineer_id),
        -- one that was ended before it began has no time at all
        CONSTRAINT mentorship_time_check CHECK (until_at >= from_at)
      );
      -- "whom do I mentor"
      CREATE INDEX mentorship_mentor_idx ON mentorship (mentor_id, engineer_id);
      CREATE TABLE mentorship_skill (
        engineer_id uuid NOT NULL,
        mentorship_id uuid NOT NULL,
        skill_ref text NOT NULL REFERENCES skill,
        PRIMARY KEY (engineer_id, mentorship_id, skill_ref),
        FOREIGN KEY (engineer_id, mentorship_id) REFERENCES mentorship
      );
      GRANT SELECT, INSERT ON mentorship, mentorship_skill TO touchstone_app;
      -- a mentorship only ever ends; who and whom stay
      GRANT UPDATE (until_at) ON mentorship TO touchstone_app;

      CREATE TABLE accreditation (
        person_id uuid NOT NULL REFERENCES person,
        accreditation_id uuid NOT NULL,
        skill_ref text NOT NULL REFERENCES skill,
        up_to_level smallint NOT NULL,
        reason text NOT NULL,
        granted_by uuid NOT NULL REFERENCES person,
        granted_at timestamptz(3) NOT NULL DEFAULT now(),
        ended_by uuid REFERENCES person,
        ended_at timestamptz(3),
        PRIMARY KEY (person_id, accreditation_id),
        CONSTRAINT accreditation_self_check CHECK (granted_by <> person_id AND ended_by <> person_id),
        CONSTRAINT accreditation_level_check CHECK (up_to_level BETWEEN 1 AND 7),
        CONSTRAINT accreditation_reason_check CHECK (btrim(reason) <> ''),
        CONSTRAINT accreditation_ended_check CHECK ((ended_by IS NULL) = (ended_at IS NULL))
      );
      GRANT SELECT, INSERT ON accreditation TO touchstone_app;
      GRANT UPDATE (ended_by, ended_at) ON accreditation TO touchstone_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE accreditation, mentorship_skill, mentorship, record_content, ledger_entry, record`);
  }
}
