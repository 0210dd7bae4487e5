import { Agent, request } from 'node:http';
import { checkAgainstContract } from '../setup/contract';

/** An answer, as far as the deep tests look at it. */
export interface Reply {
  readonly status: number;
  readonly etag: string | undefined;
  readonly replayed: boolean;
  readonly body: Record<string, unknown>;
}

export interface Call {
  readonly method: string;
  /** Below /api/v1. */
  readonly path: string;
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly ifMatch?: string | undefined;
  readonly key?: string | undefined;
}

/** A client that keeps its connections: with `fetch`, half of the time of a deep run would be its own. */
export class Client {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64, noDelay: true });

  constructor(
    private readonly origin: string,
    private readonly timeout = 30_000,
  ) {}

  /** The code of a refusal, or undefined. */
  static codeOf = ({ body }: Reply): string | undefined => body['code'] as string | undefined;

  /** Sends a request; every answer is held against openapi.json. Rejects where none comes. */
  send({ method, path, token, body, ifMatch, key }: Call): Promise<Reply> {
    const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const headers: Record<string, string | number> = { accept: 'application/json' };
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
    if (ifMatch !== undefined) headers['if-match'] = ifMatch;
    if (key !== undefined) headers['idempotency-key'] = key;
    if (payload !== undefined) {
      headers['content-type'] = 'application/json';
      headers['content-length'] = payload.length;
    }
    const target = `/api/v1${path}`;
    return new Promise((resolve, reject) => {
      const outgoing = request(`${this.origin}${target}`, { method, headers, agent: this.agent, timeout: this.timeout }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          try {
            if (!incoming.complete) throw new Error('the answer was cut off');
            const text = Buffer.concat(chunks).toString('utf8');
            const mediaType = (incoming.headers['content-type'] ?? '').split(';')[0] ?? '';
            const parsed = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
            const status = incoming.statusCode ?? 0;
            checkAgainstContract(method, target, status, mediaType, text === '' ? '' : parsed);
            const replayed = incoming.headers['idempotency-replayed'] === 'true';
            resolve({ status, etag: incoming.headers.etag, replayed, body: parsed });
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        });
      });
      outgoing.on('error', reject);
      outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
      outgoing.end(payload);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
