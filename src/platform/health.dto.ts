/** A sign of life. */
export class Health {
  /** @example ok */
  status: 'ok';
}
