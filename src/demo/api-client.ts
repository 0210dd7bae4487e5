import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** A request below /api/v1, or to an absolute path that begins with /api or /health. */
export interface ApiCall {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface ApiAnswer<Body> {
  readonly status: number;
  readonly body: Body;
  readonly etag: string | undefined;
}

/** Carries a request to the API, over the network or into the application in this process. */
export type Transport = (call: ApiCall) => Promise<ApiAnswer<unknown>>;

export interface CallOptions {
  readonly ifMatch?: string | undefined;
  /** The status that is expected, if not a success. */
  readonly expect?: number;
}

const parsed = (text: string): unknown => (text === '' ? null : (JSON.parse(text) as unknown));
const fullPath = (path: string): string => (/^\/(api|health)/.test(path) ? path : `/api/v1${path}`);

/** Requests over the network to the address that the application listens on. */
export function overNetwork(origin: string): Transport {
  return async ({ method, path, headers, body }) => {
    const response = await fetch(`${origin}${fullPath(path)}`, { method, headers, ...(body === undefined ? {} : { body }) });
    return { status: response.status, body: parsed(await response.text()), etag: response.headers.get('etag') ?? undefined };
  };
}

/** Requests into an application that need not listen: they go through all that a request over the network goes through. */
export function into(app: NestFastifyApplication): Transport {
  return async ({ method, path, headers, body }) => {
    const response = await app.inject({
      method: method as 'GET',
      url: fullPath(path),
      headers,
      ...(body === undefined ? {} : { payload: body }),
    });
    return { status: response.statusCode, body: parsed(response.body), etag: response.headers['etag'] };
  };
}

/** Somebody who uses the API. An answer that is not expected throws, with the problem in its message. */
export class ApiClient {
  constructor(
    private readonly transport: Transport,
    private readonly token?: string,
  ) {}

  /** The same API, as whom the token belongs to. */
  as(token: string): ApiClient {
    return new ApiClient(this.transport, token);
  }

  get<Body>(path: string, options?: CallOptions): Promise<ApiAnswer<Body>> {
    return this.call<Body>('GET', path, undefined, options);
  }

  post<Body>(path: string, body: object, options?: CallOptions): Promise<ApiAnswer<Body>> {
    return this.call<Body>('POST', path, body, options);
  }

  put<Body>(path: string, body: object, options?: CallOptions): Promise<ApiAnswer<Body>> {
    return this.call<Body>('PUT', path, body, options);
  }

  patch<Body>(path: string, body: object, options?: CallOptions): Promise<ApiAnswer<Body>> {
    return this.call<Body>('PATCH', path, body, options);
  }

  private async call<Body>(method: string, path: string, body?: object, { ifMatch, expect }: CallOptions = {}): Promise<ApiAnswer<Body>> {
    const headers: Record<string, string> = { 'user-agent': 'touchstone' };
    if (this.token !== undefined) headers['authorization'] = `Bearer ${this.token}`;
    if (ifMatch !== undefined) headers['if-match'] = ifMatch;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const answer = await this.transport({ method, path, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const asExpected = expect === undefined ? answer.status >= 200 && answer.status < 300 : answer.status === expect;
    if (!asExpected) throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer as ApiAnswer<Body>;
  }
}
