import { hash } from '@node-rs/argon2';
import type { Company, Person } from '../../bench/data/company';
import { eachOf, type OrganisationStore } from '../../bench/data/store';
import { drawing } from './deep';
import { type Call, Client, type Reply } from './http';
import { password } from './people';

const skill = 'sfia-9:ITOP';
/** How many statements each level has. */
const statements = [2, 3, 6, 8, 5];
const approval = { password, meaning: 'I have seen this work.', essence: { met: true, note: 'So it is.' } };

/** What a storm is made of. */
export interface Storm {
  readonly origin: string;
  readonly store: OrganisationStore;
  readonly company: Company;
  /** How many things are done, and how many at once. */
  readonly acts: number;
  readonly atOnce: number;
  readonly seed: number;
}

/** What has become of it. */
export interface Aftermath {
  /** How many requests were answered with what, such as `review 200`. */
  readonly answers: ReadonlyMap<string, number>;
  /** Rows of progress there are or should be, and how many are not as a rebuild has them. */
  readonly cells: number;
  readonly wrong: number;
}

/** A person with a token. */
interface Hand {
  readonly id: string;
  readonly token: string;
}

/** An engineer with those who judge them, and the pieces of evidence that are known of. */
interface Target extends Hand {
  readonly mentors: readonly Hand[];
  readonly evidence: string[];
}

const kinds = [
  'review',
  'review',
  'review',
  'edit',
  'edit',
  'reword',
  'withdraw',
  'propose',
  'archive',
  'log',
  'claim',
  'sign-off',
  'revoke',
] as const;

/**
 * Lets many hands do what moves progress, all at once and a third of them on the same few records: reviews, edits, withdrawals, archivals, claims, sign-offs and
 * revocations. Refusals are expected, since everybody acts on what they saw a moment ago; failures are not. Then every record is rebuilt and compared.
 */
export async function storm(plan: Storm): Promise<Aftermath> {
  const { company, store, acts, atOnce } = plan;
  const draw = drawing(plan.seed);
  const client = new Client(plan.origin, 120_000);
  const engineers = company.people.filter(({ evidence }) => evidence > 0);
  const hands = await handsOf(store, company.people);
  const admin = hands.get(company.adminId) ?? fail('there is no admin');
  const evidence = await store.evidenceOf(engineers.map(({ id }) => id));
  const targets = engineers.map((one): Target => ({
    ...(hands.get(one.id) ?? fail('nobody is signed in')),
    mentors: one.mentors.flatMap(({ id }) => hands.get(id) ?? []),
    evidence: evidence.get(one.id) ?? [],
  }));
  const busy = targets.slice(0, Math.max(2, Math.round(targets.length / 200)));
  const answers = new Map<string, number>();
  const doer = new Doer(client, admin, draw, (what, reply) => {
    const key = `${what} ${reply.status}`;
    answers.set(key, (answers.get(key) ?? 0) + 1);
    if (reply.status >= 500 && reply.status !== 503) throw new Error(`${what} failed: ${JSON.stringify(reply.body)}`);
  });
  try {
    let left = acts;
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (; left > 0;) {
          left -= 1;
          const among = draw(3) === 0 ? busy : targets;
          const target = among[draw(among.length)];
          const kind = kinds[draw(kinds.length)];
          if (target !== undefined && kind !== undefined) await doer.act(kind, target);
        }
      }),
    );
  } finally {
    client.close();
  }
  let [cells, wrong] = [0, 0];
  await eachOf(engineers, async ({ id }) => {
    const found = await store.wrongCells(id);
    cells += found.cells;
    wrong += found.wrong;
  });
  return { answers, cells, wrong };
}

const fail = (why: string): never => {
  throw new Error(why);
};

/** Everybody signed in, with the password of the deep tests under the least that argon2id takes: the cost of a hash is not what is tested here. */
async function handsOf(store: OrganisationStore, people: readonly Person[]): Promise<ReadonlyMap<string, Hand>> {
  const tokens = await store.signIn(people.map(({ id }) => id));
  await store.setPassword(await hash(password, { algorithm: 2, memoryCost: 8, timeCost: 1, parallelism: 1 }));
  return new Map(people.map(({ id }, i) => [id, { id, token: tokens[i] ?? '' }]));
}

interface Shown {
  readonly supports: readonly { readonly statement: string; readonly state: string }[];
}

/** Does one thing after the other; what it acts on it has looked up before, as people do. */
class Doer {
  constructor(
    private readonly client: Client,
    private readonly admin: Hand,
    private readonly draw: (below: number) => number,
    private readonly note: (what: string, reply: Reply) => void,
  ) {}

  async act(kind: (typeof kinds)[number], target: Target): Promise<void> {
    switch (kind) {
      case 'log':
        return void (await this.log(target, [this.statement(), this.statement()]));
      case 'claim':
        return this.claim(target);
      case 'sign-off':
        return this.signOff(target);
      case 'revoke':
        return this.revoke(target);
      case 'review':
      case 'edit':
      case 'reword':
      case 'withdraw':
      case 'propose':
      case 'archive':
        return this.onEvidence(kind, target);
    }
  }

  private async send(what: string, who: Hand, call: Omit<Call, 'token'>): Promise<Reply> {
    const reply = await this.client.send({ ...call, token: who.token });
    this.note(what, reply);
    return reply;
  }

  private statement(): string {
    const level = this.draw(statements.length);
    return `${skill}.${level + 1}.${this.draw(statements[level] ?? 1) + 1}`;
  }

  private async log(target: Target, shown: readonly string[], kind = 'work'): Promise<string | null> {
    const supports = [...new Set(shown)].map((statement) => ({ statement, rationale: 'It shows it.' }));
    const body = { title: 'Work', description: 'Done in a storm.', kind, endedOn: '2026-01-31', supports };
    const reply = await this.send('log', target, { method: 'POST', path: `/engineers/${target.id}/evidence`, body });
    if (reply.status !== 201) return null;
    const id = String(reply.body['id']);
    target.evidence.push(id);
    return id;
  }

  private async onEvidence(kind: 'review' | 'edit' | 'reword' | 'withdraw' | 'propose' | 'archive', target: Target): Promise<void> {
    const id = target.evidence[this.draw(target.evidence.length)];
    const mentor = target.mentors[this.draw(target.mentors.length)];
    if (id === undefined || mentor === undefined) return;
    const path = `/engineers/${target.id}/evidence/${id}`;
    const who = kind === 'review' ? mentor : target;
    const seen = await this.send('look', who, { method: 'GET', path });
    if (seen.status !== 200) return;
    const { supports } = seen.body as unknown as Shown;
    const support = supports[this.draw(Math.max(1, supports.length))]?.statement ?? this.statement();
    const ifMatch = seen.etag;
    const one = `${path}/supports/${support}`;
    switch (kind) {
      case 'review': {
        const body = this.draw(4) === 0 ? { verdict: 'returned', feedback: 'Which part was yours?' } : { verdict: 'accepted' };
        return void (await this.send(kind, who, { method: 'POST', path: `${one}/review`, body, ifMatch }));
      }
      case 'edit': {
        const changes = [
          { endedOn: `2026-02-0${this.draw(9) + 1}` },
          { kind: 'lab' },
          { kind: 'work' },
          { endedOn: null },
          { title: `Work ${this.draw(1000)}` },
        ];
        return void (await this.send(kind, who, { method: 'PATCH', path, body: changes[this.draw(changes.length)], ifMatch }));
      }
      case 'reword':
        return void (await this.send(kind, who, {
          method: 'PATCH',
          path: one,
          body: { rationale: `Said anew: ${this.draw(1000)}.` },
          ifMatch,
        }));
      case 'withdraw':
        return void (await this.send(kind, who, { method: 'DELETE', path: one, ifMatch }));
      case 'propose': {
        const body = { statement: this.statement(), rationale: 'It shows this too.' };
        return void (await this.send(kind, who, { method: 'POST', path: `${path}/supports`, body, ifMatch }));
      }
      case 'archive':
        // now and then: an archived piece is good for nothing afterwards
        if (this.draw(4) > 0) return;
        return void (await this.send(kind, who, { method: 'POST', path: `${path}/archival`, body: {}, ifMatch }));
    }
  }

  /** Takes a claim a step further, whichever way. */
  private async claim(target: Target): Promise<void> {
    const path = `/engineers/${target.id}/claims`;
    const open = await this.openClaim(target);
    if (open === null) {
      const body = { skillLevel: `${skill}.${this.draw(statements.length) + 1}`, summary: 'I do this.' };
      return void (await this.send('draft', target, { method: 'POST', path, body }));
    }
    const { id, state, etag } = open;
    const mentor = target.mentors[this.draw(target.mentors.length)];
    const step = (what: string, who: Hand, end: string, body: object): Promise<Reply> =>
      this.send(what, who, { method: 'POST', path: `${path}/${id}/${end}`, body, ifMatch: etag });
    if (state !== 'submitted')
      return void (await (this.draw(3) === 0
        ? step('withdraw claim', target, 'withdrawal', {})
        : step('submit', target, 'submission', {})));
    if (mentor === undefined) return;
    const statement = `${open.skillLevel}.1`;
    const ways = [
      () => step('approve', mentor, 'approval', approval),
      () => step('request changes', mentor, 'change-request', { feedback: 'Nearly.', statements: [{ statement, feedback: 'Say more.' }] }),
      () => step('refuse', mentor, 'refusal', { reason: 'This is the level below.' }),
      () => step('withdraw claim', target, 'withdrawal', {}),
    ];
    await ways[this.draw(ways.length)]?.();
  }

  private async openClaim(target: Target): Promise<{ id: string; state: string; skillLevel: string; etag: string | undefined } | null> {
    const path = `/engineers/${target.id}/claims`;
    const listed = await this.send('look', target, { method: 'GET', path });
    const items = (listed.body['items'] ?? []) as { id: string; state: string; skillLevel: string }[];
    const open = items.find(({ state }) => ['draft', 'submitted', 'changes-requested'].includes(state));
    if (open === undefined) return null;
    const { etag } = await this.send('look', target, { method: 'GET', path: `${path}/${open.id}` });
    return { id: open.id, state: open.state, skillLevel: open.skillLevel, etag };
  }

  /** All the way from work to a sign-off of one of the lower levels, as far as the others let it come. */
  private async signOff(target: Target): Promise<void> {
    const level = this.draw(2);
    const skillLevel = `${skill}.${level + 1}`;
    const shown = Array.from({ length: statements[level] ?? 0 }, (_, i) => `${skillLevel}.${i + 1}`);
    const mentor = target.mentors[this.draw(target.mentors.length)];
    if (mentor === undefined || (await this.openClaim(target)) !== null) return;
    const evidence = await this.log(target, shown);
    if (evidence === null) return;
    const path = `/engineers/${target.id}/claims`;
    const drafted = await this.send('draft', target, { method: 'POST', path, body: { skillLevel, summary: 'I do this.' } });
    if (drafted.status !== 201) return;
    const claim = `${path}/${String(drafted.body['id'])}`;
    const submitted = await this.send('submit', target, { method: 'POST', path: `${claim}/submission`, body: {}, ifMatch: drafted.etag });
    const verdicts = shown.map((statement) => ({ evidence, statement, verdict: 'accepted' }));
    const reviewed = await this.send('reviews', mentor, {
      method: 'POST',
      path: `${claim}/reviews`,
      body: { verdicts },
      ifMatch: submitted.etag,
    });
    await this.send('approve', mentor, { method: 'POST', path: `${claim}/approval`, body: approval, ifMatch: reviewed.etag });
  }

  private async revoke(target: Target): Promise<void> {
    const path = `/engineers/${target.id}/sign-offs`;
    const listed = await this.send('look', target, { method: 'GET', path });
    const items = (listed.body['items'] ?? []) as { id: string }[];
    const one = items[this.draw(Math.max(1, items.length))];
    if (one === undefined) return;
    await this.send('revoke', this.admin, {
      method: 'POST',
      path: `${path}/${one.id}/revocation`,
      body: { password, reason: 'A storm came.' },
    });
  }
}
