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
import { smallestGroup } from './small-groups';

@ApiTags('Dashboards')
@Controller('organisation')
export class OrganisationDashboardController {
  constructor(private readonly organisation: OrganisationDashboardQuery) {}

  /**
   * Where everybody stands in a skill, in numbers and without names. Figures of groups of fewer than five people are withheld, and with them as many
   * others that they cannot be had by subtraction: not from the totals, and not by taking away whom the caller sees in the dashboard of their own team.
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
    const { people, byLevel, submitted, overdue, levels } = found;
    return {
      skill: found.skill,
      totals: { people, byLevel: { ...byLevel }, submitted, overdue },
      levels: [...levels],
      smallestGroup,
      asOf: found.asOf.toISOString(),
    };
  }
}
