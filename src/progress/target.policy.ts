import { type Viewpoint, isAuditor } from '../kernel/actor';
import { type Refusal, refuse } from '../kernel/refusal';

/** The skills whose targets a viewpoint sees of the engineer in the path; null is all of them. */
export const targetSkillsOf = (viewpoint: Viewpoint): readonly string[] | null => {
  const { relation } = viewpoint;
  return relation?.self === true || relation?.above === true || isAuditor(viewpoint) ? null : (relation?.mentorSkills ?? []);
};

/** Whether a viewpoint sees the target in a skill: the engineer, those above, auditors, and mentors in the skills that they mentor. */
export function maySeeTarget(viewpoint: Viewpoint, skill: string): boolean {
  const skills = targetSkillsOf(viewpoint);
  return skills === null || skills.includes(skill);
}

/** Who sets targets and takes them back: the engineer and whoever is above them in the line. A mentor judges what is reached, and sets no targets. */
export const checkMaySetTarget = ({ relation }: Viewpoint): Refusal | null =>
  relation?.self === true || relation?.above === true
    ? null
    : refuse('not-allowed', 'A target is set by the engineer, or by somebody above them in the reporting line.');
