import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When the head of each chain was appended: with it a chain is locked, and its clock read, in one statement. */
export class AddHeadTime1700000016000 implements MigrationInterface {
  readonly name = 'AddHeadTime1700000016000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- null while a chain has no entry; a chain's time never runs backwards, whatever the server's clock does
      ALTER TABLE record ADD COLUMN head_at timestamptz(3);
      UPDATE record r SET head_at = e.at FROM ledger_entry e WHERE e.engineer_id = r.engineer_id AND e.seq = r.head_seq;
      ALTER TABLE administration_record ADD COLUMN head_at timestamptz(3);
      UPDATE administration_record r SET head_at = e.at FROM administration_entry e WHERE e.seq = r.head_seq;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE record DROP COLUMN head_at; ALTER TABLE administration_record DROP COLUMN head_at;`);
  }
}
