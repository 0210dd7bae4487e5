import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where the revocation of a badge is published: a place in a public list of bits that says nothing of whose it is (docs/decisions/0007). */
export class CreateBadgeStatus1700000007000 implements MigrationInterface {
  readonly name = 'CreateBadgeStatus1700000007000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- places given out, chosen by lot; without the sign-off, so that each is given once however the records are spread over machines
      CREATE TABLE status_slot (
        list_number integer NOT NULL,
        list_index integer NOT NULL,
        PRIMARY KEY (list_number, list_index),
        -- 131,072 bits: the smallest list that the Bitstring Status List allows
        CONSTRAINT status_slot_check CHECK (list_number >= 1 AND list_index BETWEEN 0 AND 131071)
      );
      CREATE TABLE badge_status (
        engineer_id uuid NOT NULL,
        sign_off_id uuid NOT NULL,
        list_number integer NOT NULL,
        list_index integer NOT NULL,
        PRIMARY KEY (engineer_id, sign_off_id),
        FOREIGN KEY (engineer_id, sign_off_id) REFERENCES sign_off,
        FOREIGN KEY (list_number, list_index) REFERENCES status_slot
      );
      GRANT SELECT, INSERT ON status_slot, badge_status TO touchstone_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE badge_status, status_slot`);
  }
}
