import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Personal access tokens: what a person's scripts sign in with, for less than the person may do, and for a while. */
export class CreatePersonalTokens1700000009000 implements MigrationInterface {
  readonly name = 'CreatePersonalTokens1700000009000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE personal_token (
        token_id uuid PRIMARY KEY,
        person_id uuid NOT NULL REFERENCES person,
        name text NOT NULL,
        token_hash bytea NOT NULL,
        scopes text[] NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        last_used_at timestamptz(3),
        expires_at timestamptz(3) NOT NULL,
        revoked_at timestamptz(3),
        CONSTRAINT personal_token_name_check CHECK (btrim(name) <> '' AND length(name) <= 100),
        -- only the SHA-256 of a token is kept: a copy of the table signs nobody in
        CONSTRAINT personal_token_hash_check CHECK (octet_length(token_hash) = 32),
        -- none of these approves, reviews, revokes or administers
        CONSTRAINT personal_token_scopes_check CHECK (
          cardinality(scopes) > 0
          AND scopes <@ ARRAY['catalogue:read', 'record:read', 'evidence:write', 'claims:write', 'reviews:read', 'dashboards:read', 'ledger:read']
        ),
        -- a year and the rest of its last day, in any time zone
        CONSTRAINT personal_token_expiry_check CHECK (expires_at > created_at AND expires_at <= created_at + interval '8832 hours')
      );
      -- looked up at every request that a token signs in
      CREATE UNIQUE INDEX personal_token_hash_key ON personal_token (token_hash);
      -- one's own tokens, and ending them all
      CREATE INDEX personal_token_person_idx ON personal_token (person_id, token_id);
      GRANT SELECT, INSERT, UPDATE, DELETE ON personal_token TO touchstone_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE personal_token`);
  }
}
