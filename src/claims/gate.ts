import type { PolicyNumbers } from '../frameworks/policy';
import { type Day, addMonths } from '../kernel/clock';

/** One support to the level in question, as far as the gate looks at it. */
export interface GateSupport {
  readonly evidenceId: string;
  readonly statement: string;
  readonly state: 'proposed' | 'accepted' | 'returned';
  readonly kind: 'work' | 'training' | 'lab';
  /** The evidence is archived, or what it says was redacted. */
  readonly archived: boolean;
  /** When the work ended; null while it goes on. */
  readonly endedOn: Day | null;
}

/** Everything that the gate of one claim depends on. */
export interface GateFacts {
  readonly policy: PolicyNumbers;
  readonly level: number;
  /** The levels that the skill defines. */
  readonly definedLevels: readonly number[];
  /** Levels of the skill with a sign-off in force. */
  readonly levelsHeld: readonly number[];
  readonly statements: readonly { readonly ref: string; readonly text: string }[];
  readonly supports: readonly GateSupport[];
  /** Supports that the engineer leaves out of the claim. */
  readonly leftOut: readonly { readonly evidence: string; readonly statement: string }[];
  /** Statements for which the engineer says why there was no opportunity. */
  readonly noOpportunity: readonly string[];
  /** The day ages are measured on: that of the claim's first submission, today before it. */
  readonly measuredOn: Day;
  /** Mentors eligible at the level now. */
  readonly eligibleMentors: readonly string[];
  /** Who approved the submission that stands. */
  readonly approvedBy: readonly string[];
}

export type GatePhase = 'submission' | 'approval';

/** One thing that is missing; `statement` where it concerns one. */
export interface Unmet {
  readonly code:
    'statement-without-evidence' | 'statement-not-accepted' | 'evidence-too-old' | 'too-few-items' | 'level-skipped' | 'no-eligible-mentor';
  readonly detail: string;
  readonly statement?: string;
  readonly blocks: GatePhase;
}

export interface GateVerdict {
  readonly submittable: boolean;
  readonly approvable: boolean;
  readonly unmet: readonly Unmet[];
}

/** The first day that work may have ended on to count on the measuring day. */
export const freshSince = (measuredOn: Day, maxAgeMonths: number): Day => addMonths(measuredOn, -maxAgeMonths);

/** Whether work that ended then still counts on the measuring day; work going on counts as ended that day. */
export const isFresh = (endedOn: Day | null, measuredOn: Day, maxAgeMonths: number): boolean =>
  endedOn === null || endedOn >= freshSince(measuredOn, maxAgeMonths);

/** What would count towards the level but for its age. */
function candidates({ supports, leftOut, statements }: GateFacts): GateSupport[] {
  const left = new Set(leftOut.map(({ evidence, statement }) => `${evidence} ${statement}`));
  const ofLevel = new Set(statements.map(({ ref }) => ref));
  return supports.filter(
    (support) =>
      support.kind === 'work' &&
      !support.archived &&
      support.state !== 'returned' &&
      ofLevel.has(support.statement) &&
      !left.has(`${support.evidenceId} ${support.statement}`),
  );
}

/** The supports that a claim rests on (design.md, "The gate"): not returned, by work that is not too old, less what the engineer leaves out. */
export function restsOn(facts: GateFacts): GateSupport[] {
  const since = freshSince(facts.measuredOn, facts.policy.maxAgeMonths);
  return candidates(facts).filter(({ endedOn }) => endedOn === null || endedOn >= since);
}

/** How many different pieces of evidence are needed: never more than the level has statements. */
export const evidenceNeeded = ({ policy, statements }: Pick<GateFacts, 'policy' | 'statements'>): number =>
  Math.min(policy.distinctEvidence, statements.length);

/** Whether the policy lets somebody who holds these levels claim this one. */
export function isStepAllowed({
  policy,
  level,
  definedLevels,
  levelsHeld,
}: Pick<GateFacts, 'policy' | 'level' | 'definedLevels' | 'levelsHeld'>): boolean {
  if (!definedLevels.includes(level)) return false;
  if (levelsHeld.length === 0) return true;
  const held = Math.max(...levelsHeld);
  if (policy.stepping === 'any') return level >= held;
  return level === Math.min(...definedLevels.filter((defined) => defined > held));
}

/** How many of the supports show a statement, at the phase's standard. */
const countFor = (supports: readonly GateSupport[], statement: string, phase: GatePhase): number =>
  supports.filter((support) => support.statement === statement && (phase === 'submission' || support.state === 'accepted')).length;

/** The statements that have too few supports at the phase's standard, less those that may be missed and have a reason, in their order. */
export function shortStatements(facts: GateFacts, phase: GatePhase): string[] {
  const resting = restsOn(facts);
  const short = facts.statements.map(({ ref }) => ref).filter((ref) => countFor(resting, ref, phase) < facts.policy.acceptedPerStatement);
  const excused = new Set(short.filter((ref) => facts.noOpportunity.includes(ref)).slice(0, facts.policy.mayMiss));
  return short.filter((ref) => !excused.has(ref));
}

/** Evaluates the gate: everything that is unmet at once, and which of the two steps each blocks. */
export function evaluateGate(facts: GateFacts): GateVerdict {
  const unmet = (['submission', 'approval'] as const).flatMap((phase) => [
    ...unmetStatements(facts, phase),
    ...unmetAsAWhole(facts, phase),
  ]);
  return {
    submittable: unmet.every(({ blocks }) => blocks !== 'submission'),
    approvable: unmet.every(({ blocks }) => blocks !== 'approval'),
    unmet,
  };
}

function unmetStatements(facts: GateFacts, phase: GatePhase): Unmet[] {
  const { policy } = facts;
  const needed = policy.acceptedPerStatement;
  const resting = restsOn(facts);
  const whateverItsAge = candidates(facts);
  return shortStatements(facts, phase).map((statement): Unmet => {
    const number = statement.slice(statement.lastIndexOf(':') + 1);
    if (phase === 'approval') {
      const accepted = countFor(resting, statement, 'approval');
      return {
        code: 'statement-not-accepted',
        statement,
        blocks: phase,
        detail: `Statement ${number} needs ${count(needed, 'accepted support')} and has ${accepted}.`,
      };
    }
    if (countFor(whateverItsAge, statement, phase) >= needed) {
      const since = freshSince(facts.measuredOn, policy.maxAgeMonths);
      return {
        code: 'evidence-too-old',
        statement,
        blocks: phase,
        detail: `Statement ${number} has evidence, but of work that ended before ${since}: it counts for ${policy.maxAgeMonths} months.`,
      };
    }
    const has = countFor(resting, statement, phase);
    return {
      code: 'statement-without-evidence',
      statement,
      blocks: phase,
      detail: `Statement ${number} needs ${count(needed, 'support')} by evidence of work and has ${has}.`,
    };
  });
}

function unmetAsAWhole(facts: GateFacts, phase: GatePhase): Unmet[] {
  const unmet: Unmet[] = [];
  const resting = restsOn(facts).filter(({ state }) => phase === 'submission' || state === 'accepted');
  const items = new Set(resting.map(({ evidenceId }) => evidenceId)).size;
  const needed = evidenceNeeded(facts);
  if (items < needed) {
    const which = phase === 'submission' ? 'pieces of evidence' : 'pieces of accepted evidence';
    unmet.push({
      code: 'too-few-items',
      blocks: phase,
      detail: `The claim must rest on at least ${needed} different ${which}, and rests on ${items}.`,
    });
  }
  if (!isStepAllowed(facts)) {
    const held = facts.levelsHeld.length === 0 ? 'none' : `level ${Math.max(...facts.levelsHeld)}`;
    unmet.push({
      code: 'level-skipped',
      blocks: phase,
      detail: `Level ${facts.level} cannot be claimed now: ${held} is held, and the policy allows ${facts.policy.stepping === 'any' ? 'that level again or one above it' : 'the next defined level only'}.`,
    });
  }
  const mentors = new Set(phase === 'approval' ? [...facts.eligibleMentors, ...facts.approvedBy] : facts.eligibleMentors).size;
  if (mentors < facts.policy.approvals) {
    unmet.push({
      code: 'no-eligible-mentor',
      blocks: phase,
      detail: `${count(facts.policy.approvals, 'eligible mentor')} must approve, and there ${mentors === 1 ? 'is 1' : `are ${mentors}`}.`,
    });
  }
  return unmet;
}

const count = (number: number, thing: string): string => `${number} ${thing}${number === 1 ? '' : 's'}`;
