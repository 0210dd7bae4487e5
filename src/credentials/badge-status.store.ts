import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database, type Tx, Transactions, rowsOf } from '../platform/transaction';
import { listSize } from './status-list';

/** A place in the status lists. */
export interface StatusPlace {
  readonly list: number;
  readonly index: number;
}

/** So many taken places in a row, and the next list is begun: that is at about a third of a list, so finding one stays quick. */
const tries = 8;

/** Where revocations of badges are published. A place is drawn by lot, so that neighbours have nothing in common and order says nothing. */
@Injectable()
export class BadgeStatusStore {
  constructor(
    private readonly db: Database,
    private readonly transactions: Transactions,
  ) {}

  /** The place of a sign-off; the first badge of it is given one. */
  async placeOf(engineerId: string, signOffId: string): Promise<StatusPlace> {
    return (
      (await this.find(engineerId, signOffId)) ??
      this.transactions.run(async (tx) => {
        const { list, index } = await this.drawPlace(tx);
        // of two first badges at once, the second finds the place of the first; its own stays empty
        await tx.query(
          `INSERT INTO badge_status (engineer_id, sign_off_id, list_number, list_index) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
          [engineerId, signOffId, list, index],
        );
        const place = await this.find(engineerId, signOffId);
        if (place === null) throw new Error(`no place in a status list for ${signOffId}`);
        return place;
      })
    );
  }

  /** The places of revoked sign-offs in a list, and when that was read, by the database's clock; null where there is no such list. */
  async revokedIn(list: number): Promise<{ revoked: number[]; at: Date } | null> {
    const known = await this.db.one<{ at: Date }>(
      `SELECT date_trunc('milliseconds', now()) AS at FROM status_slot WHERE list_number = $1 LIMIT 1`,
      [list],
    );
    if (known === null) return null;
    const rows = await this.db.query<{ index: number }>(
      `SELECT b.list_index AS index FROM revocation r JOIN badge_status b USING (engineer_id, sign_off_id) WHERE b.list_number = $1 ORDER BY 1`,
      [list],
    );
    return { revoked: rows.map(({ index }) => index), at: known.at };
  }

  private find(engineerId: string, signOffId: string): Promise<StatusPlace | null> {
    return this.db.one<StatusPlace>(
      `SELECT list_number AS list, list_index AS index FROM badge_status WHERE engineer_id = $1 AND sign_off_id = $2`,
      [engineerId, signOffId],
    );
  }

  private async drawPlace(tx: Tx): Promise<StatusPlace> {
    const [newest] = await rowsOf<{ list: number }>(tx, `SELECT coalesce(max(list_number), 1) AS list FROM status_slot`);
    for (let attempt = 0; ; attempt += 1) {
      const list = (newest?.list ?? 1) + Math.floor(attempt / tries);
      const [place] = await rowsOf<StatusPlace>(
        tx,
        `INSERT INTO status_slot (list_number, list_index) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING list_number AS list, list_index AS index`,
        [list, randomInt(listSize)],
      );
      if (place !== undefined) return place;
    }
  }
}
