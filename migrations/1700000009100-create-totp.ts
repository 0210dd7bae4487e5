import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The second factor: one-time codes by the clock (RFC 6238), and the recovery codes that stand in for them. */
export class CreateTotp1700000009100 implements MigrationInterface {
  readonly name = 'CreateTotp1700000009100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE totp (
        person_id uuid PRIMARY KEY REFERENCES person,
        state text NOT NULL,
        -- nonce, tag and ciphertext (AES-256-GCM) under a key that is never in the database
        sealed_secret bytea NOT NULL,
        key_id text NOT NULL,
        -- the time step of the last code that was taken: none up to it is taken again
        last_step integer NOT NULL DEFAULT 0,
        begun_at timestamptz(3) NOT NULL DEFAULT now(),
        confirmed_at timestamptz(3),
        CONSTRAINT totp_state_check CHECK (state IN ('pending', 'on')),
        CONSTRAINT totp_confirmed_check CHECK ((state = 'on') = (confirmed_at IS NOT NULL)),
        -- 12 of nonce, 16 of tag, 20 of secret: a secret in the clear has another length
        CONSTRAINT totp_sealed_check CHECK (octet_length(sealed_secret) = 48)
      );
      -- set-ups that were never confirmed are dropped
      CREATE INDEX totp_pending_idx ON totp (begun_at) WHERE state = 'pending';
      GRANT SELECT, INSERT, UPDATE, DELETE ON totp TO touchstone_app;

      CREATE TABLE recovery_code (
        person_id uuid NOT NULL REFERENCES totp ON DELETE CASCADE,
        -- SHA-256 of a code of 80 random bits: it cannot be guessed back
        code_hash bytea NOT NULL,
        used_at timestamptz(3),
        PRIMARY KEY (person_id, code_hash),
        CONSTRAINT recovery_code_hash_check CHECK (octet_length(code_hash) = 32)
      );
      GRANT SELECT, INSERT, UPDATE, DELETE ON recovery_code TO touchstone_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE recovery_code, totp`);
  }
}
