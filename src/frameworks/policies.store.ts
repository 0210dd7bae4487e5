import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/transaction';
import type { Policy } from './policy';
import { PolicyEntity } from './policy.entity';

/** Writes policies: each change is a version of its own, kept for the claims and sign-offs made under it. */
@Injectable()
export class PoliciesStore {
  /** Changes to the policy of one skill level come one after the other. The application has no right to lock rows of the catalogue, so a name is locked. */
  async lock(tx: Tx, skillLevel: string): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 7))`, [`touchstone policy ${skillLevel}`]);
  }

  async add(tx: Tx, { skillLevel, version, ...numbers }: Policy, setBy: string, setAt: Date): Promise<void> {
    await tx.insert(PolicyEntity, { skillLevelRef: skillLevel, version, ...numbers, setBy, setAt });
  }
}
