import { type ProblemCode, type RefusalKind, problemCodes } from './problem-codes';

/** One thing that is wrong with a request: a place in its body (malformed), or an unmet rule with its statement. */
export interface RefusalError {
  readonly pointer?: string;
  readonly code: string;
  readonly detail: string;
  readonly statement?: string;
  readonly blocks?: 'submission' | 'approval';
}

/** A no, as a value: its kind follows from its code. */
export interface Refusal {
  readonly kind: RefusalKind;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly errors?: readonly RefusalError[];
  /** In how many seconds it is worth trying again, where that is known. */
  readonly retryAfter?: number;
}

/** Makes a refusal. `detail` is a sentence for the person who asked; left out, the code's own explanation stands. */
export function refuse(code: ProblemCode, detail?: string, errors?: readonly RefusalError[]): Refusal {
  const { kind, explanation } = problemCodes[code];
  return errors === undefined ? { kind, code, detail: detail ?? explanation } : { kind, code, detail: detail ?? explanation, errors };
}

/** A refusal on its way up to the problem filter. */
export class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(`${refusal.code}: ${refusal.detail}`);
    this.name = 'Refused';
  }
}

/** Throws when a rule answered with a refusal, and returns nothing when it answered with `null`. */
export function demand(refusal: Refusal | null): void {
  if (refusal !== null) throw new Refused(refusal);
}

/** Throws `too-many-requests`, to be tried again in so many seconds. */
export function raiseTooMany(retryAfter: number, detail?: string): never {
  throw new Refused({ ...refuse('too-many-requests', detail), retryAfter: Math.max(1, Math.ceil(retryAfter)) });
}

/** A thrown refusal in one call, for use as an expression: `row ?? notFound()`. */
export function raise(code: ProblemCode, detail?: string, errors?: readonly RefusalError[]): never {
  throw new Refused(refuse(code, detail, errors));
}
