// What requests must look like, and what answers are: Fastify compiles both, so that nothing is checked or serialized by walking a value.

const text = { type: 'string' } as const;
const integer = { type: 'integer' } as const;
const boolean = { type: 'boolean' } as const;
const orNull = { type: ['string', 'null'] } as const;
const integerOrNull = { type: ['integer', 'null'] } as const;
const listOf = (items: object) => ({ type: 'array', items });
const object = (properties: Record<string, object>) => ({ type: 'object', properties });

const name = (most: number) => ({ type: 'string', pattern: '\\S', maxLength: most });
/** Somebody's own words: they hold no obvious secret. */
const words = (most: number) => ({ ...name(most), format: 'no-secret' });
const wordsOrNull = (most: number) => ({ ...words(most), type: ['string', 'null'] });
const day = { type: 'string', format: 'date', pattern: '^(19|[2-9]\\d)' };
const dayOrNull = { ...day, type: ['string', 'null'] };
const strict = (properties: Record<string, object>, required: string[] = []) => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});

export const logBody = strict(
  {
    title: words(200),
    description: words(20_000),
    outcome: wordsOrNull(20_000),
    role: { enum: ['alone', 'led', 'took-part', 'supervised', null] },
    supervisedBy: wordsOrNull(200),
    kind: { enum: ['work', 'training', 'lab'] },
    startedOn: dayOrNull,
    endedOn: dayOrNull,
    links: { ...listOf(strict({ url: { type: 'string', format: 'web-address' }, label: wordsOrNull(200) }, ['url'])), maxItems: 50 },
    tags: { ...listOf(words(50)), maxItems: 20 },
    supports: { ...listOf(strict({ statement: name(100), rationale: words(5000) }, ['statement', 'rationale'])), maxItems: 100 },
  },
  ['title', 'description'],
);

export const reviewBody = strict({ verdict: { enum: ['accepted', 'returned'] }, feedback: wordsOrNull(5000) }, ['verdict']);
export const reviewAnswer = object({ version: integer });

export const listQuery = strict({
  limit: { type: 'string', pattern: '^([1-9]\\d?|100)$' },
  cursor: { type: 'string', minLength: 1, maxLength: 2000 },
  q: name(400),
  tag: name(50),
  statement: { type: 'string', maxLength: 100, pattern: '^[a-z][a-z0-9-]{0,30}:[A-Z0-9]{2,10}(\\.[1-7](\\.[1-9][0-9]?)?)?$' },
  state: { enum: ['logged', 'archived'] },
  from: day,
  to: day,
});

export const oneQuery = strict({ revision: { type: 'string', pattern: '^[1-9]\\d{0,8}$' } });

export const teamQuery = strict({ skill: name(100), depth: { enum: ['direct', 'all'] } }, ['skill']);

const person = object({ id: text, name: text });
const personOrNull = { ...person, nullable: true };
const verdict = object({ allowed: boolean, code: text, detail: text });

export const listAnswer = object({
  items: listOf(
    object({
      id: text,
      state: text,
      revision: integer,
      title: text,
      kind: text,
      role: orNull,
      startedOn: orNull,
      endedOn: orNull,
      tags: listOf(text),
      supports: listOf(object({ statement: text, state: text })),
      loggedAt: text,
      changedAt: text,
    }),
  ),
  nextCursor: orNull,
});

export const evidenceAnswer = object({
  id: text,
  revision: integer,
  state: text,
  title: text,
  description: text,
  outcome: orNull,
  role: orNull,
  supervisedBy: orNull,
  kind: text,
  startedOn: orNull,
  endedOn: orNull,
  links: listOf(object({ url: text, label: orNull })),
  tags: listOf(text),
  supports: listOf(
    object({
      statement: text,
      text,
      skillLevel: text,
      rationale: text,
      state: text,
      revision: integer,
      feedback: orNull,
      reviewedBy: personOrNull,
      reviewedAt: orNull,
      reopened: object({
        verdict: text,
        revision: integer,
        feedback: orNull,
        reviewedBy: person,
        reviewedAt: text,
        difference: listOf(object({ field: text, before: {}, after: {} })),
      }),
      actions: object({ review: verdict, edit: verdict, withdraw: verdict }),
    }),
  ),
  attachments: listOf({}),
  history: listOf(object({ revision: integer, at: text })),
  rights: listOf(text),
  redacted: { ...object({ at: text, reason: orNull }), nullable: true },
  loggedAt: text,
  changedAt: text,
  actions: object({ edit: verdict, archive: verdict, addSupport: verdict }),
});

export const teamAnswer = object({
  manager: person,
  skill: text,
  people: listOf(
    object({
      id: text,
      name: text,
      active: boolean,
      currentLevel: integerOrNull,
      target: { ...object({ level: integer, by: text, state: text }), nullable: true },
      levels: listOf(
        object({
          level: integer,
          accepted: integer,
          total: integer,
          claimState: orNull,
          signedOffOn: orNull,
          validUntil: orNull,
          links: object({ total: text, accepted: text, claimState: orNull, signedOffOn: orNull }),
        }),
      ),
      lastEvidenceOn: orNull,
      goingOn: boolean,
      claim: { ...object({ id: text, skillLevel: text, dueOn: text, overdue: boolean, waitsOn: listOf(person) }), nullable: true },
      links: object({ progress: text, currentLevel: orNull, lastEvidenceOn: orNull, claim: orNull, target: orNull }),
    }),
  ),
  totals: object({
    people: integer,
    byLevel: { type: 'object', additionalProperties: integer },
    submitted: integer,
    overdue: integer,
    nobodyCanDecide: integer,
    targets: object({ onTrack: integer, late: integer, reached: integer, none: integer }),
    links: object({
      people: text,
      byLevel: { type: 'object', additionalProperties: text },
      submitted: text,
      overdue: text,
      nobodyCanDecide: text,
      targets: object({ onTrack: text, late: text, reached: text, none: text }),
    }),
  }),
  asOf: text,
});
