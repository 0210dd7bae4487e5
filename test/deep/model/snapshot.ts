import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Pool } from 'pg';
import { type Claim, type Model, type SignOff, type Who, cast, levelOf, levelRef, statementsOf } from './rules';

interface Entry {
  readonly seq: number;
  readonly at: string;
  readonly actor: string | null;
  readonly kind: string;
  readonly subject: string;
  readonly digest: string;
  readonly previous: string;
  readonly hash: string;
}

/** What stands in the database of one record. */
export interface Snapshot {
  readonly head: { readonly seq: number; readonly hash: string };
  /** Those that are new. */
  readonly entries: readonly Entry[];
  /** Entries, contents and rows that have no counterpart. */
  readonly orphans: number;
  readonly state: unknown;
}

const json = (columns: string, from: string, order: string): string =>
  `(SELECT coalesce(json_agg(json_build_array(${columns}) ORDER BY ${order}), '[]') FROM ${from})`;

const snapshotSql = `
  SELECT (SELECT json_build_object('seq', head_seq, 'hash', encode(head_hash, 'hex')) FROM record WHERE engineer_id = $1) AS head,
    (SELECT coalesce(json_agg(json_build_object('seq', seq, 'at', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'actor', actor_id, 'kind', kind,
            'subject', subject, 'digest', encode(digest, 'hex'), 'previous', encode(previous, 'hex'), 'hash', encode(hash, 'hex')) ORDER BY seq), '[]')
       FROM ledger_entry WHERE engineer_id = $1 AND seq > $2) AS entries,
    ((SELECT count(*) FROM ledger_entry e WHERE e.engineer_id = $1 AND e.seq > $2
         AND NOT EXISTS (SELECT 1 FROM record_content k WHERE k.engineer_id = $1 AND k.digest = e.digest))
      + abs((SELECT count(*) FROM record_content WHERE engineer_id = $1) - (SELECT count(DISTINCT digest) FROM ledger_entry WHERE engineer_id = $1) + $3))::int AS orphans,
    json_build_object(
      'evidence', ${json('evidence_id, state, kind, revision, (SELECT count(*) FROM evidence_revision r WHERE r.engineer_id = $1 AND r.evidence_id = e.evidence_id)', 'evidence e WHERE engineer_id = $1', 'evidence_id')},
      'supports', ${json('evidence_id, statement_ref, state, revision', 'support WHERE engineer_id = $1', 'evidence_id, statement_ref')},
      'claims', ${json("claim_id, skill_level_ref, state, submission, policy_version, summary = 'Redacted'", 'claim WHERE engineer_id = $1', 'claim_id')},
      'pins', ${json('claim_id, submission, evidence_id, statement_ref, revision', 'claim_pin WHERE engineer_id = $1', 'claim_id, submission, evidence_id, statement_ref')},
      'approvals', ${json('a.claim_id, a.submission, a.mentor_id, a.submission_digest = s.digest, a.mentor_id <> a.engineer_id', 'approval a JOIN claim_submission s USING (engineer_id, claim_id, submission) WHERE a.engineer_id = $1', 'a.claim_id, a.submission, a.mentor_id')},
      'signOffs', ${json('o.sign_off_id, o.claim_id, o.skill_level_ref, o.accepted, EXISTS (SELECT 1 FROM revocation r WHERE r.engineer_id = $1 AND r.sign_off_id = o.sign_off_id)', 'sign_off o WHERE o.engineer_id = $1', 'o.sign_off_id')},
      'mentorships', ${json('mentorship_id, until_at IS NULL', 'mentorship WHERE engineer_id = $1', 'mentorship_id')},
      'locked', ${json(
        'p.evidence_id',
        `claim c JOIN claim_pin p USING (engineer_id, claim_id, submission) JOIN evidence e USING (engineer_id, evidence_id)
           WHERE c.engineer_id = $1 AND c.state = 'submitted' AND (e.revision <> p.revision OR e.state <> 'logged')`,
        'p.evidence_id',
      )},
      'progress', ${json('skill_level_ref, total, accepted, proposed, last_evidence_on, going_on, claim_id, claim_state, line_claim_state, sign_off_id, signed_off_accepted', 'progress WHERE engineer_id = $1', 'skill_level_ref')}
    ) AS state`;

/** Reads a record as the superuser: what is new in the ledger after `seq`, and all the rest. Of `gone` contents it is known that they were taken out. */
export async function snapshotOf(pool: Pool, engineerId: string, seq: number, gone: number): Promise<Snapshot> {
  const { rows } = await pool.query<Snapshot>({ name: 'deep snapshot', text: snapshotSql, values: [engineerId, seq, gone] });
  const [row] = rows;
  if (row === undefined) throw new Error('the record is gone');
  return row;
}

/** One expected entry of the ledger. */
export interface Expected {
  readonly kind: string;
  readonly actor: Who;
  /** Left out where only its beginning is known. */
  readonly subject: string;
}

/** SHA-256 over the canonical JSON of an entry: names in order, nothing between them. All its values are texts and whole numbers. */
function hashOf(entry: Entry): string {
  const fields = ['actor', 'at', 'digest', 'kind', 'previous', 'seq', 'subject'] as const;
  const text = `{${fields.map((name) => `${JSON.stringify(name)}:${JSON.stringify(entry[name])}`).join(',')}}`;
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** Holds what came to the ledger against what was to come; answers its new head. */
export function checkLedger(model: Model, { head, entries, orphans }: Snapshot, expected: readonly Expected[]): Model['ledger'] {
  const said = entries.map(({ kind, subject, actor }) => `${kind} ${subject} ${cast.find((who) => model.people[who].id === actor)}`);
  const wanted = expected.map(({ kind, subject, actor }) => `${kind} ${subject} ${actor}`);
  mustEqual('the ledger’s new entries', said, wanted);
  let { seq, hash } = model.ledger;
  for (const entry of entries) {
    if (entry.seq !== seq + 1) throw new Error(`entry ${entry.seq} follows ${seq}`);
    if (entry.previous !== hash) throw new Error(`entry ${entry.seq} does not follow the one before it`);
    if (hashOf(entry) !== entry.hash) throw new Error(`the hash of entry ${entry.seq} is wrong`);
    seq = entry.seq;
    hash = entry.hash;
  }
  mustEqual('the head', head, { seq, hash });
  if (orphans !== 0) throw new Error(`${orphans} entries or contents have no counterpart`);
  return head;
}

const byText = (one: readonly unknown[], other: readonly unknown[]): number => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);

/** Lists in one order, whatever the database's collation. */
export const inOrder = (state: unknown): unknown =>
  Object.fromEntries(Object.entries(state as Record<string, unknown[][]>).map(([name, rows]) => [name, [...rows].sort(byText)]));

/** The same state as the model has it. */
export function stateOf(model: Model, dayOfAge: (age: number) => string): unknown {
  const { evidence, claims, people } = model;
  const idOf = (who: Who): string => people[who].id;
  return {
    evidence: evidence
      .map(({ id, archived, kind, revision }) => [id, archived ? 'archived' : 'logged', kind, revision, revision])
      .sort(byText),
    supports: evidence
      .flatMap(({ id, supports }) => [...supports].map(([ref, { state, revision }]) => [id, ref, state, revision]))
      .sort(byText),
    claims: claims
      .map(({ id, level, state, submission, policyVersion, summaryGone }) => [
        id,
        levelRef(model, level),
        state,
        submission,
        policyVersion,
        summaryGone,
      ])
      .sort(byText),
    pins: claims
      .flatMap(({ id, pins }) =>
        pins.flatMap((some, index) => some.map((pin) => [id, index + 1, pin.evidence.id, pin.statement, pin.revision])),
      )
      .sort(byText),
    approvals: claims
      .flatMap(({ id, approvals }) => approvals.map(({ submission, by }) => [id, submission, idOf(by), true, true]))
      .sort(byText),
    signOffs: model.signOffs
      .map(({ id, claim, accepted, revoked }) => [id, claim.id, levelRef(model, claim.level), accepted, revoked])
      .sort(byText),
    mentorships: cast.flatMap((who) => people[who].mentorships.map(({ id, inForce }) => [id, inForce])).sort(byText),
    locked: [],
    progress: [...model.named].sort((one, other) => one - other).map((level) => progressOf(model, level, dayOfAge)),
  };
}

/** What a level adds up to. */
function progressOf(model: Model, level: number, dayOfAge: (age: number) => string): unknown[] {
  const counting = model.evidence
    .filter(({ kind, archived }) => kind === 'work' && !archived)
    .flatMap((evidence) => [...evidence.supports].map(([ref, { state }]) => ({ ref, state, age: evidence.age })))
    .filter(({ ref, state }) => levelOf(ref) === level && (state === 'accepted' || state === 'proposed'));
  const statements = statementsOf(model, level);
  const accepted = statements.filter((one) => counting.some(({ ref, state }) => ref === one && state === 'accepted'));
  const proposed = statements.filter((one) => !accepted.includes(one) && counting.some(({ ref }) => ref === one));
  const ages = counting.map(({ age }) => age).filter((age) => age > 0);
  const claims = model.claims.filter((claim) => claim.level === level);
  const claim = claims.find(({ state }) => ['draft', 'submitted', 'changes-requested'].includes(state)) ?? claims.at(-1);
  const forLine = claims.filter(({ state }) => state === 'submitted' || state === 'approved').at(-1);
  const granted = inForce(model.signOffs.filter((one) => !one.revoked && one.claim.level === level));
  return [
    levelRef(model, level),
    statements.length,
    accepted.length,
    proposed.length,
    ages.length === 0 ? null : dayOfAge(Math.min(...ages)),
    counting.some(({ age }) => age === 0),
    claim?.id ?? null,
    claim?.state ?? null,
    forLine?.state ?? null,
    granted?.id ?? null,
    granted?.accepted ?? null,
  ];
}

/** Of several sign-offs of a level the one that lasts longest, the newest of equals. */
const inForce = (signOffs: readonly SignOff[]): SignOff | undefined =>
  signOffs.reduce<SignOff | undefined>(
    (best, one) => (best === undefined || (one.validMonths ?? Infinity) >= (best.validMonths ?? Infinity) ? one : best),
    undefined,
  );

/** Rules that hold of every record whatever the model thinks, told from the model's own words. */
export function checkAlways(model: Model): void {
  const open = model.claims.filter(({ state }: Claim) => ['draft', 'submitted', 'changes-requested'].includes(state));
  if (open.length > 1) throw new Error('two claims are open');
  for (const { approvedBy, claim } of model.signOffs) {
    if (new Set(approvedBy).size < (claim.policy?.approvals ?? 1) || approvedBy.includes('engineer'))
      throw new Error('a sign-off lacks approvals');
  }
}

/** @throws Error showing the first part that differs */
export function mustEqual(what: string, found: unknown, wanted: unknown): void {
  if (isDeepStrictEqual(found, wanted)) return;
  throw new Error(`${what}: found ${JSON.stringify(found)}, expected ${JSON.stringify(wanted)}`);
}
