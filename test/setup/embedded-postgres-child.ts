/**
 * A process that holds an embedded server, for test/embedded-postgres.spec.ts. Argument: the options as JSON. Prints a line of JSON about
 * the server; on SIGTERM it finishes as the application does: works with the database once more, says so, stops the server, ends.
 */
import { Client } from 'pg';
import { type EmbeddedOptions, type EmbeddedServer, startEmbedded } from '../../src/platform/embedded-postgres/embedded-postgres';

async function finish(server: EmbeddedServer): Promise<void> {
  const client = new Client(server.url);
  await client.connect();
  await client.query('SELECT 1');
  await client.end();
  console.log(JSON.stringify({ finished: true }));
  await server.stop();
  process.exit(0);
}

async function main(): Promise<void> {
  const began = performance.now();
  try {
    const server = await startEmbedded(JSON.parse(process.argv[2] ?? '{}') as EmbeddedOptions);
    console.log(JSON.stringify({ ...server, milliseconds: Math.round(performance.now() - began) }));
    process.once('SIGTERM', () => void finish(server));
    setInterval(() => undefined, 60_000);
  } catch (error) {
    console.log(JSON.stringify({ error: (error as Error).message }));
  }
}

void main();
