import { raise } from '../kernel/refusal';
import { type Tx, rowsOf } from '../platform/transaction';

const key = `hashtextextended('touchstone admins', 7)`;

/**
 * Takes the one lock of who is admin: of two admins who take the role from each other, one stays.
 * Taken after the reporting line's lock and before any record's or person's, where several are taken.
 */
export async function lockAdmins(tx: Tx): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(${key})`);
}

/**
 * Makes sure that whoever acts is an admin still, and stays one until this is done: roles are taken away and people deactivated under the lock of who is admin,
 * which is shared here unless lockAdmins() has been taken before. Taken where lockAdmins() is. It stands in this folder, and reads people by SQL, for every
 * folder above writes administrative acts.
 * @throws Refused `not-allowed`
 */
export async function demandAdmin(tx: Tx, personId: string): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock_shared(${key})`);
  // by the clock of after the wait; a hand that was invited afresh holds no role for a while, as in the sign-in query
  const [row] = await rowsOf<{ acts: boolean }>(
    tx,
    `SELECT active AND 'admin' = ANY (roles) AND coalesce(approvals_barred_until <= clock_timestamp(), true) AS acts FROM person WHERE person_id = $1`,
    [personId],
  );
  if (row?.acts !== true) raise('not-allowed');
}
