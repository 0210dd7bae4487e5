import { Injectable } from '@nestjs/common';
import { PersonName } from '../platform/person-name.dto';
import { Database } from '../platform/transaction';
import { policyColumns } from './policies.facts';
import { PolicyAnswer, PolicyVersionItem } from './policies.dto';
import type { Policy } from './policy';

interface PolicyRow extends Policy {
  setBy: PersonName | null;
  setAt: Date;
}

@Injectable()
export class PoliciesQueries {
  constructor(private readonly db: Database) {}

  /** The policy of a skill level (`sfia-9:ITOP.4`) with all its versions, or null where the skill does not define the level. */
  async policy(skillLevel: string): Promise<PolicyAnswer | null> {
    const rows = await this.db.query<PolicyRow>(
      `SELECT ${policyColumns}, CASE WHEN a.person_id IS NULL THEN NULL ELSE json_build_object('id', a.person_id, 'name', a.name) END AS "setBy", p.set_at AS "setAt"
         FROM policy p LEFT JOIN person a ON a.person_id = p.set_by WHERE p.skill_level_ref = $1 ORDER BY p.version DESC`,
      [skillLevel],
    );
    const versions = rows.map(({ skillLevel: _, setAt, ...row }): PolicyVersionItem => ({ ...row, setAt: setAt.toISOString() }));
    const [current] = versions;
    return current === undefined ? null : { skillLevel, ...current, versions };
  }
}
