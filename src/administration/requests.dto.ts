import { IsBoolean, IsIn, IsInt, IsOptional, Matches, Max, Min, ValidateIf } from 'class-validator';
import type { Role } from '../kernel/actor';
import { FRAMEWORK_ID_PATTERN, SKILL_CODE_PATTERN } from '../kernel/reference';
import { raise } from '../kernel/refusal';
import { InvitationAnswer } from '../people/invitations.dto';
import { ProofRequest } from '../people/proofs.dto';
import { PageQuery } from '../platform/page.dto';
import { ActionVerdictAnswer, PersonName } from '../platform/person-name.dto';
import { IsIdText, IsWords } from '../platform/rules';
import { type Redaction, type RequestWanted, requestActions, requestStates, targetOf } from './admin-request';

const given = (_: unknown, value: unknown): boolean => value !== undefined;

/** What is asked for, so that another admin confirms it. */
export class AdminRequestRequest {
  /**
   * `give-role` gives admin or auditor; `fresh-invitation` invites somebody afresh who has signed in before, has a role, is accredited, mentors or leads somebody,
   * `remove-totp` turns off the one-time codes of somebody who has lost them,
   * `erase-person` erases somebody with the content of their record, `redact` takes out something that was pasted into it.
   * @example give-role
   */
  @IsIn(requestActions)
  action: 'give-role' | 'fresh-invitation' | 'remove-totp' | 'erase-person' | 'redact';

  /**
   * Whom it is about.
   * @example 01931b2e-7c00-7000-8000-000000000001
   */
  @IsIdText()
  personId: string;

  /**
   * Of `give-role`, and only of it: which role.
   * @example auditor
   */
  @ValidateIf(({ action }: AdminRequestRequest, role) => action === 'give-role' || role !== undefined)
  @IsIn(['admin', 'auditor'], { message: 'role must be admin or auditor' })
  role?: Role;

  /**
   * Of `redact`: the piece of evidence in the person's record; or, instead of it, a claim or a sign-off.
   * @example 01931b2e-7c00-7000-8000-00000000000a
   */
  @ValidateIf(
    ({ action, claim, signOff }: AdminRequestRequest, evidence) =>
      (action === 'redact' && claim === undefined && signOff === undefined) || evidence !== undefined,
  )
  @IsIdText()
  evidence?: string;

  /**
   * Of `redact`, with `evidence`: which revision is taken out; or, instead of it, a statement.
   * @example 2
   */
  @ValidateIf(
    ({ action, evidence, statement }: AdminRequestRequest, revision) =>
      (action === 'redact' && evidence !== undefined && statement === undefined) || revision !== undefined,
  )
  @IsInt({ message: 'revision must be a whole number from 1 on, where no statement is given' })
  @Min(1)
  @Max(999_999_999)
  revision?: number;

  /**
   * Of `redact`: the support of which every word is taken out, rationale and feedback.
   * @example sfia-9:ITOP.4.2
   */
  @ValidateIf(given)
  @Matches(new RegExp(`^${FRAMEWORK_ID_PATTERN}:${SKILL_CODE_PATTERN}\\.[1-7]\\.[1-9][0-9]?$`), {
    message: 'statement must be a statement, such as sfia-9:ITOP.4.2',
  })
  statement?: string;

  /**
   * Of `redact`: the claim of which the engineer's own words are taken out: its summary, why there was no opportunity, why it was withdrawn;
   * with `entry`, the words of one decision on it.
   * @example 01931b2e-7c00-7000-8000-00000000000c
   */
  @ValidateIf(given)
  @IsIdText()
  claim?: string;

  /**
   * Of `redact`, with `claim`: the number of the decision's entry in the record's ledger, which the claim's history says: a change request, a refusal, a withdrawal, an approval.
   * @example 17
   */
  @ValidateIf(given)
  @IsInt({ message: 'entry must be a whole number from 1 on' })
  @Min(1)
  @Max(999_999_999)
  entry?: number;

  /**
   * Of `redact`: the sign-off of which it is taken out why it was revoked.
   * @example 01931b2e-7c00-7000-8000-00000000000d
   */
  @ValidateIf(given)
  @IsIdText()
  signOff?: string;

  /**
   * Of `redact`: whether the content of the submissions and sign-offs that it stands in goes too, whole; their digests stay.
   * @example false
   */
  @ValidateIf(given)
  @IsBoolean()
  frozen?: boolean;

  /**
   * Why: what the other admin decides by. Of `redact`, what the record says of it from then on: it must not repeat what is taken out.
   * @example "Takes over from Auditor One in January."
   */
  @IsWords(1000)
  reason: string;
}

/** A fresh proof that whoever confirms is the admin: the password, a one-time code, or both. */
export class RequestConfirmationRequest extends ProofRequest {}

/** Why a request is refused. */
export class RequestRefusalRequest {
  /** @example "Auditors are chosen by the board." */
  @IsWords(1000)
  reason: string;
}

/** Which requests are listed. */
export class AdminRequestsQuery extends PageQuery {
  /**
   * Only those in this state; all of them if left out.
   * @example open
   */
  @IsOptional()
  @IsIn(requestStates)
  state?: 'open' | 'confirmed' | 'refused' | 'withdrawn' | 'expired';
}

/** What each decision would be answered with now, for this caller. */
export class AdminRequestActionsAnswer {
  confirm: ActionVerdictAnswer;
  refuse: ActionVerdictAnswer;
  withdraw: ActionVerdictAnswer;
}

/** Something that takes two admins: asked for by one, decided by another. */
export class AdminRequestAnswer {
  /** @example 01931b2e-7c00-7000-8000-00000000000d */
  id: string;

  /** @example give-role */
  action: 'give-role' | 'fresh-invitation' | 'remove-totp' | 'erase-person' | 'redact';

  /** Whom it is about. */
  person: PersonName;

  /**
   * Of `give-role`: which role.
   * @example auditor
   */
  role: Role | null;

  /**
   * Of `redact`: what of the record.
   * @example null
   */
  redacts: string | null;

  /**
   * Why; null once the person is erased.
   * @example "Takes over from Auditor One in January."
   */
  reason: string | null;

  /** @example open */
  state: 'open' | 'confirmed' | 'refused' | 'withdrawn' | 'expired';

  requestedBy: PersonName;

  /** @example 2026-11-02T09:30:00.000Z */
  requestedAt: string;

  /**
   * From when on nobody can confirm it any more.
   * @example 2026-11-09T09:30:00.000Z
   */
  expiresAt: string;

  /** Who confirmed, refused or withdrew it. */
  decidedBy: PersonName | null;

  /** @example 2026-11-02T10:00:00.000Z */
  decidedAt: string | null;

  /**
   * Why it was refused.
   * @example "Auditors are chosen by the board."
   */
  decisionReason: string | null;

  actions: AdminRequestActionsAnswer;
}

/** A request that has just been confirmed, with what came of it. */
export class ConfirmedRequestAnswer extends AdminRequestAnswer {
  /** Of `fresh-invitation`: the invitation, shown this once. */
  invitation: InvitationAnswer | null;
}

/** One page of requests, the newest first. */
export class AdminRequestPage {
  items: AdminRequestAnswer[];

  /**
   * Where the next page begins; null on the last.
   * @example null
   */
  nextCursor: string | null;
}

const unexpected = (field: string, action: string): never =>
  raise('malformed', 'The body is not of the form that is expected here: see errors.', [
    { pointer: `/${field}`, code: 'unexpected', detail: `${field} is not said here, where the action is ${action}.` },
  ]);

/** The fields that each thing that is redacted is named by, beside `frozen`; the first names it. */
const redactedBy = [['evidence', 'revision', 'statement'], ['claim', 'entry'], ['signOff']] as const;

/** What a body asks for. Throws Refused `malformed` for fields that belong to another action, or to something else that is redacted. */
export function wantedOf({ action, personId: id, reason, ...more }: AdminRequestRequest): RequestWanted {
  const { role, evidence = '', revision = 0, statement, frozen = false, claim, entry, signOff } = more;
  const named = redactedBy.find(([first]) => more[first] !== undefined) ?? [];
  const belongs: readonly string[] = action === 'give-role' ? ['role'] : action === 'redact' ? [...named, 'frozen'] : [];
  for (const [field, value] of Object.entries(more)) {
    if (value !== undefined && !belongs.includes(field)) return unexpected(field, action === 'redact' ? `redact of ${named[0]}` : action);
  }
  if (statement !== undefined && more.revision !== undefined) return unexpected('revision', 'redact of a statement');
  const wanted = { action, personId: id.toLowerCase(), reason };
  if (action === 'give-role') return { ...wanted, target: role ?? '' };
  if (action !== 'redact') return { ...wanted, target: '' };
  return { ...wanted, target: targetOf({ what: redactedIn(), frozen }) };

  function redactedIn(): Redaction['what'] {
    if (signOff !== undefined) return { signOffId: signOff.toLowerCase() };
    const claimId = claim?.toLowerCase();
    if (claimId !== undefined) return entry === undefined ? { claimId } : { claimId, entry };
    const evidenceId = evidence.toLowerCase();
    return statement === undefined ? { evidenceId, revision } : { evidenceId, statement };
  }
}
