import { Injectable } from '@nestjs/common';
import { type Viewpoint, isAuditor } from '../kernel/actor';
import { type Page, pageOf, positionOf } from '../kernel/paging';
import { raise } from '../kernel/refusal';
import { mayBeShown } from '../ledger/shown-content';
import { FrameworksFacts } from '../frameworks/frameworks.facts';
import { PeopleFacts } from '../people/people.facts';
import { Database } from '../platform/transaction';
import { ClaimCases } from './claim-case.query';
import type { ClaimAnswer, ClaimHistoryItem, ClaimItem, SignOffReference } from './claim-answers.dto';
import { answerOf, itemOf } from './claim-view';
import { sightOf } from './claim.policy';
import { type TakenOutRow, shownTakenOut, takenOut } from './redacted-words';

interface ItemRow {
  claimId: string;
  skillLevel: string;
  level: number;
  state: ClaimItem['state'];
  summary: string;
  draftedAt: Date;
  changedAt: Date;
  dueOn: string | null;
}

/** A claim as it is shown, with the tag that its next change must name. */
export interface TaggedClaim {
  readonly answer: ClaimAnswer;
  readonly tag: string;
}

/** What a record's claims look like to a caller. */
@Injectable()
export class ClaimsQueries {
  constructor(
    private readonly db: Database,
    private readonly cases: ClaimCases,
    private readonly frameworks: FrameworksFacts,
    private readonly people: PeopleFacts,
  ) {}

  /** One page of the claims that the caller may see of an engineer, newest first. */
  async list(
    viewpoint: Viewpoint,
    engineerId: string,
    filters: { limit: number; cursor?: string; state?: string; skill?: string; skillLevel?: string },
  ): Promise<Page<ClaimItem>> {
    const { limit, cursor, state = null, skill = null, skillLevel = null } = filters;
    const list = ['claims', engineerId, state, skill, skillLevel];
    const [after] = cursor === undefined ? [null] : positionOf(list, cursor, ['id']);
    const { relation } = viewpoint;
    // the same rule as sightOf in claim.policy.ts, as a condition on rows
    const rows = await this.db.query<ItemRow>(
      `SELECT c.claim_id AS "claimId", c.skill_level_ref AS "skillLevel", l.level::int AS level, c.state, c.summary,
              c.drafted_at AS "draftedAt", c.changed_at AS "changedAt", c.due_on AS "dueOn"
         FROM claim c JOIN skill_level l ON l.skill_level_ref = c.skill_level_ref
        WHERE c.engineer_id = $1
          AND ($2 OR (c.submission > 0 AND c.skill_ref = ANY ($3)) OR ($4 AND c.state IN ('submitted', 'approved')))
          AND ($5::text IS NULL OR c.state = $5) AND ($6::text IS NULL OR c.skill_ref = $6) AND ($9::text IS NULL OR c.skill_level_ref = $9) AND ($7::uuid IS NULL OR c.claim_id < $7)
        ORDER BY c.claim_id DESC LIMIT $8`,
      [
        engineerId,
        relation?.self === true || isAuditor(viewpoint),
        relation?.mentorSkills ?? [],
        relation?.above ?? false,
        state,
        skill,
        after,
        limit + 1,
        skillLevel,
      ],
    );
    return pageOf(rows, limit, list, ({ claimId }) => [claimId], itemOf);
  }

  /** One claim, as far as the caller may see it. */
  async get(viewpoint: Viewpoint, engineerId: string, claimId: string): Promise<TaggedClaim> {
    const found = (await this.cases.load(engineerId, claimId)) ?? raise('not-found');
    const sight = sightOf(viewpoint, found.claim);
    if (sight === 'none') return raise('not-found');
    const judge = await this.cases.judge(found.claim, viewpoint.personId);
    const essence = await this.frameworks.essence(found.skill.frameworkId, found.claim.level);
    const history = await this.history(engineerId, claimId, sight === 'full');
    const names = await this.people.names([
      engineerId,
      ...found.gateFacts.eligibleMentors,
      ...found.supports.flatMap(({ reviewedBy }) => (reviewedBy === null ? [] : [reviewedBy])),
    ]);
    const signOff = await this.signOff(engineerId, claimId);
    return {
      answer: answerOf(found, { viewpoint, judge, sight, names, essence: essence?.essence ?? '', history, signOff }),
      tag: found.tag,
    };
  }

  private async signOff(engineerId: string, claimId: string): Promise<SignOffReference | null> {
    return this.db.one<SignOffReference>(
      `SELECT sign_off_id AS id, signed_off_on AS "on", valid_until AS until FROM sign_off WHERE engineer_id = $1 AND claim_id = $2`,
      [engineerId, claimId],
    );
  }

  /** What happened to a claim, from the ledger; who does not see feedback is told of submissions and approvals only. */
  private async history(engineerId: string, claimId: string, withWords: boolean): Promise<ClaimHistoryItem[]> {
    const rows = await this.db.query<{
      at: Date;
      actorId: string | null;
      actorName: string | null;
      kind: string;
      entry: number;
      redacted: TakenOutRow | null;
      body: Pick<ClaimHistoryItem, 'feedback' | 'reason' | 'statements'> | null;
    }>(
      `SELECT e.at, e.actor_id AS "actorId", p.name AS "actorName", e.kind, e.seq AS entry, ${takenOut('e', '$1')} AS redacted, k.body
         FROM ledger_entry e LEFT JOIN person p ON p.person_id = e.actor_id
         LEFT JOIN record_content k ON k.engineer_id = e.engineer_id AND k.digest = e.digest AND e.kind IN ('claim.changes-requested', 'claim.refused', 'claim.withdrawn')
              AND ${mayBeShown('k', '$1')}
        WHERE e.engineer_id = $1 AND e.subject = 'claims/' || $2 AND ($3 OR e.kind IN ('claim.submitted', 'claim.approved')) ORDER BY e.seq`,
      [engineerId, claimId, withWords],
    );
    return rows.map(({ at, actorId, actorName, kind, entry, redacted, body }) => {
      const said = withWords ? body : null;
      return {
        at: at.toISOString(),
        actor: actorId === null ? null : { id: actorId, name: actorName ?? '' },
        kind,
        entry,
        redacted: redacted === null ? null : shownTakenOut(redacted),
        ...(said?.feedback === undefined ? {} : { feedback: said.feedback }),
        ...(said?.reason === undefined ? {} : { reason: said.reason }),
        ...(said?.statements === undefined ? {} : { statements: said.statements }),
      };
    });
  }
}
