import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsOptional, ValidateBy, buildMessage } from 'class-validator';
import { PersonName } from '../platform/person-name.dto';
import { IsIdText, IsText } from '../platform/rules';
import { isMoment } from './mentorship';

const IsMoment = (): PropertyDecorator =>
  ValidateBy({
    name: 'isMoment',
    validator: {
      validate: (value): boolean => typeof value === 'string' && isMoment(value),
      defaultMessage: buildMessage(() => '$property must be an instant (RFC 3339) or a day (YYYY-MM-DD)'),
    },
  });

/** Somebody is to be an engineer's mentor. */
export class MentorshipRequest {
  /** @example 01931b2e-7c00-7000-8000-000000000002 */
  @IsIdText()
  mentorId: string;

  /**
   * The skills that the mentorship is for.
   * @example ["sfia-9:ITOP"]
   */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsText(60, { each: true })
  skills: string[];

  /**
   * When it begins: an instant, or a day from its beginning in the organisation's time zone. Now if left out.
   * @example 2026-11-02
   */
  @IsOptional()
  @IsMoment()
  from?: string | null;

  /**
   * When it is over: an instant, or a day up to its end. For good if left out.
   * @example 2027-10-31
   */
  @IsOptional()
  @IsMoment()
  until?: string | null;
}

/** A mentorship. */
export class MentorshipAnswer {
  /** @example 01931b2e-7c00-7000-8000-00000000000c */
  id: string;

  mentor: PersonName;

  /** @example ["sfia-9:ITOP"] */
  skills: string[];

  /** @example 2026-11-02T00:00:00.000Z */
  from: string;

  /**
   * The first instant at which it no longer counts; null is for good.
   * @example null
   */
  until: string | null;

  /**
   * Whether it counts now.
   * @example true
   */
  inForce: boolean;
}

/** One page of an engineer's mentorships, the newest first. */
export class MentorshipPage {
  items: MentorshipAnswer[];

  /**
   * Where the next page begins; null on the last.
   * @example null
   */
  nextCursor: string | null;
}
