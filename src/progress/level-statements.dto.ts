import { IsIn, IsOptional } from 'class-validator';
import { PersonName } from '../platform/person-name.dto';
import { ProgressSignOff, StatementFigures } from './progress.dto';

/** Which statements of a level. */
export class LevelStatementsRequest {
  /**
   * Only statements that stand so.
   * @example accepted
   */
  @IsOptional()
  @IsIn(['accepted', 'proposed', 'none'])
  state?: 'accepted' | 'proposed' | 'none';
}

/** Where what shows a statement is found. */
export class StatementLinks {
  /**
   * The evidence that is linked to it; null for who is only above in the line.
   * @example /api/v1/engineers/01931b2e-7c00-7000-8000-000000000001/evidence?statement=sfia-9:ITOP.4.2
   */
  evidence: string | null;
}

/** A statement of a level, and where it stands. */
export class LevelStatementAnswer {
  /** @example sfia-9:ITOP.4.2 */
  statement: string;
  /** @example "Configures tools and/or creates scripts to automate infrastructure tasks." */
  text: string;
  /**
   * `accepted`: some work shows it with an accepted support, or the sign-off in force says so. `proposed`: some support waits for a verdict, none is accepted.
   * @example accepted
   */
  state: 'accepted' | 'proposed' | 'none';
  links: StatementLinks;
}

/** A level of an engineer, statement by statement. */
export class LevelStatementsAnswer {
  engineer: PersonName;
  /** @example sfia-9:ITOP.4 */
  skillLevel: string;
  /** @example 4 */
  level: number;
  /** Of all statements of the level, whichever are asked for. */
  figures: StatementFigures;
  /** The sign-off in force; null where the level is not held. */
  signOff: ProgressSignOff | null;
  statements: LevelStatementAnswer[];
  /**
   * The rights notice of the statements' framework.
   * @example "© SFIA Foundation"
   */
  rights: string;
}
