import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** At most `limit` of something in each window of so many seconds. */
export interface Limit {
  /** What is counted; only its hash is kept. */
  readonly name: string;
  readonly limit: number;
  readonly seconds: number;
}

/** A limit as it stands after it was counted: how many there were in its window, and in how many seconds that ends. */
export interface Tallied extends Limit {
  readonly count: number;
  readonly endsIn: number;
}

const keyOf = ({ name, seconds }: Limit): Buffer => createHash('sha256').update(`${seconds} ${name}`, 'utf8').digest();

// one statement for all limits, in the order of their keys, so that two of them never wait for each other in a ring; the clock is the database's,
// and a window that ends later than a fresh one would is from before that clock was set back
const countSql = `
  INSERT INTO tally AS t (key, count, ends_at)
  SELECT n.key, $3::int, now() + make_interval(secs => n.seconds) FROM unnest($1::bytea[], $2::int[]) AS n (key, seconds) ORDER BY n.key
  ON CONFLICT (key) DO UPDATE SET
    count = excluded.count + CASE WHEN t.ends_at <= now() OR t.ends_at > excluded.ends_at THEN 0 ELSE t.count END,
    ends_at = CASE WHEN t.ends_at <= now() OR t.ends_at > excluded.ends_at THEN excluded.ends_at ELSE t.ends_at END
  RETURNING key, count, extract(epoch FROM ends_at - now())::float8 AS ends_in`;

/**
 * Counters that all processes on one database share. They stand outside every transaction: what was refused and rolled back has counted all the same.
 */
@Injectable()
export class Tallies {
  constructor(private readonly dataSource: DataSource) {}

  /** Counts so many of each, and answers how the limits stand then. */
  async count(limits: readonly Limit[], by = 1): Promise<Tallied[]> {
    const keys = limits.map(keyOf);
    const rows = await this.dataSource.query<{ key: Buffer; count: number; ends_in: number }[]>(countSql, [
      keys,
      limits.map(({ seconds }) => seconds),
      by,
    ]);
    return limits.map((limit, i) => {
      const row = rows.find(({ key }) => keys[i]?.equals(key));
      if (row === undefined) throw new Error(`the tally of ${limit.seconds} seconds is gone`);
      return { ...limit, count: row.count, endsIn: row.ends_in };
    });
  }

  /** Takes back what was counted for something that turned out not to count. */
  async uncount(limits: readonly Limit[], by = 1): Promise<void> {
    await this.dataSource.query(
      `UPDATE tally t SET count = greatest(0, t.count - $2) FROM (SELECT key FROM tally WHERE key = ANY ($1::bytea[]) ORDER BY key FOR UPDATE) n WHERE t.key = n.key`,
      [limits.map(keyOf), by],
    );
  }
}
