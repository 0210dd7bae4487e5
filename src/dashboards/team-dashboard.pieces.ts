import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { csvPieces } from '../platform/csv-answers';
import { Pieces } from '../platform/pieces';
import { CatalogueQuery } from './catalogue.query';
import { membersTable } from './dashboards.tables';
import { type Crowd, Crowds } from './team-crowd.query';
import { type TeamRow, peopleOf, somePeople } from './team-dashboard-sql';
import type { TeamAsked } from './team-dashboard.query';
import { type ShownMember, type TeamView, memberOf, totalsOf, totalsTogether } from './team-members';
import { type Member, inOrder, isAsked } from './team-order';
import type { StatementPlace } from './team-scope';

/** Some people of the team as they are shown, and which of the statements that are asked about each shows. */
interface Part {
  readonly people: readonly ShownMember[];
  readonly shown: TeamRow['shown'];
}

/** A large team while it is being answered. */
interface Reading {
  readonly crowd: Crowd;
  readonly callerId: string;
  readonly asked: TeamAsked;
  readonly statements: readonly StatementPlace[];
  readonly view: TeamView;
}

/** The dashboard of a team that is too large for one statement and one answer: read, written and sent some people at a time, all as they are at one moment. */
@Injectable()
export class TeamDashboardPieces {
  constructor(
    private readonly crowds: Crowds,
    private readonly settings: Settings,
    private readonly catalogue: CatalogueQuery,
  ) {}

  /**
   * What TeamDashboardQuery answers of smaller teams, in pieces.
   * @returns null where there is no such skill, or no such statement in it
   * @throws Refused `too-busy` where others are reading teams as large
   */
  async begin(callerId: string, asked: TeamAsked, form: 'json' | 'csv'): Promise<Pieces | null> {
    const named = [asked.filter.shows, asked.filter.lacks].filter((one) => one !== null);
    const statements = await this.catalogue.statements(named);
    const crowd = await this.crowds.find(callerId, asked);
    if (crowd === null) return null;
    const end = (): Promise<void> => crowd.snapshot.end();
    if (statements.length < named.length || statements.some(({ skill }) => skill !== crowd.skill)) {
      await end();
      return null;
    }
    return Pieces.begin(this.texts({ crowd, callerId, asked, statements }, form), end);
  }

  /** Whatever can fail once there is a snapshot is done here, where it is ended then. */
  private async *texts(team: Omit<Reading, 'view'>, form: 'json' | 'csv'): AsyncGenerator<string, void> {
    const { skill, today, isAuditor } = team.crowd;
    const { managerId, depth } = team.asked;
    const defined = await this.catalogue.levelsOf(skill);
    const reading: Reading = { ...team, view: { managerId, depth, skill, today, isAuditor, defined } };
    const levels = defined.map(({ level }) => String(level));
    if (form === 'json') yield* this.json(reading);
    else yield* csvPieces((people: readonly ShownMember[]) => membersTable(levels, people), this.people(reading));
  }

  private async *json(reading: Reading): AsyncGenerator<string, void> {
    const { crowd, view } = reading;
    let totals = totalsOf([], view);
    const count = (people: readonly ShownMember[]): void => {
      totals = totalsTogether(totals, totalsOf(people, view));
    };
    let before = `{"manager":${JSON.stringify(crowd.manager)},"skill":${JSON.stringify(crowd.skill)},"people":[`;
    for await (const people of this.people(reading, count)) {
      // nobody of these may be asked for: an empty text lets it be seen whether anybody still reads
      yield people.length === 0 ? '' : before + people.map((one) => JSON.stringify(one)).join(',');
      if (people.length > 0) before = ',';
    }
    yield `${before === ',' ? '' : before}],"totals":${JSON.stringify(totals)},"asOf":"${crowd.asOf.toISOString()}"}`;
  }

  /** The people asked for, in the order asked for. @param count is handed everybody, once */
  private async *people(
    reading: Reading,
    count: (people: readonly ShownMember[]) => void = () => undefined,
  ): AsyncGenerator<ShownMember[], void> {
    const { crowd, asked } = reading;
    if (asked.sort === 'name') {
      for (const ids of crowd.inParts(asked.order === 'asc' ? crowd.ids : crowd.ids.toReversed())) {
        const part = await this.part(reading, ids);
        count(part.people);
        yield this.among(reading, part);
      }
      return;
    }
    // what they are sorted by is known of all of them before the first is shown, and all that is shown of each is read when its turn comes
    const found: Member[] = [];
    for (const ids of crowd.inParts()) {
      const part = await this.part(reading, ids);
      count(part.people);
      found.push(...this.among(reading, part).map(sortable));
      yield [];
    }
    for (const ids of crowd.inParts(inOrder(found, asked.sort, asked.order).map(({ id }) => id)))
      yield [...(await this.part(reading, ids)).people];
  }

  private among({ asked, view }: Reading, { people, shown }: Part): ShownMember[] {
    const levels = view.defined.map(({ level }) => level);
    return people.filter((one) => isAsked(asked.filter, one, levels, shown?.[one.id] ?? []));
  }

  /** These people, in this order. */
  private async part({ crowd, callerId, asked, statements, view }: Reading, ids: readonly string[]): Promise<Part> {
    const [row] = await crowd.snapshot.query<TeamRow>(
      ...somePeople([asked.managerId, callerId, ids, crowd.skill, this.settings.TIME_ZONE], statements),
    );
    if (row === undefined) throw new Error('the manager is gone from a snapshot');
    const people = new Map(peopleOf(row).map((one) => [one.id, memberOf(one, view)]));
    return { people: ids.flatMap((id) => people.get(id) ?? []), shown: row.shown };
  }
}

/** What somebody is sorted by, and nothing else of them. */
const sortable = ({ id, name, currentLevel, lastEvidenceOn, goingOn, target }: Member): Member => ({
  ...{ id, name, currentLevel, lastEvidenceOn, goingOn, target },
  claim: null,
});
