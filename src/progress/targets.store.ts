import { Injectable } from '@nestjs/common';
import type { Day } from '../kernel/clock';
import { type Happening, LedgerLog, type LockedRecord } from '../ledger/ledger.log';
import { type Tx, rowsOf } from '../platform/transaction';
import { ProgressStore } from './progress.store';
import { type Target, targetContent, targetSubject } from './target';
import { TargetEntity } from './target.entity';
import { newestTarget } from './target-sql';

/** The newest revision of a target; `target` is null where it was taken back. */
export interface StoredTarget {
  readonly revision: number;
  readonly target: Target | null;
}

/** Writes targets: every change is a new revision. */
@Injectable()
export class TargetsStore {
  constructor(
    private readonly ledger: LedgerLog,
    private readonly progress: ProgressStore,
  ) {}

  /** The newest revision in a skill, of the record in hand; null where there never was a target. */
  async newest(tx: Tx, { engineerId }: LockedRecord, skill: string): Promise<StoredTarget | null> {
    const [row] = await rowsOf<{ revision: number; level: number | null; by: Day | null }>(
      tx,
      `SELECT t.revision, t.level, t.reach_by AS by FROM ${newestTarget('$1', '$2')} t`,
      [engineerId, skill],
    );
    if (row === undefined) return null;
    const { revision, level, by } = row;
    return { revision, target: level === null || by === null ? null : { level, by } };
  }

  /** The skills in which the record in hand has a target. */
  async standing(tx: Tx, { engineerId }: LockedRecord): Promise<string[]> {
    const rows = await rowsOf<{ skill: string }>(
      tx,
      `SELECT s.skill_ref AS skill FROM (SELECT DISTINCT skill_ref FROM target WHERE engineer_id = $1) s
        CROSS JOIN LATERAL ${newestTarget('$1', 's.skill_ref')} t WHERE t.level IS NOT NULL ORDER BY 1`,
      [engineerId],
    );
    return rows.map(({ skill }) => skill);
  }

  /** Adds a revision; answers what is to be appended to the ledger. */
  async add(tx: Tx, record: LockedRecord, by: string, skill: string, revision: number, target: Target | null): Promise<Happening> {
    const digest = this.ledger.keep(record, targetContent(skill, target));
    await tx.insert(TargetEntity, {
      engineerId: record.engineerId,
      skill,
      revision,
      at: record.at,
      skillLevel: target === null ? null : `${skill}.${target.level}`,
      level: target?.level ?? null,
      reachBy: target?.by ?? null,
      setBy: by,
      digest,
    });
    this.progress.keepTargets(tx, record);
    return { kind: 'target.set', subject: targetSubject(skill), actor: by, digest };
  }
}
