import { Injectable } from '@nestjs/common';
import { type Tx, rowsOf } from '../platform/transaction';
import { type KeyedRow } from './people-csv';
import { pairOf } from './people-import';

/** What an import reads and writes in bulk. */
@Injectable()
export class PeopleImportStore {
  /** What all spellings of an address have in common, for each of these. */
  async foldsOf(tx: Tx, addresses: readonly string[]): Promise<(address: string) => string> {
    const rows = await rowsOf<{ key: string }>(
      tx,
      `SELECT lower(a.address) AS key FROM unnest($1::text[]) WITH ORDINALITY AS a (address, place) ORDER BY a.place`,
      [addresses],
    );
    const keys = new Map(addresses.map((address, at) => [address, rows[at]?.key]));
    return (address) => {
      const key = keys.get(address);
      if (key === undefined) throw new Error('an address was not folded');
      return key;
    };
  }

  /** Ids of those whose addresses stand in the file; `engineers` are those who are given mentors. */
  async mentioned(tx: Tx, rows: readonly KeyedRow[]): Promise<{ everybody: string[]; engineers: string[] }> {
    const keys = rows.flatMap(({ key, manager, mentors }) => [key, manager ?? '', ...(mentors ?? [])]);
    const found = await rowsOf<{ id: string; key: string }>(
      tx,
      `SELECT person_id AS id, lower(email) AS key FROM person WHERE lower(email) IN (SELECT key FROM unnest($1::text[]) AS key)`,
      [[...new Set(keys)]],
    );
    const mentored = new Set(rows.filter(({ mentors }) => (mentors ?? []).length > 0).map(({ key }) => key));
    return {
      everybody: found.map(({ id }) => id).sort(),
      engineers: found
        .filter(({ key }) => mentored.has(key))
        .map(({ id }) => id)
        .sort(),
    };
  }

  /** Which mentorships of these engineers are not over, as pairs with each skill. */
  async mentored(tx: Tx, engineers: readonly string[]): Promise<Set<string>> {
    const rows = await rowsOf<{ engineer: string; mentor: string; skill: string }>(
      tx,
      `SELECT m.engineer_id AS engineer, m.mentor_id AS mentor, k.skill_ref AS skill
         FROM mentorship m JOIN mentorship_skill k USING (engineer_id, mentorship_id)
        WHERE m.engineer_id = ANY ($1::uuid[]) AND (m.until_at IS NULL OR m.until_at > now())`,
      [engineers],
    );
    return new Set(rows.map(({ engineer, mentor, skill }) => pairOf(engineer, mentor, skill)));
  }

  /** Sets these people's managers, each as a new version; the closure is not touched. */
  async setManagers(tx: Tx, changes: readonly { readonly id: string; readonly managerId: string | null }[]): Promise<void> {
    await tx.query(
      `UPDATE person p SET manager_id = c.manager, version = p.version + 1 FROM unnest($1::uuid[], $2::uuid[]) AS c (id, manager) WHERE p.person_id = c.id`,
      [changes.map(({ id }) => id), changes.map(({ managerId }) => managerId)],
    );
  }
}
