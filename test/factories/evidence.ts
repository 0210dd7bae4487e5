import { randomBytes } from 'node:crypto';
import { newId } from '../../src/kernel/ids';
import { LedgerLog } from '../../src/ledger/ledger.log';
import { Transactions } from '../../src/platform/transaction';
import { ProgressStore } from '../../src/progress/progress.store';
import type { Answer, TestApp } from '../setup/app';
import type { TestPerson } from './people';

/** A support in an answer. */
export interface SupportBody {
  readonly statement: string;
  readonly text: string;
  readonly skillLevel: string;
  readonly rationale: string;
  readonly state: string;
  readonly revision: number;
  readonly feedback?: string | null;
  readonly reviewedBy: { readonly id: string; readonly name: string } | null;
  readonly reviewedAt: string | null;
  readonly reopened?: {
    readonly verdict: string;
    readonly revision: number;
    readonly feedback: string | null;
    readonly difference: readonly { readonly field: string; readonly before: unknown; readonly after: unknown }[];
  };
  readonly actions: Readonly<Record<string, { readonly allowed: boolean; readonly code?: string }>>;
}

/** A piece of evidence as the API answers with it. */
export interface EvidenceBody {
  readonly id: string;
  readonly revision: number;
  readonly state: string;
  readonly title: string;
  readonly description: string;
  readonly outcome: string | null;
  readonly role: string | null;
  readonly supervisedBy: string | null;
  readonly kind: string;
  readonly startedOn: string | null;
  readonly endedOn: string | null;
  readonly links: readonly { readonly url: string; readonly label: string | null }[];
  readonly tags: readonly string[];
  readonly supports: readonly SupportBody[];
  readonly attachments: readonly unknown[];
  readonly history: readonly { readonly revision: number; readonly at: string }[];
  readonly rights: readonly string[];
  readonly actions: Readonly<Record<string, { readonly allowed: boolean; readonly code?: string }>>;
}

/** Evidence as a test holds it: with the ETag of the version it has seen. */
export interface LoggedEvidence extends EvidenceBody {
  readonly etag: string;
}

const expected = (answer: Answer<EvidenceBody>, status: number, what: string): LoggedEvidence => {
  if (answer.status !== status || answer.etag === undefined) {
    throw new Error(`${what} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }
  return { ...answer.body, etag: answer.etag };
};

/** Where a piece of evidence of an engineer is found. */
export const evidencePath = (engineer: Pick<TestPerson, 'id'>, evidenceId = ''): string =>
  `/engineers/${engineer.id}/evidence${evidenceId === '' ? '' : `/${evidenceId}`}`;

/** Logs a believable piece of work over HTTP; `fields` replace or add to what it says. */
export async function logEvidence(engineer: TestPerson, fields: Readonly<Record<string, unknown>> = {}): Promise<LoggedEvidence> {
  const answer = await engineer.post<EvidenceBody>(evidencePath(engineer), {
    title: 'Automated patching via IaC',
    description: 'Wrote Ansible playbooks that patch our Linux servers in rings, and a Terraform module that schedules them.',
    role: 'alone',
    startedOn: '2024-01-08',
    ...fields,
  });
  return expected(answer, 201, 'logging evidence');
}

/** The evidence as somebody sees it now. */
export async function seen(viewer: TestPerson, engineer: Pick<TestPerson, 'id'>, evidenceId: string): Promise<LoggedEvidence> {
  return expected(await viewer.get<EvidenceBody>(evidencePath(engineer, evidenceId)), 200, 'reading evidence');
}

/** Proposes a support, on the newest version of the evidence. */
export async function support(
  engineer: TestPerson,
  evidence: Pick<EvidenceBody, 'id'>,
  statement: string,
  rationale = `It shows ${statement}: the run log and the code are mine.`,
): Promise<LoggedEvidence> {
  const { etag } = await seen(engineer, engineer, evidence.id);
  const answer = await engineer.post<EvidenceBody>(
    `${evidencePath(engineer, evidence.id)}/supports`,
    { statement, rationale },
    { ifMatch: etag },
  );
  return expected(answer, 201, 'proposing a support');
}

/** Accepts or returns a support, on the newest version of the evidence. */
export async function review(
  mentor: TestPerson,
  engineer: Pick<TestPerson, 'id'>,
  evidence: Pick<EvidenceBody, 'id'>,
  statement: string,
  verdict: 'accepted' | 'returned' = 'accepted',
  feedback = verdict === 'returned' ? 'Show the part that you did yourself.' : undefined,
): Promise<LoggedEvidence> {
  const { etag } = await seen(mentor, engineer, evidence.id);
  const answer = await mentor.post<EvidenceBody>(
    `${evidencePath(engineer, evidence.id)}/supports/${statement}/review`,
    { verdict, ...(feedback === undefined ? {} : { feedback }) },
    { ifMatch: etag },
  );
  return expected(answer, 200, 'reviewing a support');
}

/** A support that a claim rests on. */
export interface PinTraits {
  readonly evidenceId: string;
  readonly statement: string;
  /** 1 if left out. */
  readonly revision?: number;
}

/**
 * Puts a claim with a submission and its pins straight into the database: for tests of what a claim locks and shows, whatever its gate would say.
 * Answers its id.
 */
export async function pinBySql(
  api: TestApp,
  engineer: Pick<TestPerson, 'id'>,
  skillLevel: string,
  pins: readonly PinTraits[],
  { state = 'submitted', approvedBy }: { state?: string; approvedBy?: Pick<TestPerson, 'id'> } = {},
): Promise<string> {
  const claimId = newId();
  const digest = randomBytes(32);
  const { database } = api;
  await database.query(
    `INSERT INTO claim (engineer_id, claim_id, skill_ref, skill_level_ref, state, summary, policy_version, first_submitted_on, submission, due_on, drafted_at, changed_at)
     VALUES ($1, $2, regexp_replace($3, '[.][0-9]$', ''), $3, $4, 'By SQL.', 1, current_date, 1, CASE WHEN $4 = 'submitted' THEN current_date END, now(), now())`,
    [engineer.id, claimId, skillLevel, state],
  );
  await database.query(
    `INSERT INTO claim_submission (engineer_id, claim_id, submission, at, submitted_on, digest) VALUES ($1, $2, 1, now(), current_date, $3)`,
    [engineer.id, claimId, digest],
  );
  for (const { evidenceId, statement, revision = 1 } of pins) {
    await database.query(
      `INSERT INTO claim_pin (engineer_id, claim_id, submission, evidence_id, statement_ref, revision) VALUES ($1, $2, 1, $3, $4, $5)`,
      [engineer.id, claimId, evidenceId, statement, revision],
    );
  }
  if (approvedBy !== undefined) {
    await database.query(
      `INSERT INTO approval (engineer_id, claim_id, submission, mentor_id, at, submission_digest, content_digest) VALUES ($1, $2, 1, $3, now(), $4, $4)`,
      [engineer.id, claimId, approvedBy.id, digest],
    );
  }
  return claimId;
}

/** Gives a claim another state, straight in the database. */
export async function setClaimState(api: TestApp, claimId: string, state: string): Promise<void> {
  await api.database.query(`UPDATE claim SET state = $2, due_on = CASE WHEN $2 = 'submitted' THEN current_date END WHERE claim_id = $1`, [
    claimId,
    state,
  ]);
}

/** What the ledger says, oldest first: `kind subject`, the ids of evidence left out. */
export async function ledgerOf(engineer: TestPerson): Promise<string[]> {
  const { body } = await engineer.get<{ items: { kind: string; subject: string }[] }>('/engineers/me/ledger?limit=100');
  return body.items.map(({ kind, subject }) => `${kind} ${subject.replace(/^evidence\/[0-9a-f-]{36}\/?/, '')}`.trim());
}

/** Throws unless every hash and digest of a record's chain is right. */
export async function checkLedger(engineer: TestPerson): Promise<void> {
  const { body } = await engineer.get('/engineers/me/ledger/verification');
  if (body['ok'] !== true) throw new Error(`the ledger does not verify: ${JSON.stringify(body)}`);
}

const progressRows = (api: TestApp, engineerId: string): Promise<Record<string, unknown>[]> =>
  api.database.query(`SELECT * FROM progress WHERE engineer_id = $1 ORDER BY skill_level_ref`, [engineerId]);

/** Where somebody stands, by skill, as it is kept. */
const standings = (api: TestApp, engineerId: string): Promise<Record<string, unknown>[]> =>
  api.database.query(`SELECT * FROM standing WHERE engineer_id = $1 ORDER BY skill_ref`, [engineerId]);

/** The progress rows of a record as they were kept, and as a rebuild from scratch makes them; throws where the rebuild has them stand elsewhere. */
export async function progressOf(
  api: TestApp,
  { id }: Pick<TestPerson, 'id'>,
): Promise<{ kept: Record<string, unknown>[]; rebuilt: Record<string, unknown>[] }> {
  const kept = await progressRows(api, id);
  const stood = await standings(api, id);
  const ledger = api.app.get(LedgerLog, { strict: false });
  const store = api.app.get(ProgressStore, { strict: false });
  await api.app.get(Transactions, { strict: false }).run(async (tx) => store.rebuild(tx, await ledger.lock(tx, id)));
  const stands = await standings(api, id);
  if (JSON.stringify(stood) !== JSON.stringify(stands)) {
    throw new Error(`kept as ${JSON.stringify(stood)}, rebuilt as ${JSON.stringify(stands)}`);
  }
  return { kept, rebuilt: await progressRows(api, id) };
}
