import { isId } from '../kernel/ids';
import { instant } from '../kernel/instant-sql';
import { mayBeShown } from '../ledger/shown-content';

/**
 * What words on a claim are taken out: every word of the engineer about it (its summary, why there was no opportunity, why it was withdrawn),
 * those of one decision on it, by the number of its entry in the record's ledger, or why its sign-off was revoked.
 */
export type RedactedWords =
  { readonly claimId: string } | { readonly claimId: string; readonly entry: number } | { readonly signOffId: string };

/** What the ledger calls what was taken out. The verifier reads it (ledger/what-may-go.ts). */
export function wordsSubject(what: RedactedWords): string {
  if ('signOffId' in what) return `sign-offs/${what.signOffId}/revocation`;
  return `claims/${what.claimId}/${'entry' in what ? `entries/${what.entry}` : 'words'}`;
}

/** The words that a subject names; null where it names none. */
export function wordsOf(subject: string): RedactedWords | null {
  const [of, id = '', part, name = ''] = subject.split('/');
  if (!isId(id)) return null;
  if (of === 'sign-offs') return part === 'revocation' ? { signOffId: id } : null;
  if (of !== 'claims') return null;
  return part === 'entries' ? { claimId: id, entry: Number(name) } : { claimId: id };
}

/** Whether these are the engineer's own words, rather than those of somebody who decided. */
export const areOwnWords = (what: RedactedWords): what is { readonly claimId: string } => 'claimId' in what && !('entry' in what);

/**
 * SQL: how an entry's content was taken out, by the record's ledger: `{at, by, name, reason}`; null where it was not. The content itself goes only once that is committed.
 * @param of a row of ledger_entry
 * @param engineer whose record it is, as the statement's own parameter, so that it is seen to be of one record (docs/scaling.md, Citus)
 */
export const takenOut = (of: string, engineer: string): string =>
  `(SELECT jsonb_build_object('at', ${instant('taken.at')}, 'by', taken.actor_id, 'name', hand.name, 'reason', why.body->>'reason')
      FROM ledger_entry taken
      JOIN record_content why ON why.engineer_id = taken.engineer_id AND why.digest = taken.digest AND ${mayBeShown('why', engineer)}
      LEFT JOIN person hand ON hand.person_id = taken.actor_id
     WHERE taken.engineer_id = ${engineer} AND taken.kind = 'record.redacted' AND taken.seq > ${of}.seq
       AND jsonb_exists(why.body->'digests', encode(${of}.digest, 'hex'))
     ORDER BY taken.seq LIMIT 1)`;

/**
 * SQL: whether the submission that stands is not any more what was submitted: its content was taken out, what an approver said of it, or since then the engineer's words.
 * @param claim a row of claim
 * @param engineer whose record it is, as the statement's own parameter
 */
export const isSubmissionRedacted = (claim: string, engineer: string): string =>
  `EXISTS (SELECT 1
      FROM claim_submission stands
      JOIN ledger_entry made ON made.engineer_id = stands.engineer_id AND made.subject = 'claims/' || stands.claim_id AND made.digest = stands.digest
      JOIN ledger_entry taken ON taken.engineer_id = stands.engineer_id AND taken.kind = 'record.redacted' AND taken.seq > made.seq
      JOIN record_content why ON why.engineer_id = taken.engineer_id AND why.digest = taken.digest
     WHERE stands.engineer_id = ${engineer} AND stands.claim_id = ${claim}.claim_id AND stands.submission = ${claim}.submission
       AND (taken.subject = 'claims/' || stands.claim_id || '/words' OR jsonb_exists(why.body->'digests', encode(stands.digest, 'hex'))
         OR EXISTS (SELECT 1 FROM approval given
                     WHERE given.engineer_id = ${engineer} AND given.claim_id = stands.claim_id AND given.submission = stands.submission
                       AND jsonb_exists(why.body->'digests', encode(given.content_digest, 'hex')))))`;

/** How something was taken out, as the database says it. */
export interface TakenOutRow {
  readonly at: string;
  readonly by: string | null;
  readonly name: string | null;
  readonly reason: string | null;
}

/** How something was taken out, as it is shown. */
export const shownTakenOut = (row: TakenOutRow): { at: string; by: { id: string; name: string } | null; reason: string | null } => ({
  at: row.at,
  by: row.by === null ? null : { id: row.by, name: row.name ?? '' },
  reason: row.reason,
});
