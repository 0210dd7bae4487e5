import { parseCookie, stringifySetCookie } from 'cookie';
import type { Settings } from '../config';
import { type Refusal, refuse } from '../kernel/refusal';
import type { ApiRequest } from '../platform/api-request';
import { originOf } from './invitation-link';
import { isToken } from './token';

/** `__Host-`: browsers take it only with Secure, without Domain and for the whole host, so that no other host can plant one. */
export const sessionCookieName = '__Host-touchstone';

// Secure holds on http://localhost and 127.0.0.1 as well: browsers trust them
const traits = { name: sessionCookieName, path: '/', httpOnly: true, secure: true, sameSite: 'strict' } as const;

/** The Set-Cookie header of a session that lasts so many seconds from now. */
export const sessionCookie = (token: string, seconds: number): string =>
  stringifySetCookie({ ...traits, value: token, maxAge: Math.max(1, Math.floor(seconds)) });

/** The Set-Cookie header that makes a browser forget the session. */
export const endedCookie = (): string => stringifySetCookie({ ...traits, value: '', maxAge: 0 });

/** The session's token in a Cookie header, or null where there is none of the right form. */
export function tokenOfCookie(header: string | undefined): string | null {
  const token = header === undefined ? undefined : parseCookie(header)[sessionCookieName];
  return token !== undefined && isToken(token) ? token : null;
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What is looked at of a request that a cookie signs in. */
export type OriginRequest = Pick<ApiRequest, 'method' | 'headers' | 'raw'>;

/** The origins of this application's own pages: that of PUBLIC_URL, else the address that the request came in on. The Host header is not asked. */
function ownOrigins(settings: Settings, request: OriginRequest): string[] {
  const own = new URL(originOf(settings, request));
  const isHere = settings.PUBLIC_URL === undefined && /^(127\.|\[::1\]$)/.test(own.hostname);
  return isHere ? [own.origin, `http://localhost:${own.port}`, `http://127.0.0.1:${own.port}`] : [own.origin];
}

/**
 * Whether a request with a session cookie comes from a page of ours: what a browser sends along by itself proves nothing of who made it.
 */
export function checkOrigin(settings: Settings, request: OriginRequest): Refusal | null {
  const { origin, 'sec-fetch-site': site } = request.headers;
  // pages that are named in the settings are ours too, wherever they are served
  if (origin !== undefined && settings.CORS_ORIGINS.includes(origin)) return null;
  if (site === 'cross-site' || (site === 'same-site' && !safeMethods.has(request.method))) return refuse('origin-mismatch');
  if (origin === undefined) {
    return safeMethods.has(request.method)
      ? null
      : refuse('origin-mismatch', 'A request that changes something, and that the session cookie signs in, names its Origin.');
  }
  return ownOrigins(settings, request).includes(origin) ? null : refuse('origin-mismatch');
}
