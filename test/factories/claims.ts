import type { ClaimAnswer } from '../../src/claims/claim-answers.dto';
import type { Answer, TestApp } from '../setup/app';
import { type TestPerson, makePerson, mentors } from './people';

/** The defined levels of ITOP, with how many statements each has. */
export const statementsOfLevel: Readonly<Record<number, number>> = { 1: 2, 2: 3, 3: 6, 4: 8, 5: 5 };

/** `sfia-9:ITOP.3` */
export const levelRef = (level: number): string => `sfia-9:ITOP.${level}`;

/** `sfia-9:ITOP.3.2` */
export const statementRef = (level: number, ordinal: number): string => `${levelRef(level)}.${ordinal}`;

/** An engineer with an eligible mentor and a manager. */
export interface Trio {
  readonly engineer: TestPerson;
  readonly mentor: TestPerson;
  readonly manager: TestPerson;
}

/** Makes an engineer, their manager, and a mentor accredited for all of ITOP. */
export async function makeTrio(api: TestApp): Promise<Trio> {
  const manager = await makePerson(api);
  const engineer = await makePerson(api, { manager });
  const mentor = await makePerson(api);
  await mentors(api, mentor, engineer);
  return { engineer, mentor, manager };
}

export interface WorkTraits {
  readonly title?: string;
  readonly kind?: 'work' | 'training' | 'lab';
  readonly endedOn?: string | null;
}

/** Logs a piece of evidence that shows these statements; answers its id. */
export async function logWork(
  engineer: TestPerson,
  statements: readonly string[],
  { title = 'Automated patching via IaC', kind = 'work', endedOn = '2026-10-01' }: WorkTraits = {},
): Promise<string> {
  const { status, body } = await engineer.post<{ id: string }>('/engineers/me/evidence', {
    title,
    description: 'Ansible playbooks driven from Terraform patch the Linux servers every month.',
    kind,
    ...(endedOn === null ? {} : { endedOn }),
    supports: statements.map((statement) => ({ statement, rationale: 'The playbooks and the module that drives them are mine.' })),
  });
  if (status !== 201) throw new Error(`evidence was refused: ${status} ${JSON.stringify(body)}`);
  return body.id;
}

/** Logs enough work for a level: every statement shown, by three pieces of evidence where the level has as many statements. Answers their ids. */
export async function logWorkForLevel(engineer: TestPerson, level: number): Promise<string[]> {
  const refs = Array.from({ length: statementsOfLevel[level] ?? 0 }, (_, i) => statementRef(level, i + 1));
  const parts = Math.min(3, refs.length);
  const ids: string[] = [];
  for (let part = 0; part < parts; part += 1) {
    ids.push(
      await logWork(
        engineer,
        refs.filter((_, i) => i % parts === part),
        { title: `Work ${part + 1} for level ${level}` },
      ),
    );
  }
  return ids;
}

/** A claim as one caller last saw it: the next change names what they saw. */
export interface SeenClaim {
  readonly id: string;
  readonly path: string;
  readonly etag: string;
  readonly claim: ClaimAnswer;
}

const seen = (path: string, { body, etag }: Answer<ClaimAnswer>): SeenClaim => ({ id: body.id, path, etag: etag ?? '', claim: body });

/** Drafts a claim to a level of ITOP. */
export async function draftClaim(engineer: TestPerson, level: number): Promise<SeenClaim> {
  const answer = await engineer.post<ClaimAnswer>('/engineers/me/claims', {
    skillLevel: levelRef(level),
    summary: 'I do this work on my own.',
  });
  if (answer.status !== 201) throw new Error(`the claim was refused: ${answer.status} ${JSON.stringify(answer.body)}`);
  return seen(`/engineers/${engineer.id}/claims/${answer.body.id}`, answer);
}

/** A claim as somebody sees it now. */
export async function seeClaim(person: TestPerson, path: string): Promise<SeenClaim> {
  const answer = await person.get<ClaimAnswer>(path);
  if (answer.status !== 200) throw new Error(`the claim cannot be seen: ${answer.status} ${JSON.stringify(answer.body)}`);
  return seen(path, answer);
}

/** Does something to a claim on the version seen. */
export async function act(person: TestPerson, claim: SeenClaim, action: string, body: unknown = {}): Promise<Answer<ClaimAnswer>> {
  return person.post<ClaimAnswer>(`${claim.path}/${action}`, body, { ifMatch: claim.etag });
}

async function mustAct(person: TestPerson, claim: SeenClaim, action: string, body: unknown = {}): Promise<SeenClaim> {
  const answer = await act(person, claim, action, body);
  if (answer.status !== 200) throw new Error(`${action} was refused: ${answer.status} ${JSON.stringify(answer.body)}`);
  return seen(claim.path, answer);
}

/** Logs work for a level, claims it and submits the claim. */
export async function submittedClaim(engineer: TestPerson, level: number): Promise<SeenClaim> {
  await logWorkForLevel(engineer, level);
  return mustAct(engineer, await draftClaim(engineer, level), 'submission');
}

/** Accepts every support of a submitted claim in one go. */
export async function acceptAll(mentor: TestPerson, claim: SeenClaim): Promise<SeenClaim> {
  const { claim: now, etag } = await seeClaim(mentor, claim.path);
  const verdicts = now.statements.flatMap(({ ref, evidence }) =>
    evidence.map(({ evidenceId }) => ({ evidence: evidenceId, statement: ref, verdict: 'accepted' })),
  );
  return mustAct(mentor, { ...claim, etag }, 'reviews', { verdicts });
}

/** What an approval says. */
export const approval = (mentor: TestPerson, over: Record<string, unknown> = {}): Record<string, unknown> => ({
  password: mentor.password,
  meaning: 'I have seen this work and judged it against each statement.',
  essence: { met: true, note: 'Works at this level in all that was shown.' },
  ...over,
});

/** A submitted claim with every support accepted, ready for its approval. */
export async function acceptedClaim({ engineer, mentor }: Trio, level: number): Promise<SeenClaim> {
  return acceptAll(mentor, await submittedClaim(engineer, level));
}

/** Takes an engineer all the way to a sign-off; answers the claim, approved. */
export async function signedOffClaim(trio: Trio, level: number): Promise<SeenClaim> {
  return mustAct(trio.mentor, await acceptedClaim(trio, level), 'approval', approval(trio.mentor));
}
