import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../platform/transaction';
import type { OwnRelation } from './policies.policy';

/** What ties a person to a skill. It reads tables of folders that come later, by SQL: the rule about rules cannot wait for them. */
@Injectable()
export class OwnRelationFacts {
  constructor(private readonly db: Database) {}

  /** The relation as it is. @param skill `sfia-9:ITOP` */
  async relation(personId: string, skill: string): Promise<OwnRelation> {
    const row = await this.db.one<OwnRelation>(
      `SELECT EXISTS (SELECT 1 FROM claim c WHERE c.engineer_id = $1 AND c.skill_ref = $2 AND c.state IN ('draft', 'submitted', 'changes-requested')) AS claims,
              EXISTS (SELECT 1 FROM mentorship m JOIN mentorship_skill s USING (engineer_id, mentorship_id)
                       WHERE m.engineer_id = $1 AND s.skill_ref = $2 AND (m.until_at IS NULL OR m.until_at > now())) AS mentored,
              EXISTS (SELECT 1 FROM mentorship m JOIN mentorship_skill s USING (engineer_id, mentorship_id)
                       WHERE m.mentor_id = $1 AND s.skill_ref = $2 AND (m.until_at IS NULL OR m.until_at > now())) AS mentors`,
      [personId, skill],
    );
    if (row === null) throw new Error('the database answers nothing');
    return row;
  }

  /** The relation, the person's own record locked shared: a claim of theirs, or a mentor for them, comes before or after. */
  async lockedRelation(tx: Tx, personId: string, skill: string): Promise<OwnRelation> {
    await tx.query(`SELECT 1 FROM record WHERE engineer_id = $1 FOR SHARE`, [personId]);
    return this.relation(personId, skill);
  }
}
