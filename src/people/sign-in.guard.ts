import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { isId } from '../kernel/ids';
import { Settings } from '../config';
import { demand, raise } from '../kernel/refusal';
import type { ApiReply, ApiRequest } from '../platform/api-request';
import { RateLimits, demandRate, ofNetwork } from '../platform/rate-limits';
import { isPublic, subjectParameters } from '../platform/requires';
import { checkOrigin, tokenOfCookie } from './session-cookie';
import { SignInQuery } from './sign-in.query';
import { isPersonalToken, isToken } from './token';

/** The token of a session or a personal access token in an Authorization header, or null where there is none of the right form. */
function tokenOf(header: string | undefined): string | null {
  const token = /^Bearer +(\S+)$/i.exec(header?.trim() ?? '')?.[1];
  return token !== undefined && (isToken(token) || isPersonalToken(token)) ? token : null;
}

/** The person that the path names: an id, `me`, or null where it names nobody or nobody that there can be. */
function subjectOf(request: ApiRequest): string | null {
  const name = subjectParameters.find((one) => request.params[one] !== undefined);
  const text = name === undefined ? '' : (request.params[name] ?? '');
  if (text === 'me') return text;
  return isId(text) ? text.toLowerCase() : null;
}

/** Finds out who asks, on every route that is not public; runs before every other guard. */
@Injectable()
export class SignInGuard implements CanActivate {
  constructor(
    private readonly signIn: SignInQuery,
    private readonly reflector: Reflector,
    private readonly settings: Settings,
    private readonly limits: RateLimits,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (isPublic(this.reflector, context.getHandler() as () => unknown)) return true;
    const request = context.switchToHttp().getRequest<ApiRequest>();
    const { authorization, cookie } = request.headers;
    // a header that a client set says more than a cookie that a browser sends along: the cookie counts only alone
    const byCookie = authorization === undefined ? tokenOfCookie(cookie) : null;
    const token = tokenOf(authorization) ?? byCookie;
    const viewpoint = token === null ? null : await this.signIn.viewpoint(token, subjectOf(request));
    if (viewpoint === null) return this.refuse(request, context.switchToHttp().getResponse<ApiReply>());
    request.viewpoint = viewpoint;
    if (byCookie !== null) demand(checkOrigin(this.settings, request));
    return true;
  }

  /** Who is nobody is limited by their network: tokens cannot be tried out without end. */
  private async refuse({ ip }: ApiRequest, reply: ApiReply): Promise<never> {
    await demandRate(this.limits, 'network', ofNetwork(ip, this.settings.PUBLIC_RATE_LIMIT), reply);
    return raise('not-signed-in');
  }
}
