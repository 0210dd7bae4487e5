import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  HttpCode,
  Injectable,
  Post,
  Query,
  Res,
  UseGuards,
} from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Viewpoint } from '../kernel/actor';
import { isId } from '../kernel/ids';
import { demand, raise } from '../kernel/refusal';
import { type ApiReply, type ApiRequest, Caller, IdParam, IfMatch } from '../platform/api-request';
import { Problems, Tagged, Versioned } from '../platform/openapi';
import { Requires, Scoped } from '../platform/requires';
import { checkMayRevoke } from './sign-off.policy';
import { RegisterQuery, RevocationRequest, SignOffAnswer, SignOffPage } from './sign-offs.dto';
import { SignOffsQueries } from './sign-offs.queries';
import { SignOffsService } from './sign-offs.service';

const engineer = { name: 'engineerId', orMe: true } as const;

/** Before a revocation is read: does the sign-off exist (404), and may this admin end it (403)? */
@Injectable()
export class RevocationGuard implements CanActivate {
  constructor(private readonly signOffs: SignOffsService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { viewpoint, params } = context.switchToHttp().getRequest<ApiRequest>();
    const signOffId = params['signOffId'] ?? '';
    if (viewpoint?.relation === undefined || !isId(signOffId)) return raise('not-found');
    const facts = (await this.signOffs.revocationFacts(viewpoint.relation.engineerId, signOffId)) ?? raise('not-found');
    demand(checkMayRevoke(viewpoint, facts));
    return true;
  }
}

@ApiTags('Sign-offs')
@Controller('engineers/:engineerId/sign-offs')
export class SignOffsController {
  constructor(
    private readonly signOffs: SignOffsService,
    private readonly queries: SignOffsQueries,
  ) {}

  /** An engineer's sign-offs that the caller may see, newest first. Those that a mentor gave stay readable to them, for good. */
  @Requires('self', 'mentor', 'line', 'auditor', 'admin', 'approver')
  @Scoped('record:read')
  @Get()
  async list(@Caller() caller: Viewpoint, @IdParam(engineer) engineerId: string, @Query() query: RegisterQuery): Promise<SignOffPage> {
    const page = await this.queries.list(caller, engineerId, query);
    const { relation, roles } = caller;
    const isStranger = relation === undefined || !(relation.self || relation.above || relation.mentorSkills.length > 0 || roles.length > 0);
    // a stranger who approved nothing here may not even know that the record exists
    if (isStranger && page.items.length === 0 && !(await this.queries.hasApproved(engineerId, caller.personId))) return raise('not-found');
    return page;
  }

  /** One sign-off with its frozen content; for admins the register's part of it. */
  @Requires('self', 'mentor', 'line', 'auditor', 'admin', 'approver')
  @Scoped('record:read')
  @Tagged()
  @Get(':signOffId')
  async get(
    @Caller() caller: Viewpoint,
    @IdParam(engineer) engineerId: string,
    @IdParam('signOffId') signOffId: string,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<SignOffAnswer> {
    const { answer, tag } = (await this.queries.get(caller, engineerId, signOffId)) ?? raise('not-found');
    void reply.header('etag', tag);
    return answer;
  }

  /** Ends a sign-off, with a reason. It stays readable, marked as revoked. */
  @Requires('admin')
  @UseGuards(RevocationGuard)
  @Versioned('honoured')
  @Tagged()
  @Problems('own-relation', 'already-revoked', 're-authentication-failed', 'secrets-key-missing')
  @HttpCode(200)
  @Post(':signOffId/revocation')
  async revoke(
    @Caller() caller: Viewpoint,
    @IdParam(engineer) engineerId: string,
    @IdParam('signOffId') signOffId: string,
    @IfMatch() ifMatch: string | undefined,
    @Body() body: RevocationRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<SignOffAnswer> {
    await this.signOffs.revoke(caller, engineerId, signOffId, ifMatch, body);
    return this.get(caller, engineerId, signOffId, reply);
  }
}

@ApiTags('Sign-offs')
@Controller('sign-offs')
export class RegisterController {
  constructor(private readonly queries: SignOffsQueries) {}

  /** The register: who holds what level since when, approved by whom. Never evidence. */
  @Requires('admin', 'auditor')
  @Scoped('dashboards:read')
  @Get()
  register(@Query() query: RegisterQuery): Promise<SignOffPage> {
    return this.queries.register(query);
  }
}
