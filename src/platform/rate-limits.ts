import { Injectable } from '@nestjs/common';
import { raiseTooMany } from '../kernel/refusal';
import type { ApiReply } from './api-request';
import { networkOf } from './network';
import { cannotWrite } from './problem.filter';
import { type Limit, Tallies } from './tallies';

/** How a limit stands for somebody after one more of their requests. */
export interface Standing {
  readonly allowed: boolean;
  /** How many more are certain to be allowed in this window; other processes may allow more. */
  readonly remaining: number;
  /** In how many seconds the window ends, 1 or more. */
  readonly endsIn: number;
}

/** What this process may still allow without asking: taken from the shared count in one go. */
interface Share {
  left: number;
  /** What was left of the limit when the share was taken. */
  beyond: number;
  /** On this process's steady clock, in milliseconds. */
  readonly endsAt: number;
}

/** The window of the limits of requests, in seconds. */
export const aMinute = 60;

const longest = 50_000;
/** How long a share holds that could not be counted. */
const uncountedSeconds = 1;

/**
 * Counts requests against limits that hold over all processes together. Asking the database at each request would cost more than most requests do, so a
 * process takes a share of the window (a fiftieth, and single ones when little is left) and counts that down by itself: never is more allowed than the
 * limit, and what a share leaves unused is lost to its window only.
 */
@Injectable()
export class RateLimits {
  private readonly shares = new Map<string, Share>();
  private readonly asking = new Map<string, Promise<void>>();

  constructor(private readonly tallies: Tallies) {}

  /** Counts one request. `limit.name` says whose it is. */
  async take(limit: Limit): Promise<Standing> {
    for (;;) {
      const share = this.shares.get(limit.name);
      const now = performance.now();
      if (share !== undefined && share.endsAt > now && (share.left > 0 || share.beyond <= 0)) {
        const allowed = share.left > 0;
        if (allowed) share.left -= 1;
        const endsIn = Math.min(limit.seconds, Math.max(1, Math.ceil((share.endsAt - now) / 1_000)));
        return { allowed, remaining: share.left + Math.max(0, share.beyond), endsIn };
      }
      // those who come while a share is being asked for wait for that one
      const asked = this.asking.get(limit.name);
      if (asked !== undefined) await asked;
      else await this.ask(limit, share);
    }
  }

  private async ask(limit: Limit, before: Share | undefined): Promise<void> {
    const asked = this.takeShare(limit, before);
    this.asking.set(
      limit.name,
      asked.then(
        () => undefined,
        () => undefined,
      ),
    );
    try {
      await asked;
    } finally {
      this.asking.delete(limit.name);
    }
  }

  private async takeShare(limit: Limit, before: Share | undefined): Promise<void> {
    const portion = Math.max(1, Math.floor(limit.limit / 50));
    // near the end single ones are taken, so that no process sits on what another could use
    const size = before !== undefined && before.endsAt > performance.now() && before.beyond < 4 * portion ? 1 : portion;
    const [counted] = await this.tallies.count([limit], size).catch((error: unknown) => {
      // what cannot be written down is let through: a full disk is no reason not to read
      if (cannotWrite(error)) return [{ count: size, endsIn: uncountedSeconds }];
      throw error;
    });
    if (counted === undefined) throw new Error('the tally answered nothing');
    const beyond = limit.limit - counted.count;
    this.sweep();
    this.shares.set(limit.name, {
      left: Math.max(0, Math.min(size, size + beyond)),
      beyond,
      endsAt: performance.now() + Math.max(0, counted.endsIn) * 1_000,
    });
  }

  /** Forgets shares whose time is over, before there are too many. */
  private sweep(): void {
    if (this.shares.size < longest) return;
    const now = performance.now();
    for (const [name, { endsAt }] of this.shares) if (endsAt <= now) this.shares.delete(name);
    if (this.shares.size >= longest) this.shares.clear();
  }
}

/** What may come from one network in a minute without a sign-in. */
export const ofNetwork = (address: string, limit: number): Limit => ({
  name: `requests from ${networkOf(address)}`,
  limit,
  seconds: aMinute,
});

/**
 * Counts a request and says in the answer how the limit stands (the RateLimit fields of draft-ietf-httpapi-ratelimit-headers).
 * @throws Refused `too-many-requests` with the seconds until the window ends
 */
export async function demandRate(limits: RateLimits, policy: 'person' | 'network', limit: Limit, reply: ApiReply): Promise<void> {
  const { allowed, remaining, endsIn } = await limits.take(limit);
  void reply
    .header('ratelimit-policy', `"${policy}";q=${limit.limit};w=${limit.seconds}`)
    .header('ratelimit', `"${policy}";r=${remaining};t=${endsIn}`);
  if (!allowed) raiseTooMany(endsIn, `At most ${limit.limit} requests in ${limit.seconds} seconds are answered.`);
}
