/** A statement of the catalogue. */
export interface StatementFact {
  /** `sfia-9:ITOP.4.2` */
  readonly ref: string;
  /** `sfia-9:ITOP.4` */
  readonly skillLevel: string;
  /** `sfia-9:ITOP` */
  readonly skill: string;
  readonly level: number;
  readonly ordinal: number;
  readonly text: string;
  /** The rights notice of its framework. */
  readonly rights: string;
}

/** The order in which statements are shown: by skill level, and there by their number. */
export const inOrder = (one: StatementFact, other: StatementFact): number =>
  one.skillLevel === other.skillLevel ? one.ordinal - other.ordinal : one.skillLevel < other.skillLevel ? -1 : 1;
