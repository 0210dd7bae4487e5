import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { isId, newId } from '../kernel/ids';
import type { ApiRequest } from './api-request';
import { Recurring } from './recurring';
import { subjectParameters } from './requires';

/** A request that was refused for who asked. */
interface RefusedRequest {
  readonly id: string;
  readonly requestId: string;
  readonly personId: string | null;
  readonly address: string;
  readonly method: string;
  readonly route: string | null;
  readonly aboutId: string | null;
  readonly status: number;
  readonly code: string;
}

/** Refusals that say something about who asks: not signed in, not allowed, not theirs to know of, too often. */
const noted = new Set([401, 403, 404, 429]);
const everyMs = 500;
/** What one process notes between two writes. A flood needs no more rows to be seen, and must not fill the disk. */
const atMost = 100;

/** Notes requests that were refused, a little later and many at once: refusing stays cheap. What a crash loses is in the log. */
@Injectable()
export class RefusedRequestsLog implements OnApplicationBootstrap, OnModuleDestroy {
  private waiting: RefusedRequest[] = [];
  private readonly recurring = new Recurring('Refused requests', everyMs, () => this.write());

  constructor(private readonly dataSource: DataSource) {}

  onApplicationBootstrap(): void {
    this.recurring.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.recurring.stop();
    if (this.dataSource.isInitialized) await this.write().catch(() => undefined);
  }

  /** Notes a request by its answer, if it is one to be noted. Of what was sent only the route's pattern is kept, and whose record it was about. */
  note(request: ApiRequest, status: number, code: string): void {
    if (!noted.has(status) || this.waiting.length >= atMost) return;
    const about = subjectParameters.map((name) => request.params?.[name]).find((value) => value !== undefined);
    this.waiting.push({
      id: newId(),
      requestId: request.id,
      personId: request.viewpoint?.personId ?? null,
      address: request.ip.slice(0, 60),
      method: request.method.slice(0, 10),
      route: request.routeOptions.url?.slice(0, 300) ?? null,
      aboutId: about !== undefined && isId(about) ? about.toLowerCase() : null,
      status,
      code,
    });
  }

  /** Writes what waits. */
  async write(): Promise<void> {
    const rows = this.waiting;
    if (rows.length === 0) return;
    this.waiting = [];
    const column = <Name extends keyof RefusedRequest>(name: Name): RefusedRequest[Name][] => rows.map((row) => row[name]);
    await this.dataSource.query(
      `INSERT INTO refused_request (refused_request_id, request_id, person_id, address, method, route, about_id, status, code)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::smallint[], $9::text[])`,
      [
        column('id'),
        column('requestId'),
        column('personId'),
        column('address'),
        column('method'),
        column('route'),
        column('aboutId'),
        column('status'),
        column('code'),
      ],
    );
  }
}
