import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { type Viewpoint, isAdmin, isAuditor } from '../kernel/actor';
import { type Page, pageOf, positionOf } from '../kernel/paging';
import { tagOfVersion } from '../kernel/version-tag';
import { mayBeShown } from '../ledger/shown-content';
import { Database } from '../platform/transaction';
import { type TakenOutRow, shownTakenOut, takenOut } from './redacted-words';
import type { SignOffAnswer, SignOffContent, SignOffItem } from './sign-offs.dto';

interface SignOffRow {
  id: string;
  engineerId: string;
  engineerName: string;
  skillLevel: string;
  level: number;
  on: string;
  until: string | null;
  state: SignOffItem['state'];
  approvers: { id: string; name: string }[];
  revokedBy: string | null;
  revokedByName: string | null;
  revokedAt: Date | null;
}

interface SignOffDetailRow extends SignOffRow {
  content: SignOffContent | null;
  reason: string | null;
  redacted: TakenOutRow | null;
  revocationRedacted: TakenOutRow | null;
  seq: number;
  hash: string;
  digest: string;
  readable: boolean;
}

/** Filters of a list of sign-offs. */
export interface SignOffFilters {
  readonly limit: number;
  readonly cursor?: string;
  readonly skill?: string;
  readonly level?: number;
  readonly from?: string;
  readonly to?: string;
  readonly state?: string;
}

// what a sign-off is now; $1 is the organisation's time zone
const stateSql = `CASE WHEN r.sign_off_id IS NOT NULL THEN 'revoked' WHEN o.valid_until < (now() AT TIME ZONE $1)::date THEN 'expired' ELSE 'in-force' END`;
// whose record it is, as an expression: the statement's own parameter where it is about one engineer (docs/scaling.md, Citus)
const columns = (engineer: string): string => `
  o.sign_off_id AS id, o.engineer_id AS "engineerId", p.name AS "engineerName", o.skill_level_ref AS "skillLevel", o.level::int AS level,
  o.signed_off_on AS "on", o.valid_until AS until, ${stateSql} AS state,
  coalesce((SELECT jsonb_agg(jsonb_build_object('id', a.mentor_id, 'name', m.name) ORDER BY a.at, a.mentor_id)
              FROM approval a JOIN person m ON m.person_id = a.mentor_id
             WHERE a.engineer_id = ${engineer} AND a.claim_id = o.claim_id AND a.submission = o.submission), '[]') AS approvers,
  r.revoked_by AS "revokedBy", v.name AS "revokedByName", r.at AS "revokedAt"`;
const tables = `
  sign_off o JOIN person p ON p.person_id = o.engineer_id
  LEFT JOIN revocation r ON r.engineer_id = o.engineer_id AND r.sign_off_id = o.sign_off_id
  LEFT JOIN person v ON v.person_id = r.revoked_by`;
const approvedBy = (person: string, engineer: string): string =>
  `EXISTS (SELECT 1 FROM approval a WHERE a.engineer_id = ${engineer} AND a.claim_id = o.claim_id AND a.submission = o.submission AND a.mentor_id = ${person})`;

const itemOf = (row: SignOffRow): SignOffItem => ({
  id: row.id,
  engineer: { id: row.engineerId, name: row.engineerName },
  skillLevel: row.skillLevel,
  level: row.level,
  on: row.on,
  until: row.until,
  state: row.state,
  approvers: row.approvers,
  revocation:
    row.revokedBy === null || row.revokedAt === null
      ? null
      : { by: { id: row.revokedBy, name: row.revokedByName ?? '' }, at: row.revokedAt.toISOString() },
});

/** Adds the words, for those who may read them; what was redacted is gone at once, though its content goes a moment later. */
function show(answer: SignOffAnswer, { content, reason, redacted, revocationRedacted }: SignOffDetailRow): void {
  answer.redacted = redacted === null ? null : shownTakenOut(redacted);
  if (redacted === null && content !== null) answer.content = content;
  if (answer.revocation === null) return;
  const ended = { ...answer.revocation, redacted: revocationRedacted === null ? null : shownTakenOut(revocationRedacted) };
  answer.revocation = revocationRedacted === null && reason !== null ? { ...ended, reason } : ended;
}

/** Sign-offs as callers may see them. */
@Injectable()
export class SignOffsQueries {
  constructor(
    private readonly db: Database,
    private readonly settings: Settings,
  ) {}

  /** Who holds what: across all engineers, newest first. Never evidence. */
  async register(filters: SignOffFilters): Promise<Page<SignOffItem>> {
    return this.page(['register'], 'o.engineer_id', 'true', [], filters);
  }

  /** One engineer's sign-offs that the caller may see: all for the record's readers in their skills, and those they gave, for good. */
  async list(viewpoint: Viewpoint, engineerId: string, filters: SignOffFilters): Promise<Page<SignOffItem>> {
    const { relation } = viewpoint;
    const all = relation?.self === true || relation?.above === true || isAuditor(viewpoint) || isAdmin(viewpoint);
    return this.page(
      ['sign-offs', engineerId],
      '$9',
      `o.engineer_id = $9 AND ($10 OR o.skill_ref = ANY ($11) OR ${approvedBy('$12', '$9')})`,
      [engineerId, all, relation?.mentorSkills ?? [], viewpoint.personId],
      filters,
    );
  }

  /** One sign-off, or null where the caller may not know of it. Admins get the register's part only, unless they are a reader besides. */
  async get(viewpoint: Viewpoint, engineerId: string, signOffId: string): Promise<{ answer: SignOffAnswer; tag: string } | null> {
    const { relation } = viewpoint;
    const readsAll = relation?.self === true || relation?.above === true || isAuditor(viewpoint);
    const row = await this.db.one<SignOffDetailRow>(
      `SELECT ${columns('$2')}, k.body AS content, w.body->>'reason' AS reason, ${takenOut('e', '$2')} AS redacted, ${takenOut('x', '$2')} AS "revocationRedacted", e.seq, encode(e.hash, 'hex') AS hash, encode(o.digest, 'hex') AS digest,
              ($4 OR o.skill_ref = ANY ($5) OR ${approvedBy('$6', '$2')}) AS readable
         FROM ${tables}
         JOIN ledger_entry e ON e.engineer_id = o.engineer_id AND e.subject = 'sign-offs/' || o.sign_off_id AND e.kind = 'sign-off.granted'
         LEFT JOIN ledger_entry x ON x.engineer_id = o.engineer_id AND x.subject = 'sign-offs/' || o.sign_off_id AND x.kind = 'sign-off.revoked'
         LEFT JOIN record_content k ON k.engineer_id = $2 AND k.digest = o.digest AND ${mayBeShown('k', '$2')}
         LEFT JOIN record_content w ON w.engineer_id = $2 AND w.digest = r.content_digest AND ${mayBeShown('w', '$2')}
        WHERE o.engineer_id = $2 AND o.sign_off_id = $3`,
      [this.settings.TIME_ZONE, engineerId, signOffId, readsAll, relation?.mentorSkills ?? [], viewpoint.personId],
    );
    if (row === null || !(row.readable || isAdmin(viewpoint))) return null;
    const item = itemOf(row);
    const answer: SignOffAnswer = { ...item, ledger: { seq: row.seq, hash: row.hash, digest: row.digest } };
    if (row.readable) show(answer, row);
    return { answer, tag: tagOfVersion(row.revokedBy === null ? 1 : 2) };
  }

  /** Whether somebody gave any of an engineer's sign-offs. */
  async hasApproved(engineerId: string, personId: string): Promise<boolean> {
    const row = await this.db.one(`SELECT 1 FROM sign_off o WHERE o.engineer_id = $1 AND ${approvedBy('$2', '$1')} LIMIT 1`, [
      engineerId,
      personId,
    ]);
    return row !== null;
  }

  private async page(
    list: string[],
    engineer: string,
    scope: string,
    parameters: unknown[],
    filters: SignOffFilters,
  ): Promise<Page<SignOffItem>> {
    const { limit, cursor } = filters;
    const [skill, level, from, to, state] = [
      filters.skill ?? null,
      filters.level ?? null,
      filters.from ?? null,
      filters.to ?? null,
      filters.state ?? null,
    ];
    const name = [...list, skill, level, from, to, state];
    const [afterOn, afterId] = cursor === undefined ? [null, null] : positionOf(name, cursor, ['day?', 'id']);
    const rows = await this.db.query<SignOffRow>(
      `SELECT ${columns(engineer)} FROM ${tables}
        WHERE ${scope} AND ($2::text IS NULL OR o.skill_ref = $2) AND ($3::int IS NULL OR o.level = $3)
          AND ($4::date IS NULL OR o.signed_off_on >= $4) AND ($5::date IS NULL OR o.signed_off_on <= $5) AND ($6::text IS NULL OR ${stateSql} = $6)
          AND ($7::date IS NULL OR (o.signed_off_on, o.sign_off_id) < ($7::date, $8::uuid))
        ORDER BY o.signed_off_on DESC, o.sign_off_id DESC LIMIT ${limit + 1}`,
      [this.settings.TIME_ZONE, skill, level, from, to, state, afterOn, afterId, ...parameters],
    );
    return pageOf(rows, limit, name, ({ on, id }) => [on, id], itemOf);
  }
}
