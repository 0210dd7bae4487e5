/** A sign of life. */
export class Health {
  /** @example ok */
  status: 'ok';
  /**
   * How the replica that dashboards are read from stands, where there is one. Without it they are read from the primary: that is no reason not to be ready.
   * @example ok
   */
  replica?: 'ok' | 'behind' | 'away';
}
