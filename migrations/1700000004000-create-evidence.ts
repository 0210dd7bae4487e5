import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Evidence with its revisions, and what it supports. */
export class CreateEvidence1700000004000 implements MigrationInterface {
  readonly name = 'CreateEvidence1700000004000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- the head of a piece of evidence: which revision is current, and what lists filter and sort by; the text is content
      CREATE TABLE evidence (
        engineer_id uuid NOT NULL REFERENCES record,
        evidence_id uuid NOT NULL,
        state text NOT NULL DEFAULT 'logged',
        revision integer NOT NULL DEFAULT 1,
        version integer NOT NULL DEFAULT 1,
        kind text NOT NULL,
        started_on date,
        ended_on date,
        tags text[] NOT NULL DEFAULT '{}',
        search tsvector NOT NULL,
        logged_at timestamptz(3) NOT NULL,
        changed_at timestamptz(3) NOT NULL,
        PRIMARY KEY (engineer_id, evidence_id),
        CONSTRAINT evidence_state_check CHECK (state IN ('logged', 'archived')),
        CONSTRAINT evidence_kind_check CHECK (kind IN ('work', 'training', 'lab')),
        CONSTRAINT evidence_revision_check CHECK (revision >= 1 AND version >= revision),
        CONSTRAINT evidence_days_check CHECK (ended_on >= started_on)
      );
      -- lists: going on first, then newest end, the newest id first among equals
      CREATE INDEX evidence_list_idx ON evidence (engineer_id, (coalesce(ended_on, 'infinity'::date)) DESC, evidence_id DESC);
      GRANT SELECT, INSERT ON evidence TO touchstone_app;
      GRANT UPDATE (state, revision, version, kind, started_on, ended_on, tags, search, changed_at) ON evidence TO touchstone_app;

      CREATE TABLE evidence_revision (
        engineer_id uuid NOT NULL,
        evidence_id uuid NOT NULL,
        revision integer NOT NULL,
        at timestamptz(3) NOT NULL,
        digest bytea NOT NULL,
        PRIMARY KEY (engineer_id, evidence_id, revision),
        FOREIGN KEY (engineer_id, evidence_id) REFERENCES evidence,
        CONSTRAINT evidence_revision_digest_check CHECK (octet_length(digest) = 32)
      );
      GRANT SELECT, INSERT ON evidence_revision TO touchstone_app;

      CREATE TABLE support (
        engineer_id uuid NOT NULL,
        evidence_id uuid NOT NULL,
        statement_ref text NOT NULL,
        skill_level_ref text NOT NULL,
        state text NOT NULL DEFAULT 'proposed',
        -- the revision that the proposal or the verdict stands for
        revision integer NOT NULL,
        rationale text NOT NULL,
        proposed_at timestamptz(3) NOT NULL,
        -- the last verdict, kept when a revision re-opens the support, so that the reviewer is shown the difference
        verdict text,
        verdict_revision integer,
        feedback text,
        reviewed_by uuid REFERENCES person,
        reviewed_at timestamptz(3),
        version integer NOT NULL DEFAULT 1,
        -- the same evidence shows the same statement once
        PRIMARY KEY (engineer_id, evidence_id, statement_ref),
        FOREIGN KEY (engineer_id, evidence_id, revision) REFERENCES evidence_revision,
        FOREIGN KEY (engineer_id, evidence_id, verdict_revision) REFERENCES evidence_revision (engineer_id, evidence_id, revision),
        FOREIGN KEY (statement_ref, skill_level_ref) REFERENCES statement (statement_ref, skill_level_ref),
        CONSTRAINT support_state_check CHECK (state IN ('proposed', 'accepted', 'returned', 'withdrawn')),
        CONSTRAINT support_rationale_check CHECK (btrim(rationale) <> ''),
        CONSTRAINT support_verdict_check CHECK (verdict IN ('accepted', 'returned')),
        -- a verdict has a giver, a time and a revision, or there is none
        CONSTRAINT support_reviewed_check CHECK (num_nulls(verdict, verdict_revision, reviewed_by, reviewed_at) IN (0, 4)),
        -- what is accepted or returned was judged so
        CONSTRAINT support_judged_check CHECK (state IN ('proposed', 'withdrawn') OR state IS NOT DISTINCT FROM verdict),
        CONSTRAINT support_returned_check CHECK (verdict IS DISTINCT FROM 'returned' OR coalesce(btrim(feedback), '') <> ''),
        -- nobody judges their own work
        CONSTRAINT support_reviewer_check CHECK (reviewed_by <> engineer_id)
      );
      -- what a claim to a level rests on, and what waits
      CREATE INDEX support_level_idx ON support (engineer_id, skill_level_ref, state);
      GRANT SELECT, INSERT ON support TO touchstone_app;
      GRANT UPDATE (state, revision, rationale, proposed_at, verdict, verdict_revision, feedback, reviewed_by, reviewed_at, version) ON support TO touchstone_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE support, evidence_revision, evidence`);
  }
}
