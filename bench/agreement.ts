import { isDeepStrictEqual } from 'node:util';
import type { LoadRequest } from './load';
import type { Served } from './served';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Sends one request as the load would. */
export async function ask({ origin }: Served, { method, path, token, body }: LoadRequest): Promise<Answer> {
  const response = await fetch(`${origin}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const comparedHeaders = [
  'etag',
  'cache-control',
  'content-security-policy',
  'cross-origin-resource-policy',
  'referrer-policy',
  'x-content-type-options',
  'content-type',
];
/** What two right answers may differ in: opaque cursors and the instant they were asked; of what each has just made, ids and times too. */
const varyingInReads = /^(nextCursor|asOf|instance)$/;
const varyingInWrites = /^(id|loggedAt|changedAt|at|instance)$/;

const masked = (value: unknown, varying: RegExp): unknown =>
  JSON.parse(JSON.stringify(value), (name, inner: unknown) => (varying.test(name) && typeof inner === 'string' ? '…' : inner)) as unknown;

/**
 * Asks two servers the same: a comparison of speed means something only where both do the same.
 * @throws where they answer differently
 */
export async function agree(one: Served, other: Served, request: LoadRequest): Promise<void> {
  const varying = request.method === 'GET' ? varyingInReads : varyingInWrites;
  const shown = ({ status, headers, body }: Answer): object => ({
    status,
    headers: Object.fromEntries(comparedHeaders.map((name) => [name, headers.get(name)])),
    hasRequestId: headers.has('x-request-id'),
    body: masked(body, varying),
  });
  const [first, second] = [shown(await ask(one, request)), shown(await ask(other, request))];
  if (isDeepStrictEqual(first, second)) return;
  const told = [first, second].map((answer) => JSON.stringify(answer));
  throw new Error(`${one.name} and ${other.name} answer ${request.method} ${request.path} differently:\n${told.join('\n')}`);
}
