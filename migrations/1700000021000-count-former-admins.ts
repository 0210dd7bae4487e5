import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Of two admins neither gets rid of the other to act alone: who was an admin a short while ago still counts among those whose confirmation is needed. */
export class CountFormerAdmins1700000021000 implements MigrationInterface {
  readonly name = 'CountFormerAdmins1700000021000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE person ADD COLUMN counts_as_admin_until timestamptz(3)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE person DROP COLUMN counts_as_admin_until`);
  }
}
