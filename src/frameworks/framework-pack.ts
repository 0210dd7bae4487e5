import { type JSONSchemaType } from 'ajv';
import { FRAMEWORK_ID_PATTERN, SKILL_CODE_PATTERN } from '../kernel/reference';

export interface PackStatement {
  /** 1 to n within the level, without gaps. */
  ordinal: number;
  /** The paragraph of the source the sentence stands in, from 1. */
  paragraph: number;
  /** One sentence. */
  text: string;
}

export interface PackSkillLevel {
  level: number;
  statements: PackStatement[];
}

export interface PackRelatedSkill {
  code: string;
  name: string;
  url: string;
}

export interface PackSkill {
  code: string;
  name: string;
  description: string;
  /** The address of the page the text was taken from. */
  source: string;
  revisionNotes: string[];
  /** `text`: paragraphs, one empty line between them; a list inside is lines that begin with `- `. */
  guidance: { text: string; activities: string[] };
  /** What to tell someone who looks at a level below or above the defined ones; '' only where there is no such level. Laid out as `guidance.text`. */
  notDefined: { lower: string; higher: string };
  related: PackRelatedSkill[];
  /** The defined levels only, ascending. */
  levels: PackSkillLevel[];
}

export interface PackLevel {
  level: number;
  phrase: string;
  essence: string;
}

/** One skill of one framework version as data, quoted from its source, with the framework's seven levels. */
export interface FrameworkPack {
  framework: { id: string; name: string; version: string; rights: string; source: string };
  levels: PackLevel[];
  skill: PackSkill;
}

const line = { type: 'string', minLength: 1, maxLength: 2_000 } as const;
const url = { type: 'string', maxLength: 2_000, format: 'uri', pattern: '^https://' } as const;
const code = { type: 'string', pattern: `^${SKILL_CODE_PATTERN}$` } as const;
const level = { type: 'integer', minimum: 1, maximum: 7 } as const;

/** The shape of a pack. What a schema cannot say is in pack-reader.ts. */
export const PACK_SCHEMA: JSONSchemaType<FrameworkPack> = {
  type: 'object',
  additionalProperties: false,
  required: ['framework', 'levels', 'skill'],
  properties: {
    framework: {
      type: 'object',
      additionalProperties: false,
      required: ['id', 'name', 'version', 'rights', 'source'],
      properties: { id: { type: 'string', pattern: `^${FRAMEWORK_ID_PATTERN}$` }, name: line, version: line, rights: line, source: url },
    },
    levels: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['level', 'phrase', 'essence'],
        properties: { level, phrase: line, essence: line },
      },
    },
    skill: {
      type: 'object',
      additionalProperties: false,
      required: ['code', 'name', 'description', 'source', 'revisionNotes', 'guidance', 'notDefined', 'related', 'levels'],
      properties: {
        code,
        name: line,
        description: line,
        source: url,
        revisionNotes: { type: 'array', maxItems: 100, items: line },
        guidance: {
          type: 'object',
          additionalProperties: false,
          required: ['text', 'activities'],
          properties: {
            text: { type: 'string', minLength: 1, maxLength: 20_000 },
            activities: { type: 'array', maxItems: 100, items: line },
          },
        },
        notDefined: {
          type: 'object',
          additionalProperties: false,
          required: ['lower', 'higher'],
          properties: { lower: { type: 'string', maxLength: 20_000 }, higher: { type: 'string', maxLength: 20_000 } },
        },
        related: {
          type: 'array',
          maxItems: 200,
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['code', 'name', 'url'],
            properties: { code, name: line, url },
          },
        },
        levels: {
          type: 'array',
          minItems: 1,
          maxItems: 7,
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['level', 'statements'],
            properties: {
              level,
              statements: {
                type: 'array',
                minItems: 1,
                maxItems: 99,
                items: {
                  type: 'object',
                  additionalProperties: false,
                  required: ['ordinal', 'paragraph', 'text'],
                  properties: {
                    ordinal: { type: 'integer', minimum: 1, maximum: 99 },
                    paragraph: { type: 'integer', minimum: 1, maximum: 99 },
                    text: line,
                  },
                },
              },
            },
          },
        },
      },
    },
  },
};
