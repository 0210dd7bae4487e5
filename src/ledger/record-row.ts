import { addMonths, isDay } from '../kernel/clock';
import type { AdministrationFacts } from './administration-facts';
import type { ProvenByPlace } from './claims-of-chain';
import type { Entry } from './entry';
import { type Fields, type Row, fieldsOf, listOf, asText as text } from './ledger-file';

/** An entry that a row stands for, with its content where that is still there, and what its place proves. */
export interface Witness extends Pick<Entry, 'at' | 'actor' | 'digest' | 'subject'> {
  readonly content: Fields | null;
  readonly proven: ProvenByPlace;
}

/** What a row should say, column by column. */
export type Expected = Fields;

const aDay = 86_400_000;
/** Where the content that names the day is gone: it lies at most a day from the instant's in UTC, whatever the organisation's time zone. */
function dayNear(day: unknown, at: string, column: string): Expected {
  const isNear = typeof day === 'string' && isDay(day) && Math.abs(Date.parse(day) - Date.parse(at.slice(0, 10))) <= aDay;
  return isNear ? {} : { [column]: `the day of ${at}` };
}

export const submissionRow = ({ digest, at, content }: Witness, row: Row): Expected => ({
  digest,
  ...(content === null
    ? dayNear(row['submitted_on'], at, 'submitted_on')
    : { submission: content['submission'] ?? null, submitted_on: content['submittedOn'] ?? null }),
});

export const revocationRow = ({ digest, actor, at, content }: Witness, row: Row): Expected => ({
  content_digest: digest,
  revoked_by: actor,
  ...(content === null ? dayNear(row['revoked_on'], at, 'revoked_on') : { revoked_on: content['on'] ?? null }),
});

export const approvalRow = ({ digest, actor, content, proven }: Witness): Expected => ({
  content_digest: digest,
  mentor_id: actor,
  ...(content === null
    ? { submission: proven.submission, submission_digest: proven.submissionDigest }
    : { submission: content['submission'] ?? null, submission_digest: content['submissionDigest'] ?? null }),
});

export function targetRow({ digest, actor, content }: Witness): Expected {
  const named = { digest, set_by: actor };
  if (content === null) return named;
  const { skill, level, by } = content;
  return { ...named, skill_level_ref: level === null ? null : `${text(skill)}.${text(level)}`, level: level ?? null, reach_by: by ?? null };
}

export function signOffRow(witness: Witness, row: Row, facts: AdministrationFacts): Expected {
  const { digest, content } = witness;
  if (content === null) return { digest, ...signOffByPlace(witness, row, facts) };
  const statements = listOf(content['statements']);
  const needed = Number(fieldsOf(content['policy'])['acceptedPerStatement']);
  const skillLevel = text(content['skillLevel']);
  return {
    digest,
    claim_id: content['claim'] ?? null,
    submission: content['submission'] ?? null,
    skill_level_ref: skillLevel,
    skill_ref: partsOf(skillLevel).skill,
    level: content['level'] ?? null,
    signed_off_on: content['on'] ?? null,
    valid_until: content['until'] ?? null,
    total: statements.length,
    accepted: statements.filter(({ evidence }) => listOf(evidence).length >= needed).length,
  };
}

/** What a sign-off's place proves: all but how many statements there were and how many of them were accepted. */
function signOffByPlace({ at, proven }: Witness, row: Row, facts: AdministrationFacts): Expected {
  const claimed = text(row['skill_level_ref']);
  const { skill, level } = partsOf(claimed);
  const isKnown = proven.skillLevel !== null || proven.acceptedLevels.includes(claimed);
  return {
    claim_id: proven.claim,
    submission: proven.submission,
    skill_level_ref: isKnown ? (proven.skillLevel ?? claimed) : 'a level of which a statement was accepted',
    skill_ref: skill,
    level,
    ...dayNear(row['signed_off_on'], at, 'signed_off_on'),
    ...endBy(row, monthsOf(claimed, proven, facts)),
  };
}

/** How many months the sign-off may last; null where nothing says it. */
function monthsOf(skillLevel: string, { policy }: ProvenByPlace, facts: AdministrationFacts): readonly (number | null)[] | null {
  if (policy !== null) return [monthsIn(policy['validMonths'])];
  return facts.isSilent ? null : facts.monthsOf(skillLevel);
}

export const monthsIn = (value: unknown): number | null => (typeof value === 'number' ? value : null);

/** A sign-off lasts for good, or so many months from its day. */
function endBy(row: Row, months: readonly (number | null)[] | null): Expected {
  const on = row['signed_off_on'];
  if (months === null || typeof on !== 'string' || !isDay(on)) return {};
  const ends = months.map((count) => (count === null ? null : addMonths(on, count)));
  return ends.includes(row['valid_until'] as string | null) ? {} : { valid_until: 'as a policy of the level says' };
}

/** `sfia-9:ITOP.4` → `sfia-9:ITOP` and 4 */
const partsOf = (skillLevel: string): { skill: string; level: number } => {
  const dot = skillLevel.lastIndexOf('.');
  return { skill: skillLevel.slice(0, dot), level: Number(skillLevel.slice(dot + 1)) };
};
