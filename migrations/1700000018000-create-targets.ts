import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Targets: which level of a skill an engineer is to reach, and by when. */
export class CreateTargets1700000018000 implements MigrationInterface {
  readonly name = 'CreateTargets1700000018000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- history: each change is a new revision, and so is taking a target back (a revision without a level); the highest one counts
      CREATE TABLE target (
        engineer_id uuid NOT NULL REFERENCES record,
        skill_ref text NOT NULL REFERENCES skill,
        revision integer NOT NULL,
        at timestamptz(3) NOT NULL,
        skill_level_ref text,
        level smallint,
        reach_by date,
        set_by uuid NOT NULL REFERENCES person,
        digest bytea NOT NULL,
        -- read backwards it gives the one that counts: one row for each engineer and skill
        PRIMARY KEY (engineer_id, skill_ref, revision),
        -- a level that the skill defines
        FOREIGN KEY (skill_level_ref, skill_ref) REFERENCES skill_level (skill_level_ref, skill_ref),
        CONSTRAINT target_level_check CHECK (skill_level_ref = skill_ref || '.' || level),
        -- a level with its day, or neither
        CONSTRAINT target_removed_check CHECK (num_nulls(skill_level_ref, level, reach_by) IN (0, 3)),
        CONSTRAINT target_revision_check CHECK (revision >= 1),
        CONSTRAINT target_digest_check CHECK (octet_length(digest) = 32)
      );
      GRANT SELECT, INSERT ON target TO touchstone_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE target`);
  }
}
