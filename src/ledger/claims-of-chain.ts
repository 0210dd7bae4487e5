import { canonicalJson } from '../kernel/canonical-json';
import type { Entry } from './entry';
import { type Fields, fieldsOf } from './ledger-file';

/** What a chain proves of an approval or a sign-off though its content is gone: by its place. */
export interface ProvenByPlace {
  /** The claim that the entry is about, or that was approved directly before; null if none was. */
  readonly claim: string | null;
  /** How often the claim had been submitted. */
  readonly submission: number;
  /** The digest of the newest submission; null if there is none. */
  readonly submissionDigest: string | null;
  /** The level that was claimed; null where neither the words of the draft nor a submission are left. */
  readonly skillLevel: string | null;
  /** The policy that the claim was submitted under, which it keeps; null where no content is left that says it. */
  readonly policy: Fields | null;
  /** The levels of which a statement had been accepted. */
  readonly acceptedLevels: readonly string[];
}

interface ClaimHistory {
  skillLevel: string | null;
  policy: Fields | null;
  readonly submissions: string[];
}

const ofClaim = /^claims\/([^/]*)$/;
const ofSupport = /^evidence\/[^/]*\/supports\/(.*)\.[^.]*$/;

/** Follows the claims of one record, so that what is said of them later can be held against what was said before. */
export class ClaimsOfChain {
  private readonly claims = new Map<string, ClaimHistory>();
  private readonly acceptedLevels = new Set<string>();
  private approved: string | null = null;

  /** Takes an entry, answers what was proven when it was written; entries come in their order. A content of null is gone. */
  entry({ kind, subject, digest }: Pick<Entry, 'kind' | 'subject' | 'digest'>, content: Fields | null): ProvenByPlace {
    const claim = kind === 'sign-off.granted' ? this.approved : (ofClaim.exec(subject)?.[1] ?? null);
    const history = claim === null ? undefined : this.claims.get(claim);
    this.approved = kind === 'claim.approved' ? claim : null;
    if (claim !== null) this.follow(claim, kind, digest, content);
    const [, level] = ofSupport.exec(subject) ?? [];
    if (kind === 'support.accepted' && level !== undefined) this.acceptedLevels.add(level);
    return {
      claim,
      submission: history?.submissions.length ?? 0,
      submissionDigest: history?.submissions.at(-1) ?? null,
      skillLevel: history?.skillLevel ?? null,
      policy: history?.policy ?? null,
      acceptedLevels: [...this.acceptedLevels],
    };
  }

  private follow(claim: string, kind: string, digest: string, content: Fields | null): void {
    const history = this.claims.get(claim) ?? { skillLevel: null, policy: null, submissions: [] };
    this.claims.set(claim, history);
    if (kind === 'claim.drafted' && typeof content?.['skillLevel'] === 'string') history.skillLevel = content['skillLevel'];
    if (kind !== 'claim.submitted') return;
    // the words of the draft may be redacted
    if (typeof content?.['skillLevel'] === 'string') history.skillLevel ??= content['skillLevel'];
    if (content?.['policy'] !== undefined) history.policy ??= fieldsOf(content['policy']);
    history.submissions.push(digest);
  }
}

/** Whether a later content names the policy that the claim was submitted under: every number that there was is there, and the same. There may be more by then. */
export const isSamePolicy = (first: Fields, later: Fields): boolean =>
  Object.entries(first).every(([name, value]) => name in later && canonicalJson(later[name] ?? null) === canonicalJson(value));
