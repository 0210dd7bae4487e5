import { Injectable } from '@nestjs/common';
import { type Tx, rowsOf, write } from '../platform/transaction';
import type { LockedRecord } from '../ledger/ledger.log';
import type { EvidenceContent } from './evidence';
import { EvidenceRevisionEntity } from './evidence.entity';
import { SupportEntity } from './support.entity';
import { searchOf } from './evidence.scope';
import type { Verdict } from './support';

/** A support whose verdict a new revision has re-opened. */
export interface Reopened {
  readonly statement: string;
  readonly verdict: Verdict;
  readonly judgedRevision: number;
  readonly rationale: string;
}

/** A support of a new piece of evidence. */
export interface NewSupport {
  readonly statement: string;
  readonly skillLevel: string;
  readonly rationale: string;
}

// $1 engineer, $2 evidence, $3 at, $4 digest of the content, $5 kind, $6 and $7 days, $8 tags, $9 the content, $10 statements, $11 their levels, $12 rationales
const logSql = `
  WITH logged AS (
    INSERT INTO evidence (engineer_id, evidence_id, kind, started_on, ended_on, tags, search, logged_at, changed_at)
    VALUES ($1, $2, $5, $6, $7, $8, ${searchOf('$9::jsonb', `array_to_string($8::text[], ' ')`)}, $3, $3)
  ), revised AS (
    INSERT INTO evidence_revision (engineer_id, evidence_id, revision, at, digest) VALUES ($1, $2, 1, $3, $4)
  )
  INSERT INTO support (engineer_id, evidence_id, statement_ref, skill_level_ref, revision, rationale, proposed_at)
  SELECT $1, $2, s.statement, s.level, 1, s.rationale, $3 FROM unnest($10::text[], $11::text[], $12::text[]) AS s (statement, level, rationale)`;

/** Writes evidence, its revisions and its supports. Whoever calls has decided already. */
@Injectable()
export class EvidenceStore {
  /** A new piece of evidence with its first revision and what it supports. */
  log(
    tx: Tx,
    { engineerId, at }: LockedRecord,
    evidenceId: string,
    content: EvidenceContent,
    digest: Buffer,
    supports: readonly NewSupport[],
  ): void {
    write(tx, logSql, [
      engineerId,
      evidenceId,
      at,
      digest,
      content.kind,
      content.startedOn,
      content.endedOn,
      content.tags,
      JSON.stringify(content),
      supports.map(({ statement }) => statement),
      supports.map(({ skillLevel }) => skillLevel),
      supports.map(({ rationale }) => rationale),
    ]);
  }

  /** The next revision. */
  async revise(
    tx: Tx,
    { engineerId, at }: LockedRecord,
    evidenceId: string,
    revision: number,
    content: EvidenceContent,
    digest: Buffer,
  ): Promise<void> {
    await tx.insert(EvidenceRevisionEntity, { engineerId, evidenceId, revision, at, digest });
    await tx.query(
      `UPDATE evidence SET revision = $3, version = version + 1, kind = $4, started_on = $5, ended_on = $6, tags = $7, search = ${searchOf('$8::jsonb')}, changed_at = $9
        WHERE engineer_id = $1 AND evidence_id = $2`,
      [engineerId, evidenceId, revision, content.kind, content.startedOn, content.endedOn, content.tags, JSON.stringify(content), at],
    );
  }

  async archive(tx: Tx, { engineerId, at }: LockedRecord, evidenceId: string): Promise<void> {
    await tx.query(
      `UPDATE evidence SET state = 'archived', version = version + 1, changed_at = $3 WHERE engineer_id = $1 AND evidence_id = $2`,
      [engineerId, evidenceId, at],
    );
  }

  /** Another version of a piece of evidence, because something of its supports has changed. */
  async touch(tx: Tx, { engineerId, at }: LockedRecord, evidenceId: string): Promise<void> {
    await tx.query(`UPDATE evidence SET version = version + 1, changed_at = $3 WHERE engineer_id = $1 AND evidence_id = $2`, [
      engineerId,
      evidenceId,
      at,
    ]);
  }

  /** A new support, or a withdrawn one proposed again. */
  async propose(
    tx: Tx,
    { engineerId, at }: LockedRecord,
    support: { evidenceId: string; revision: number; statement: string; skillLevel: string; rationale: string },
  ): Promise<void> {
    const { evidenceId, revision, statement, skillLevel, rationale } = support;
    await tx.query(
      `INSERT INTO support (engineer_id, evidence_id, statement_ref, skill_level_ref, revision, rationale, proposed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (engineer_id, evidence_id, statement_ref) DO UPDATE
         SET state = 'proposed', revision = EXCLUDED.revision, rationale = EXCLUDED.rationale, proposed_at = EXCLUDED.proposed_at, version = support.version + 1`,
      [engineerId, evidenceId, statement, skillLevel, revision, rationale, at],
    );
  }

  async withdraw(tx: Tx, { engineerId }: LockedRecord, evidenceId: string, statement: string): Promise<void> {
    await tx.update(
      SupportEntity,
      { engineerId, evidenceId, statementRef: statement },
      { state: 'withdrawn', version: () => 'version + 1' },
    );
  }

  /** Moves the supports that are not withdrawn on to a new revision, as they are. */
  async follow(tx: Tx, { engineerId }: LockedRecord, evidenceId: string, revision: number): Promise<void> {
    await tx.query(
      `UPDATE support SET revision = $3, version = version + 1 WHERE engineer_id = $1 AND evidence_id = $2 AND state <> 'withdrawn'`,
      [engineerId, evidenceId, revision],
    );
  }

  /** Proposes again whatever was judged; answers which supports that were, by statement. To be followed by follow(). */
  async reopen(tx: Tx, { engineerId, at }: LockedRecord, evidenceId: string): Promise<Reopened[]> {
    const judged = await rowsOf<Reopened>(
      tx,
      `SELECT statement_ref AS statement, verdict, verdict_revision AS "judgedRevision", rationale FROM support
        WHERE engineer_id = $1 AND evidence_id = $2 AND state IN ('accepted', 'returned') ORDER BY statement_ref`,
      [engineerId, evidenceId],
    );
    await tx.query(
      `UPDATE support SET state = 'proposed', proposed_at = $3 WHERE engineer_id = $1 AND evidence_id = $2 AND state IN ('accepted', 'returned')`,
      [engineerId, evidenceId, at],
    );
    return judged;
  }

  /** The skill levels that a piece of evidence supports now. */
  async levelsOf(tx: Tx, { engineerId }: LockedRecord, evidenceId: string): Promise<string[]> {
    const rows = await rowsOf<{ level: string }>(
      tx,
      `SELECT DISTINCT skill_level_ref AS level FROM support WHERE engineer_id = $1 AND evidence_id = $2 AND state <> 'withdrawn'`,
      [engineerId, evidenceId],
    );
    return rows.map(({ level }) => level);
  }
}
