import { readFileSync } from 'node:fs';
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
}

const root = join(__dirname, '..');
const file = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const { services } = parse(file, { merge: true }) as { services: Readonly<Record<'db' | 'setup' | 'app', Service>> };

/** The value that a variable of the file has where the environment says nothing, or `secret`. */
const filled = (value: string): string => value.replaceAll(/\$\{\w+(?::-([^}]*)|:\?[^}]*)\}/g, (_, or?: string) => or ?? 'secret');

describe('docker-compose.yml', () => {
  it('gives the application settings that it knows and takes', () => {
    const { environment } = services.app;
    const known = [...Object.keys(new Settings()), 'DATABASE_URL', 'DATABASE_OWNER_URL', 'DATABASE_ERASER_URL', 'PUBLIC_URL'];
    expect(Object.keys(environment).filter((name) => !known.includes(name))).toEqual([]);
    const settings = readSettings(Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, filled(value)])));
    expect(settings.DATABASE_URL).toBe('postgres://touchstone:secret@db:5432/touchstone');
  });

  it('keeps the owner’s and the superuser’s passwords from what answers requests', () => {
    expect(JSON.stringify(services.app)).not.toMatch(/OWNER|ADMIN/);
  });

  it('sets up and migrates between the database’s being healthy and the application’s start', () => {
    expect(services.db.healthcheck).toBeDefined();
    expect(services.setup.depends_on).toEqual({ db: { condition: 'service_healthy' } });
    expect(services.app.depends_on).toEqual({ setup: { condition: 'service_completed_successfully' } });
    expect(services.setup.command?.join(' ')).toContain('db-setup.js && node dist/src/commands/db-migrate.js');
  });

  it('holds no secret', () => {
    for (const [, password] of file.matchAll(/postgres:\/\/\w+:([^@]+)@/g)) expect(password).toMatch(/^\$\{\w+:\?/);
  });
});

describe('what runs in containers', () => {
  it('has a read-only file system, no capabilities, and no way to new privileges', () => {
    for (const service of [services.app, services.setup]) {
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
