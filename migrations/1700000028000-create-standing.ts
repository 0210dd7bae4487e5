import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where somebody stands in a skill, in one row: what dashboards read of each person instead of all their levels. */
export class CreateStanding1700000028000 implements MigrationInterface {
  readonly name = 'CreateStanding1700000028000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- kept by the same function as progress, and equal to a rebuild at any time
      CREATE TABLE standing (
        engineer_id uuid NOT NULL REFERENCES record,
        -- no key to the skill: what it is made from has one, and a spread database takes a new table with one key at most (docs/scaling.md)
        skill_ref text NOT NULL,
        -- the rows of progress, as dashboards have them
        levels json NOT NULL DEFAULT '[]',
        -- the highest level with a sign-off, be its time over or not: see lapses_on
        current_level smallint,
        -- a bit for each level (1 << level): whose statements are all shown, or some and not all; whose newest claim that counts is approved
        levels_all integer NOT NULL DEFAULT 0,
        levels_some integer NOT NULL DEFAULT 0,
        levels_approved integer NOT NULL DEFAULT 0,
        -- the last day on which the row says how things stand: the earliest last day of a sign-off of it
        lapses_on date,
        target_level smallint,
        target_by date,
        PRIMARY KEY (engineer_id, skill_ref),
        CONSTRAINT standing_levels_check CHECK (levels_all & levels_some = 0),
        CONSTRAINT standing_target_check CHECK ((target_level IS NULL) = (target_by IS NULL))
      -- a row is written anew at every change: where its page has room, no index is touched
      ) WITH (fillfactor = 60);
      GRANT SELECT, INSERT, UPDATE, DELETE ON standing TO touchstone_app;

      INSERT INTO standing (engineer_id, skill_ref, levels, current_level, levels_all, levels_some, levels_approved, lapses_on)
      SELECT g.engineer_id, g.skill_ref,
             json_agg(json_build_object('level', g.level, 'accepted', g.accepted, 'proposed', g.proposed, 'claimState', g.line_claim_state,
                                        'lastEvidenceOn', g.last_evidence_on, 'goingOn', g.going_on, 'signOffId', g.sign_off_id,
                                        'signedOffOn', g.signed_off_on, 'validUntil', g.valid_until, 'signedOffAccepted', g.signed_off_accepted) ORDER BY g.level),
             max(g.level) FILTER (WHERE g.sign_off_id IS NOT NULL),
             coalesce(bit_or(1 << g.level) FILTER (WHERE coalesce(g.signed_off_accepted, g.accepted) >= g.total), 0),
             coalesce(bit_or(1 << g.level) FILTER (WHERE coalesce(g.signed_off_accepted, g.accepted) BETWEEN 1 AND g.total - 1), 0),
             coalesce(bit_or(1 << g.level) FILTER (WHERE g.line_claim_state = 'approved'), 0),
             min(g.valid_until)
        FROM progress g GROUP BY g.engineer_id, g.skill_ref;
      INSERT INTO standing (engineer_id, skill_ref, target_level, target_by)
      SELECT DISTINCT ON (t.engineer_id, t.skill_ref) t.engineer_id, t.skill_ref, t.level, t.reach_by FROM target t ORDER BY t.engineer_id, t.skill_ref, t.revision DESC
      ON CONFLICT (engineer_id, skill_ref) DO UPDATE SET (target_level, target_by) = ROW (EXCLUDED.target_level, EXCLUDED.target_by);

      -- everybody is counted from this alone
      CREATE INDEX standing_count_idx ON standing (skill_ref, current_level, levels_all, levels_some, levels_approved) INCLUDE (lapses_on, target_level, target_by);
      -- whose row has to be looked at again: few, since the ends of sign-offs are noted soon after
      CREATE INDEX standing_lapses_idx ON standing (lapses_on) WHERE lapses_on IS NOT NULL;
      -- who is left out of what is counted
      CREATE INDEX person_inactive_idx ON person (person_id) WHERE NOT active;
      -- what waits for a decision, and whom for, without looking into the rows themselves
      CREATE INDEX claim_submitted_idx ON claim (skill_ref, engineer_id) INCLUDE (claim_id, submission, skill_level_ref, policy_version, due_on) WHERE state = 'submitted';
      CREATE INDEX mentorship_times_idx ON mentorship (engineer_id, mentorship_id) INCLUDE (mentor_id, from_at, until_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX mentorship_times_idx, claim_submitted_idx, person_inactive_idx;
      DROP TABLE standing;
    `);
  }
}
