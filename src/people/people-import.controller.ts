import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import { Settings } from '../config';
import type { Actor } from '../kernel/actor';
import { raise } from '../kernel/refusal';
import { type ApiRequest, Caller } from '../platform/api-request';
import { TextBody } from '../platform/body.pipe';
import { ShownOnce } from '../platform/idempotency.interceptor';
import { Problems } from '../platform/openapi';
import { Requires } from '../platform/requires';
import { originOf } from './invitation-link';
import { invitationAnswer } from './invitations.controller';
import { ImportReport } from './people-import.dto';
import { type ImportedRow, PeopleImportService } from './people-import.service';

const example =
  'name,email,manager_email,roles,mentor_emails\nManager One,manager1@demo.test,,,\nEngineer One,engineer1@demo.test,manager1@demo.test,,mentor1@demo.test;mentor2@demo.test\n';

@ApiTags('People')
@Controller('people/import')
export class PeopleImportController {
  constructor(
    private readonly imports: PeopleImportService,
    private readonly settings: Settings,
  ) {}

  /**
   * Imports people and their relations from CSV: all of it or nothing.
   *
   * The header names the columns `name`, `email` and, if they are to be set, `manager_email`, `roles`, `mentor_emails`, `mentor_skills`; several
   * values of a cell are separated by `;`. Who is known by their email address is updated, everybody else is made and invited. An empty
   * cell is a value (no manager, no roles); a column that is left out changes nothing. Mentors are added, never ended: for the skills of
   * `mentor_skills`, or all there are. Managers and mentors may stand in the same file. At most 5,000 rows.
   *
   * A refused file is answered with every problem at once; `errors[].pointer` is `/rows/{row}/{column}`, rows counted from 1 without the header.
   */
  @Requires('admin')
  @HttpCode(200)
  @ShownOnce('people[].invitation.token', 'people[].invitation.url')
  @Problems('import-refused', 'email-taken', 'wrong-media-type', 'too-large')
  @ApiConsumes('text/csv')
  @ApiBody({ schema: { type: 'string', example } })
  @Post()
  async import(@Caller() caller: Actor, @Body() body: TextBody, @Req() request: ApiRequest): Promise<ImportReport> {
    if (body.mediaType !== 'text/csv') raise('wrong-media-type', 'Send text/csv here.');
    const rows = await this.imports.import(caller, body.text);
    const origin = originOf(this.settings, request);
    const count = (outcome: ImportedRow['outcome']): number => rows.filter((row) => row.outcome === outcome).length;
    return {
      created: count('created'),
      updated: count('updated'),
      unchanged: count('unchanged'),
      mentorships: rows.reduce((sum, { mentorships }) => sum + mentorships.length, 0),
      people: rows.map(({ row, id, name, email, outcome, invited }) => ({
        row,
        id,
        name,
        email,
        outcome,
        invitation: invited === null ? null : invitationAnswer(invited, origin),
      })),
    };
  }
}
