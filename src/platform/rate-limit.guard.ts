import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Settings } from '../config';
import { raiseTooMany } from '../kernel/refusal';
import type { ApiReply, ApiRequest } from './api-request';
import { networkOf } from './network';
import { RateLimits } from './rate-limits';
import type { Limit } from './tallies';

const unlimitedKey = 'touchstone:unlimited';
const aMinute = 60;

/** Declares that a route has no rate limit (what load balancers ask all the time). */
export const Unlimited = (): MethodDecorator => SetMetadata(unlimitedKey, true);

/** What one person may ask in a minute, whatever sessions and tokens they use. */
const ofPerson = (personId: string, limit: number): Limit => ({ name: `requests of ${personId}`, limit, seconds: aMinute });

/** What may come from one network in a minute without a sign-in. */
export const ofNetwork = (address: string, limit: number): Limit => ({
  name: `requests from ${networkOf(address)}`,
  limit,
  seconds: aMinute,
});

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

/**
 * Counts a request and says in the answer how the limit stands (the RateLimit fields of draft-ietf-httpapi-ratelimit-headers).
 * @throws Refused `too-many-requests` with the seconds until the window ends
 */
export async function demandRate(limits: RateLimits, policy: 'person' | 'network', limit: Limit, reply: ApiReply): Promise<void> {
  const { allowed, remaining, endsIn } = await limits.take(limit);
  void reply
    .header('ratelimit-policy', `"${policy}";q=${limit.limit};w=${limit.seconds}`)
    .header('ratelimit', `"${policy}";r=${remaining};t=${endsIn}`);
  if (!allowed) raiseTooMany(endsIn, `At most ${limit.limit} requests in ${limit.seconds} seconds are answered.`);
}
