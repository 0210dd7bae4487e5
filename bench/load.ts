import { setTimeout as delay } from 'node:timers/promises';
import autocannon, { type Request } from 'autocannon';
import type { Served } from './served';

export const connections = 10;

/** One request of the load. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST';
  /** Below /api/v1. */
  readonly path: string;
  readonly token: string;
  readonly body?: object;
  /** What the request says each time anew, until it was answered with success: then no two connections share one. */
  readonly next?: { says(): { readonly ifMatch: string; readonly body: object }; done(): void };
}

/** What a server did under load, and what each request cost its process. */
export interface Measured {
  readonly rps: number;
  /** Milliseconds of CPU. */
  readonly cpu: number;
  /** Milliseconds until half of the requests were answered, and 99 of a hundred. */
  readonly p50: number;
  readonly p99: number;
}

/** A request as autocannon sends it. */
function sentOf({ method, path, token, body, next }: LoadRequest): Request {
  const headers = {
    authorization: `Bearer ${token}`,
    ...(body === undefined && next === undefined ? {} : { 'content-type': 'application/json' }),
  };
  return {
    method,
    path: `/api/v1${path}`,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(next === undefined
      ? {}
      : {
          setupRequest: (request: Request): Request => {
            const { ifMatch, body: given } = next.says();
            return { ...request, headers: { ...headers, 'if-match': ifMatch }, body: JSON.stringify(given) };
          },
          onResponse: (status: number): void => {
            if (status === 200) next.done();
          },
        }),
  };
}

/**
 * Sends requests over ten connections at a rate, each going round a list of its own; answers how many were refused or failed. It does not throw: what is looked
 * for in a long run is just that.
 * @param rate requests a second of all connections together; as many as are answered if left out
 */
export async function drive(
  server: Served,
  lists: readonly (readonly LoadRequest[])[],
  { seconds, rate }: { seconds: number; rate?: number },
): Promise<{ answered: number; bad: number; rps: number; p50: number; p99: number }> {
  let set = 0;
  const sent = lists.map((list) => list.map(sentOf));
  const result = await autocannon({
    url: server.origin,
    connections: lists.length,
    duration: seconds,
    sampleInt: 100,
    requests: sent[0] ?? [],
    ...(rate === undefined ? {} : { overallRate: Math.max(lists.length, Math.round(rate)) }),
    setupClient: (client) => {
      client.setRequests(sent[set % sent.length] ?? []);
      set += 1;
    },
  });
  const answered = result['2xx'];
  const bad = result.non2xx + result.errors + result.timeouts;
  const rps = (answered * 1000) / (result.finish.getTime() - result.start.getTime());
  return { answered, bad, rps, p50: result.latency.p50, p99: result.latency.p99 };
}

/**
 * Sends requests over ten connections for some seconds, each connection going round them from another place.
 * @throws where anything but success was answered
 */
export async function load(server: Served, requests: readonly LoadRequest[], seconds: number): Promise<Measured> {
  const sent = requests.map(sentOf);
  let set = 0;
  const before = await server.usage();
  const result = await autocannon({
    url: server.origin,
    connections,
    duration: seconds,
    sampleInt: 100,
    requests: sent,
    setupClient: (client) => {
      const from = Math.floor((sent.length * set) / connections) % sent.length;
      const to = Math.floor((sent.length * (set + 1)) / connections);
      set += 1;
      client.setRequests(requests[0]?.next === undefined ? [...sent.slice(from), ...sent.slice(0, from)] : sent.slice(from, to));
    },
  });
  const after = await server.usage();
  const bad = result.non2xx + result.errors + result.timeouts;
  if (bad > 0) {
    const told = JSON.stringify(result.statusCodeStats);
    throw new Error(`${server.name} refused or failed ${bad} of the requests to ${requests[0]?.path}: ${told}, ${result.errors} errors`);
  }
  // what was still under way when time was up ends outside of the measurement
  await delay(100);
  const answered = result['2xx'];
  return {
    rps: (answered * 1000) / (result.finish.getTime() - result.start.getTime()),
    cpu: (after.cpuMicroseconds - before.cpuMicroseconds) / 1000 / answered,
    p50: result.latency.p50,
    p99: result.latency.p99,
  };
}
