import { IsString } from 'class-validator';
import { IsPassword } from './password.rule';
import { PersonAnswer } from './people.dto';
import { SignInTraits } from './sessions.dto';

/** A link that signs a person in once, to set a password. */
export class InvitationAnswer {
  /**
   * Shown this once: null when the answer is replayed.
   * @example 3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
   */
  token: string | null;

  /**
   * Where it is redeemed, with `POST` and a password. Shown this once.
   * @example http://127.0.0.1:3000/api/v1/invitations/3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
   */
  url: string | null;

  /**
   * When the invitation dies if it is not used.
   * @example 2026-11-05T09:30:00.000Z
   */
  expiresAt: string;
}

/** A person who has just been made, with their invitation. */
export class InvitedPersonAnswer extends PersonAnswer {
  invitation: InvitationAnswer;
}

/** The password that an invited person chooses. */
export class RedemptionRequest extends SignInTraits {
  /**
   * 12 to 256 characters, whatever they are.
   * @example "a long and silly sentence"
   */
  @IsPassword()
  password: string;
}

/** A change of one's own password. */
export class PasswordChangeRequest {
  /** @example "a long and silly sentence" */
  @IsString()
  current: string;

  /**
   * 12 to 256 characters, whatever they are.
   * @example "another long and silly sentence"
   */
  @IsPassword()
  next: string;
}
