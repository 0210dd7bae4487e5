import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import type { Day } from '../kernel/clock';
import { isAuditorNow } from '../people/roles-sql';
import { type Snapshot, Snapshots } from '../platform/snapshot';
import { todayIn } from '../progress/eligible-sql';
import { type TeamScope, atATime, chosenSkill, seenPeople } from './team-scope';

interface CrowdRow {
  manager_name: string;
  skill: string;
  as_of: Date;
  today: Day;
  is_auditor: boolean;
  ids: string[] | null;
}

/** SQL: a team by the ids of its people: $4 skill or null, $5 time zone. */
export const crowdSql = `
  WITH ${seenPeople}, ${chosenSkill}
  SELECT m.name AS manager_name, chosen.skill_ref AS skill, now() AS as_of, ${todayIn('$5')} AS today,
         (SELECT ${isAuditorNow('c')} FROM person c WHERE c.person_id = $2) AS is_auditor,
         (SELECT json_agg(seen.engineer_id ORDER BY seen.name, seen.engineer_id) FROM seen) AS ids
    FROM person m CROSS JOIN chosen WHERE m.person_id = $1`;

/** A team that is too large to be read by one statement, at one moment: whom the caller sees is asked then, and everything about them of the same moment. */
export class Crowd {
  constructor(
    /** What it is read from; whoever has the crowd ends it. */
    readonly snapshot: Snapshot,
    readonly manager: { readonly id: string; readonly name: string },
    readonly skill: string,
    readonly asOf: Date,
    readonly today: Day,
    readonly isAuditor: boolean,
    /** Of everybody, by name. */
    readonly ids: readonly string[],
  ) {}

  /** So many people as are read at a time, one after the other. */
  *inParts(ids: readonly string[] = this.ids): Generator<readonly string[], void> {
    for (let i = 0; i < ids.length; i += atATime) yield ids.slice(i, i + atATime);
  }
}

/** Finds large teams. */
@Injectable()
export class Crowds {
  constructor(
    private readonly snapshots: Snapshots,
    private readonly settings: Settings,
  ) {}

  /**
   * The people of a team whom the caller may see; null where there is no such skill.
   * @param skill null for the first that the team has something in
   * @throws Refused `too-busy` where others are reading teams as large
   */
  async find(callerId: string, { managerId, depth, skill }: TeamScope & { readonly skill: string | null }): Promise<Crowd | null> {
    const snapshot = await this.snapshots.take();
    try {
      const [row] = await snapshot.query<CrowdRow>(crowdSql, [managerId, callerId, depth === 'all', skill, this.settings.TIME_ZONE]);
      if (row !== undefined) {
        const manager = { id: managerId, name: row.manager_name };
        return new Crowd(snapshot, manager, row.skill, row.as_of, row.today, row.is_auditor, row.ids ?? []);
      }
    } catch (error) {
      await snapshot.end();
      throw error;
    }
    await snapshot.end();
    return null;
  }
}
