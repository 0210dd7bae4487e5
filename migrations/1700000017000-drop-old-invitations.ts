import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Invitations that are over are dropped after a while: that they were made and used stands in the administration ledger. */
export class DropOldInvitations1700000017000 implements MigrationInterface {
  readonly name = 'DropOldInvitations1700000017000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`GRANT DELETE ON invitation TO touchstone_app`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`REVOKE DELETE ON invitation FROM touchstone_app`);
  }
}
