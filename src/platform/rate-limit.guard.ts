import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Settings } from '../config';
import type { ApiReply, ApiRequest } from './api-request';
import { RateLimits, aMinute, demandRate, ofNetwork } from './rate-limits';
import type { Limit } from './tallies';

const unlimitedKey = 'touchstone:unlimited';

/** Declares that a route has no rate limit (what load balancers ask all the time). */
export const Unlimited = (): MethodDecorator => SetMetadata(unlimitedKey, true);

/** What one person may ask in a minute, whatever sessions and tokens they use. */
const ofPerson = (personId: string, limit: number): Limit => ({ name: `requests of ${personId}`, limit, seconds: aMinute });

/** Holds everybody to their number of requests a minute, over all processes; runs when it is known who asks. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(
    private readonly limits: RateLimits,
    private readonly settings: Settings,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.get<true | undefined>(unlimitedKey, context.getHandler()) === true) return true;
    const http = context.switchToHttp();
    const { viewpoint, ip } = http.getRequest<ApiRequest>();
    await (viewpoint === undefined
      ? demandRate(this.limits, 'network', ofNetwork(ip, this.settings.PUBLIC_RATE_LIMIT), http.getResponse<ApiReply>())
      : demandRate(this.limits, 'person', ofPerson(viewpoint.personId, this.settings.RATE_LIMIT), http.getResponse<ApiReply>()));
    return true;
  }
}
