import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { Database } from '../platform/transaction';

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. The number is the package's name for argon2id (a const enum). */
const argon2id = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Passwords have 12 to 256 characters, whatever they are made of. */
export const passwordLength = { min: 12, max: 256 } as const;

// the same letters typed on another keyboard may come in another spelling of Unicode
const spelled = (password: string): string => password.normalize('NFC');

/** Hashes passwords and checks them. */
@Injectable()
export class Passwords {
  private dummy: Promise<string> | undefined;

  constructor(private readonly db: Database) {}

  /** The argon2id hash of a password, in PHC form. Costs some 20 ms of one core: never inside a transaction. */
  hash(password: string): Promise<string> {
    return hash(spelled(password), argon2id);
  }

  /** Whether a password belongs to a hash. Without a hash it answers no, and takes as long as with one. */
  async matches(passwordHash: string | null, password: string): Promise<boolean> {
    this.dummy ??= this.hash('nobody has this password');
    const right = await verify(passwordHash ?? (await this.dummy), spelled(password));
    return right && passwordHash !== null;
  }

  /** Whether this is the password of an active person: proof that whoever holds the session is them. */
  async verify(personId: string, password: string): Promise<boolean> {
    const person = await this.db.one<{ password_hash: string | null }>(`SELECT password_hash FROM person WHERE person_id = $1 AND active`, [
      personId,
    ]);
    return this.matches(person?.password_hash ?? null, password);
  }
}
