import type { Tx } from './transaction';

/**
 * Forgets the answers kept for an Idempotency-Key that could say something of a person or their record: all that were given on a path of the record, by
 * whomever it was asked, all that the person was given, and all that name them. Whatever takes words away calls it, and nothing narrower: an answer need not
 * name what it shows (that of a revocation names the sign-off, and not the claim). Who sends one of these requests again does it anew, or is told why not.
 */
export async function forgetAnswersAbout(tx: Tx, personId: string): Promise<void> {
  await tx.query(
    `DELETE FROM idempotent_answer WHERE owner_id = $1 OR caller_id = $1 OR strpos(body::text, $1::text) > 0 OR strpos(headers::text, $1::text) > 0`,
    [personId],
  );
}
