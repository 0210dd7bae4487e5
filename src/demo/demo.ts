import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Client } from 'pg';
import type { Settings } from '../config';
import { Passwords } from '../people/passwords';
import { docsPath } from '../platform/docs';
import { credentialsFile, type DemoCredentials, newPassword, readCredentials, writeCredentials } from './credentials';
import { type DemoDatabase, openDemoDatabase } from './demo-database';
import { makeDemo } from './make-demo';
import { emailOf, firstAdmin, organisation } from './people';

const people: DemoCredentials['people'] = [firstAdmin, ...organisation].map(({ key, role }) => ({ email: emailOf(key), role }));

/** The demo: what the application is when no database is named. */
export class Demo {
  /** What the file said before this start: a server that shares its database puts it back. */
  private readonly found: DemoCredentials | null;
  private password: string;

  private constructor(
    private readonly settings: Settings,
    private readonly database: DemoDatabase,
    private readonly say: (line: string) => void,
  ) {
    this.found = readCredentials(settings.DATA_DIR);
    this.password = this.found?.password ?? newPassword();
  }

  /** Starts the embedded database in the folder for data, or attaches to it. */
  static async open(settings: Settings, say: (line: string) => void): Promise<Demo> {
    return new Demo(settings, await openDemoDatabase(settings.DATA_DIR, say), say);
  }

  get url(): string {
    return this.database.url;
  }

  get eraserUrl(): string {
    return this.database.eraserUrl;
  }

  /** Makes the demo data, if there is none yet. The application need not listen yet. */
  async fill(app: NestFastifyApplication): Promise<void> {
    const { DATA_DIR, TIME_ZONE } = this.settings;
    if (this.database.isEmpty) {
      this.say('First start: making the demo organisation …');
      this.password = newPassword();
      await makeDemo(app, this.password, TIME_ZONE);
      writeCredentials(DATA_DIR, { url: '', password: this.password, people });
      await this.database.markComplete();
    } else if (this.found === null) {
      this.say(`${credentialsFile(DATA_DIR)} was gone: everybody in the demo has a new password.`);
      await this.setPassword(await app.get(Passwords, { strict: false }).hash(this.password));
    }
  }

  /** Keeps the address where other programs look for it, and tells the person at the terminal how to begin. */
  announce(address: string): void {
    const { DATA_DIR } = this.settings;
    writeCredentials(DATA_DIR, { url: address, password: this.password, people });
    const width = Math.max(...people.map(({ email }) => email.length));
    this.say(
      [
        '',
        `Touchstone is ready: ${address}`,
        `API documentation:   ${address}/${docsPath}`,
        '',
        'Sign in (POST /api/v1/sessions) as anybody of the demo:',
        ...people.map(({ email, role }) => `  ${email.padEnd(width)}  ${role}`),
        `Their common password: ${this.password}`,
        `It is kept in ${join(DATA_DIR, 'demo-credentials.json')}. "npm run tour" plays the main job. Ctrl-C stops.`,
        ...(this.database.isShared
          ? ['', 'Note: the Touchstone that was started first from this folder keeps the database; when that one stops, this one has none.']
          : []),
        '',
      ].join('\n'),
    );
  }

  async close(): Promise<void> {
    if (this.database.isShared && this.found !== null) writeCredentials(this.settings.DATA_DIR, this.found);
    await this.database.close();
  }

  private async setPassword(hash: string): Promise<void> {
    const client = new Client({ connectionString: this.database.adminUrl });
    await client.connect();
    try {
      await client.query(`UPDATE person SET password_hash = $1 WHERE email = ANY ($2)`, [hash, people.map(({ email }) => email)]);
    } finally {
      await client.end();
    }
  }
}
