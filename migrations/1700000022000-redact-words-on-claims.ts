import type { MigrationInterface, QueryRunner } from 'typeorm';

const targets = (redacted: string): string => `
      ALTER TABLE admin_request DROP CONSTRAINT admin_request_target_check;
      ALTER TABLE admin_request ADD CONSTRAINT admin_request_target_check CHECK (CASE action
        WHEN 'give-role' THEN target IN ('admin', 'auditor')
        WHEN 'redact' THEN target ~ '${redacted}'
        ELSE target = '' END);`;

/** Two admins can redact why a sign-off was revoked too: its target begins with the sign-off. */
export class RedactWordsOnClaims1700000022000 implements MigrationInterface {
  readonly name = 'RedactWordsOnClaims1700000022000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(targets('^(evidence|claims|sign-offs)/'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(targets('^(evidence|claims)/'));
  }
}
