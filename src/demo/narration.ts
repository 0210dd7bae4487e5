import type { ApiAnswer, Transport } from './api-client';

const longest = 170;
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-([0-9a-f]{12})/g;

/** Ids and long texts, as a person wants to read them. */
const short = (text: string): string => {
  const shortened = text.replaceAll(uuid, (_, end: string) => `…${end.slice(-5)}`).replaceAll(/\b[\w-]{43}\b/g, '…');
  return shortened.length > longest ? `${shortened.slice(0, longest)} …` : shortened;
};

const secrets = new Set(['password', 'token']);
const withoutSecrets = (text: string): string =>
  JSON.stringify(JSON.parse(text), (name, value: unknown) => (secrets.has(name) ? '(secret)' : value));

/** The plain fields of an answer: who, what, in which state. Of a problem, its code and what it says. */
function gist(body: unknown): string {
  if (typeof body !== 'object' || body === null) return '';
  const { code, detail } = body as { code?: unknown; detail?: unknown };
  if (typeof code === 'string' && typeof detail === 'string') return `${code}: ${detail}`;
  const plain = Object.entries(body).filter(
    ([name, value]) => !secrets.has(name) && ['string', 'number', 'boolean'].includes(typeof value),
  );
  return plain.length === 0 ? '' : JSON.stringify(Object.fromEntries(plain));
}

/** Tells at a terminal what happens, step by step. */
export class Narration {
  private steps = 0;

  constructor(private readonly write: (line: string) => void) {}

  step(title: string): void {
    this.steps += 1;
    this.write(`\n${String(this.steps).padStart(2)}  ${title}`);
  }

  say(line: string): void {
    this.write(`      ${line}`);
  }

  list(lines: readonly string[]): void {
    for (const line of lines) this.say(`- ${line}`);
  }

  /** Rows under headings, each column as wide as it needs to be. */
  table(headings: readonly string[], rows: readonly (readonly string[])[]): void {
    const all = [headings, ...rows];
    const widths = headings.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
    for (const row of all)
      this.say(
        row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd(),
      );
  }

  /** The same transport, each request and the status of its answer told. */
  tell(transport: Transport): Transport {
    return async (call): Promise<ApiAnswer<unknown>> => {
      this.say(`> ${call.method} ${short(call.path)}${call.body === undefined ? '' : ` ${short(withoutSecrets(call.body))}`}`);
      const answer = await transport(call);
      this.say(`< ${answer.status} ${short(gist(answer.body))}`.trimEnd());
      return answer;
    };
  }
}
