import type { Day } from '../kernel/clock';
import { type Refusal, refuse } from '../kernel/refusal';

/** Which level of a skill is to be reached, and the last day for it. */
export interface Target {
  readonly level: number;
  readonly by: Day;
}

export const targetStates = ['on-track', 'late', 'reached'] as const;
export type TargetState = (typeof targetStates)[number];

/**
 * Where a target stands (docs/decisions/0013). `reached`: a sign-off of this level or a higher one is in force today, however it came about and whenever.
 * `late`: it is not, and the day has passed. `on-track`: it is not, and there is time, the day itself included. It says nothing of how likely it is.
 * @param currentLevel the highest level with a sign-off in force today; null where none is held
 */
export function targetStateOf({ level, by }: Target, currentLevel: number | null, today: Day): TargetState {
  if (currentLevel !== null && currentLevel >= level) return 'reached';
  return today > by ? 'late' : 'on-track';
}

/** As it is shown: with where it stands. */
export interface TargetShown extends Target {
  readonly state: TargetState;
}

/** The target as it is shown, from columns that are null where none is set. */
export const targetShown = (level: number | null, by: Day | null, currentLevel: number | null, today: Day): TargetShown | null =>
  level === null || by === null ? null : { level, by, state: targetStateOf({ level, by }, currentLevel, today) };

/** A target is for a day to come, or today. */
export const checkDay = (by: Day, today: Day): Refusal | null =>
  by < today
    ? refuse('malformed', 'The day has passed.', [{ pointer: '/by', code: 'past', detail: `Today is ${today}: name it, or a later day.` }])
    : null;

/** A target is a level that the skill defines: any of them, one that is held already too, since it may have to be held still by then. */
export const checkLevel = (level: number, definedLevels: readonly number[]): Refusal | null =>
  definedLevels.includes(level)
    ? null
    : refuse('level-not-defined', `The skill does not define level ${level}: it defines ${definedLevels.join(', ')}.`);

/** The content of the entry that stands for a target in the ledger; null is a target taken back. */
export const targetContent = (skill: string, target: Target | null) => ({ skill, level: target?.level ?? null, by: target?.by ?? null });

/** What the ledger calls the target in a skill. */
export const targetSubject = (skill: string): string => `targets/${skill}`;
