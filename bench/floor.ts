import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Measured, connections } from './load';

/** A statement to be run for one of several pairs of an engineer and an id. */
export interface FloorScript {
  readonly ids: readonly (readonly [engineerId: string, id: string])[];
  readonly sql: keyof typeof statements;
}

/** The rows behind an answer and nothing else: no sign-in, no rights, nothing put into words. */
const statements = {
  list: `SELECT e.evidence_id, e.state, e.revision, c.body->>'title', e.kind, c.body->>'role', e.started_on, e.ended_on, e.tags, e.logged_at, e.changed_at,
         (SELECT json_agg(json_build_array(s.statement_ref, s.state)) FROM support s WHERE s.engineer_id = e.engineer_id AND s.evidence_id = e.evidence_id AND s.state <> 'withdrawn')
    FROM (SELECT * FROM evidence WHERE engineer_id = $engineer AND state = 'logged' ORDER BY coalesce(ended_on, 'infinity'::date) DESC, evidence_id DESC LIMIT 21) e
    JOIN evidence_revision r USING (engineer_id, evidence_id, revision) JOIN record_content c ON c.engineer_id = r.engineer_id AND c.digest = r.digest`,
  one: `SELECT e.state, e.version, c.body, e.logged_at, e.changed_at,
         (SELECT json_agg(json_build_array(h.revision, h.at)) FROM evidence_revision h WHERE h.engineer_id = e.engineer_id AND h.evidence_id = e.evidence_id),
         (SELECT json_agg(s) FROM support s WHERE s.engineer_id = e.engineer_id AND s.evidence_id = e.evidence_id AND s.state <> 'withdrawn')
    FROM evidence e JOIN evidence_revision r USING (engineer_id, evidence_id, revision) JOIN record_content c ON c.engineer_id = r.engineer_id AND c.digest = r.digest
   WHERE e.engineer_id = $engineer AND e.evidence_id = $id`,
};

/** Where Debian puts pgbench, the newest first, and where anybody else's is found. */
function findPgbench(): string | null {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((one, other) => Number(other) - Number(one)) : [];
  const folders = [...versions.map((version) => join(debian, version, 'bin')), ...(process.env['PATH'] ?? '').split(delimiter)];
  return folders.map((folder) => join(folder, 'pgbench')).find((file) => existsSync(file)) ?? null;
}

/** Raw SQL by pgbench: what Postgres alone gives. */
export class Floor {
  private constructor(
    private readonly program: string,
    private readonly url: string,
    private readonly folder: string,
  ) {}

  /** Prepares the scripts; null where there is no pgbench. */
  static open(url: string, scripts: Readonly<Record<string, FloorScript>>): Floor | null {
    const program = findPgbench();
    if (program === null) return null;
    const folder = mkdtempSync(join(tmpdir(), 'touchstone-floor-'));
    const listed = (ids: readonly string[]): string => `('{${ids.join(',')}}'::uuid[])[:i]`;
    for (const [name, { ids, sql }] of Object.entries(scripts)) {
      const text = statements[sql]
        .replaceAll('$engineer', listed(ids.map(([engineer]) => engineer)))
        .replaceAll('$id', listed(ids.map(([, id]) => id)));
      writeFileSync(join(folder, name), `\\set i random(1, ${ids.length})\n${text};\n`);
    }
    return new Floor(program, url, folder);
  }

  /** Runs a script over as many connections as the servers are asked over. */
  async measure(name: string, seconds: number): Promise<Measured> {
    const { hostname, port, username, password, pathname } = new URL(this.url);
    const program = spawn(
      this.program,
      [
        '-n',
        '-M',
        'prepared',
        '-c',
        String(connections),
        '-j',
        '1',
        '-T',
        String(Math.max(1, Math.round(seconds))),
        '-f',
        join(this.folder, name),
      ],
      {
        env: {
          ...process.env,
          PGHOST: hostname,
          PGPORT: port,
          PGUSER: decodeURIComponent(username),
          PGPASSWORD: decodeURIComponent(password),
          PGDATABASE: decodeURIComponent(pathname.slice(1)),
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const output: string[] = [];
    for (const stream of [program.stdout, program.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk.toString('utf8')));
    await once(program, 'close');
    const text = output.join('');
    const rps = Number(/^tps = ([\d.]+)/m.exec(text)?.[1]);
    if (!(rps > 0)) throw new Error(`pgbench measured nothing:\n${text}`);
    return { rps, cpu: Number.NaN, p50: Number.NaN, p99: Number.NaN };
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
