import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { newId } from '../kernel/ids';
import { type Tx, rowsOf } from '../platform/transaction';
import { hashOfToken, newToken } from './token';

/** An invitation that has just been made: its token is known here and to whoever is given it only. */
export interface Invited {
  readonly token: string;
  readonly expiresAt: Date;
}

/** What the administration ledger says of an invitation. */
export const issuedContent = ({ expiresAt }: Invited, barsApprovals: boolean): { expiresAt: string; barsApprovals: boolean } => ({
  expiresAt: expiresAt.toISOString(),
  barsApprovals,
});

/** Which invitations can still be redeemed: neither used nor void nor expired. */
export const openInvitation = `i.used_at IS NULL AND i.void_at IS NULL AND i.expires_at > now()`;

@Injectable()
export class InvitationsStore {
  constructor(private readonly settings: Settings) {}

  /** Invites people, once each; who had an open invitation has it no longer. Answers in the same order. The people are locked, or new. */
  async issue(tx: Tx, people: readonly string[], invitedBy: string | null): Promise<Invited[]> {
    await this.void(tx, people);
    const tokens = people.map(() => newToken());
    const [row] = await rowsOf<{ expires_at: Date }>(tx, `SELECT now() + make_interval(hours => $1::int) AS expires_at`, [
      this.settings.INVITATION_HOURS,
    ]);
    if (row === undefined) throw new Error('the database has no clock');
    await tx.query(
      `INSERT INTO invitation (invitation_id, person_id, token_hash, invited_by, expires_at)
       SELECT one.id, one.person, one.hash, $4, $5 FROM unnest($1::uuid[], $2::uuid[], $3::bytea[]) AS one (id, person, hash)`,
      [people.map(() => newId()), people, tokens.map(hashOfToken), invitedBy, row.expires_at],
    );
    return tokens.map((token) => ({ token, expiresAt: row.expires_at }));
  }

  /** Ends the open invitations of people. */
  async void(tx: Tx, people: readonly string[]): Promise<void> {
    await tx.query(`UPDATE invitation SET void_at = now() WHERE person_id = ANY ($1::uuid[]) AND used_at IS NULL AND void_at IS NULL`, [
      people,
    ]);
  }

  /** Uses an invitation up, if it is still open; answers who made it (null is the operator), or null where it was not open. */
  async use(tx: Tx, token: string): Promise<{ readonly invitedBy: string | null } | null> {
    const [[used]] = await tx.query<[{ invitedBy: string | null }[], number]>(
      `UPDATE invitation i SET used_at = now() WHERE i.token_hash = $1 AND ${openInvitation} RETURNING i.invited_by AS "invitedBy"`,
      [hashOfToken(token)],
    );
    return used ?? null;
  }
}
