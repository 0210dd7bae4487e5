/**
 * References name a part of a framework in one string, everywhere the same: `sfia-9:ITOP` is a skill,
 * `sfia-9:ITOP.4` a skill level, `sfia-9:ITOP.4.2` a statement.
 */
export interface SkillName {
  readonly frameworkId: string;
  readonly code: string;
}

export interface SkillLevelName extends SkillName {
  /** 1 to 7 */
  readonly level: number;
}

export interface StatementName extends SkillLevelName {
  /** 1 to 99 */
  readonly ordinal: number;
}

/** Source of a regular expression, without anchors, for schemas that must agree with the references. */
export const FRAMEWORK_ID_PATTERN = '[a-z][a-z0-9-]{0,30}';
/** Source of a regular expression, without anchors, for schemas that must agree with the references. */
export const SKILL_CODE_PATTERN = '[A-Z0-9]{2,10}';

// One pattern for all three: every quantifier is bounded and no two neighbours share a character, so matching is linear.
const REFERENCE = new RegExp(`^(${FRAMEWORK_ID_PATTERN}):(${SKILL_CODE_PATTERN})(?:\\.([1-7])(?:\\.([1-9][0-9]?))?)?$`);

/** `sfia-9:ITOP`. Joins only: the parts are taken as they are. */
export function skillRef(frameworkId: string, code: string): string {
  return `${frameworkId}:${code}`;
}

/** `sfia-9:ITOP.4`. Joins only: the parts are taken as they are. */
export function skillLevelRef(frameworkId: string, code: string, level: number): string {
  return `${frameworkId}:${code}.${level}`;
}

/** `sfia-9:ITOP.4.2`. Joins only: the parts are taken as they are. */
export function statementRef(frameworkId: string, code: string, level: number, ordinal: number): string {
  return `${frameworkId}:${code}.${level}.${ordinal}`;
}

/** The parts of a reference to a skill; null for anything else, a reference to a level or statement included. */
export function parseSkillRef(text: string): SkillName | null {
  const parts = partsOf(text);
  return parts !== null && parts.level === null ? { frameworkId: parts.frameworkId, code: parts.code } : null;
}

/** The parts of a reference to a skill level; null for anything else. */
export function parseSkillLevelRef(text: string): SkillLevelName | null {
  const parts = partsOf(text);
  if (parts === null || parts.level === null || parts.ordinal !== null) return null;
  return { frameworkId: parts.frameworkId, code: parts.code, level: parts.level };
}

/** The parts of a reference to a statement; null for anything else. */
export function parseStatementRef(text: string): StatementName | null {
  const parts = partsOf(text);
  if (parts === null || parts.level === null || parts.ordinal === null) return null;
  return { frameworkId: parts.frameworkId, code: parts.code, level: parts.level, ordinal: parts.ordinal };
}

/** `sfia-9:ITOP.4` → `sfia-9:ITOP`. Throws a RangeError for what is not a reference to a skill level: parse what comes from outside first. */
export function skillRefOfLevel(ref: string): string {
  const name = parseSkillLevelRef(ref);
  if (name === null) throw new RangeError(`not a reference to a skill level: ${JSON.stringify(ref)}`);
  return skillRef(name.frameworkId, name.code);
}

/** `sfia-9:ITOP.4.2` → `sfia-9:ITOP.4`. Throws a RangeError for what is not a reference to a statement: parse what comes from outside first. */
export function skillLevelOfStatement(ref: string): string {
  const name = parseStatementRef(ref);
  if (name === null) throw new RangeError(`not a reference to a statement: ${JSON.stringify(ref)}`);
  return skillLevelRef(name.frameworkId, name.code, name.level);
}

function partsOf(text: string): { frameworkId: string; code: string; level: number | null; ordinal: number | null } | null {
  const [, frameworkId, code, level, ordinal] = REFERENCE.exec(text) ?? [];
  if (frameworkId === undefined || code === undefined) return null;
  return { frameworkId, code, level: level === undefined ? null : Number(level), ordinal: ordinal === undefined ? null : Number(ordinal) };
}
