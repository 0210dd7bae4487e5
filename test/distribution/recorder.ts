import { DataSource, EntityManager } from 'typeorm';
import { Client } from 'pg';
import { OpenTransaction } from '../../src/platform/open-transaction';
import { Database } from '../../src/platform/transaction';

/** A statement that the application sent, and the file of src that it comes from. */
export interface Recorded {
  readonly sql: string;
  readonly from: string;
}

const notStatements = /^\s*(BEGIN|START|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SET|RESET|SHOW|LISTEN|NOTIFY|UNLISTEN|DISCARD|FETCH|CLOSE)\b/i;

/** The file of src nearest to the database that is not of the platform: whose statement it is. */
function whose(): string {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 60;
  const { stack = '' } = new Error('where from');
  Error.stackTraceLimit = stackTraceLimit;
  const files = [...stack.matchAll(/\/(src\/[\w/.-]+\.ts)/g)].map(([, file]) => file ?? '');
  return files.find((file) => !/^src\/platform\/(transaction|open-transaction|replica|tallies)\.ts$/.test(file)) ?? files[0] ?? 'TypeORM';
}

/** Every statement that is sent from here on as an account of the database, each once. Recording ends with this process: each test file has its own. */
export function recordStatements(account: string): { readonly statements: () => Recorded[]; readonly orders: () => string[] } {
  const origins = new Map<string, string>();
  const sent = new Set<string>();
  const orders = new Set<string>();
  for (const prototype of [EntityManager.prototype, DataSource.prototype] as {
    query: (this: object, sql: string, ...rest: unknown[]) => unknown;
  }[]) {
    const { query } = prototype;
    prototype.query = function (sql, ...rest) {
      if (!origins.has(sql)) origins.set(sql, whose());
      return query.call(this, sql, ...rest);
    };
  }
  // what goes past TypeORM
  for (const [prototype, name] of [
    [Database.prototype, 'query'],
    [OpenTransaction.prototype, 'query'],
    [OpenTransaction.prototype, 'queryAtOnce'],
    [OpenTransaction.prototype, 'write'],
  ] as unknown as [Record<string, (this: object, sql: string, ...rest: unknown[]) => unknown>, string][]) {
    const asked = prototype[name];
    if (asked === undefined) throw new Error(`there is no ${name} any more`);
    prototype[name] = function (sql, ...rest) {
      if (!origins.has(sql)) origins.set(sql, whose());
      return asked.call(this, sql, ...rest);
    };
  }
  const prototype = Client.prototype as unknown as { query: (this: { user?: string }, ...parts: unknown[]) => unknown };
  const { query } = prototype;
  prototype.query = function (...parts) {
    const [first] = parts;
    const text = typeof first === 'string' ? first : (first as { text?: unknown } | undefined)?.text;
    if (typeof text === 'string' && this.user === account) (notStatements.test(text) ? orders : sent).add(text);
    return query.apply(this, parts);
  };
  return {
    statements: () => [...sent].map((sql) => ({ sql, from: origins.get(sql) ?? 'TypeORM' })),
    orders: () => [...orders],
  };
}
