import { Pool, types } from 'pg';

const dateOid = 1082;
const instantOid = 1184;

/** `2026-11-02 09:30:00.5+00`, as Postgres writes an instant in a session whose zone is UTC, in RFC 3339. */
const instantOf = (text: string): string => `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, -3).padEnd(3, '0')}Z`;

/** The same of an instant inside JSON: `2026-11-02T09:30:00.5+00:00`. */
export const instantOfJson = (text: string): string => `${text.slice(0, 19)}.${text.slice(20, -6).padEnd(3, '0')}Z`;

const parserOf = (oid: number, format?: 'text'): ((text: string) => unknown) => {
  if (oid === dateOid) return (day) => day;
  return oid === instantOid ? instantOf : (types.getTypeParser(oid, format) as (text: string) => unknown);
};

/** A pool like the application's, whose connections send a transaction's statements without waiting for each answer. */
export const openPool = (url: string): Pool => {
  const pool = new Pool({
    connectionString: url,
    max: 10,
    types: { getTypeParser: parserOf as typeof types.getTypeParser },
    // and plans are kept, as the application keeps those of its hot statements
    options: '-c TimeZone=UTC -c plan_cache_mode=force_generic_plan',
    statement_timeout: 15_000,
    lock_timeout: 10_000,
    idle_in_transaction_session_timeout: 15_000,
    keepAlive: true,
    // pg knows it, its types do not yet
    ...{ pipeline: true },
  });
  pool.on('error', () => undefined);
  return pool;
};
