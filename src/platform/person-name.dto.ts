/** A person, by id and name. */
export class PersonName {
  /** @example 01931b2e-7c00-7000-8000-000000000002 */
  id: string;
  /** @example "Mentor One" */
  name: string;
}

/** What an action would be answered with now, for this caller. */
export class ActionVerdictAnswer {
  /** @example false */
  allowed: boolean;
  /**
   * Why not.
   * @example own-claim
   */
  code?: string;
  /** @example "Nobody judges their own work." */
  detail?: string;
}
