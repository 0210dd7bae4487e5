/*
 * The rules of design.md, said once more and in the plainest way: nothing of src is used here, or a mistake there would be made here too.
 * Ages are whole months, far enough from every limit that no calendar is needed.
 */

/** Everyone who has a hand in a run. */
export const cast = ['engineer', 'mentorA', 'mentorB', 'mentorC', 'holder', 'manager', 'admin', 'auditor', 'stranger'] as const;
export type Who = (typeof cast)[number];

export interface Policy {
  readonly acceptedPerStatement: number;
  readonly mayMiss: number;
  readonly distinctEvidence: number;
  readonly maxAgeMonths: number;
  readonly approvals: number;
  readonly stepping: 'any' | 'one-at-a-time';
  readonly lineManagerMayApprove: boolean;
  readonly validMonths: number | null;
  readonly reviewDays: number;
}

export interface Person {
  readonly id: string;
  readonly admin: boolean;
  readonly auditor: boolean;
  readonly above: boolean;
  /** The level of a sign-off in force that they have, 0 for none. */
  readonly holds: number;
  active: boolean;
  mentorships: { id: string; inForce: boolean }[];
  accreditations: { id: string; upTo: number; ended: boolean }[];
}

export interface Support {
  state: 'proposed' | 'accepted' | 'returned' | 'withdrawn';
  revision: number;
  rationale: string;
}

export interface Evidence {
  readonly id: string;
  kind: 'work' | 'lab';
  /** Months since the work ended; 0 while it goes on. */
  age: number;
  title: string;
  revision: number;
  archived: boolean;
  readonly supports: Map<string, Support>;
}

export interface Pin {
  readonly evidence: Evidence;
  readonly statement: string;
  readonly revision: number;
}

export type ClaimState = 'draft' | 'submitted' | 'changes-requested' | 'approved' | 'refused' | 'withdrawn';

/** An entry of the ledger about a claim, in whose content somebody said something. */
export interface Saying {
  readonly seq: number;
  readonly kind: string;
  /** Which submission stood then. */
  readonly submission: number;
  /** Whether the content was taken out. */
  gone: boolean;
}

export interface Claim {
  readonly id: string;
  readonly level: number;
  state: ClaimState;
  submission: number;
  /** That of the first submission. */
  policy: Policy | null;
  policyVersion: number | null;
  leftOut: { evidence: Evidence; statement: string }[];
  noOpportunity: string[];
  /** Of every submission, the newest last. */
  pins: Pin[][];
  approvals: { submission: number; by: Who }[];
  /** What the ledger says of it, in its order. */
  said: Saying[];
  /** Whether the summary was redacted, and not said anew. */
  summaryGone: boolean;
  /** Statements whose reason for no opportunity was redacted. */
  reasonsGone: readonly string[];
  /** Of which submissions the content was taken out. */
  readonly submissionsGone: Set<number>;
  /** Whether the submission that stands is not any more what was submitted. */
  broken: boolean;
}

export interface SignOff {
  readonly id: string;
  readonly claim: Claim;
  readonly accepted: number;
  readonly validMonths: number | null;
  readonly approvedBy: readonly Who[];
  revoked: boolean;
  contentGone: boolean;
  /** Whether why it was revoked was redacted. */
  reasonGone: boolean;
}

/** What is redacted: words of one entry on a claim, all of the engineer's (`entry` null), or why a sign-off was revoked. */
export type Redacted = { readonly claim: Claim; readonly entry: Saying | null } | { readonly signOff: SignOff };

/** One admin's request that something be redacted. */
export interface Request {
  readonly id: string;
  readonly what: Redacted;
  readonly frozen: boolean;
  readonly by: Who;
  open: boolean;
}

/** All that a run knows. */
export interface Model {
  readonly skill: string;
  /** The levels that the skill defines, and how many statements each has. */
  readonly levels: ReadonlyMap<number, number>;
  readonly policies: Map<number, { version: number; numbers: Policy }>;
  readonly people: Readonly<Record<Who, Person>>;
  readonly evidence: Evidence[];
  readonly claims: Claim[];
  readonly signOffs: SignOff[];
  /** Levels that a support, a claim or a sign-off ever named. */
  readonly named: Set<number>;
  readonly requests: Request[];
  /** How many pieces of content were taken out. */
  gone: number;
  ledger: { seq: number; hash: string };
}

export type Action = 'edit' | 'submit' | 'withdraw' | 'review' | 'approve' | 'requestChanges' | 'refuse';
export const actions: readonly Action[] = ['edit', 'submit', 'withdraw', 'review', 'approve', 'requestChanges', 'refuse'];

/** What each refusal is answered with. */
export const statuses: Readonly<Record<string, number>> = {
  'not-signed-in': 401,
  'not-allowed': 403,
  'own-claim': 403,
  'own-relation': 403,
  'own-request': 403,
  'not-your-mentee': 403,
  'mentor-level-too-low': 403,
  'mentorship-ended': 403,
  'line-manager': 403,
  're-authentication-failed': 403,
  'not-found': 404,
  'claim-open': 409,
  'claim-state': 409,
  'evidence-locked': 409,
  'evidence-archived': 409,
  'support-exists': 409,
  'already-approved': 409,
  'already-signed-off': 409,
  'already-revoked': 409,
  'already-redacted': 409,
  'request-exists': 409,
  'request-state': 409,
  'mentorship-exists': 409,
  'person-state': 409,
  stale: 412,
  'gate-not-met': 422,
  'essence-not-met': 422,
  'level-not-defined': 422,
  'evidence-unknown': 422,
  'statement-unknown': 422,
  'person-unknown': 422,
  'if-match-required': 428,
};

export const levelRef = (model: Model, level: number): string => `${model.skill}.${level}`;
export const statementsOf = (model: Model, level: number): string[] =>
  Array.from({ length: model.levels.get(level) ?? 0 }, (_, index) => `${levelRef(model, level)}.${index + 1}`);
export const levelOf = (statement: string): number => Number(statement.split('.').at(-2));

const isOpen = (claim: Claim): boolean => ['draft', 'submitted', 'changes-requested'].includes(claim.state);
export const openClaim = (model: Model): Claim | undefined => model.claims.find(isOpen);
const withEngineer = (claim: Claim): boolean => claim.state === 'draft' || claim.state === 'changes-requested';

/** The numbers that a claim goes by: those of its first submission, those of today before it. */
export function policyOf(model: Model, claim: Claim): Policy {
  const now = model.policies.get(claim.level)?.numbers;
  if (now === undefined) throw new Error(`no policy for level ${claim.level}`);
  return claim.policy ?? now;
}

const mentors = (person: Person): boolean => person.mentorships.some(({ inForce }) => inForce);

/** Who may come to a route at all: 401, 404 for those who may not know of the record, 403 for those who may. */
export function atTheDoor(model: Model, who: Who, audience: readonly ('self' | 'mentor' | 'line' | 'auditor' | 'admin')[]): string | null {
  const person = model.people[who];
  if (!person.active) return 'not-signed-in';
  const relations = { self: who === 'engineer', mentor: mentors(person), line: person.above, auditor: person.auditor, admin: person.admin };
  if (audience.some((one) => relations[one])) return null;
  return Object.values(relations).some((is) => is) ? 'not-allowed' : 'not-found';
}

/** Why somebody may not judge work of a level, or null. */
export function judging(model: Model, who: Who, level: number, lineManagerMayApprove: boolean): string | null {
  const person = model.people[who];
  if (who === 'engineer') return 'own-claim';
  if (!person.active) return 'not-allowed';
  if (!model.people.engineer.active) return 'person-state';
  if (person.above && !lineManagerMayApprove) return 'line-manager';
  if (person.mentorships.length === 0) return 'not-your-mentee';
  if (!mentors(person)) return 'mentorship-ended';
  const reach = Math.max(person.holds, ...person.accreditations.filter(({ ended }) => !ended).map(({ upTo }) => upTo));
  return reach < level ? 'mentor-level-too-low' : null;
}

export const eligible = (model: Model, level: number, policy: Policy): Who[] =>
  cast.filter((who) => judging(model, who, level, policy.lineManagerMayApprove) === null);

export const standingPins = (claim: Claim): Pin[] => (claim.state === 'submitted' ? (claim.pins.at(-1) ?? []) : []);
/** Approvals of the submission that stands, or stood when the level was signed off. */
export const standingApprovals = (claim: Claim): Who[] =>
  claim.state === 'submitted' || claim.state === 'approved'
    ? claim.approvals.filter(({ submission }) => submission === claim.submission).map(({ by }) => by)
    : [];

export const isLocked = (model: Model, evidence: Evidence, level?: number): boolean =>
  model.claims.some(
    (claim) => (level === undefined || claim.level === level) && standingPins(claim).some((pin) => pin.evidence === evidence),
  );

/** What might count towards a claim, whatever its age: [evidence, statement, accepted]. */
function candidates(model: Model, claim: Claim): { evidence: Evidence; statement: string; accepted: boolean }[] {
  const named = withEngineer(claim)
    ? model.evidence
        .filter(({ kind, archived }) => kind === 'work' && !archived)
        .flatMap((evidence) => [...evidence.supports.keys()].map((statement) => ({ evidence, statement })))
    : (claim.pins.at(-1) ?? []);
  return named
    .filter(({ statement }) => levelOf(statement) === claim.level)
    .filter(({ evidence, statement }) => !claim.leftOut.some((left) => left.evidence === evidence && left.statement === statement))
    .flatMap(({ evidence, statement }) => {
      const state = evidence.supports.get(statement)?.state;
      return state === 'accepted' || state === 'proposed' ? [{ evidence, statement, accepted: state === 'accepted' }] : [];
    });
}

/** What a claim rests on. */
export const restsOn = (model: Model, claim: Claim): ReturnType<typeof candidates> =>
  candidates(model, claim).filter(({ evidence }) => evidence.age < policyOf(model, claim).maxAgeMonths);

/** Levels with a sign-off in force. */
export const held = (model: Model): number[] => model.signOffs.filter(({ revoked }) => !revoked).map(({ claim }) => claim.level);

function mayStep(model: Model, claim: Claim): boolean {
  const highest = Math.max(0, ...held(model));
  if (highest === 0) return true;
  if (policyOf(model, claim).stepping === 'any') return claim.level >= highest;
  const above = [...model.levels.keys()].filter((level) => level > highest);
  return claim.level === Math.min(...above);
}

/** Statements with too few supports. */
function short(model: Model, claim: Claim, phase: 'submission' | 'approval'): string[] {
  const counted = restsOn(model, claim).filter(({ accepted }) => accepted || phase === 'submission');
  const needed = policyOf(model, claim).acceptedPerStatement;
  return statementsOf(model, claim.level).filter((ref) => counted.filter(({ statement }) => statement === ref).length < needed);
}

/** What is missing, as `code statement`, sorted; nothing if the gate is met. */
export function unmet(model: Model, claim: Claim, phase: 'submission' | 'approval'): string[] {
  const policy = policyOf(model, claim);
  const counted = restsOn(model, claim).filter(({ accepted }) => accepted || phase === 'submission');
  const all = candidates(model, claim);
  const missing: string[] = [];
  let mayMiss = policy.mayMiss;
  for (const ref of short(model, claim, phase)) {
    // while the claim is with its engineer, a reason that was redacted is none
    const isExcused = claim.noOpportunity.includes(ref) && !(withEngineer(claim) && claim.reasonsGone.includes(ref));
    if (isExcused && mayMiss > 0) {
      mayMiss -= 1;
      continue;
    }
    if (phase === 'approval') missing.push(`statement-not-accepted ${ref}`);
    else if (all.filter(({ statement }) => statement === ref).length >= policy.acceptedPerStatement)
      missing.push(`evidence-too-old ${ref}`);
    else missing.push(`statement-without-evidence ${ref}`);
  }
  const needed = Math.min(policy.distinctEvidence, model.levels.get(claim.level) ?? 0);
  if (new Set(counted.map(({ evidence }) => evidence)).size < needed) missing.push('too-few-items');
  if (!mayStep(model, claim)) missing.push('level-skipped');
  const may = new Set(eligible(model, claim.level, policy));
  if (phase === 'approval') for (const who of standingApprovals(claim)) may.add(who);
  if (may.size < policy.approvals) missing.push('no-eligible-mentor');
  return missing.sort();
}

/** How many statements a sign-off would say are accepted. */
export const acceptedStatements = (model: Model, claim: Claim): number =>
  (model.levels.get(claim.level) ?? 0) - short(model, claim, 'approval').length;

const engineersActions: readonly Action[] = ['edit', 'submit', 'withdraw'];
const actionsOf: Readonly<Record<ClaimState, readonly Action[]>> = {
  draft: ['edit', 'submit', 'withdraw'],
  submitted: ['withdraw', 'review', 'approve', 'requestChanges', 'refuse'],
  'changes-requested': ['edit', 'submit', 'withdraw'],
  approved: [],
  refused: [],
  withdrawn: [],
};

/** Whether somebody may know of a claim, and may ever do this with it: what is said before anything of the request is read. */
export function toTheClaim(model: Model, who: Who, claim: Claim, action: Action | 'see'): string | null {
  const person = model.people[who];
  const refused = atTheDoor(model, who, ['self', 'mentor', 'line', 'auditor']);
  if (refused !== null) return refused;
  const sees =
    who === 'engineer' ||
    person.auditor ||
    (mentors(person) && claim.submission > 0) ||
    (person.above && (claim.state === 'submitted' || claim.state === 'approved'));
  if (!sees) return 'not-found';
  if (action === 'see') return null;
  return mayEver(model, who, claim, action);
}

function mayEver(model: Model, who: Who, claim: Claim, action: Action): string | null {
  if (engineersActions.includes(action)) return who === 'engineer' ? null : 'not-allowed';
  return judging(model, who, claim.level, policyOf(model, claim).lineManagerMayApprove);
}

/** Whether the claim's state has an action now. */
export function inItsState(who: Who, claim: Claim, action: Action): string | null {
  if (action === 'approve') {
    if (standingApprovals(claim).includes(who)) return 'already-approved';
    if (claim.state === 'approved') return 'already-signed-off';
  }
  if (!actionsOf[claim.state].includes(action)) return 'claim-state';
  if (action === 'review' && standingApprovals(claim).length > 0) return 'claim-state';
  const isGone = action === 'approve' ? claim.broken : action === 'submit' && claim.summaryGone;
  return isGone ? 'already-redacted' : null;
}

/** What a resource's `actions` say of an action. */
export function verdict(model: Model, who: Who, claim: Claim, action: Action): string | null {
  const refused = mayEver(model, who, claim, action) ?? inItsState(who, claim, action);
  if (refused !== null) return refused;
  const phase = action === 'submit' ? 'submission' : action === 'approve' ? 'approval' : null;
  return phase !== null && unmet(model, claim, phase).length > 0 ? 'gate-not-met' : null;
}

/** Whether a loose support may be known of. */
export function toTheSupport(model: Model, who: Who, evidence: Evidence, statement: string): string | null {
  const person = model.people[who];
  const refused = atTheDoor(model, who, ['self', 'mentor', 'line', 'auditor']);
  if (refused !== null) return refused;
  const state = evidence.supports.get(statement)?.state;
  if (state === undefined || state === 'withdrawn') return 'not-found';
  const isPinned = model.claims.some(
    (claim) =>
      (claim.state === 'submitted' || claim.state === 'approved') &&
      claim.pins.at(-1)?.some((pin) => pin.evidence === evidence && pin.statement === statement) === true,
  );
  const sees = who === 'engineer' || person.auditor || mentors(person) || (person.above && isPinned);
  if (!sees) return 'not-found';
  const level = levelOf(statement);
  return judging(model, who, level, model.policies.get(level)?.numbers.lineManagerMayApprove ?? false);
}
