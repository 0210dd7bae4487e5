import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Viewpoint } from '../kernel/actor';
import { raise } from '../kernel/refusal';
import { Caller } from '../platform/api-request';
import { AnswersCsv } from '../platform/csv-answers';
import { Problems } from '../platform/openapi';
import { Requires, Scoped } from '../platform/requires';
import { organisationTable } from './dashboards.tables';
import { OrganisationDashboardAnswer, OrganisationDashboardRequest } from './organisation-dashboard.dto';
import { OrganisationDashboardQuery } from './organisation-dashboard.query';
import { organisationLinks } from './organisation-links';
import { OrganisationPeoplePage, OrganisationPeopleRequest } from './organisation-people.dto';
import { OrganisationPeopleQuery } from './organisation-people.query';
import { smallestGroup } from './small-groups';

@ApiTags('Dashboards')
@Controller('organisation')
export class OrganisationDashboardController {
  constructor(
    private readonly organisation: OrganisationDashboardQuery,
    private readonly people: OrganisationPeopleQuery,
  ) {}

  /**
   * Where everybody stands in a skill, in numbers and without names. Figures of groups of fewer than five people are withheld, and with them as many
   * others that they cannot be had by subtraction: not from the totals, and not by taking away whom the caller sees in the dashboard of their own team.
   * Auditors, who may see everybody, get a link to the people behind each figure that is shown.
   */
  @Requires('admin', 'auditor')
  @Scoped('dashboards:read')
  @Problems('not-found')
  @AnswersCsv('organisation', organisationTable)
  @Get('dashboard')
  async dashboard(
    @Caller() { personId }: Viewpoint,
    @Query() { skill }: OrganisationDashboardRequest,
  ): Promise<OrganisationDashboardAnswer> {
    const found = (await this.organisation.of(personId, skill ?? null)) ?? raise('not-found', 'There is no such skill.');
    const { people, byLevel, submitted, overdue, nobodyCanDecide, targets, levels } = found;
    const links = organisationLinks(found);
    return {
      skill: found.skill,
      totals: { people, byLevel: { ...byLevel }, submitted, overdue, nobodyCanDecide, targets, links: links.totals },
      levels: levels.map((one) => ({ ...one, links: links.level(one) })),
      smallestGroup,
      asOf: found.asOf.toISOString(),
    };
  }

  /** The people whom a figure of the organisation's dashboard counts, by name. */
  @Requires('auditor')
  @Scoped('dashboards:read')
  @Problems('not-found')
  @Get('people')
  async list(
    @Caller() { personId }: Viewpoint,
    @Query() { level, state, at, is, ...asked }: OrganisationPeopleRequest,
  ): Promise<OrganisationPeoplePage> {
    const page = await this.people.page(personId, {
      skill: asked.skill,
      level: level === undefined ? null : level === 'none' ? 0 : Number(level),
      state: state ?? null,
      at: at ?? null,
      is: is ?? null,
      limit: asked.limit,
      cursor: asked.cursor,
    });
    return page ?? raise('not-found', 'There is no such skill.');
  }
}
