import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { FRAMEWORK_ID_PATTERN, SKILL_CODE_PATTERN } from '../kernel/reference';
import { PageQuery } from '../platform/page.dto';
import { HoldsNoSecret, IsCalendarDay, IsText, IsWords } from '../platform/rules';
import {
  type EvidenceChange,
  type EvidenceContent,
  evidenceKinds,
  evidenceRoles,
  evidenceStates,
  isWebAddress,
  lineOf,
  tagsOf,
} from './evidence';
import { verdicts } from './support';

const isGiven = (_: object, value: unknown): boolean => value !== undefined;

const IsWebAddress = (): PropertyDecorator =>
  ValidateBy({
    name: 'webAddress',
    validator: {
      validate: (value): boolean => typeof value === 'string' && isWebAddress(value),
      defaultMessage: () => 'url must be an http or https address of at most 2000 characters, without a password in it',
    },
  });

/** Where more is to be seen of the work. */
export class LinkRequest {
  /**
   * An http or https address.
   * @example https://git.example/infrastructure/patching
   */
  @IsWebAddress()
  @HoldsNoSecret()
  url: string;
  /**
   * What the link is called.
   * @example "The playbooks"
   */
  @IsOptional()
  @IsWords(200)
  label?: string | null;
}

/** A statement that the evidence shows, and why. */
export class SupportRequest {
  /**
   * The statement.
   * @example sfia-9:ITOP.4.2
   */
  @IsText(100)
  statement: string;
  /**
   * Why the evidence shows it.
   * @example "The playbooks and the module that drives them are mine, and the run log shows them patching 400 servers a month."
   */
  @IsWords(5000)
  rationale: string;
}

/** Another rationale. */
export class RationaleRequest {
  /**
   * Why the evidence shows the statement.
   * @example "The playbooks are mine; the module that drives them I wrote with a colleague."
   */
  @IsWords(5000)
  rationale: string;
}

/** Why something is taken out. It stays, so it must not repeat what it takes out. */
export class RedactionRequest {
  /** @example "It held a password." */
  @IsWords(500)
  reason: string;
}

/** What a mentor says of a support. */
export class ReviewRequest {
  /** @example accepted */
  @IsIn(verdicts)
  verdict: 'accepted' | 'returned';
  /**
   * What the engineer should know; demanded where the support is returned.
   * @example "The run log shows it working for half a year."
   */
  @ValidateIf((request: ReviewRequest) => request.verdict === 'returned' || (request.feedback ?? null) !== null)
  @IsWords(5000)
  feedback?: string | null;
}

/** What a piece of evidence says beside its title and description: each may be left out; null clears. */
class EvidenceDetailsRequest {
  /**
   * What came of it.
   * @example "Patching takes two hours of attention a month instead of four days."
   */
  @IsOptional()
  @IsWords(20_000)
  outcome?: string | null;
  /**
   * The engineer's own part in it.
   * @example alone
   */
  @IsOptional()
  @IsIn(evidenceRoles)
  role?: 'alone' | 'led' | 'took-part' | 'supervised' | null;
  /**
   * Under whose supervision, where somebody supervised.
   * @example "The lead of the platform team"
   */
  @IsOptional()
  @IsWords(200)
  supervisedBy?: string | null;
  /**
   * What sort of work it was; only `work` counts towards a level.
   * @example work
   */
  @ValidateIf(isGiven)
  @IsIn(evidenceKinds)
  kind?: 'work' | 'training' | 'lab';
  /**
   * The day it started.
   * @example 2026-03-02
   */
  @IsOptional()
  @IsCalendarDay()
  startedOn?: string | null;
  /**
   * The day it ended; without one the work is going on.
   * @example 2026-09-30
   */
  @IsOptional()
  @IsCalendarDay()
  endedOn?: string | null;
  /** Where more is to be seen. */
  @ValidateIf(isGiven)
  @IsArray()
  @ArrayMaxSize(50)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => LinkRequest)
  links?: LinkRequest[];
  /**
   * Words to find it by; kept in lower case, each once.
   * @example ["ansible", "patching"]
   */
  @ValidateIf(isGiven)
  @IsArray()
  @ArrayMaxSize(20)
  @IsWords(50, { each: true })
  tags?: string[];
}

/** What may be changed of a piece of evidence: what is left out stays, null clears. */
export class EvidenceChangeRequest extends EvidenceDetailsRequest {
  /**
   * What it is called.
   * @example "Automated patching via IaC"
   */
  @ValidateIf(isGiven)
  @IsWords(200)
  title?: string;
  /**
   * What was done.
   * @example "Wrote Ansible playbooks that patch our Linux servers in rings, and a Terraform module that schedules them."
   */
  @ValidateIf(isGiven)
  @IsWords(20_000)
  description?: string;
}

/** A piece of work. */
export class EvidenceRequest extends EvidenceDetailsRequest {
  /**
   * What it is called.
   * @example "Automated patching via IaC"
   */
  @IsWords(200)
  title: string;
  /**
   * What was done.
   * @example "Wrote Ansible playbooks that patch our Linux servers in rings, and a Terraform module that schedules them."
   */
  @IsWords(20_000)
  description: string;
  /** What it shows, as far as that is known already. */
  @ValidateIf(isGiven)
  @IsArray()
  @ArrayMaxSize(100)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => SupportRequest)
  supports?: SupportRequest[];
}

/** What a list of evidence is narrowed to. */
export class EvidenceListRequest extends PageQuery {
  /**
   * Full text search in title, description, outcome and tags, as one types into a search engine: words, "phrases", or, -not.
   * @example "patching -windows"
   */
  @IsOptional()
  @IsText(400)
  q?: string;
  /**
   * Only with this tag.
   * @example ansible
   */
  @IsOptional()
  @IsText(50)
  tag?: string;
  /**
   * Only what supports this statement; a skill level (`sfia-9:ITOP.4`) or a skill (`sfia-9:ITOP`) will do too.
   * @example sfia-9:ITOP.4.2
   */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  @Matches(new RegExp(`^${FRAMEWORK_ID_PATTERN}:${SKILL_CODE_PATTERN}(\\.[1-7](\\.[1-9][0-9]?)?)?$`), {
    message: 'statement must be a reference to a statement (sfia-9:ITOP.4.2), a skill level or a skill',
  })
  statement?: string;
  /**
   * `true`: only what counts in progress for it: work that is not redacted, with a support to it that is proposed or accepted.
   * @example true
   */
  @IsOptional()
  @IsIn(['true'])
  counts?: 'true';
  /**
   * `logged` if left out; `archived` lists what was archived instead.
   * @example logged
   */
  @IsIn(evidenceStates)
  state: 'logged' | 'archived' = 'logged';
  /**
   * Only work that ended on this day or later, or is going on.
   * @example 2026-01-01
   */
  @IsOptional()
  @IsCalendarDay()
  from?: string;
  /**
   * Only work that began on this day or earlier. Work without a first day began on the day it ended, or, going on, on the day it was logged.
   * @example 2026-12-31
   */
  @IsOptional()
  @IsCalendarDay()
  to?: string;
}

/** Which revision is shown. */
export class RevisionRequest {
  /**
   * An older revision; the newest that the caller may see if left out.
   * @example 1
   */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value))
  @IsInt({ message: 'revision must be a whole number from 1 on' })
  @Min(1)
  @Max(999_999_999)
  revision?: number;
}

const lineOrNull = (text: string | null | undefined): string | null | undefined => (typeof text === 'string' ? lineOf(text) : text);

/** What a request wants changed, in the form in which content is kept. */
export const changeOf = (request: EvidenceChangeRequest): EvidenceChange => ({
  title: request.title === undefined ? undefined : lineOf(request.title),
  description: request.description,
  outcome: request.outcome,
  role: request.role,
  supervisedBy: lineOrNull(request.supervisedBy),
  kind: request.kind,
  startedOn: request.startedOn,
  endedOn: request.endedOn,
  links: request.links?.map(({ url, label }) => ({ url, label: lineOrNull(label) ?? null })),
  tags: request.tags === undefined ? undefined : tagsOf(request.tags),
});

/** The content of a new piece of evidence. */
export const contentOf = (request: EvidenceRequest): EvidenceContent => ({
  title: lineOf(request.title),
  description: request.description,
  outcome: request.outcome ?? null,
  role: request.role ?? null,
  supervisedBy: lineOrNull(request.supervisedBy) ?? null,
  kind: request.kind ?? 'work',
  startedOn: request.startedOn ?? null,
  endedOn: request.endedOn ?? null,
  links: request.links?.map(({ url, label }) => ({ url, label: lineOrNull(label) ?? null })) ?? [],
  tags: tagsOf(request.tags ?? []),
});
