import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which levels somebody holds, by themselves: what a mentor's reach and the figures of holders are read from. */
export class IndexHeldLevels1700000024000 implements MigrationInterface {
  readonly name = 'IndexHeldLevels1700000024000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- only sign-offs, revocations and expiries move it: what is logged and judged leaves its columns as they are
      CREATE INDEX progress_held_idx ON progress (engineer_id, skill_ref, level) INCLUDE (valid_until) WHERE sign_off_id IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX progress_held_idx`);
  }
}
