import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readSettings, Settings } from '../src/config';

interface Service {
  readonly image: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { condition: string }>>;
  readonly healthcheck?: object;
  readonly read_only?: boolean;
  readonly command?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
}

const root = join(__dirname, '..');
const file = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const { services } = parse(file, { merge: true }) as {
  services: Readonly<Record<'db' | 'setup' | 'app-1' | 'app-2' | 'proxy', Service>>;
};
const processes = [services['app-1'], services['app-2']];

/** The value that a variable of the file has where the environment says nothing, or `secret`. */
const filled = (value: string): string => value.replaceAll(/\$\{\w+(?::-([^}]*)|:\?[^}]*)\}/g, (_, or?: string) => or ?? 'secret');

const settingsOf = ({ environment }: Service): Settings =>
  readSettings(Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, filled(value)])));

describe('docker-compose.yml', () => {
  it('gives the application settings that it knows and takes', () => {
    // each is either in the class, with a default, or one of those that may be left out
    const optional = /^(DATABASE(_OWNER|_ERASER)?_URL|REPLICA_URL|PUBLIC_URL|(LEDGER|BADGE|SECRETS)_KEY_FILE)$/;
    for (const service of processes) {
      const known = Object.keys(new Settings());
      expect(Object.keys(service.environment).filter((name) => !known.includes(name) && !optional.test(name))).toEqual([]);
      expect(settingsOf(service).DATABASE_URL).toBe('postgres://touchstone:secret@db:5432/touchstone');
    }
  });

  it('runs two processes that are alike, behind the proxy and reached by nobody else', () => {
    expect(services['app-2']).toEqual(services['app-1']);
    expect(Object.entries(services).flatMap(([name, { ports }]) => (ports === undefined ? [] : [name]))).toEqual(['proxy']);
    expect(services.proxy.ports).toEqual(['127.0.0.1:3000:3000']);
  });

  it('leaves room in Postgres for the connections of both, with one each for the eraser and the watch', () => {
    const connections = processes.reduce((sum, service) => sum + settingsOf(service).DATABASE_POOL + 2, 0);
    // what Postgres has where nothing is said of it, less those kept for its superuser
    expect(connections).toBeLessThan(97);
  });

  it('keeps the owner’s and the superuser’s passwords from what answers requests', () => {
    expect(JSON.stringify([...processes, services.proxy])).not.toMatch(/OWNER|ADMIN/);
  });

  it('sets up and migrates between the database’s being healthy and the application’s start, and opens the door last', () => {
    expect(services.db.healthcheck).toBeDefined();
    expect(services.setup.depends_on).toEqual({ db: { condition: 'service_healthy' } });
    for (const { depends_on } of processes) expect(depends_on).toEqual({ setup: { condition: 'service_completed_successfully' } });
    expect(services.setup.command?.join(' ')).toContain('db-setup.js && node dist/src/commands/db-migrate.js');
    expect(services.proxy.depends_on).toEqual({ 'app-1': { condition: 'service_healthy' }, 'app-2': { condition: 'service_healthy' } });
    expect(services.proxy.healthcheck).toBeDefined();
  });

  it('holds no secret', () => {
    for (const [, password] of file.matchAll(/postgres:\/\/\w+:([^@]+)@/g)) expect(password).toMatch(/^\$\{\w+:\?/);
  });
});

describe('the proxy', () => {
  const [mount = ''] = services.proxy.volumes ?? [];
  const path = join(root, mount.split(':')[0] ?? '');
  const config = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const active = config
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .join('\n');
  const valueOf = (directive: string): string | undefined => new RegExp(`^\\s*${directive}\\s+([^;]+);`, 'm').exec(active)?.[1];

  it('hands requests to every process there is', () => {
    const upstreams = [...active.matchAll(/^\s*server ([\w-]+):(\d+)/gm)].map(([, name, port]) => [name, port]);
    expect(upstreams).toEqual(
      Object.keys(services)
        .filter((name) => name.startsWith('app-'))
        .map((name) => [name, '3000']),
    );
  });

  it('says one address, which clients cannot choose; the processes believe it', () => {
    expect(valueOf('proxy_set_header X-Forwarded-For')).toBe('$remote_addr');
    expect(active).not.toContain('proxy_add_x_forwarded_for');
    for (const service of processes) expect(settingsOf(service).TRUST_PROXY).toBe(1);
  });

  it('sends nothing twice that changes something, and keeps idle connections for less long than the application', () => {
    expect(valueOf('proxy_next_upstream')).toBe('error timeout');
    const server = readFileSync(join(root, 'src/platform/server.ts'), 'utf8');
    const keepAliveMs = Number(/keepAliveTimeout: ([\d_]+)/.exec(server)?.[1]?.replaceAll('_', ''));
    expect(Number.parseInt(valueOf('keepalive_timeout') ?? '', 10) * 1_000).toBeLessThan(keepAliveMs);
  });

  it('lets bodies through that the application takes', () => {
    expect(valueOf('client_max_body_size')).toBe('2m');
  });
});

describe('what runs in containers', () => {
  it('has a read-only file system, no capabilities, and no way to new privileges', () => {
    for (const service of [...processes, services.setup, services.proxy]) {
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    }
  });
});

describe('Dockerfile', () => {
  it('runs as an account that is not root, and says whether it is ready', () => {
    const text = readFileSync(join(root, 'Dockerfile'), 'utf8');
    expect(text).toMatch(/^USER node$/m);
    expect(text).toMatch(/^HEALTHCHECK /m);
  });
});
