import { Injectable } from '@nestjs/common';
import { Database } from '../platform/transaction';
import type { Policy } from './policy';

/** The columns of `policy p`, named as in Policy. */
export const policyColumns = `p.skill_level_ref AS "skillLevel", p.version, p.accepted_per_statement AS "acceptedPerStatement", p.may_miss AS "mayMiss",
  p.distinct_evidence AS "distinctEvidence", p.max_age_months AS "maxAgeMonths", p.approvals, p.stepping,
  p.line_manager_may_approve AS "lineManagerMayApprove", p.approvers_use_totp AS "approversUseTotp", p.valid_months AS "validMonths", p.review_days AS "reviewDays"`;

/** Which policy a gate goes by. */
@Injectable()
export class PoliciesFacts {
  constructor(private readonly db: Database) {}

  /** The policy of a defined skill level (`sfia-9:ITOP.4`): the newest version, or the one named. */
  async policy(skillLevel: string, version: number | null = null): Promise<Policy | null> {
    return this.db.one<Policy>(
      `SELECT ${policyColumns} FROM policy p WHERE p.skill_level_ref = $1 AND ($2::int IS NULL OR p.version = $2) ORDER BY p.version DESC LIMIT 1`,
      [skillLevel, version],
    );
  }
}
