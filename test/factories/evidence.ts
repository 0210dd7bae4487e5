import type { Answer } from '../setup/app';
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
