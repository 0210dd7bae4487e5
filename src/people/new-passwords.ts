import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { demand } from '../kernel/refusal';
import { checkStrength } from './password-strength';
import { SignInThrottle, choiceLimitsOf } from './sign-in-throttle';

/** Judges the passwords that people choose, some of them in a while. */
@Injectable()
export class NewPasswords {
  constructor(
    private readonly throttle: SignInThrottle,
    private readonly settings: Settings,
  ) {}

  /**
   * Demands that a new password is not easy to guess. It is asked for when it is proven whose it is to be, since judging is dear.
   * @param pointer where the password stands in the body
   * @throws Refused `malformed`, `too-many-requests` after too many choices
   */
  async demandGood(
    password: string,
    person: { readonly id: string; readonly name: string; readonly email: string },
    pointer: string,
  ): Promise<void> {
    await this.throttle.spend(
      choiceLimitsOf(person.id),
      'Too many new passwords were tried for this person: wait a moment. Nobody is locked out for good.',
    );
    demand(checkStrength(password, [person.name, person.email, this.settings.ORGANISATION], pointer));
  }
}
