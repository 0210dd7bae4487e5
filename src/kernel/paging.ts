import { hash } from 'node:crypto';
import { canonicalJson, type Json } from './canonical-json';
import { isDay } from './clock';
import { raise } from './refusal';

export const defaultLimit = 20;
export const maxLimit = 100;

/** One page of a list; `nextCursor` is null on the last. */
export interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | null;
}

/** The sort key of the last item of a page: what the next page begins after. */
export type Position = readonly (string | number | null)[];

const fingerprint = (list: Json): string => hash('sha256', canonicalJson(list), 'base64url').slice(0, 16);

/** Makes the opaque cursor of a position, bound to its list: `list` holds the list's name, owner and filters. */
export const cursorFor = (list: Json, position: Position): string =>
  Buffer.from(JSON.stringify([fingerprint(list), ...position]), 'utf8').toString('base64url');

/**
 * Reads a cursor back.
 * @param shape what the position must be made of, item by item
 * @throws Refused `malformed` for a broken cursor and for one of another list or other filters
 */
export function positionOf(list: Json, cursor: string, shape: readonly ('text' | 'id' | 'day?' | 'instant' | 'number')[]): Position {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    parts = null;
  }
  if (
    !Array.isArray(parts) ||
    parts[0] !== fingerprint(list) ||
    parts.length !== shape.length + 1 ||
    !shape.every((kind, i) => fits(kind, parts[i + 1]))
  ) {
    return raise('malformed', 'The cursor is not one of this list with these filters.', [
      { pointer: '?cursor', code: 'cursor', detail: 'Use nextCursor of the list as it was given, with the same filters.' },
    ]);
  }
  return parts.slice(1) as Position;
}

function fits(kind: string, value: unknown): boolean {
  if (kind === 'number') return Number.isSafeInteger(value) && Math.abs(value as number) <= 2_147_483_647;
  if (kind === 'day?' && value === null) return true;
  if (typeof value !== 'string' || value.includes('\0')) return false;
  if (kind === 'id') return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
  if (kind === 'day?') return isDay(value);
  if (kind === 'instant')
    return (
      // a year that Postgres has too: there is none before the first, and nothing here is as old as 1900
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) &&
      value >= '1900' &&
      !Number.isNaN(Date.parse(value)) &&
      new Date(value).toISOString() === value
    );
  return value.length <= 400;
}

/** Cuts a page out of `limit + 1` rows: the extra row only says that there is a next page. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  list: Json,
  position: (row: Row) => Position,
  item: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(item), nextCursor: rows.length > limit && last !== undefined ? cursorFor(list, position(last)) : null };
}
