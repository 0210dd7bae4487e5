import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Viewpoint } from '../kernel/actor';
import { Caller } from '../platform/api-request';
import { Requires, Scoped } from '../platform/requires';
import { MeAnswer } from './me.dto';
import { MeQuery } from './me.query';

@ApiTags('Me')
@Controller('me')
export class MeController {
  constructor(private readonly me: MeQuery) {}

  /** Who the caller is: roles, whom they mentor and manage, who mentors them, and what waits for them. */
  @Requires('signed-in')
  @Scoped('record:read')
  @Get()
  get(@Caller() caller: Viewpoint): Promise<MeAnswer> {
    return this.me.of(caller);
  }
}
