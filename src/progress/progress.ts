/** The highest level of a skill with a sign-off in force, or null where none is held. */
export const currentLevelOf = (levels: readonly { readonly level: number; readonly held: boolean }[]): number | null =>
  levels.reduce<number | null>((highest, { level, held }) => (held && level > (highest ?? 0) ? level : highest), null);

/** What progress says of one skill level, as far as its figures go. */
export interface LevelFigures {
  readonly total: number;
  readonly accepted: number;
  readonly proposed: number;
  /** Of the sign-off in force; null where the level is not held. */
  readonly signedOffAccepted: number | null;
}

/**
 * The figures that are shown: a level in force shows those of its sign-off (design.md, "A claim's life").
 * @param proposedBesides of a level in force that was granted without some of its statements, how many of these are proposed now
 */
export function figuresOf(
  { total, accepted, proposed, signedOffAccepted }: LevelFigures,
  proposedBesides = 0,
): Omit<LevelFigures, 'signedOffAccepted'> {
  return signedOffAccepted === null ? { total, accepted, proposed } : { total, accepted: signedOffAccepted, proposed: proposedBesides };
}
