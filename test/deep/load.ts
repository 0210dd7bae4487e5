import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Pool } from 'pg';
import { type Call, Client, type Reply } from './http';
import { type Member, freshKey, makePeople } from './people';
import { approval, level, skill } from './races';

const statements = [`${level}.1`, `${level}.2`];

/** One entry of a ledger, as `engineer kind subject`. */
export type EntryText = string;

/** A write that goes out with a key of its own, and what its acknowledgement says is in the ledger. */
interface Write {
  readonly call: Call;
  readonly entries: (reply: Reply) => readonly [kind: string, subject: string][];
}

/** What became of a write: acknowledged, or not known because no answer came. */
type Sent = 'acknowledged' | 'unknown';

/**
 * Somebody's work, write after write: evidence with supports, claim, submission, reviews, approval, and again. Each is sent under a key; one that was not
 * answered is sent again, the same, until it is.
 */
export class Worker {
  /** What was acknowledged: every entry must be in the ledger, once. */
  readonly acknowledged: EntryText[] = [];
  /** How many answers came only when the write was sent again, and how many of them told of the first time. */
  retried = 0;
  replayed = 0;
  private step = 0;
  private evidence = '';
  private claim = '';
  private etag: string | undefined;
  private pending: Write | null = null;
  private last: { readonly write: Write; readonly reply: Reply } | null = null;

  private constructor(
    readonly engineer: Member,
    private readonly mentor: Member,
  ) {}

  /** Makes so many engineers, each with a mentor. */
  static async several(pool: Pool, count: number, by: Member): Promise<Worker[]> {
    const names = Array.from({ length: count * 2 }, (_, index) => ({ name: index % 2 === 0 ? 'Engineer' : 'Mentor' }));
    const { members } = await makePeople(pool, names, (all) => {
      const mentors = all.filter((_, index) => index % 2 === 1);
      return {
        mentorships: mentors.map(({ id }, index) => ({ engineer: all[index * 2]?.id ?? '', mentor: id, by: by.id, skill })),
        accreditations: mentors.map(({ id }) => ({ person: id, by: by.id, skill, upTo: 5 })),
      };
    });
    return Array.from({ length: count }, (_, index) => new Worker(members[index * 2] as Member, members[index * 2 + 1] as Member));
  }

  /** Works until told to stop, or until a write is not answered. */
  async work(client: Client, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      this.pending ??= this.next();
      if ((await this.send(client, this.pending)) === 'unknown') return;
    }
  }

  /** Sends again what was not answered, until it is. */
  async settle(client: Client): Promise<void> {
    if (this.pending === null) return;
    this.retried += 1;
    for (const deadline = Date.now() + 30_000; (await this.send(client, this.pending)) === 'unknown'; await delay(50)) {
      if (Date.now() > deadline) throw new Error(`no answer to ${this.pending.call.path}`);
    }
  }

  /** Sends the last write that was acknowledged before once more: the first answer comes again, from whichever process. */
  async repeat(client: Client): Promise<void> {
    if (this.last === null) return;
    const { write, reply } = this.last;
    const again = await client.send(write.call);
    if (!again.replayed || again.status !== reply.status || !isDeepStrictEqual(again.body, reply.body)) {
      throw new Error(`${write.call.path} under the same key answered ${again.status} ${JSON.stringify(again.body)}`);
    }
  }

  private async send(client: Client, write: Write): Promise<Sent> {
    const { call, entries } = write;
    let reply: Reply;
    try {
      reply = await client.send(call);
    } catch (error) {
      if (/openapi\.json/.test(String(error))) throw error;
      return 'unknown';
    }
    // away, or the first one is still being rolled back: neither says what became of it
    if (reply.status === 503 || Client.codeOf(reply) === 'idempotency-in-progress') return 'unknown';
    if (reply.status >= 300) throw new Error(`${call.method} ${call.path} answered ${reply.status} ${JSON.stringify(reply.body)}`);
    if (reply.replayed) this.replayed += 1;
    this.pending = null;
    this.last = { write, reply };
    this.acknowledged.push(...entries(reply).map(([kind, subject]) => `${this.engineer.id} ${kind} ${subject}`));
    this.step = (this.step + 1) % 5;
    return 'acknowledged';
  }

  private next(): Write {
    const record = `/engineers/${this.engineer.id}`;
    const post = (who: Member, path: string, body: unknown, entries: Write['entries'], ifMatch?: string): Write => ({
      call: { method: 'POST', path: `${record}${path}`, body, token: who.token, key: freshKey(), ifMatch },
      entries,
    });
    const { engineer, mentor, claim, evidence, etag } = this;
    switch (this.step) {
      case 0: {
        const supports = statements.map((statement) => ({ statement, rationale: 'It shows it.' }));
        return post(engineer, '/evidence', { title: 'Work', description: 'Done.', supports }, ({ body }) => {
          this.evidence = String(body['id']);
          const subject = `evidence/${this.evidence}`;
          return [
            ['evidence.logged', subject],
            ...statements.map((one): [string, string] => ['support.proposed', `${subject}/supports/${one}`]),
          ];
        });
      }
      case 1:
        return post(engineer, '/claims', { skillLevel: level, summary: 'I do this.' }, (reply) => {
          this.claim = String(reply.body['id']);
          this.etag = reply.etag;
          return [['claim.drafted', `claims/${this.claim}`]];
        });
      case 2:
        return post(
          engineer,
          `/claims/${claim}/submission`,
          {},
          (reply) => this.seen(reply, [['claim.submitted', `claims/${claim}`]]),
          etag,
        );
      case 3: {
        const verdicts = statements.map((statement) => ({ evidence, statement, verdict: 'accepted' }));
        const judged = statements.map((one): [string, string] => ['support.accepted', `evidence/${evidence}/supports/${one}`]);
        return post(mentor, `/claims/${claim}/reviews`, { verdicts }, (reply) => this.seen(reply, judged), etag);
      }
      default:
        return post(
          mentor,
          `/claims/${claim}/approval`,
          approval,
          ({ body }) => [
            ['claim.approved', `claims/${claim}`],
            ['sign-off.granted', `sign-offs/${(body['signOff'] as { id: string }).id}`],
          ],
          etag,
        );
    }
  }

  private seen({ etag }: Reply, entries: [string, string][]): [string, string][] {
    this.etag = etag;
    return entries;
  }
}

/** What the ledgers of these engineers say, in order of their texts. */
export async function entriesOf(pool: Pool, workers: readonly Worker[]): Promise<EntryText[]> {
  const { rows } = await pool.query<{ entry: string }>(
    `SELECT engineer_id || ' ' || kind || ' ' || subject AS entry FROM ledger_entry WHERE engineer_id = ANY ($1::uuid[])`,
    [workers.map(({ engineer }) => engineer.id)],
  );
  return rows.map(({ entry }) => entry).sort();
}

/** Per kind of entry, the rows that it stands for. */
const rowsOfKind: Readonly<Record<string, string>> = {
  'evidence.logged': `SELECT engineer_id, 'evidence/' || evidence_id AS subject FROM evidence`,
  'support.proposed': `SELECT engineer_id, 'evidence/' || evidence_id || '/supports/' || statement_ref AS subject FROM support`,
  'support.accepted': `SELECT engineer_id, 'evidence/' || evidence_id || '/supports/' || statement_ref AS subject FROM support WHERE state = 'accepted'`,
  'claim.drafted': `SELECT engineer_id, 'claims/' || claim_id AS subject FROM claim`,
  'claim.submitted': `SELECT engineer_id, 'claims/' || claim_id AS subject FROM claim_submission JOIN (SELECT DISTINCT engineer_id, claim_id, submission FROM claim_pin) p
                       USING (engineer_id, claim_id, submission)`,
  'claim.approved': `SELECT engineer_id, 'claims/' || claim_id AS subject FROM approval`,
  'sign-off.granted': `SELECT engineer_id, 'sign-offs/' || sign_off_id AS subject FROM sign_off`,
};

const halvesSql = `
  WITH rows AS (${Object.entries(rowsOfKind)
    .map(([kind, rows]) => `SELECT engineer_id, '${kind}' AS kind, subject FROM (${rows}) r WHERE engineer_id = ANY ($1::uuid[])`)
    .join(' UNION ALL ')}),
       said AS (SELECT engineer_id, kind, subject FROM ledger_entry WHERE engineer_id = ANY ($1::uuid[])),
       unsaid AS (SELECT * FROM rows EXCEPT ALL SELECT * FROM said),
       undone AS (SELECT * FROM said EXCEPT ALL SELECT * FROM rows),
       -- the answer under the key is kept in the same transaction
       unanswerable AS (SELECT 1 FROM said s WHERE s.kind = 'claim.drafted'
                           AND NOT EXISTS (SELECT 1 FROM idempotent_answer a WHERE a.owner_id = s.engineer_id AND a.body->>'id' = substr(s.subject, 8)))
  SELECT ((SELECT count(*) FROM unsaid) + (SELECT count(*) FROM undone) + (SELECT count(*) FROM unanswerable))::int AS n`;

/** Rows whose entry is not there, entries whose row is not there, writes whose answer is not kept: all of a write is there, or nothing of it. */
export async function halves(pool: Pool, workers: readonly Worker[]): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(halvesSql, [workers.map(({ engineer }) => engineer.id)]);
  return rows[0]?.n ?? -1;
}
