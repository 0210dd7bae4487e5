import type { Pool } from 'pg';
import { dayOf, addMonths } from '../../../src/kernel/clock';
import { genesisOf } from '../../../src/ledger/entry';
import { Client, type Reply } from '../http';
import { type Member, makePeople, password, renewSession } from '../people';
import type { Draw, Match, Plan } from './plan';
import { type Kind, planners } from './plans';
import {
  type Action,
  type Claim,
  type Model,
  type Person,
  type Policy,
  type Who,
  actions,
  standingApprovals,
  statuses,
  toTheClaim,
  unmet,
  verdict,
} from './rules';
import { checkAlways, checkLedger, inOrder, mustEqual, snapshotOf, stateOf } from './snapshot';

/** How a run begins. */
export interface Beginning {
  /** Of each who may be a mentor: the mentorship, and up to which level they are accredited (0 for not at all). */
  readonly mentors: Readonly<
    Record<'mentorA' | 'mentorB' | 'mentorC' | 'manager' | 'holder', { mentorship: 'none' | 'ended' | 'in-force'; upTo: number }>
  >;
  readonly policy: Policy;
}

/** What one worker keeps from run to run: a skill of its own, so that its changes of policy disturb nobody, and those who belong to no run. */
export interface Bench {
  readonly client: Client;
  readonly pool: Pool;
  readonly skill: string;
  readonly levels: ReadonlyMap<number, number>;
  readonly shared: Readonly<Record<'admin' | 'auditor' | 'stranger' | 'holder', Member>>;
  /** The level that `holder` has a sign-off for. */
  readonly holds: number;
  readonly tally: Tally;
  /** The policies that stand, as the last run left them; null where that is not known. */
  policies: Model['policies'] | null;
}

/** What was done, and what came of it. */
export class Tally {
  runs = 0;
  commands = 0;
  signOffs = 0;
  readonly outcomes = new Map<string, number>();

  count(what: string): void {
    this.outcomes.set(what, (this.outcomes.get(what) ?? 0) + 1);
  }
}

const today = dayOf(new Date(), 'UTC');
const dayOfAge = (age: number): string => addMonths(today, -age);
const plans = planners({ dayOfAge, password });

const fullPolicy = (body: Record<string, unknown>): Policy =>
  ({
    acceptedPerStatement: body['acceptedPerStatement'],
    mayMiss: body['mayMiss'],
    distinctEvidence: body['distinctEvidence'],
    maxAgeMonths: body['maxAgeMonths'],
    approvals: body['approvals'],
    stepping: body['stepping'],
    lineManagerMayApprove: body['lineManagerMayApprove'],
    validMonths: body['validMonths'],
    reviewDays: body['reviewDays'],
  }) as Policy;

/** Gives every level of a skill the same policy; answers the versions that stand then. */
async function policiesOf({ client, shared, skill, levels, policies }: Bench, wanted: Policy): Promise<Model['policies']> {
  const { token } = shared.admin;
  const standing: Model['policies'] = new Map();
  for (const level of levels.keys()) {
    const path = `/policies/${skill}.${level}`;
    let now = policies?.get(level);
    if (now === undefined) {
      const { body } = await client.send({ method: 'GET', path, token });
      now = { version: body['version'] as number, numbers: fullPolicy(body) };
    }
    if (JSON.stringify(now.numbers) !== JSON.stringify(wanted)) {
      const { status, body } = await client.send({ method: 'PUT', path, token, body: wanted, ifMatch: `"v${now.version}"` });
      if (status !== 200) throw new Error(`the policy was refused: ${JSON.stringify(body)}`);
      now = { version: body['version'] as number, numbers: wanted };
    }
    standing.set(level, now);
  }
  return standing;
}

/** The real thing, and one run on it: an engineer with mentors and a manager, all new. */
export class World {
  private readonly tags = new Map<string, string>();
  private readonly oldTags = new Map<string, string>();

  private constructor(
    private readonly bench: Bench,
    readonly model: Model,
    private readonly members: Readonly<Record<Who, Member>>,
  ) {}

  /** Makes the people of a run, and gives the skill its policy. */
  static async begin(bench: Bench, { mentors, policy }: Beginning): Promise<World> {
    const { pool, shared, skill, levels } = bench;
    const policies = await policiesOf(bench, policy);
    bench.policies = null;
    const names = Object.keys(mentors) as (keyof Beginning['mentors'])[];
    const withMentorship = names.filter((name) => mentors[name].mentorship !== 'none');
    const accredited = names.filter((name) => name !== 'holder' && levels.has(mentors[name].upTo));
    const order = ['manager', 'mentorA', 'mentorB', 'mentorC', 'engineer'] as const;
    const { members: made, related } = await makePeople(
      pool,
      [
        { name: 'Manager' },
        { name: 'Mentor A' },
        { name: 'Mentor B', roles: ['auditor'] },
        { name: 'Mentor C', roles: ['admin'] },
        { name: 'Engineer', manager: 0 },
      ] as const,
      (all) => {
        const idOf = (name: keyof Beginning['mentors'] | 'engineer'): string =>
          name === 'holder' ? shared.holder.id : (all[order.indexOf(name)]?.id ?? '');
        const by = shared.admin.id;
        return {
          mentorships: withMentorship.map((name) => ({
            engineer: idOf('engineer'),
            mentor: idOf(name),
            by,
            skill,
            ended: mentors[name].mentorship === 'ended',
          })),
          accreditations: accredited.map((name) => ({ person: idOf(name), by, skill, upTo: mentors[name].upTo })),
        };
      },
    );
    const [manager, mentorA, mentorB, mentorC, engineer] = made;
    const members = { ...shared, engineer, manager, mentorA, mentorB, mentorC };
    const person = ({ id }: Member, rest: Partial<Person> = {}): Person => ({
      id,
      admin: false,
      auditor: false,
      above: false,
      holds: 0,
      active: true,
      mentorships: [],
      accreditations: [],
      ...rest,
    });
    const people: Record<Who, Person> = {
      engineer: person(engineer),
      mentorA: person(mentorA),
      mentorB: person(mentorB, { auditor: true }),
      mentorC: person(mentorC, { admin: true }),
      holder: person(shared.holder, { holds: bench.holds }),
      manager: person(manager, { above: true }),
      admin: person(shared.admin, { admin: true }),
      auditor: person(shared.auditor, { auditor: true }),
      stranger: person(shared.stranger),
    };
    for (const [index, name] of withMentorship.entries()) {
      people[name].mentorships.push({ id: related.mentorships[index] ?? '', inForce: mentors[name].mentorship === 'in-force' });
    }
    for (const [index, name] of accredited.entries()) {
      people[name].accreditations.push({ id: related.accreditations[index] ?? '', upTo: mentors[name].upTo, ended: false });
    }
    bench.tally.runs += 1;
    const ledger = { seq: 0, hash: genesisOf(engineer.id).toString('hex') };
    return new World(
      bench,
      { skill, levels, policies, people, evidence: [], claims: [], signOffs: [], named: new Set(), requests: [], gone: 0, ledger },
      members,
    );
  }

  /** What a command would send now; null where there is nothing to send it to. */
  plan(kind: Kind, draw: Draw): Plan | null {
    return plans[kind](this.model, draw);
  }

  /** Sends a command, holds the answer against the rules, and all that it left behind against the model. */
  async run(kind: Kind, plan: Plan): Promise<void> {
    const { model, members, bench } = this;
    const { who, method, path, body, versionOf } = plan;
    const ifMatch = await this.ifMatch(plan);
    const expected = expectedOf(plan);
    const reply = await bench.client.send({ method, path, body, token: members[who].token, ifMatch });
    const code = Client.codeOf(reply);
    bench.tally.commands += 1;
    bench.tally.count(`${kind} ${code ?? 'done'}`);
    if (code !== (expected ?? undefined) || reply.status !== (expected === null ? plan.status : statuses[expected])) {
      throw new Error(
        `${who} ${method} ${path} ${JSON.stringify(body)} answered ${reply.status} ${JSON.stringify(reply.body).slice(0, 500)}, expected ${expected ?? plan.status}; unmet ${JSON.stringify(plan.unmet)}`,
      );
    }
    if (code === 'gate-not-met') mustEqual('what is unmet', unmetIn(reply), plan.unmet);
    const entries = expected === null ? plan.succeed(String(reply.body['id']), reply.body) : [];
    if (expected === null) await this.follow(plan, reply);
    for (const [index, { kind, subject }] of entries.entries()) {
      const claim = model.claims.find(({ id }) => subject === `claims/${id}`);
      claim?.said.push({ seq: model.ledger.seq + 1 + index, kind, submission: claim.submission, gone: false });
    }
    const snapshot = await snapshotOf(bench.pool, model.people.engineer.id, model.ledger.seq, model.gone);
    model.ledger = checkLedger(model, snapshot, entries);
    mustEqual('the record', inOrder(snapshot.state), inOrder(stateOf(model, dayOfAge)));
    checkAlways(model);
    if (expected === null && versionOf !== undefined && /\/claims\/[^/]+$/.test(versionOf.path) && kind !== 'redactOwn')
      this.checkClaim(who, versionOf.path, reply);
  }

  /** At the end of a run: the whole chain by the application's own check, and what a reader is shown. */
  async finish(): Promise<void> {
    const { client, shared, tally } = this.bench;
    const { engineer } = this.model.people;
    const verified = await client.send({
      method: 'GET',
      path: `/engineers/${engineer.id}/ledger/verification`,
      token: shared.auditor.token,
    });
    if (verified.body['ok'] !== true || verified.body['heldInPart'] !== this.model.gone)
      throw new Error(`the ledger does not verify: ${JSON.stringify(verified.body)}`);
    const claim = this.model.claims.at(-1);
    const who = (['auditor', 'engineer', 'mentorA', 'manager', 'mentorC', 'holder'] as const)[this.model.ledger.seq % 6] ?? 'auditor';
    if (claim !== undefined) {
      const path = `/engineers/${engineer.id}/claims/${claim.id}`;
      const reply = await client.send({ method: 'GET', path, token: this.members[who].token });
      const refused = toTheClaim(this.model, who, claim, 'see');
      mustEqual(`what ${who} is answered about the claim`, Client.codeOf(reply), refused ?? undefined);
      if (refused === null) this.checkClaim(who, path, reply);
    }
    this.bench.policies = this.model.policies;
    tally.signOffs += this.model.signOffs.length;
  }

  /** Holds a claim as somebody is shown it against the model: its state, approvals, gate, and what they may do. */
  private checkClaim(who: Who, path: string, { body, etag }: Reply): void {
    const { model } = this;
    const claim = model.claims.find(({ id }) => path.endsWith(id));
    if (claim === undefined) throw new Error('no such claim');
    const shown = body as unknown as {
      state: string;
      submission: number;
      approvals: { mentor: { id: string } }[];
      gate: { submittable: boolean; approvable: boolean; unmet: { code: string; statement?: string; blocks: string }[] };
      actions: Record<Action, { allowed: boolean; code?: string }>;
    };
    mustEqual('the state shown', shown.state, claim.state);
    const approvals = standingApprovals(claim).map((one) => model.people[one].id);
    mustEqual('the approvals shown', shown.approvals.map(({ mentor }) => mentor.id).sort(), approvals.sort());
    mustEqual('the gate shown', gateShown(shown.gate), gateOf(model, claim));
    const allowed = Object.fromEntries(actions.map((action) => [action, verdict(model, who, claim, action) ?? 'allowed']));
    mustEqual(
      `what ${who} may do`,
      Object.fromEntries(actions.map((action) => [action, shown.actions[action].allowed ? 'allowed' : shown.actions[action].code])),
      allowed,
    );
    if (etag === undefined) throw new Error('the claim has no ETag');
  }

  /** Which If-Match to send: what is seen now, something seen before, or none. */
  private async ifMatch({ versionOf, match, door }: Plan): Promise<string | undefined> {
    if (versionOf === undefined || match === 'none') return undefined;
    if (door !== null) return '"whatever"';
    const { path } = versionOf;
    const now = await this.tagOf(path);
    if (match === 'fresh') return now;
    const before = this.oldTags.get(path);
    return before === undefined || before === now ? '"seen-before"' : before;
  }

  private async tagOf(path: string): Promise<string> {
    const known = this.tags.get(path);
    if (known !== undefined) return known;
    const { shared, client } = this.bench;
    const token = path.startsWith('/engineers') ? shared.auditor.token : shared.admin.token;
    const { status, etag } = await client.send({ method: 'GET', path, token });
    if (status !== 200 || etag === undefined) throw new Error(`${path} cannot be read: ${status}`);
    this.tags.set(path, etag);
    return etag;
  }

  /** After a success: what was seen is old now, but for what the answer shows. */
  private async follow({ method, path, versionOf, who: _ }: Plan, { etag, body }: Reply): Promise<void> {
    const isReview = path.endsWith('/reviews');
    for (const [known, tag] of this.tags) {
      this.oldTags.set(known, tag);
      // a claim's version is made of its evidence's too; a piece of evidence changes by itself, or by the verdicts of a claim
      if (!known.includes('/evidence/') || isReview || known === versionOf?.path) this.tags.delete(known);
    }
    const shown =
      (path.includes('/supports') && method === 'DELETE' ? undefined : versionOf?.path) ??
      (method === 'POST' && etag !== undefined ? `${path}/${String(body['id'])}` : undefined);
    if (shown !== undefined && etag !== undefined) {
      this.tags.set(shown, etag);
    }
    if (path.endsWith('/reactivation')) {
      const about = Object.values(this.members).find(({ id }) => path.includes(id));
      if (about !== undefined) await renewSession(this.bench.pool, about);
    }
  }
}

/** The code that a plan is refused with, in the order of api.md; null if it succeeds. */
export function expectedOf({ door, versionOf, match, refusal }: Plan): string | null {
  if (door !== null) return door;
  if (versionOf !== undefined && match === 'none' && versionOf.demanded) return 'if-match-required';
  if (versionOf !== undefined && match === 'stale') return 'stale';
  return refusal;
}

const unmetIn = ({ body }: Reply): string[] =>
  (body['errors'] as { code: string; statement?: string }[])
    .map(({ code, statement }) => (statement === undefined ? code : `${code} ${statement}`))
    .sort();

function gateShown({
  submittable,
  approvable,
  unmet: missing,
}: {
  submittable: boolean;
  approvable: boolean;
  unmet: { code: string; statement?: string; blocks: string }[];
}): unknown {
  const of = (phase: string): string[] =>
    missing
      .filter(({ blocks }) => blocks === phase)
      .map(({ code, statement }) => (statement === undefined ? code : `${code} ${statement}`))
      .sort();
  return { submittable, approvable, submission: of('submission'), approval: of('approval') };
}

function gateOf(model: Model, claim: Claim): unknown {
  // a claim that is decided has no gate any more
  if (!['draft', 'submitted', 'changes-requested'].includes(claim.state))
    return { submittable: false, approvable: false, submission: [], approval: [] };
  const submission = unmet(model, claim, 'submission');
  const approval = unmet(model, claim, 'approval');
  return { submittable: submission.length === 0, approvable: approval.length === 0, submission, approval };
}

/** What a plan says in a counterexample. */
export const wordsOf = (kind: Kind, { who, method, path, match, body }: Plan): string =>
  `${kind}: ${who} ${method} ${path.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{21}/g, '…')}${match === 'fresh' ? '' : ` (${match satisfies Match})`} ${JSON.stringify(body ?? {})}`;
