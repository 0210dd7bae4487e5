import { type Claim, type Evidence, type Model, type Policy, type Who, atTheDoor, openClaim } from './rules';
import { type Expected } from './snapshot';

/** Which version the caller says they saw. */
export type Match = 'fresh' | 'stale' | 'none';

/** One request, what the rules say of it, and what it changes if it succeeds. */
export interface Plan {
  readonly who: Who;
  readonly method: 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** What the request changes; its ETag is named. */
  readonly versionOf?: { readonly path: string; readonly demanded: boolean };
  readonly match: Match;
  /** What is said before the version is looked at, and after. */
  readonly door: string | null;
  readonly refusal: string | null;
  /** What a refusal by the gate must name. */
  readonly unmet?: readonly string[];
  readonly status: number;
  /** Takes a success over into the model; answers what the ledger must say. */
  succeed(id: string, body: Record<string, unknown>): readonly Expected[];
}

/** What a command is drawn with; each kind reads of it what it needs. */
export interface Draw {
  readonly who: Who;
  readonly match: Match;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly flag: boolean;
  readonly policy: Policy;
}

/** Answers what to send, or null where there is nothing to send it to. */
export type Planner = (model: Model, draw: Draw) => Plan | null;

/** The rules need days for what they know in months, and the password that everybody has. */
export interface Surroundings {
  readonly dayOfAge: (age: number) => string;
  readonly password: string;
}

export const at = <T>(list: readonly T[], index: number): T | undefined => (list.length === 0 ? undefined : list[index % list.length]);

export const engineerPath = (model: Model): string => `/engineers/${model.people.engineer.id}`;
export const evidencePath = (model: Model, { id }: Evidence): string => `${engineerPath(model)}/evidence/${id}`;
export const claimPath = (model: Model, { id }: Claim): string => `${engineerPath(model)}/claims/${id}`;

let words = 0;
export const newWords = (what: string): string => `${what} ${(words += 1)}`;

export const supportEntry = (kind: string, evidence: Evidence, statement: string, actor: Who): Expected => ({
  kind,
  subject: `evidence/${evidence.id}/supports/${statement}`,
  actor,
});

export const claimEntry = (kind: string, claim: Claim, actor: Who): Expected => ({ kind, subject: `claims/${claim.id}`, actor });

/** The level that is worked towards: that of the open claim, if there is one. */
export const levelFor = (model: Model, number: number): number => openClaim(model)?.level ?? at([...model.levels.keys()], number) ?? 1;

export function judged(evidence: Evidence, statement: string, verdict: 'accepted' | 'returned', who: Who): Expected {
  const support = evidence.supports.get(statement);
  if (support === undefined) throw new Error('no such support');
  support.state = verdict;
  return supportEntry(`support.${verdict}`, evidence, statement, who);
}

/** What an admin does to the record's people. */
export const administering = (model: Model, who: Who, method: Plan['method'], path: string, body: unknown, rest: Partial<Plan>): Plan => ({
  who,
  method,
  path,
  body,
  match: 'none',
  door: atTheDoor(model, who, ['admin']),
  refusal: null,
  status: 200,
  succeed: () => [],
  ...rest,
});
