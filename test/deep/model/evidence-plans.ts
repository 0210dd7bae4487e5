import {
  type Plan,
  type Draw,
  type Planner,
  type Surroundings,
  at,
  engineerPath,
  evidencePath,
  newWords,
  supportEntry,
  levelFor,
  judged,
} from './plan';
import {
  type Evidence,
  type Model,
  type Who,
  atTheDoor,
  isLocked,
  levelOf,
  standingApprovals,
  standingPins,
  statementsOf,
  toTheSupport,
} from './rules';
import { type Expected } from './snapshot';

const ages = [0, 1, 1, 1, 18, 30] as const;

export function logging(
  model: Model,
  who: Who,
  statements: readonly string[],
  kind: Evidence['kind'],
  age: number,
  dayOfAge: (age: number) => string,
): Plan {
  const title = newWords('Work');
  const supports = statements.map((statement) => ({ statement, rationale: newWords('It shows') }));
  const endedOn = age === 0 ? {} : { endedOn: dayOfAge(age) };
  return {
    who,
    method: 'POST',
    path: `${engineerPath(model)}/evidence`,
    body: { title, description: 'Done to the end.', kind, ...endedOn, supports },
    match: 'none',
    door: atTheDoor(model, who, ['self']),
    refusal: null,
    status: 201,
    succeed: (id) => {
      const evidence: Evidence = { id, kind, age, title, revision: 1, archived: false, supports: new Map() };
      for (const { statement, rationale } of supports) {
        evidence.supports.set(statement, { state: 'proposed', revision: 1, rationale });
        model.named.add(levelOf(statement));
      }
      model.evidence.push(evidence);
      return [
        { kind: 'evidence.logged', subject: `evidence/${id}`, actor: who },
        ...statements.map((statement) => supportEntry('support.proposed', evidence, statement, who)),
      ];
    },
  };
}

/** What the engineer changes about a piece of evidence. */
const changingEvidence = (
  model: Model,
  { who, match }: Draw,
  evidence: Evidence,
  body: Record<string, unknown>,
  succeed: () => readonly Expected[],
  archival = false,
): Plan => ({
  who,
  method: archival ? 'POST' : 'PATCH',
  path: `${evidencePath(model, evidence)}${archival ? '/archival' : ''}`,
  body,
  versionOf: { path: evidencePath(model, evidence), demanded: true },
  match,
  door: atTheDoor(model, who, ['self']),
  refusal: evidence.archived ? 'evidence-archived' : isLocked(model, evidence) ? 'evidence-locked' : null,
  status: 200,
  succeed,
});

/** A new revision; verdicts are re-opened unless only tags changed. */
function revised(evidence: Evidence, who: Who, reopens: boolean): readonly Expected[] {
  evidence.revision += 1;
  const reopened: string[] = [];
  for (const [statement, support] of [...evidence.supports].sort(([one], [other]) => (one < other ? -1 : 1))) {
    if (support.state === 'withdrawn') continue;
    if (reopens && support.state !== 'proposed') {
      support.state = 'proposed';
      reopened.push(statement);
    }
    support.revision = evidence.revision;
  }
  return [
    { kind: 'evidence.revised', subject: `evidence/${evidence.id}`, actor: who },
    ...reopened.map((statement) => supportEntry('support.reopened', evidence, statement, who)),
  ];
}

/** What is done to evidence and its supports. */
export const evidencePlans = ({ dayOfAge }: Surroundings) =>
  ({
    log: (model, { who, a, b, c, flag }) => {
      const statements = statementsOf(model, levelFor(model, a)).filter((_, index) => ((b >> index) & 1) === 1 || flag);
      return logging(model, who, statements, c % 8 === 0 ? 'lab' : 'work', at(ages, c) ?? 1, dayOfAge);
    },

    edit: (model, draw) => {
      const evidence = at(model.evidence, draw.a);
      if (evidence === undefined) return null;
      const { who, b, c } = draw;
      if (b % 4 === 0) return changingEvidence(model, draw, evidence, { tags: [newWords('tag')] }, () => revised(evidence, who, false));
      if (b % 4 === 1) return changingEvidence(model, draw, evidence, { title: evidence.title }, () => []);
      if (b % 4 === 2) {
        const age = at(ages, c) ?? 1;
        const body = { endedOn: age === 0 ? null : dayOfAge(age) };
        return changingEvidence(model, draw, evidence, body, () => {
          if (age === evidence.age) return [];
          evidence.age = age;
          return revised(evidence, who, true);
        });
      }
      const title = newWords('Work');
      return changingEvidence(model, draw, evidence, { title }, () => {
        evidence.title = title;
        return revised(evidence, who, true);
      });
    },

    archive: (model, draw) => {
      const evidence = at(model.evidence, draw.a);
      if (evidence === undefined) return null;
      const succeed = (): Expected[] => {
        evidence.archived = true;
        return [{ kind: 'evidence.archived', subject: `evidence/${evidence.id}`, actor: draw.who }];
      };
      return changingEvidence(model, draw, evidence, {}, succeed, true);
    },

    propose: (model, { who, match, a, b, c }) => {
      const evidence = at(model.evidence, a);
      if (evidence === undefined) return null;
      const statement = at(statementsOf(model, levelFor(model, c)), b) ?? '';
      const rationale = newWords('It shows');
      const support = evidence.supports.get(statement);
      const exists = support !== undefined && support.state !== 'withdrawn';
      return {
        who,
        method: 'POST',
        path: `${evidencePath(model, evidence)}/supports`,
        body: { statement, rationale },
        versionOf: { path: evidencePath(model, evidence), demanded: true },
        match,
        door: atTheDoor(model, who, ['self']),
        refusal: evidence.archived ? 'evidence-archived' : exists ? 'support-exists' : null,
        status: 201,
        succeed: () => {
          evidence.supports.set(statement, { state: 'proposed', revision: evidence.revision, rationale });
          model.named.add(levelOf(statement));
          return [supportEntry('support.proposed', evidence, statement, who)];
        },
      };
    },

    reword: (model, draw) => changingSupport(model, draw, draw.flag ? 'same' : 'reword'),

    unlink: (model, draw) => changingSupport(model, draw, 'withdraw'),

    review: (model, { who, match, a, b, flag }) => {
      const evidence = at(model.evidence, a);
      const statement = evidence === undefined ? undefined : at([...evidence.supports.keys()], b);
      if (evidence === undefined || statement === undefined) return null;
      const verdict = flag ? 'accepted' : 'returned';
      const isApproved = model.claims.some(
        (claim) =>
          standingApprovals(claim).length > 0 &&
          standingPins(claim).some((pin) => pin.evidence === evidence && pin.statement === statement),
      );
      return {
        who,
        method: 'POST',
        path: `${evidencePath(model, evidence)}/supports/${statement}/review`,
        body: { verdict, ...(flag ? {} : { feedback: 'Say more.' }) },
        versionOf: { path: evidencePath(model, evidence), demanded: true },
        match,
        door: toTheSupport(model, who, evidence, statement),
        refusal: evidence.archived ? 'evidence-archived' : isApproved ? 'claim-state' : null,
        status: 200,
        succeed: () => [judged(evidence, statement, verdict, who)],
      };
    },
  }) satisfies Readonly<Record<string, Planner>>;

function changingSupport(model: Model, { who, match, a, b }: Draw, change: 'reword' | 'same' | 'withdraw'): Plan | null {
  const evidence = at(model.evidence, a);
  const statement = evidence === undefined ? undefined : at([...evidence.supports.keys()], b);
  const support = statement === undefined ? undefined : evidence?.supports.get(statement);
  if (evidence === undefined || statement === undefined || support === undefined) return null;
  const rationale = change === 'same' ? support.rationale : newWords('It shows');
  const path = `${evidencePath(model, evidence)}/supports/${statement}`;
  return {
    who,
    method: change === 'withdraw' ? 'DELETE' : 'PATCH',
    path,
    ...(change === 'withdraw' ? {} : { body: { rationale } }),
    versionOf: { path: evidencePath(model, evidence), demanded: change !== 'withdraw' },
    match,
    door: atTheDoor(model, who, ['self']) ?? (support.state === 'withdrawn' ? 'not-found' : null),
    refusal: evidence.archived ? 'evidence-archived' : isLocked(model, evidence, levelOf(statement)) ? 'evidence-locked' : null,
    status: change === 'withdraw' ? 204 : 200,
    succeed: () => {
      if (change === 'same') return [];
      support.rationale = rationale;
      support.state = change === 'withdraw' ? 'withdrawn' : 'proposed';
      support.revision = change === 'withdraw' ? support.revision : evidence.revision;
      return [supportEntry(change === 'withdraw' ? 'support.withdrawn' : 'support.proposed', evidence, statement, who)];
    },
  };
}
