import type { MigrationInterface, QueryRunner } from 'typeorm';

/** People, the reporting line, sessions and invitations. `npm run db:setup` has made the roles that the grants name. */
export class CreatePeople1700000001000 implements MigrationInterface {
  readonly name = 'CreatePeople1700000001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE person (
        person_id uuid PRIMARY KEY,
        name text NOT NULL,
        email text NOT NULL,
        password_hash text,
        roles text[] NOT NULL DEFAULT '{}',
        manager_id uuid REFERENCES person,
        active boolean NOT NULL DEFAULT true,
        first_signed_in_at timestamptz(3),
        approvals_barred_until timestamptz(3),
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        -- blank names and addresses cannot be told apart on a sign-off
        CONSTRAINT person_name_check CHECK (btrim(name) <> '' AND length(name) <= 200),
        CONSTRAINT person_email_check CHECK (email LIKE '_%@_%' AND length(email) <= 254),
        -- mentor and manager are relations: a row that calls them roles is a mistake
        CONSTRAINT person_roles_check CHECK (roles <@ ARRAY['admin', 'auditor']),
        -- the shortest loop; longer ones are refused under the reporting line's lock
        CONSTRAINT person_manager_check CHECK (manager_id <> person_id)
      );
      -- sign-in looks people up by address whatever its case, and two people never share one
      CREATE UNIQUE INDEX person_email_key ON person (lower(email));
      -- a manager's direct reports
      CREATE INDEX person_manager_idx ON person (manager_id) WHERE manager_id IS NOT NULL;
      -- lists of people go by name
      CREATE INDEX person_name_idx ON person (name, person_id);
      GRANT SELECT, INSERT, UPDATE ON person TO touchstone_app;

      -- the closure of person.manager_id: who is above whom, at which distance
      CREATE TABLE reporting_line (
        ancestor_id uuid NOT NULL REFERENCES person,
        descendant_id uuid NOT NULL REFERENCES person,
        depth integer NOT NULL,
        PRIMARY KEY (ancestor_id, descendant_id),
        -- nobody is above themselves: a loop has no rows to stand on
        CONSTRAINT reporting_line_loop_check CHECK (ancestor_id <> descendant_id AND depth > 0)
      );
      -- "who is above this engineer" is asked at every request to a record
      CREATE INDEX reporting_line_descendant_idx ON reporting_line (descendant_id, ancestor_id);
      GRANT SELECT, INSERT, DELETE ON reporting_line TO touchstone_app;

      CREATE TABLE session (
        session_id uuid PRIMARY KEY,
        person_id uuid NOT NULL REFERENCES person,
        token_hash bytea NOT NULL,
        client text,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        last_used_at timestamptz(3) NOT NULL DEFAULT now(),
        expires_at timestamptz(3) NOT NULL,
        -- only the SHA-256 of a token is kept: a copy of the table signs nobody in
        CONSTRAINT session_token_hash_check CHECK (octet_length(token_hash) = 32)
      );
      -- looked up at every request
      CREATE UNIQUE INDEX session_token_hash_key ON session (token_hash);
      -- ending all sessions of a person
      CREATE INDEX session_person_idx ON session (person_id);
      GRANT SELECT, INSERT, UPDATE, DELETE ON session TO touchstone_app;

      CREATE TABLE invitation (
        invitation_id uuid PRIMARY KEY,
        person_id uuid NOT NULL REFERENCES person,
        token_hash bytea NOT NULL,
        invited_by uuid REFERENCES person,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        expires_at timestamptz(3) NOT NULL,
        used_at timestamptz(3),
        void_at timestamptz(3),
        CONSTRAINT invitation_token_hash_check CHECK (octet_length(token_hash) = 32)
      );
      CREATE UNIQUE INDEX invitation_token_hash_key ON invitation (token_hash);
      -- a fresh invitation kills the older one: at most one is open
      CREATE UNIQUE INDEX invitation_open_key ON invitation (person_id) WHERE used_at IS NULL AND void_at IS NULL;
      GRANT SELECT, INSERT, UPDATE ON invitation TO touchstone_app;

      -- the first answer to a POST with an Idempotency-Key, for whoever asks again
      CREATE TABLE idempotent_answer (
        owner_id uuid NOT NULL,
        caller_id uuid NOT NULL REFERENCES person,
        key text NOT NULL,
        fingerprint bytea NOT NULL,
        status integer NOT NULL,
        headers jsonb NOT NULL,
        body jsonb,
        answered_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (owner_id, caller_id, key),
        CONSTRAINT idempotent_answer_success_check CHECK (status BETWEEN 200 AND 299)
      );
      -- answers are dropped after 24 hours
      CREATE INDEX idempotent_answer_answered_idx ON idempotent_answer (answered_at);
      GRANT SELECT, INSERT, DELETE ON idempotent_answer TO touchstone_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE idempotent_answer, invitation, session, reporting_line, person`);
  }
}
