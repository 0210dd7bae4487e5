import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Claims, what was submitted, approvals, sign-offs and what ends them; and progress, which adds them up. */
export class CreateClaims1700000005000 implements MigrationInterface {
  readonly name = 'CreateClaims1700000005000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE claim (
        engineer_id uuid NOT NULL REFERENCES record,
        claim_id uuid NOT NULL,
        skill_ref text NOT NULL,
        skill_level_ref text NOT NULL,
        state text NOT NULL DEFAULT 'draft',
        summary text NOT NULL,
        -- set by the first submission: the policy it keeps, and the day its ages are measured on
        policy_version integer,
        first_submitted_on date,
        submission integer NOT NULL DEFAULT 0,
        due_on date,
        -- working days that were left when it went back to the engineer: that time does not count
        review_days_left smallint,
        version integer NOT NULL DEFAULT 1,
        drafted_at timestamptz(3) NOT NULL,
        changed_at timestamptz(3) NOT NULL,
        PRIMARY KEY (engineer_id, claim_id),
        FOREIGN KEY (skill_level_ref, skill_ref) REFERENCES skill_level (skill_level_ref, skill_ref),
        FOREIGN KEY (skill_level_ref, policy_version) REFERENCES policy (skill_level_ref, version),
        CONSTRAINT claim_state_check CHECK (state IN ('draft', 'submitted', 'changes-requested', 'approved', 'refused', 'withdrawn')),
        -- a claim that was never submitted can only be a draft or withdrawn, and a submitted one has its policy and its day
        CONSTRAINT claim_submission_check CHECK (submission >= 0 AND (submission > 0 OR state IN ('draft', 'withdrawn')) AND (submission = 0 OR state <> 'draft')),
        CONSTRAINT claim_submitted_check CHECK ((submission = 0) = (policy_version IS NULL) AND (submission = 0) = (first_submitted_on IS NULL)),
        CONSTRAINT claim_due_check CHECK ((state = 'submitted') = (due_on IS NOT NULL))
      );
      -- one open claim per engineer and skill
      CREATE UNIQUE INDEX claim_open_key ON claim (engineer_id, skill_ref) WHERE state IN ('draft', 'submitted', 'changes-requested');
      -- the queue of submitted claims
      CREATE INDEX claim_due_idx ON claim (due_on, claim_id) WHERE state = 'submitted';
      GRANT SELECT, INSERT ON claim TO touchstone_app;
      GRANT UPDATE (state, summary, policy_version, first_submitted_on, submission, due_on, review_days_left, version, changed_at) ON claim TO touchstone_app;

      CREATE TABLE claim_left_out (
        engineer_id uuid NOT NULL,
        claim_id uuid NOT NULL,
        evidence_id uuid NOT NULL,
        statement_ref text NOT NULL,
        PRIMARY KEY (engineer_id, claim_id, evidence_id, statement_ref),
        FOREIGN KEY (engineer_id, claim_id) REFERENCES claim,
        FOREIGN KEY (engineer_id, evidence_id, statement_ref) REFERENCES support
      );
      CREATE TABLE claim_no_opportunity (
        engineer_id uuid NOT NULL,
        claim_id uuid NOT NULL,
        statement_ref text NOT NULL REFERENCES statement,
        reason text NOT NULL,
        PRIMARY KEY (engineer_id, claim_id, statement_ref),
        FOREIGN KEY (engineer_id, claim_id) REFERENCES claim,
        CONSTRAINT claim_no_opportunity_reason_check CHECK (btrim(reason) <> '')
      );
      GRANT SELECT, INSERT, DELETE ON claim_left_out, claim_no_opportunity TO touchstone_app;

      -- the exact state that was submitted: its content is named by the digest
      CREATE TABLE claim_submission (
        engineer_id uuid NOT NULL,
        claim_id uuid NOT NULL,
        submission integer NOT NULL,
        at timestamptz(3) NOT NULL,
        submitted_on date NOT NULL,
        digest bytea NOT NULL,
        PRIMARY KEY (engineer_id, claim_id, submission),
        FOREIGN KEY (engineer_id, claim_id) REFERENCES claim,
        -- what an approval points to: it cannot name another state than the one submitted
        UNIQUE (engineer_id, claim_id, submission, digest),
        CONSTRAINT claim_submission_digest_check CHECK (submission >= 1 AND octet_length(digest) = 32)
      );
      -- the supports and evidence revisions that a submission rests on
      CREATE TABLE claim_pin (
        engineer_id uuid NOT NULL,
        claim_id uuid NOT NULL,
        submission integer NOT NULL,
        evidence_id uuid NOT NULL,
        statement_ref text NOT NULL,
        revision integer NOT NULL,
        PRIMARY KEY (engineer_id, claim_id, submission, evidence_id, statement_ref),
        FOREIGN KEY (engineer_id, claim_id, submission) REFERENCES claim_submission,
        FOREIGN KEY (engineer_id, evidence_id, revision) REFERENCES evidence_revision,
        FOREIGN KEY (engineer_id, evidence_id, statement_ref) REFERENCES support
      );
      -- "does a submitted claim rest on this evidence"
      CREATE INDEX claim_pin_evidence_idx ON claim_pin (engineer_id, evidence_id);

      CREATE TABLE approval (
        engineer_id uuid NOT NULL,
        claim_id uuid NOT NULL,
        submission integer NOT NULL,
        mentor_id uuid NOT NULL REFERENCES person,
        at timestamptz(3) NOT NULL,
        -- the state that was approved, and what the mentor said of it (name, meaning, essence)
        submission_digest bytea NOT NULL,
        content_digest bytea NOT NULL,
        -- one approval per mentor and submission
        PRIMARY KEY (engineer_id, claim_id, submission, mentor_id),
        FOREIGN KEY (engineer_id, claim_id, submission, submission_digest) REFERENCES claim_submission (engineer_id, claim_id, submission, digest),
        -- nobody approves their own claim
        CONSTRAINT approval_mentor_check CHECK (mentor_id <> engineer_id),
        CONSTRAINT approval_content_check CHECK (octet_length(content_digest) = 32)
      );
      -- sign-offs that somebody gave stay readable to them, for good
      CREATE INDEX approval_mentor_idx ON approval (mentor_id, engineer_id);

      CREATE TABLE sign_off (
        engineer_id uuid NOT NULL,
        sign_off_id uuid NOT NULL,
        claim_id uuid NOT NULL,
        submission integer NOT NULL,
        skill_ref text NOT NULL,
        skill_level_ref text NOT NULL,
        level smallint NOT NULL,
        at timestamptz(3) NOT NULL,
        signed_off_on date NOT NULL,
        valid_until date,
        -- the statements of the level, and how many were accepted: what a dashboard shows while it is in force
        total smallint NOT NULL,
        accepted smallint NOT NULL,
        digest bytea NOT NULL,
        PRIMARY KEY (engineer_id, sign_off_id),
        -- a claim is signed off once
        UNIQUE (engineer_id, claim_id),
        FOREIGN KEY (engineer_id, claim_id, submission) REFERENCES claim_submission,
        -- a sign-off names a defined level
        FOREIGN KEY (skill_level_ref, skill_ref) REFERENCES skill_level (skill_level_ref, skill_ref),
        CONSTRAINT sign_off_level_check CHECK (skill_level_ref = skill_ref || '.' || level),
        CONSTRAINT sign_off_valid_check CHECK (valid_until > signed_off_on),
        CONSTRAINT sign_off_figures_check CHECK (accepted BETWEEN 0 AND total),
        CONSTRAINT sign_off_digest_check CHECK (octet_length(digest) = 32)
      );
      -- the register: newest first
      CREATE INDEX sign_off_register_idx ON sign_off (signed_off_on DESC, sign_off_id DESC);

      CREATE TABLE revocation (
        engineer_id uuid NOT NULL,
        sign_off_id uuid NOT NULL,
        revoked_by uuid NOT NULL REFERENCES person,
        at timestamptz(3) NOT NULL,
        revoked_on date NOT NULL,
        -- the reason
        content_digest bytea NOT NULL,
        PRIMARY KEY (engineer_id, sign_off_id),
        FOREIGN KEY (engineer_id, sign_off_id) REFERENCES sign_off,
        CONSTRAINT revocation_self_check CHECK (revoked_by <> engineer_id)
      );
      -- that a sign-off's time ran out was noted in the ledger
      CREATE TABLE sign_off_expiry (
        engineer_id uuid NOT NULL,
        sign_off_id uuid NOT NULL,
        at timestamptz(3) NOT NULL,
        PRIMARY KEY (engineer_id, sign_off_id),
        FOREIGN KEY (engineer_id, sign_off_id) REFERENCES sign_off
      );
      GRANT SELECT, INSERT ON claim_submission, claim_pin, approval, sign_off, revocation, sign_off_expiry TO touchstone_app;

      -- what the record adds up to per skill level: kept by one function, equal to a rebuild at any time
      CREATE TABLE progress (
        engineer_id uuid NOT NULL REFERENCES record,
        skill_level_ref text NOT NULL,
        skill_ref text NOT NULL,
        level smallint NOT NULL,
        total smallint NOT NULL,
        accepted smallint NOT NULL,
        proposed smallint NOT NULL,
        last_evidence_on date,
        going_on boolean NOT NULL,
        claim_id uuid,
        claim_state text,
        -- of the newest claim that is submitted or approved: what those above in the line may know, whatever is drafted meanwhile
        line_claim_state text,
        sign_off_id uuid,
        signed_off_on date,
        valid_until date,
        signed_off_accepted smallint,
        PRIMARY KEY (engineer_id, skill_level_ref),
        FOREIGN KEY (skill_level_ref, skill_ref) REFERENCES skill_level (skill_level_ref, skill_ref),
        FOREIGN KEY (engineer_id, claim_id) REFERENCES claim,
        FOREIGN KEY (engineer_id, sign_off_id) REFERENCES sign_off,
        CONSTRAINT progress_counts_check CHECK (accepted >= 0 AND proposed >= 0 AND accepted + proposed <= total),
        CONSTRAINT progress_claim_check CHECK ((claim_id IS NULL) = (claim_state IS NULL)),
        CONSTRAINT progress_line_claim_check CHECK (line_claim_state IN ('submitted', 'approved')),
        CONSTRAINT progress_sign_off_check CHECK (num_nulls(sign_off_id, signed_off_on, signed_off_accepted) IN (0, 3))
      );
      GRANT SELECT, INSERT, UPDATE, DELETE ON progress TO touchstone_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE progress, sign_off_expiry, revocation, sign_off, approval, claim_pin, claim_submission, claim_no_opportunity, claim_left_out, claim
    `);
  }
}
