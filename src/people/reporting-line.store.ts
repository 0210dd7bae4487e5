import { Injectable } from '@nestjs/common';
import { type Tx, rowsOf } from '../platform/transaction';
import { type LineRow, type Managers } from './reporting-line';

/** Keeps the closure of the reporting line equal to what person.manager_id says. */
@Injectable()
export class ReportingLineStore {
  /** Takes the one lock of the reporting line until the transaction ends: two changes at once could close a loop that neither sees. */
  async lock(tx: Tx): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('touchstone reporting line', 7))`);
  }

  /** Whether one person is above another, directly or not. */
  async isAbove(tx: Tx, ancestorId: string, descendantId: string): Promise<boolean> {
    const rows = await rowsOf(tx, `SELECT 1 FROM reporting_line WHERE ancestor_id = $1 AND descendant_id = $2`, [ancestorId, descendantId]);
    return rows.length > 0;
  }

  /** Moves a person, with everybody below them, to below a manager or to the top. The lock is held, and there is no loop in it. */
  async move(tx: Tx, personId: string, managerId: string | null): Promise<void> {
    await tx.query(`UPDATE person SET manager_id = $2, version = version + 1 WHERE person_id = $1`, [personId, managerId]);
    await tx.query(
      `DELETE FROM reporting_line l
        WHERE l.descendant_id IN (SELECT $1::uuid UNION ALL SELECT descendant_id FROM reporting_line WHERE ancestor_id = $1)
          AND l.ancestor_id IN (SELECT ancestor_id FROM reporting_line WHERE descendant_id = $1)`,
      [personId],
    );
    if (managerId === null) return;
    await tx.query(
      `INSERT INTO reporting_line (ancestor_id, descendant_id, depth)
       SELECT up.id, down.id, up.depth + 1 + down.depth
         FROM (SELECT ancestor_id AS id, depth FROM reporting_line WHERE descendant_id = $2 UNION ALL SELECT $2::uuid, 0) up
        CROSS JOIN (SELECT descendant_id AS id, depth FROM reporting_line WHERE ancestor_id = $1 UNION ALL SELECT $1::uuid, 0) down`,
      [personId, managerId],
    );
  }

  /** Everybody's direct manager. */
  async managers(tx: Tx): Promise<Managers> {
    const rows = await rowsOf<{ person_id: string; manager_id: string | null }>(tx, `SELECT person_id, manager_id FROM person`);
    return new Map(rows.map((row) => [row.person_id, row.manager_id]));
  }

  /** Puts these rows in place of all that stood about these people. */
  async replace(tx: Tx, people: readonly string[], rows: readonly LineRow[]): Promise<void> {
    await tx.query(`DELETE FROM reporting_line WHERE descendant_id = ANY ($1::uuid[])`, [people]);
    await tx.query(
      `INSERT INTO reporting_line (ancestor_id, descendant_id, depth) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[])`,
      [rows.map(({ ancestor }) => ancestor), rows.map(({ descendant }) => descendant), rows.map(({ depth }) => depth)],
    );
  }
}
