import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { type Viewpoint, isAuditor } from '../kernel/actor';
import { mayBeShown } from '../ledger/shown-content';
import { Database } from '../platform/transaction';
import type { SignOffContent } from './sign-offs.dto';

/** A sign-off as other folders may know it. */
export interface SignOffFact {
  readonly signOffId: string;
  readonly engineerId: string;
  /** The engineer's address now; the name of that day is in the content. */
  readonly engineerEmail: string;
  readonly skill: string;
  readonly state: 'in-force' | 'expired' | 'revoked';
  /** When the level was granted. */
  readonly grantedAt: Date;
  readonly until: string | null;
  readonly revocation: { readonly by: string; readonly at: Date; readonly reason: string | null } | null;
  /** What was frozen; null once it is erased. */
  readonly content: SignOffContent | null;
  /** The salted digest of the content, lower-case hex. */
  readonly digest: string;
  /** The database's clock when this was read. */
  readonly readAt: Date;
  /** Whether the caller may read the content, and not only the register's part. */
  readonly readable: boolean;
}

interface FactRow extends Omit<SignOffFact, 'revocation'> {
  revokedBy: string | null;
  revokedAt: Date | null;
  reason: string | null;
}

/** How a sign-off stands, for those who hold a paper that names its digest. */
export interface SignOffStanding {
  readonly signOff: string;
  readonly skillLevel: string;
  readonly on: string;
  readonly until: string | null;
  readonly state: SignOffFact['state'];
}

// what a sign-off is now; $1 is the organisation's time zone
const stateSql = `CASE WHEN r.sign_off_id IS NOT NULL THEN 'revoked' WHEN o.valid_until < (now() AT TIME ZONE $1)::date THEN 'expired' ELSE 'in-force' END`;
const revoked = `LEFT JOIN revocation r ON r.engineer_id = o.engineer_id AND r.sign_off_id = o.sign_off_id`;

/** What other folders may ask of sign-offs. */
@Injectable()
export class SignOffsFacts {
  constructor(
    private readonly db: Database,
    private readonly settings: Settings,
  ) {}

  /** One sign-off, and whether this caller may read all of it; null where there is none. */
  async find({ relation, ...actor }: Viewpoint, engineerId: string, signOffId: string): Promise<SignOffFact | null> {
    const readsAll = relation?.self === true || relation?.above === true || isAuditor(actor);
    const row = await this.db.one<FactRow>(
      `SELECT o.sign_off_id AS "signOffId", o.engineer_id AS "engineerId", p.email AS "engineerEmail", o.skill_ref AS skill, ${stateSql} AS state,
              o.at AS "grantedAt", o.valid_until AS until, v.name AS "revokedBy", r.at AS "revokedAt", w.body->>'reason' AS reason,
              k.body AS content, encode(o.digest, 'hex') AS digest, date_trunc('milliseconds', now()) AS "readAt",
              ($4 OR o.skill_ref = ANY ($5) OR EXISTS (
                SELECT 1 FROM approval a WHERE a.engineer_id = $2 AND a.claim_id = o.claim_id AND a.submission = o.submission AND a.mentor_id = $6
              )) AS readable
         FROM sign_off o JOIN person p ON p.person_id = o.engineer_id ${revoked}
         LEFT JOIN person v ON v.person_id = r.revoked_by
         LEFT JOIN record_content k ON k.engineer_id = $2 AND k.digest = o.digest AND ${mayBeShown('k', '$2')}
         LEFT JOIN record_content w ON w.engineer_id = $2 AND w.digest = r.content_digest AND ${mayBeShown('w', '$2')}
        WHERE o.engineer_id = $2 AND o.sign_off_id = $3`,
      [this.settings.TIME_ZONE, engineerId, signOffId, readsAll, relation?.mentorSkills ?? [], actor.personId],
    );
    if (row === null) return null;
    const { revokedBy, revokedAt, reason, ...fact } = row;
    return { ...fact, revocation: revokedBy === null || revokedAt === null ? null : { by: revokedBy, at: revokedAt, reason } };
  }

  /** How the sign-off with this digest stands; null where there is none, or its digest is another. */
  async standing(engineerId: string, signOffId: string, digest: Buffer): Promise<SignOffStanding | null> {
    return this.db.one<SignOffStanding>(
      `SELECT o.sign_off_id AS "signOff", o.skill_level_ref AS "skillLevel", o.signed_off_on AS "on", o.valid_until AS until, ${stateSql} AS state
         FROM sign_off o ${revoked} WHERE o.engineer_id = $2 AND o.sign_off_id = $3 AND o.digest = $4`,
      [this.settings.TIME_ZONE, engineerId, signOffId, digest],
    );
  }
}
