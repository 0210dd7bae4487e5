import { setTimeout as delay } from 'node:timers/promises';
import autocannon from 'autocannon';
import type { Served } from './served';

export const connections = 10;

/** One request of the load. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST';
  /** Below /api/v1. */
  readonly path: string;
  readonly token: string;
  readonly body?: object;
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

/**
 * Sends requests over ten connections for some seconds, each connection going round them from another place.
 * @throws where anything but success was answered
 */
export async function load(server: Served, requests: readonly LoadRequest[], seconds: number): Promise<Measured> {
  const sent = requests.map(({ method, path, token, body }) => ({
    method,
    path: `/api/v1${path}`,
    headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }));
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
      set += 1;
      client.setRequests([...sent.slice(from), ...sent.slice(0, from)]);
    },
  });
  const after = await server.usage();
  const bad = result.non2xx + result.errors + result.timeouts;
  if (bad > 0) throw new Error(`${server.name} refused or failed ${bad} of the requests to ${requests[0]?.path}`);
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
