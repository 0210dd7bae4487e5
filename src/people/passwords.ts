import { availableParallelism } from 'node:os';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { promise as queueOf } from 'fastq';
import { raise } from '../kernel/refusal';
import { Database } from '../platform/transaction';

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. The number is the package's name for argon2id (a const enum). */
const argon2id = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Passwords have 12 to 256 characters, whatever they are made of. */
export const passwordLength = { min: 12, max: 256 } as const;

// the same letters typed on another keyboard may come in another spelling of Unicode
const spelled = (password: string): string => password.normalize('NFC');

/** How many hashes of one lane are computed at once: half of the cores, so that the other lane and everything else go on. */
const atOnce = Math.max(1, Math.floor(availableParallelism() / 2));
/** How many may wait in one lane: at 20 ms each, the last one waits a little over a second. */
const waitingAtMost = 64 * atOnce;

/**
 * Who waits for a hash. Strangers wait in a lane of their own: a flood of sign-ins holds up no approval, and other requests not at all.
 */
export type HashLane = 'stranger' | 'signed-in';

const newLane = () => queueOf((work: () => Promise<unknown>) => work(), atOnce);

/** Hashes passwords and checks them. */
@Injectable()
export class Passwords {
  private dummy: Promise<string> | undefined;
  private readonly lanes = { stranger: newLane(), 'signed-in': newLane() } as const;

  constructor(private readonly db: Database) {}

  /**
   * The argon2id hash of a password, in PHC form. Costs some 20 ms of one core: never inside a transaction.
   * @throws Refused `too-busy` where too many wait already
   */
  hash(password: string, lane: HashLane = 'signed-in'): Promise<string> {
    return this.inTurn(lane, () => hash(spelled(password), argon2id));
  }

  /**
   * Whether a password belongs to a hash. Without a hash it answers no, and takes as long as with one.
   * @throws Refused `too-busy` where too many wait already
   */
  async matches(passwordHash: string | null, password: string, lane: HashLane = 'signed-in'): Promise<boolean> {
    this.dummy ??= hash('nobody has this password', argon2id);
    const dummy = await this.dummy;
    const right = await this.inTurn(lane, () => verify(passwordHash ?? dummy, spelled(password)));
    return right && passwordHash !== null;
  }

  private async inTurn<T>(lane: HashLane, work: () => Promise<T>): Promise<T> {
    const queue = this.lanes[lane];
    if (queue.length() >= waitingAtMost) return raise('too-busy', 'Too many sign in at this moment: try again in a second.');
    return (await queue.push(work)) as T;
  }

  /** Whether this is the password of an active person: proof that whoever holds the session is them. */
  async verify(personId: string, password: string): Promise<boolean> {
    const person = await this.db.one<{ password_hash: string | null }>(`SELECT password_hash FROM person WHERE person_id = $1 AND active`, [
      personId,
    ]);
    return this.matches(person?.password_hash ?? null, password);
  }
}
