import { Agent, type IncomingHttpHeaders, request } from 'node:http';

/** One request of a load. */
export interface LoadRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** One answer of a load. */
export interface LoadAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** From sending to the last byte, in milliseconds. */
  readonly ms: number;
}

export interface LoadOptions {
  readonly connections: number;
  readonly ms: number;
  /** The next request. */
  readonly next: () => LoadRequest;
}

function send(origin: string, agent: Agent, { method, path, headers = {}, body }: LoadRequest): Promise<LoadAnswer> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const type = payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(payload.length) };
    const sent = request(`${origin}${path}`, { method, agent, headers: { ...type, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
          ms: performance.now() - started,
        }),
      );
    });
    sent.on('error', reject);
    sent.end(payload);
  });
}

/** Keeps so many connections busy for so long: each sends its next request when it has the answer to the one before. A connection that breaks fails the load. */
export async function load(origin: string, { connections, ms, next }: LoadOptions): Promise<LoadAnswer[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const answers: LoadAnswer[] = [];
  const end = performance.now() + ms;
  const one = async (): Promise<void> => {
    while (performance.now() < end) answers.push(await send(origin, agent, next()));
  };
  await Promise.all(Array.from({ length: connections }, one));
  agent.destroy();
  return answers;
}

/** The latency that this share of the answers stays below. */
export function percentile(answers: readonly LoadAnswer[], share: number): number {
  const sorted = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
