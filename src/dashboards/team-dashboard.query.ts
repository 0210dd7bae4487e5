import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { Replica } from '../platform/replica';
import { CatalogueQuery } from './catalogue.query';
import { type TeamRow, peopleOf, teamAtOnce } from './team-dashboard-sql';
import type { TeamDashboardAnswer } from './team-dashboard.dto';
import { type TeamView, memberOf, totalsOf } from './team-members';
import { type MemberFilter, type MemberSort, type Order, inOrder, isAsked } from './team-order';
import { type TeamScope, atOnce, planOf, tooManyAtOnce } from './team-scope';

/** What of a team is asked for. */
export interface TeamAsked extends TeamScope {
  /** `sfia-9:ITOP`; null for the first that the team has something in, else the first of the catalogue. */
  readonly skill: string | null;
  readonly filter: MemberFilter;
  readonly sort: MemberSort;
  readonly order: Order;
}

/** Who stands where in a team: one statement over progress and the closure of the reporting line, so that it costs what the team is large. */
@Injectable()
export class TeamDashboardQuery {
  constructor(
    private readonly db: Replica,
    private readonly settings: Settings,
    private readonly catalogue: CatalogueQuery,
  ) {}

  /**
   * The people of a team whom the caller may see, as far as they are asked for, and all of them in numbers.
   * @returns null where there is no such skill, or no such statement in it
   */
  async of(
    callerId: string,
    { managerId, depth, skill, filter, sort, order }: TeamAsked,
  ): Promise<TeamDashboardAnswer | typeof tooManyAtOnce | null> {
    const statements = [filter.shows, filter.lacks].filter((one) => one !== null);
    const asked = await this.catalogue.statements(statements);
    const row = await this.db.one<TeamRow>(
      ...teamAtOnce([managerId, callerId, depth === 'all', skill, this.settings.TIME_ZONE], asked),
      planOf(depth),
    );
    if (row !== null && row.size > atOnce) return tooManyAtOnce;
    if (row === null || asked.length < statements.length || asked.some((one) => one.skill !== row.skill)) return null;
    const defined = await this.catalogue.levelsOf(row.skill);
    const view: TeamView = { managerId, depth, skill: row.skill, today: row.today, isAuditor: row.is_auditor, defined };
    const everybody = peopleOf(row).map((one) => memberOf(one, view));
    const levels = defined.map(({ level }) => level);
    const people = everybody.filter((one) => isAsked(filter, one, levels, row.shown?.[one.id] ?? []));
    return {
      manager: { id: managerId, name: row.manager_name },
      skill: row.skill,
      people: inOrder(people, sort, order),
      totals: totalsOf(everybody, view),
      asOf: row.as_of.toISOString(),
    };
  }
}
