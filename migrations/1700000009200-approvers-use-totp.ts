import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A policy can ask that approvals be proven by a one-time code. */
export class ApproversUseTotp1700000009200 implements MigrationInterface {
  readonly name = 'ApproversUseTotp1700000009200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE policy ADD COLUMN approvers_use_totp boolean NOT NULL DEFAULT false`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE policy DROP COLUMN approvers_use_totp`);
  }
}
