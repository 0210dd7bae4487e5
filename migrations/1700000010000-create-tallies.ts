import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Counts of what is limited, and the addresses that people sign in from: what slows guessing down and lets the real person through. */
export class CreateTallies1700000010000 implements MigrationInterface {
  readonly name = 'CreateTallies1700000010000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- one counter for all processes; unlogged, since a crash may forget it and every refused guess would be written twice
      CREATE UNLOGGED TABLE tally (
        -- SHA-256 of what is counted: no address and no email stands here
        key bytea PRIMARY KEY,
        count integer NOT NULL,
        ends_at timestamptz(3) NOT NULL,
        CONSTRAINT tally_check CHECK (octet_length(key) = 32 AND count >= 0)
      );
      -- those whose time is over are dropped
      CREATE INDEX tally_ends_idx ON tally (ends_at);
      GRANT SELECT, INSERT, UPDATE, DELETE ON tally TO touchstone_app;

      -- where somebody signed in from before: from there they get in while others guess from elsewhere
      CREATE TABLE known_network (
        person_id uuid NOT NULL REFERENCES person,
        -- SHA-256 over the person and the network: neither can be read from it
        network bytea NOT NULL,
        last_signed_in_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (person_id, network),
        CONSTRAINT known_network_check CHECK (octet_length(network) = 32)
      );
      GRANT SELECT, INSERT, UPDATE, DELETE ON known_network TO touchstone_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE known_network, tally`);
  }
}
