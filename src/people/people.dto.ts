import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayUnique, IsArray, IsEmail, IsIn, IsOptional, IsString, MaxLength, MinLength, ValidateIf } from 'class-validator';
import type { Role } from '../kernel/actor';
import { PageQuery } from '../platform/page.dto';
import { ActionVerdictAnswer, PersonName } from '../platform/person-name.dto';
import { IsIdText, IsWords } from '../platform/rules';

const trimmed = ({ value }: { value: unknown }): unknown => (typeof value === 'string' ? value.trim() : value);
const emailRule = { allow_utf8_local_part: true, require_tld: false } as const;
const given = (_: unknown, value: unknown): boolean => value !== undefined;

/** Somebody who is to become part of the organisation. */
export class NewPersonRequest {
  /** @example "Engineer Two" */
  @Transform(trimmed)
  @IsWords(200)
  name: string;

  /** @example engineer2@demo.test */
  @Transform(trimmed)
  @MaxLength(254)
  @IsEmail(emailRule, { message: 'email must be an email address' })
  email: string;

  /**
   * `admin`, `auditor`, both or none: who has no role is an engineer.
   * @example []
   */
  @ValidateIf(given)
  @IsArray()
  @ArrayMaxSize(2)
  @ArrayUnique()
  @IsIn(['admin', 'auditor'], { each: true, message: 'roles are admin and auditor' })
  roles?: Role[];

  /**
   * Whom the person reports to.
   * @example 01931b2e-7c00-7000-8000-000000000004
   */
  @IsOptional()
  @IsIdText()
  managerId?: string | null;
}

/** What is to change about a person; what is left out stays. */
export class PersonChangeRequest {
  /** @example "Engineer Two" */
  @ValidateIf(given)
  @Transform(trimmed)
  @IsWords(200)
  name?: string;

  /** @example engineer2@demo.test */
  @ValidateIf(given)
  @Transform(trimmed)
  @MaxLength(254)
  @IsEmail(emailRule, { message: 'email must be an email address' })
  email?: string;

  /**
   * All the person's roles. Nobody changes their own.
   * @example ["auditor"]
   */
  @ValidateIf(given)
  @IsArray()
  @ArrayMaxSize(2)
  @ArrayUnique()
  @IsIn(['admin', 'auditor'], { each: true, message: 'roles are admin and auditor' })
  roles?: Role[];
}

/** Whom a person reports to from now on. */
export class ManagerRequest {
  /**
   * The manager, or null for nobody.
   * @example 01931b2e-7c00-7000-8000-000000000004
   */
  @ValidateIf((_, value) => value !== null)
  @IsIdText()
  managerId: string | null;
}

/** Which people are listed. */
export class PeopleQuery extends PageQuery {
  /**
   * A part of the name or of the email address, in any case.
   * @example one
   */
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(200)
  q?: string;

  /**
   * Only people who are active, or only those who are not.
   * @example true
   */
  @IsOptional()
  @IsIn(['true', 'false'], { message: 'active must be true or false' })
  active?: 'true' | 'false';
}

/** What the caller could do about a person now. */
export class PersonActionsAnswer {
  edit: ActionVerdictAnswer;
  changeRoles: ActionVerdictAnswer;
  changeManager: ActionVerdictAnswer;
  invite: ActionVerdictAnswer;
  accredit: ActionVerdictAnswer;
  deactivate: ActionVerdictAnswer;
  reactivate: ActionVerdictAnswer;
}

/** A person. */
export class PersonItem {
  /** @example 01931b2e-7c00-7000-8000-000000000001 */
  id: string;

  /** @example "Engineer One" */
  name: string;

  /** @example engineer1@demo.test */
  email: string;

  /**
   * `admin`, `auditor`, both or none. Being a mentor or a manager is a relation, not a role.
   * @example []
   */
  roles: Role[];

  /** Whom the person reports to. */
  manager: PersonName | null;

  /**
   * Who is not active cannot sign in, and judges nothing.
   * @example true
   */
  active: boolean;

  /**
   * Whether the person has ever signed in: who has not waits for an invitation to be redeemed. Shown to admins, auditors and the person.
   * @example true
   */
  signedInBefore?: boolean;

  /**
   * Until when the person neither approves nor reviews, after a fresh invitation. Shown to admins, auditors and the person.
   * @example null
   */
  approvalsBarredUntil?: string | null;
}

/** A person, with what the caller can do about them. */
export class PersonAnswer extends PersonItem {
  actions: PersonActionsAnswer;
}

/** One page of people, by name. */
export class PeoplePage {
  items: PersonItem[];

  /**
   * Where the next page begins; null on the last.
   * @example null
   */
  nextCursor: string | null;
}
