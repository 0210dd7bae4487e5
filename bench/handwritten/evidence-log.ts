import { hash, randomBytes } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { v7 } from 'uuid';
import { type EvidenceContent, lineOf, tagsOf } from '../../src/evidence/evidence';
import { canonicalJson, type Json } from '../../src/kernel/canonical-json';
import { isRedacted } from '../../src/progress/redacted-sql';
import type { Catalogue, CataloguedStatement } from './catalogue';
import { type StoredEvidence, evidenceAnswer } from './evidence-one';
import { Problem } from './problem';

/** The body of a POST, checked against its schema. */
export interface EvidenceBody {
  readonly title: string;
  readonly description: string;
  readonly outcome?: string | null;
  readonly role?: EvidenceContent['role'];
  readonly supervisedBy?: string | null;
  readonly kind?: EvidenceContent['kind'];
  readonly startedOn?: string | null;
  readonly endedOn?: string | null;
  readonly links?: readonly { readonly url: string; readonly label?: string | null }[];
  readonly tags?: readonly string[];
  readonly supports?: readonly Proposal[];
}

interface Proposal {
  readonly statement: string;
  readonly rationale: string;
}

// the clock is read from the locked row's tuple, after the lock was had, and never runs behind the chain
const lockText = `
  WITH locked AS MATERIALIZED (SELECT head_seq, head_hash, head_at FROM record WHERE engineer_id = $1 FOR UPDATE)
  SELECT head_seq, head_hash, greatest(date_trunc('milliseconds', clock_timestamp()), head_at) AS at FROM locked`;

// $1 engineer, $2 evidence, $3 at, $4 kind, $5 started on, $6 ended on, $7 tags, $8 text to search, $9 contents' digests, $10 salts, $11 bodies,
// $12 entries' kinds, $13 subjects, $14 hashes before, $15 hashes, $16 head before, $17 statements, $18 their levels, $19 rationales; the first content is the evidence's
const logText = `
  WITH kept AS (
    INSERT INTO record_content (engineer_id, digest, salt, body)
    SELECT $1, * FROM unnest($9::bytea[], $10::bytea[], $11::jsonb[])
  ), logged AS (
    INSERT INTO evidence (engineer_id, evidence_id, kind, started_on, ended_on, tags, search, logged_at, changed_at)
    VALUES ($1, $2, $4, $5, $6, $7, to_tsvector('english', $8), $3, $3)
  ), revised AS (
    INSERT INTO evidence_revision (engineer_id, evidence_id, revision, at, digest) VALUES ($1, $2, 1, $3, ($9::bytea[])[1])
  ), proposed AS (
    INSERT INTO support (engineer_id, evidence_id, statement_ref, skill_level_ref, revision, rationale, proposed_at)
    SELECT $1, $2, s.statement, s.level, 1, s.rationale, $3 FROM unnest($17::text[], $18::text[], $19::text[]) s (statement, level, rationale)
  ), entered AS (
    INSERT INTO ledger_entry (engineer_id, seq, at, actor_id, kind, subject, digest, previous, hash)
    SELECT $1, $16::int + n.ordinality, $3, $1, n.kind, n.subject, n.digest, n.previous, n.hash
      FROM unnest($12::text[], $13::text[], $9::bytea[], $14::bytea[], $15::bytea[]) WITH ORDINALITY n (kind, subject, digest, previous, hash)
  )
  UPDATE record SET head_seq = $16::int + cardinality($15::bytea[]), head_hash = ($15::bytea[])[cardinality($15::bytea[])], head_at = $3, version = version + 1
   WHERE engineer_id = $1`;

const progressText = `
  INSERT INTO progress (engineer_id, skill_level_ref, skill_ref, level, total, accepted, proposed, last_evidence_on, going_on,
                        claim_id, claim_state, line_claim_state, sign_off_id, signed_off_on, valid_until, signed_off_accepted)
  SELECT $1, l.skill_level_ref, l.skill_ref, l.level, (SELECT count(*) FROM statement t WHERE t.skill_level_ref = l.skill_level_ref),
         n.accepted, n.proposed, n.ended_on, n.going_on, c.claim_id, c.state,
         (SELECT k.state FROM claim k WHERE k.engineer_id = $1 AND k.skill_level_ref = l.skill_level_ref AND k.state IN ('submitted', 'approved')
           ORDER BY k.drafted_at DESC, k.claim_id DESC LIMIT 1), o.sign_off_id, o.signed_off_on, o.valid_until, o.accepted
    FROM skill_level l
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE x.accepted) AS accepted, count(*) FILTER (WHERE x.proposed AND NOT x.accepted) AS proposed,
             max(x.ended_on) AS ended_on, coalesce(bool_or(x.going_on), false) AS going_on
        FROM (SELECT bool_or(s.state = 'accepted') AS accepted, bool_or(s.state = 'proposed') AS proposed, max(e.ended_on) AS ended_on,
                     bool_or(e.ended_on IS NULL) AS going_on
                FROM support s JOIN evidence e ON e.engineer_id = s.engineer_id AND e.evidence_id = s.evidence_id
               WHERE s.engineer_id = $1 AND s.skill_level_ref = l.skill_level_ref AND s.state IN ('accepted', 'proposed') AND e.state = 'logged' AND e.kind = 'work'
                 AND NOT ${isRedacted('e')}
               GROUP BY s.statement_ref) x
    ) n
    LEFT JOIN LATERAL (
      SELECT c.claim_id, c.state FROM claim c WHERE c.engineer_id = $1 AND c.skill_level_ref = l.skill_level_ref
       ORDER BY (c.state IN ('draft', 'submitted', 'changes-requested')) DESC, c.drafted_at DESC, c.claim_id DESC LIMIT 1
    ) c ON true
    LEFT JOIN LATERAL (
      SELECT o.sign_off_id, o.signed_off_on, o.valid_until, o.accepted FROM sign_off o
       WHERE o.engineer_id = $1 AND o.skill_level_ref = l.skill_level_ref
         AND NOT EXISTS (SELECT 1 FROM revocation r WHERE r.engineer_id = o.engineer_id AND r.sign_off_id = o.sign_off_id)
         AND NOT EXISTS (SELECT 1 FROM sign_off_expiry x WHERE x.engineer_id = o.engineer_id AND x.sign_off_id = o.sign_off_id)
       ORDER BY o.valid_until DESC NULLS FIRST, o.at DESC, o.sign_off_id DESC LIMIT 1
    ) o ON true
   WHERE l.skill_level_ref = ANY ($2)
  ON CONFLICT (engineer_id, skill_level_ref) DO UPDATE SET
    (total, accepted, proposed, last_evidence_on, going_on, claim_id, claim_state, line_claim_state, sign_off_id, signed_off_on, valid_until, signed_off_accepted)
    = ROW (EXCLUDED.total, EXCLUDED.accepted, EXCLUDED.proposed, EXCLUDED.last_evidence_on, EXCLUDED.going_on, EXCLUDED.claim_id, EXCLUDED.claim_state,
           EXCLUDED.line_claim_state, EXCLUDED.sign_off_id, EXCLUDED.signed_off_on, EXCLUDED.valid_until, EXCLUDED.signed_off_accepted)`;

// the skills of these levels: where their dashboards find them in one row
const standingText = `
  INSERT INTO standing (engineer_id, skill_ref, levels, current_level, levels_all, levels_some, levels_approved, lapses_on)
  SELECT $1, g.skill_ref, json_agg(json_build_object('level', g.level, 'accepted', g.accepted, 'proposed', g.proposed, 'claimState', g.line_claim_state,
             'lastEvidenceOn', g.last_evidence_on, 'goingOn', g.going_on, 'signOffId', g.sign_off_id, 'signedOffOn', g.signed_off_on, 'validUntil', g.valid_until,
             'signedOffAccepted', g.signed_off_accepted) ORDER BY g.level),
         max(g.level) FILTER (WHERE g.sign_off_id IS NOT NULL),
         coalesce(bit_or(1 << g.level) FILTER (WHERE coalesce(g.signed_off_accepted, g.accepted) >= g.total), 0),
         coalesce(bit_or(1 << g.level) FILTER (WHERE coalesce(g.signed_off_accepted, g.accepted) BETWEEN 1 AND g.total - 1), 0),
         coalesce(bit_or(1 << g.level) FILTER (WHERE g.line_claim_state = 'approved'), 0), min(g.valid_until)
    FROM progress g WHERE g.engineer_id = $1 AND g.skill_ref IN (SELECT l.skill_ref FROM skill_level l WHERE l.skill_level_ref = ANY ($2))
   GROUP BY g.skill_ref
  ON CONFLICT (engineer_id, skill_ref) DO UPDATE SET (levels, current_level, levels_all, levels_some, levels_approved, lapses_on)
    = ROW (EXCLUDED.levels, EXCLUDED.current_level, EXCLUDED.levels_all, EXCLUDED.levels_some, EXCLUDED.levels_approved, EXCLUDED.lapses_on)`;

const contentOf = (body: EvidenceBody): EvidenceContent => ({
  title: lineOf(body.title),
  description: body.description,
  outcome: body.outcome ?? null,
  role: body.role ?? null,
  supervisedBy: typeof body.supervisedBy === 'string' ? lineOf(body.supervisedBy) : null,
  kind: body.kind ?? 'work',
  startedOn: body.startedOn ?? null,
  endedOn: body.endedOn ?? null,
  links: body.links?.map(({ url, label }) => ({ url, label: typeof label === 'string' ? lineOf(label) : null })) ?? [],
  tags: tagsOf(body.tags ?? []),
});

/** Content with its salt and its digest, and the entry that names it. */
interface Kept {
  readonly kind: string;
  readonly subject: string;
  readonly body: string;
  readonly salt: Buffer;
  readonly digest: Buffer;
}

function kept(kind: string, subject: string, content: Json): Kept {
  const salt = randomBytes(16);
  const text = `{"content":${canonicalJson(content)},"salt":"${salt.toString('hex')}"}`;
  return { kind, subject, body: JSON.stringify(content), salt, digest: hash('sha256', text, 'buffer') };
}

/** Logs a piece of work under the record's lock: two round trips, the transaction's statements sent together as far as they do not depend on each other's answers. */
export async function logEvidence(
  pool: Pool,
  catalogue: Catalogue,
  engineerId: string,
  body: EvidenceBody,
): Promise<{ id: string; answer: object }> {
  const proposals = body.supports ?? [];
  const content = contentOf(body);
  const client = await pool.connect();
  try {
    const { at, head, seq } = await lock(client, engineerId);
    checkDays(content, at.slice(0, 10));
    const statements = await statementsOf(catalogue, proposals);
    const id = v7();
    const entries = [
      kept('evidence.logged', `evidence/${id}`, content),
      ...proposals.map(({ statement, rationale }) =>
        kept('support.proposed', `evidence/${id}/supports/${statement}`, { revision: 1, rationale }),
      ),
    ];
    const levels = [...new Set(statements.map(({ skillLevel }) => skillLevel))].sort();
    await write(client, levels, engineerId, [
      engineerId,
      id,
      at,
      content.kind,
      content.startedOn,
      content.endedOn,
      content.tags,
      [content.title, content.description, content.outcome ?? '', content.tags.join(' ')].join(' '),
      entries.map(({ digest }) => digest),
      entries.map(({ salt }) => salt),
      entries.map((entry) => entry.body),
      entries.map(({ kind }) => kind),
      entries.map(({ subject }) => subject),
      ...hashes(entries, engineerId, at, head, seq),
      seq,
      proposals.map(({ statement }) => statement),
      statements.map(({ skillLevel }) => skillLevel),
      proposals.map(({ rationale }) => rationale),
    ]);
    client.release();
    return { id, answer: await catalogue.describe((statementOf) => evidenceAnswer(stored(id, at, content, proposals), statementOf)) };
  } catch (error) {
    await client.query('ROLLBACK').then(
      () => client.release(),
      () => client.release(true),
    );
    throw error;
  }
}

async function lock(client: PoolClient, engineerId: string): Promise<{ at: string; head: Buffer; seq: number }> {
  const [, locked] = await Promise.all([
    client.query('BEGIN'),
    client.query<{ head_seq: number; head_hash: Buffer; at: string }>({ name: 'lock', text: lockText, values: [engineerId] }),
  ]);
  const record = locked.rows[0];
  if (record === undefined) throw new Problem(404, 'not-found');
  return { at: record.at, head: record.head_hash, seq: record.head_seq };
}

async function write(client: PoolClient, levels: readonly string[], engineerId: string, values: unknown[]): Promise<void> {
  // a commit after a statement that failed rolls back
  await Promise.all([
    client.query({ name: 'log', text: logText, values }),
    ...(levels.length === 0
      ? []
      : [
          client.query({ name: 'progress', text: progressText, values: [engineerId, levels] }),
          client.query({ name: 'standing', text: standingText, values: [engineerId, levels] }),
        ]),
    client.query('COMMIT'),
  ]);
}

/** For each entry the hash of the one before it, and its own: SHA-256 over the canonical JSON of its fields, whose names and values need no sorting or escaping. */
function hashes(entries: readonly Kept[], actor: string, at: string, head: Buffer, seq: number): [previous: Buffer[], own: Buffer[]] {
  const previous: Buffer[] = [];
  const own: Buffer[] = [];
  for (const [i, { kind, subject, digest }] of entries.entries()) {
    const before = own[i - 1] ?? head;
    const text = `{"actor":"${actor}","at":"${at}","digest":"${digest.toString('hex')}","kind":"${kind}","previous":"${before.toString('hex')}","seq":${seq + i + 1},"subject":"${subject}"}`;
    previous.push(before);
    own.push(hash('sha256', text, 'buffer'));
  }
  return [previous, own];
}

function checkDays({ startedOn, endedOn }: EvidenceContent, today: string): void {
  for (const [field, value] of Object.entries({ startedOn, endedOn })) {
    if (value !== null && value > today) throw malformed(`/${field}`, `${field} lies in the future: today is ${today}.`);
  }
  if (startedOn !== null && endedOn !== null && endedOn < startedOn)
    throw malformed('/endedOn', `The work ended (${endedOn}) before it started (${startedOn}).`);
}

const malformed = (pointer: string, detail: string): Problem =>
  new Problem(400, 'malformed', 'The days do not fit: see errors.', [{ pointer, code: 'day', detail }]);

async function statementsOf(catalogue: Catalogue, proposals: readonly Proposal[]): Promise<CataloguedStatement[]> {
  const refs = proposals.map(({ statement }) => statement);
  if (new Set(refs).size < refs.length) throw new Problem(409, 'support-exists');
  if (refs.some((ref) => catalogue.statement(ref) === undefined)) await catalogue.load();
  return refs.map((ref) => {
    const statement = catalogue.statement(ref);
    if (statement === undefined) throw new Problem(422, 'statement-unknown');
    return statement;
  });
}

/** What has just been written, as a read would find it. */
const stored = (id: string, at: string, body: EvidenceContent, proposals: readonly Proposal[]): StoredEvidence => ({
  id,
  state: 'logged',
  version: 1,
  revision: 1,
  body,
  currentBody: null,
  redacted: null,
  loggedAt: at,
  changedAt: at,
  lockedLevels: null,
  history: [[1, at.replace('Z', '+00:00')]],
  supports: proposals.map(({ statement, rationale }) => [
    statement,
    rationale,
    'proposed',
    1,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
  ]),
});
