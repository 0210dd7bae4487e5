import { Injectable } from '@nestjs/common';
import { raiseTooMany } from '../kernel/refusal';
import { networkOf } from '../platform/network';
import { type Limit, Tallies, type Tallied } from '../platform/tallies';

const aMinute = 60;

/**
 * The limits of failed sign-ins. They slow guessing and lock nobody out: each ends with its window, and an attempt that succeeds does not count.
 * @param account the address as the database folds it, somebody's or nobody's: of all spellings that find one account there is one tally
 * @param isKnown whether the account was signed in to from this network before: then guesses from elsewhere do not hold it up
 */
export function limitsOf(account: string, address: string, isKnown: boolean): Limit[] {
  const network = networkOf(address);
  return [
    { name: `sign-in of ${account} from ${network}`, limit: 10, seconds: aMinute },
    { name: `sign-in of ${account} from ${network}`, limit: 50, seconds: 15 * aMinute },
    { name: `sign-in from ${network}`, limit: 300, seconds: 10 * aMinute },
    ...(isKnown ? [] : [{ name: `sign-in of ${account}`, limit: 100, seconds: 60 * aMinute }]),
  ];
}

/** The limits of failed proofs of identity by somebody who is signed in: whoever found a session open does not find the password with it. */
export const proofLimitsOf = (personId: string): Limit[] => [
  { name: `proof of ${personId}`, limit: 10, seconds: aMinute },
  { name: `proof of ${personId}`, limit: 50, seconds: 15 * aMinute },
];

/**
 * The limit of new passwords that are judged for somebody, good or bad: judging takes the processor for longer than anything else that one request asks for.
 */
export const choiceLimitsOf = (personId: string): Limit[] => [{ name: `new password of ${personId}`, limit: 20, seconds: 15 * aMinute }];

const isOver = ({ count, limit }: Tallied): boolean => count > limit;

/** Slows the guessing of passwords and codes down, by account and by network. */
@Injectable()
export class SignInThrottle {
  constructor(private readonly tallies: Tallies) {}

  /**
   * Makes an attempt, if the limits allow one: it counts while it runs, so that many at once are no way around, and no longer when it succeeded, or came to
   * no answer (what it asked for next had its own limit, or there was no turn to be had).
   * @param check answers null where the attempt failed
   * @throws Refused `too-many-requests`, with the seconds until the limits allow another; the attempt was not made, right or wrong
   */
  async attempt<T>(limits: readonly Limit[], check: () => Promise<T | null>): Promise<T | null> {
    await this.spend(limits, 'There were too many failed attempts: wait a moment. Nobody is locked out for good.');
    let failed = false;
    try {
      const found = await check();
      failed = found === null;
      return found;
    } finally {
      if (!failed) await this.tallies.uncount(limits);
    }
  }

  /**
   * Counts something that counts whatever becomes of it.
   * @throws Refused `too-many-requests`, with the seconds until the limits allow another
   */
  async spend(limits: readonly Limit[], tooMany: string): Promise<void> {
    const over = (await this.tallies.count(limits)).filter(isOver);
    if (over.length === 0) return;
    await this.tallies.uncount(limits);
    raiseTooMany(Math.max(...over.map(({ endsIn }) => endsIn)), tooMany);
  }
}
