import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Frameworks, their levels, skills and statements, and the policies of the gates. */
export class CreateCatalogue1700000002000 implements MigrationInterface {
  readonly name = 'CreateCatalogue1700000002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE framework (
        framework_id text PRIMARY KEY,
        name text NOT NULL,
        version text NOT NULL,
        rights text NOT NULL,
        source text NOT NULL,
        loaded_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT framework_id_check CHECK (framework_id ~ '^[a-z][a-z0-9-]{0,30}$')
      );

      CREATE TABLE framework_level (
        framework_id text NOT NULL REFERENCES framework,
        level smallint NOT NULL,
        phrase text NOT NULL,
        essence text NOT NULL,
        PRIMARY KEY (framework_id, level),
        CONSTRAINT framework_level_check CHECK (level BETWEEN 1 AND 7)
      );

      CREATE TABLE skill (
        skill_ref text PRIMARY KEY,
        framework_id text NOT NULL REFERENCES framework,
        code text NOT NULL,
        name text NOT NULL,
        description text NOT NULL,
        source text NOT NULL,
        guidance_text text NOT NULL,
        activities text[] NOT NULL,
        revision_notes text[] NOT NULL,
        not_defined_lower text NOT NULL,
        not_defined_higher text NOT NULL,
        related jsonb NOT NULL,
        -- a reference says where it stands: it cannot drift from its parts
        CONSTRAINT skill_ref_check CHECK (skill_ref = framework_id || ':' || code),
        UNIQUE (skill_ref, framework_id)
      );

      -- only the levels that a skill defines have a row, so a foreign key to it means "a defined level"
      CREATE TABLE skill_level (
        skill_level_ref text PRIMARY KEY,
        skill_ref text NOT NULL,
        framework_id text NOT NULL,
        level smallint NOT NULL,
        FOREIGN KEY (skill_ref, framework_id) REFERENCES skill (skill_ref, framework_id),
        FOREIGN KEY (framework_id, level) REFERENCES framework_level,
        CONSTRAINT skill_level_ref_check CHECK (skill_level_ref = skill_ref || '.' || level),
        -- what claims and sign-offs point to, so that their skill and level cannot disagree with their reference
        UNIQUE (skill_level_ref, skill_ref)
      );
      CREATE INDEX skill_level_skill_idx ON skill_level (skill_ref, level);

      CREATE TABLE statement (
        statement_ref text PRIMARY KEY,
        skill_level_ref text NOT NULL REFERENCES skill_level,
        ordinal smallint NOT NULL,
        paragraph smallint NOT NULL,
        text text NOT NULL,
        CONSTRAINT statement_ref_check CHECK (statement_ref = skill_level_ref || '.' || ordinal),
        CONSTRAINT statement_paragraph_check CHECK (paragraph BETWEEN 1 AND ordinal),
        -- what supports point to, so that a support's level is its statement's
        UNIQUE (statement_ref, skill_level_ref)
      );
      CREATE INDEX statement_skill_level_idx ON statement (skill_level_ref, ordinal);

      -- the catalogue is only ever added to: new wording is a new framework version, so nobody may change or delete what is loaded
      GRANT SELECT, INSERT ON framework, framework_level, skill, skill_level, statement TO touchstone_app;

      CREATE TABLE policy (
        skill_level_ref text NOT NULL REFERENCES skill_level,
        version integer NOT NULL,
        accepted_per_statement smallint NOT NULL,
        may_miss smallint NOT NULL,
        distinct_evidence smallint NOT NULL,
        max_age_months smallint NOT NULL,
        approvals smallint NOT NULL,
        stepping text NOT NULL,
        line_manager_may_approve boolean NOT NULL,
        valid_months smallint,
        review_days smallint NOT NULL,
        set_by uuid REFERENCES person,
        set_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (skill_level_ref, version),
        -- a gate that asks for nothing is no gate
        CONSTRAINT policy_numbers_check CHECK (
          version >= 1 AND accepted_per_statement BETWEEN 1 AND 10 AND may_miss BETWEEN 0 AND 20 AND distinct_evidence BETWEEN 1 AND 50
          AND max_age_months BETWEEN 1 AND 240 AND approvals BETWEEN 1 AND 5 AND valid_months BETWEEN 1 AND 240 AND review_days BETWEEN 1 AND 250
        ),
        CONSTRAINT policy_stepping_check CHECK (stepping IN ('any', 'one-at-a-time'))
      );
      -- each change is a version of its own, kept for the claims and sign-offs made under it
      GRANT SELECT, INSERT ON policy TO touchstone_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE policy, statement, skill_level, skill, framework_level, framework`);
  }
}
