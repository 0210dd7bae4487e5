import { type CanActivate, type ExecutionContext, Injectable, UseGuards } from '@nestjs/common';
import { raise } from '../kernel/refusal';
import type { ApiRequest } from '../platform/api-request';

/** Refuses what nobody does about themselves; runs after the guards that know who asks and whether the route is for them. */
@Injectable()
export class NotOneselfGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { viewpoint } = context.switchToHttp().getRequest<ApiRequest>();
    return viewpoint?.relation?.self === true ? raise('own-relation') : true;
  }
}

/** Declares that a route is never about the caller: another admin does it (`own-relation`). */
export const NotOneself = (): MethodDecorator => UseGuards(NotOneselfGuard);
