import type { ActItem, ActPage } from '../../src/ledger/administration.dto';
import type { TestPerson } from './people';
import { type Json, newSalt, saltedDigest } from '../../src/kernel/canonical-json';
import type { ActKind } from '../../src/ledger/administration';
import { hashOf } from '../../src/ledger/entry';
import type { TestApp } from '../setup/app';

/** An act that a factory makes straight in the database. */
export interface MadeAct {
  readonly kind: ActKind;
  readonly subject: string;
  readonly actor?: string | null;
  readonly content?: Json;
  /** What the act writes: SQL without parameters of its own but $1, the act's time. */
  readonly write?: string;
}

/**
 * Appends an act to the administration ledger as the application would, by one statement: what factories do to rules and roles is in there too.
 * Somebody else who appends at the same moment goes first.
 */
export async function recordAct(
  api: Pick<TestApp, 'database'>,
  { kind, subject, actor = null, content = {}, write }: MadeAct,
): Promise<void> {
  for (;;) {
    const [head] = await api.database.query<{ head_seq: number; head_hash: Buffer; at: Date }>(
      `SELECT head_seq, head_hash, greatest(date_trunc('milliseconds', clock_timestamp()), (SELECT at FROM administration_entry WHERE seq = head_seq)) AS at
         FROM administration_record`,
    );
    if (head === undefined) throw new Error('there is no administration ledger');
    const salt = newSalt();
    const digest = saltedDigest(content, salt);
    const { at, head_hash: previous } = head;
    const seq = head.head_seq + 1;
    const fields = { seq, at: at.toISOString(), actor, kind, subject, digest: digest.toString('hex'), previous: previous.toString('hex') };
    const appended = await api.database.query(
      `WITH moved AS (UPDATE administration_record SET head_seq = $2, head_hash = $3, version = version + 1 WHERE head_seq = $2 - 1 RETURNING 1 AS one),
            content AS (INSERT INTO administration_content (digest, salt, body) SELECT $4, $5, $6::jsonb FROM moved),
            entry AS (INSERT INTO administration_entry (seq, at, actor_id, kind, subject, digest, previous, hash)
                      SELECT $2, $1, $7::uuid, $8, $9, $4, $10, $3 FROM moved)
            ${write === undefined ? '' : `, written AS (${write})`}
       SELECT one FROM moved`,
      [at, seq, hashOf(fields), digest, salt, JSON.stringify(content), actor, kind, subject, previous],
    );
    if (appended.length > 0) return;
  }
}

/** The whole administration ledger as the auditor reads it, page by page. */
export async function actsSeenBy(auditor: TestPerson, limit = 100): Promise<ActItem[]> {
  const found: ActItem[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: ActPage = (await auditor.get<ActPage>(`/administration/ledger?limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`))
      .body;
    found.push(...page.items);
    cursor = page.nextCursor;
  }
  return found;
}
