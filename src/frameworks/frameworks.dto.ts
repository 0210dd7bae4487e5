/** One version of a framework. */
export class FrameworkItem {
  /** @example sfia-9 */
  id: string;

  /** @example SFIA */
  name: string;

  /** @example 9 */
  version: string;

  /**
   * Whose text it is, and who may use it.
   * @example "© Copyright SFIA Foundation."
   */
  rights: string;

  /**
   * How many of its skills are loaded.
   * @example 1
   */
  skills: number;
}

/** One of a framework's seven levels of responsibility. */
export class FrameworkLevelItem {
  /** @example 4 */
  level: number;

  /**
   * The level's guiding phrase.
   * @example Enable
   */
  phrase: string;

  /**
   * What autonomy and responsibility the level is about.
   * @example "The essence of the level, as the framework has it."
   */
  essence: string;
}

/** A skill in the list of its framework. */
export class FrameworkSkillItem {
  /** @example sfia-9:ITOP */
  ref: string;

  /** @example ITOP */
  code: string;

  /** @example "Infrastructure operations" */
  name: string;

  /**
   * The levels that the skill defines.
   * @example [1, 2, 3, 4, 5]
   */
  levels: number[];
}

/** What the skill is about in practice. */
export class SkillGuidance {
  /**
   * Paragraphs with an empty line between; a list is lines that begin with `- `.
   * @example "The guidance of the framework, as it has it."
   */
  text: string;

  /** @example ["An activity, as the framework has it."] */
  activities: string[];
}

/** A skill that often goes with this one. */
export class RelatedSkill {
  /** @example SINT */
  code: string;

  /** @example "Systems integration and build" */
  name: string;

  /**
   * Its page at the framework's publisher.
   * @example https://sfia-online.org/en/sfia-9/skills/systems-integration-and-build
   */
  url: string;
}

/** One sentence of a skill level: what evidence can show. */
export class SkillStatement {
  /** @example sfia-9:ITOP.4.2 */
  ref: string;

  /**
   * Its place in the level, from 1.
   * @example 2
   */
  ordinal: number;

  /**
   * The paragraph of the source that it stands in, from 1.
   * @example 2
   */
  paragraph: number;

  /** @example "The sentence, as the framework has it." */
  text: string;
}

/** A skill at one of the seven levels. */
export class SkillLevelItem {
  /** @example sfia-9:ITOP.4 */
  ref: string;

  /** @example 4 */
  level: number;

  /** @example Enable */
  phrase: string;

  /** @example "The essence of the level, as the framework has it." */
  essence: string;

  /**
   * Whether the skill is defined at this level; only then it has statements and can be claimed.
   * @example true
   */
  defined: boolean;

  /**
   * Where the level is not defined: what to do instead, laid out as the skill's guidance.
   * @example "The advice of the framework, as it has it."
   */
  guidance?: string;

  statements: SkillStatement[];
}

/** A skill with all that its framework says of it. */
export class SkillAnswer {
  /** @example sfia-9:ITOP */
  ref: string;

  /** @example ITOP */
  code: string;

  /** @example "Infrastructure operations" */
  name: string;

  /** @example "What the skill is, as the framework has it." */
  description: string;

  guidance: SkillGuidance;

  /**
   * What this edition of the framework changed.
   * @example ["A note, as the framework has it."]
   */
  revisionNotes: string[];

  /**
   * The page that the text was taken from.
   * @example https://sfia-online.org/en/sfia-9/skills/infrastructure-operations
   */
  source: string;

  /**
   * Whose text it is, and who may use it.
   * @example "© Copyright SFIA Foundation."
   */
  rights: string;

  related: RelatedSkill[];

  /** All seven, whether the skill defines them or not. */
  levels: SkillLevelItem[];
}

/** The framework that an import belongs to. */
export class ImportedFramework {
  /** @example sfia-9 */
  id: string;

  /** @example SFIA */
  name: string;

  /** @example 9 */
  version: string;

  /** @example "© Copyright SFIA Foundation." */
  rights: string;
}

/** The skill that an import brought. */
export class ImportedSkill {
  /** @example sfia-9:ITOP */
  ref: string;

  /** @example ITOP */
  code: string;

  /** @example "Infrastructure operations" */
  name: string;
}

/** What was read. */
export class FrameworkImportAnswer {
  framework: ImportedFramework;

  skill: ImportedSkill;

  /**
   * The levels that the skill defines.
   * @example [1, 2, 3, 4, 5]
   */
  levels: number[];

  /**
   * How many statements they have together.
   * @example 24
   */
  statements: number;

  /**
   * How many related skills it names.
   * @example 13
   */
  related: number;

  /**
   * False where it was loaded already, word for word.
   * @example true
   */
  added: boolean;
}
