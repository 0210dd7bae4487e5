import {
  type Action,
  type Claim,
  type Evidence,
  type Model,
  type Pin,
  type Policy,
  type Who,
  acceptedStatements,
  atTheDoor,
  cast,
  eligible,
  inItsState,
  isLocked,
  judging,
  levelOf,
  levelRef,
  openClaim,
  policyOf,
  restsOn,
  standingApprovals,
  standingPins,
  statementsOf,
  toTheClaim,
  toTheSupport,
  unmet,
} from './rules';
import type { Expected } from './snapshot';

/** Which version the caller says they saw. */
export type Match = 'fresh' | 'stale' | 'none';

/** One request, what the rules say of it, and what it changes if it succeeds. */
export interface Plan {
  readonly who: Who;
  readonly method: 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** What the request changes; its ETag is named. */
  readonly versionOf?: { readonly path: string; readonly demanded: boolean };
  readonly match: Match;
  /** What is said before the version is looked at, and after. */
  readonly door: string | null;
  readonly refusal: string | null;
  /** What a refusal by the gate must name. */
  readonly unmet?: readonly string[];
  readonly status: number;
  /** Takes a success over into the model; answers what the ledger must say. */
  succeed(id: string, body: Record<string, unknown>): readonly Expected[];
}

/** What a command is drawn with; each kind reads of it what it needs. */
export interface Draw {
  readonly who: Who;
  readonly match: Match;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly flag: boolean;
  readonly policy: Policy;
}

/** Answers what to send, or null where there is nothing to send it to. */
export type Planner = (model: Model, draw: Draw) => Plan | null;

const at = <T>(list: readonly T[], index: number): T | undefined => (list.length === 0 ? undefined : list[index % list.length]);
const engineerPath = (model: Model): string => `/engineers/${model.people.engineer.id}`;
const evidencePath = (model: Model, { id }: Evidence): string => `${engineerPath(model)}/evidence/${id}`;
const claimPath = (model: Model, { id }: Claim): string => `${engineerPath(model)}/claims/${id}`;
const ages = [0, 1, 1, 1, 18, 30] as const;
let words = 0;
const newWords = (what: string): string => `${what} ${(words += 1)}`;

const supportEntry = (kind: string, evidence: Evidence, statement: string, actor: Who): Expected => ({
  kind,
  subject: `evidence/${evidence.id}/supports/${statement}`,
  actor,
});

/** The level that is worked towards: that of the open claim, if there is one. */
const levelFor = (model: Model, number: number): number => openClaim(model)?.level ?? at([...model.levels.keys()], number) ?? 1;

function logging(
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

const onClaim = (
  model: Model,
  { who, match }: Pick<Draw, 'who' | 'match'>,
  claim: Claim,
  action: Action,
  name: string,
  body: unknown,
  refusal: string | null,
  succeed: Plan['succeed'],
  unmetNow: readonly string[] = [],
): Plan => ({
  who,
  method: name === '' ? 'PATCH' : 'POST',
  path: `${claimPath(model, claim)}${name === '' ? '' : `/${name}`}`,
  body,
  versionOf: { path: claimPath(model, claim), demanded: true },
  match,
  door: toTheClaim(model, who, claim, action),
  refusal: inItsState(who, claim, action) ?? refusal,
  unmet: unmetNow,
  status: 200,
  succeed,
});

const claimEntry = (kind: string, claim: Claim, actor: Who): Expected => ({ kind, subject: `claims/${claim.id}`, actor });

function submitting(model: Model, draw: Pick<Draw, 'who' | 'match'>, claim: Claim): Plan {
  const missing = unmet(model, claim, 'submission');
  const refusal = missing.length > 0 ? 'gate-not-met' : null;
  return onClaim(
    model,
    draw,
    claim,
    'submit',
    'submission',
    {},
    refusal,
    () => {
      const policy = model.policies.get(claim.level);
      const pins = restsOn(model, claim).map(({ evidence, statement }): Pin => ({ evidence, statement, revision: evidence.revision }));
      claim.policy ??= policy?.numbers ?? null;
      claim.policyVersion ??= policy?.version ?? null;
      claim.pins.push(pins);
      claim.submission += 1;
      claim.state = 'submitted';
      return [claimEntry('claim.submitted', claim, draw.who)];
    },
    missing,
  );
}

interface Proof {
  readonly wrongPassword: boolean;
  readonly essence: boolean;
}

function approving(
  model: Model,
  draw: Pick<Draw, 'who' | 'match'>,
  claim: Claim,
  password: string,
  { wrongPassword, essence }: Proof,
): Plan {
  const { who } = draw;
  const missing = unmet(model, claim, 'approval');
  const refusal = wrongPassword ? 're-authentication-failed' : !essence ? 'essence-not-met' : missing.length > 0 ? 'gate-not-met' : null;
  const body = {
    password: wrongPassword ? 'not it at all' : password,
    meaning: 'I have seen this.',
    essence: { met: essence, note: 'So it is.' },
  };
  return onClaim(
    model,
    draw,
    claim,
    'approve',
    'approval',
    body,
    refusal,
    (_, answer) => {
      claim.approvals.push({ submission: claim.submission, by: who });
      const entries = [claimEntry('claim.approved', claim, who)];
      const approvedBy = standingApprovals(claim);
      const { approvals, validMonths } = policyOf(model, claim);
      if (approvedBy.length >= approvals) {
        const id = (answer['signOff'] as { id: string } | null)?.id ?? 'none';
        model.signOffs.push({ id, claim, accepted: acceptedStatements(model, claim), validMonths, approvedBy, revoked: false });
        claim.state = 'approved';
        entries.push({ kind: 'sign-off.granted', subject: `sign-offs/${id}`, actor: who });
      }
      return entries;
    },
    missing,
  );
}

function judgingMany(model: Model, draw: Pick<Draw, 'who' | 'match'>, claim: Claim, returned: number, stranger: boolean): Plan | null {
  const pins = claim.pins.at(-1) ?? [];
  if (pins.length === 0) return null;
  const verdicts = pins.map(({ evidence, statement }, index) => ({
    evidence: stranger && index === 0 ? model.people.stranger.id : evidence.id,
    statement,
    ...(index === returned ? { verdict: 'returned', feedback: 'Say more.' } : { verdict: 'accepted' }),
  }));
  return onClaim(model, draw, claim, 'review', 'reviews', { verdicts }, stranger ? 'evidence-unknown' : null, () =>
    pins.map(({ evidence, statement }, index) => judged(evidence, statement, index === returned ? 'returned' : 'accepted', draw.who)),
  );
}

function judged(evidence: Evidence, statement: string, verdict: 'accepted' | 'returned', who: Who): Expected {
  const support = evidence.supports.get(statement);
  if (support === undefined) throw new Error('no such support');
  support.state = verdict;
  return supportEntry(`support.${verdict}`, evidence, statement, who);
}

/** What an admin does to the record's people. */
const administering = (model: Model, who: Who, method: Plan['method'], path: string, body: unknown, rest: Partial<Plan>): Plan => ({
  who,
  method,
  path,
  body,
  match: 'none',
  door: atTheDoor(model, who, ['admin']),
  refusal: null,
  status: 200,
  succeed: () => [],
  ...rest,
});

const mentorsOnly = (who: Who): who is Who => ['mentorA', 'mentorB', 'mentorC', 'manager'].includes(who);
const otherOf = (number: number): Who => at(cast.filter(mentorsOnly), number) ?? 'mentorA';

function beginning(model: Model, who: Who, mentor: Who): Plan {
  const { people } = model;
  const person = people[mentor];
  const refusal =
    mentor === who
      ? 'own-relation'
      : !people.engineer.active
        ? 'person-state'
        : person.mentorships.some(({ inForce }) => inForce)
          ? 'mentorship-exists'
          : person.active
            ? null
            : 'person-unknown';
  return administering(
    model,
    who,
    'POST',
    `${engineerPath(model)}/mentors`,
    { mentorId: person.id, skills: [model.skill] },
    {
      refusal,
      status: 201,
      succeed: (id) => {
        person.mentorships.push({ id, inForce: true });
        return [{ kind: 'mentorship.begun', subject: `mentors/${id}`, actor: who }];
      },
    },
  );
}

/** About whom something is: their person is in the path, so who may know of them is asked of their record. */
function aboutPerson(model: Model, who: Who, about: Who): string | null {
  const caller = model.people[who];
  if (!caller.active) return 'not-signed-in';
  if (!caller.admin)
    return who === about || caller.auditor || (about === 'engineer' && atTheDoor(model, who, ['self']) !== 'not-found')
      ? 'not-allowed'
      : 'not-found';
  return who === about ? 'own-relation' : null;
}

function accrediting(model: Model, who: Who, about: Who, upTo: number): Plan {
  const person = model.people[about];
  return administering(
    model,
    who,
    'POST',
    `/people/${person.id}/accreditations`,
    { skill: model.skill, upToLevel: upTo, reason: 'Has done it for years.' },
    {
      door: aboutPerson(model, who, about),
      refusal: person.active ? null : 'person-state',
      status: 201,
      succeed: (id) => {
        person.accreditations.push({ id, upTo, ended: false });
        return [];
      },
    },
  );
}

/** The rules need days for what they know in months, and the password that everybody has. */
export interface Surroundings {
  readonly dayOfAge: (age: number) => string;
  readonly password: string;
}

export const kinds = [
  'log',
  'edit',
  'archive',
  'propose',
  'reword',
  'unlink',
  'review',
  'reviews',
  'draft',
  'editClaim',
  'submit',
  'withdraw',
  'requestChanges',
  'refuse',
  'approve',
  'revoke',
  'policy',
  'beginMentorship',
  'endMentorship',
  'accredit',
  'endAccreditation',
  'activation',
  'next',
] as const;
export type Kind = (typeof kinds)[number];

/** Every kind of command. */
export function planners({ dayOfAge, password }: Surroundings): Readonly<Record<Kind, Planner>> {
  const all: Readonly<Record<Kind, Planner>> = {
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

    reviews: (model, { who, match, a, b, c, flag }) => {
      const claim = openClaim(model) ?? at(model.claims, a);
      if (claim === undefined) return null;
      return judgingMany(model, { who, match }, claim, flag ? -1 : b % 4, c % 12 === 0);
    },

    draft: (model, { who, a, b }) => {
      const isDefined = b % 12 !== 0;
      const level = isDefined ? (at([...model.levels.keys()], a) ?? 1) : 7;
      return {
        who,
        method: 'POST',
        path: `${engineerPath(model)}/claims`,
        body: { skillLevel: levelRef(model, level), summary: newWords('I work at this level') },
        match: 'none',
        door: atTheDoor(model, who, ['self']),
        refusal: !isDefined ? 'level-not-defined' : openClaim(model) !== undefined ? 'claim-open' : null,
        status: 201,
        succeed: (id) => {
          const claim: Claim = {
            id,
            level,
            state: 'draft',
            submission: 0,
            policy: null,
            policyVersion: null,
            leftOut: [],
            noOpportunity: [],
            pins: [],
            approvals: [],
          };
          model.claims.push(claim);
          model.named.add(level);
          return [claimEntry('claim.drafted', claim, who)];
        },
      };
    },

    editClaim: (model, draw) => {
      const claim = openClaim(model) ?? at(model.claims, draw.a);
      if (claim === undefined) return null;
      const linked = model.evidence.flatMap((evidence) =>
        [...evidence.supports].flatMap(([statement, { state }]) =>
          levelOf(statement) === claim.level && state !== 'withdrawn' ? [{ evidence, statement }] : [],
        ),
      );
      const leftOut = linked.filter((_, index) => ((draw.b >> index) & 3) === 3).slice(0, 4);
      const noOpportunity = statementsOf(model, claim.level).filter((_, index) => ((draw.c >> index) & 1) === 1);
      const body = {
        ...(draw.flag ? { leaveOut: leftOut.map(({ evidence, statement }) => ({ evidence: evidence.id, statement })) } : {}),
        noOpportunity: noOpportunity.map((statement) => ({ statement, reason: 'Another team does that.' })),
      };
      return onClaim(model, draw, claim, 'edit', '', body, null, () => {
        if (draw.flag) claim.leftOut = leftOut;
        claim.noOpportunity = noOpportunity;
        return [claimEntry('claim.edited', claim, draw.who)];
      });
    },

    submit: (model, draw) => {
      const claim = openClaim(model) ?? at(model.claims, draw.a);
      return claim === undefined ? null : submitting(model, draw, claim);
    },

    withdraw: (model, draw) => {
      const claim = openClaim(model) ?? at(model.claims, draw.a);
      if (claim === undefined) return null;
      return onClaim(model, draw, claim, 'withdraw', 'withdrawal', { reason: 'Not yet.' }, null, () => {
        claim.state = 'withdrawn';
        return [claimEntry('claim.withdrawn', claim, draw.who)];
      });
    },

    requestChanges: (model, draw) => {
      const claim = openClaim(model) ?? at(model.claims, draw.a);
      if (claim === undefined) return null;
      const isForeign = draw.b % 12 === 0;
      const statement = isForeign ? `${model.skill}.9.9` : statementsOf(model, claim.level)[0];
      const body = { feedback: 'Nearly.', statements: [{ statement, feedback: 'Say more.' }] };
      return onClaim(model, draw, claim, 'requestChanges', 'change-request', body, isForeign ? 'statement-unknown' : null, () => {
        claim.state = 'changes-requested';
        return [claimEntry('claim.changes-requested', claim, draw.who)];
      });
    },

    refuse: (model, draw) => {
      const claim = openClaim(model) ?? at(model.claims, draw.a);
      if (claim === undefined) return null;
      return onClaim(model, draw, claim, 'refuse', 'refusal', { reason: 'Not this level.' }, null, () => {
        claim.state = 'refused';
        return [claimEntry('claim.refused', claim, draw.who)];
      });
    },

    approve: (model, draw) => {
      const claim = (draw.a % 8 === 0 ? undefined : openClaim(model)) ?? at(model.claims, draw.a);
      if (claim === undefined) return null;
      return approving(model, draw, claim, password, { wrongPassword: draw.b % 10 === 0, essence: draw.c % 10 !== 0 });
    },

    revoke: (model, { who, a, b }) => {
      const signOff = at(model.signOffs, a);
      if (signOff === undefined) return null;
      const wrong = b % 6 === 0;
      return administering(
        model,
        who,
        'POST',
        `${engineerPath(model)}/sign-offs/${signOff.id}/revocation`,
        { password: wrong ? 'not it at all' : password, reason: 'It was somebody else’s work.' },
        {
          door: atTheDoor(model, who, ['admin']) ?? (signOff.approvedBy.includes(who) ? 'own-relation' : null),
          refusal: signOff.revoked ? 'already-revoked' : wrong ? 're-authentication-failed' : null,
          succeed: () => {
            signOff.revoked = true;
            return [{ kind: 'sign-off.revoked', subject: `sign-offs/${signOff.id}`, actor: who }];
          },
        },
      );
    },

    policy: (model, { who, match, a, policy }) => {
      const level = levelFor(model, a);
      const current = model.policies.get(level);
      if (current === undefined) return null;
      const path = `/policies/${levelRef(model, level)}`;
      const isSame = JSON.stringify(policy) === JSON.stringify(current.numbers);
      const { active, admin, mentorships } = model.people[who];
      // nobody changes a rule for themselves: who mentors in the skill leaves it to another admin
      const own = mentorships.some(({ inForce }) => inForce) ? 'own-relation' : null;
      return administering(model, who, 'PUT', path, policy, {
        versionOf: { path, demanded: true },
        match,
        door: !active ? 'not-signed-in' : admin ? own : 'not-allowed',
        succeed: () => {
          if (!isSame) model.policies.set(level, { version: current.version + 1, numbers: policy });
          return [];
        },
      });
    },

    beginMentorship: (model, { who, a }) => beginning(model, who, otherOf(a)),

    endMentorship: (model, { who, a, b }) => {
      const mentor = at(['mentorA', 'mentorB', 'mentorC', 'manager', 'holder'] as const, a) ?? 'mentorA';
      const mentorship = at(model.people[mentor].mentorships, b);
      if (mentorship === undefined) return null;
      return administering(model, who, 'DELETE', `${engineerPath(model)}/mentors/${mentorship.id}`, undefined, {
        refusal: mentor === who ? 'own-relation' : null,
        status: 204,
        succeed: () => {
          if (!mentorship.inForce) return [];
          mentorship.inForce = false;
          return [{ kind: 'mentorship.ended', subject: `mentors/${mentorship.id}`, actor: who }];
        },
      });
    },

    accredit: (model, { who, a, b }) => accrediting(model, who, otherOf(a), at([...model.levels.keys()], b) ?? 1),

    endAccreditation: (model, { who, a, b }) => {
      const about = otherOf(a);
      const person = model.people[about];
      const accreditation = at(person.accreditations, b);
      if (accreditation === undefined) return null;
      return administering(model, who, 'DELETE', `/people/${person.id}/accreditations/${accreditation.id}`, undefined, {
        door: aboutPerson(model, who, about),
        status: 204,
        succeed: () => {
          accreditation.ended = true;
          return [];
        },
      });
    },

    activation: (model, { who, match, a, b }) => {
      const inactive = cast.filter((one) => !model.people[one].active);
      // who has a role comes in again by two admins only
      const about = at(inactive, b) ?? at(['mentorA', 'manager', 'engineer', 'mentorA'] as const, a) ?? 'mentorA';
      const person = model.people[about];
      // most of the time somebody who is out comes in again, or runs would stand still
      const action = person.active || b % 8 === 0 ? 'deactivation' : 'reactivation';
      return administering(
        model,
        who,
        'POST',
        `/people/${person.id}/${action}`,
        {},
        {
          versionOf: { path: `/people/${person.id}`, demanded: true },
          match,
          door: aboutPerson(model, who, about),
          refusal: (action === 'deactivation') === person.active ? null : 'person-state',
          succeed: () => {
            person.active = action === 'reactivation';
            return [];
          },
        },
      );
    },

    /** The next step on the way to a sign-off, by somebody who may take it: without it few runs would come that far. */
    next: (model, { a, b, c }) => {
      const fresh = 'fresh';
      const engineer = { who: 'engineer', match: fresh } as const;
      const inactive = cast.find((who) => !model.people[who].active);
      if (inactive !== undefined && (inactive === 'engineer' || b % 3 === 0)) return reactivating(model, inactive);
      const claim = openClaim(model);
      if (claim === undefined) {
        const levels = [...model.levels.keys()];
        const plan = all.draft(model, { ...engineer, a: levels.length - 1 - (a % levels.length), b: 1, c, flag: true, policy: noPolicy });
        return plan;
      }
      const judges = eligible(model, claim.level, policyOf(model, claim));
      if (claim.state !== 'submitted') {
        const missing = unmet(model, claim, 'submission');
        if (missing.length === 0) return submitting(model, engineer, claim);
        if (missing.includes('level-skipped')) return all.withdraw(model, { ...engineer, a, b, c, flag: true, policy: noPolicy });
        if (missing.some((one) => one !== 'no-eligible-mentor')) {
          // what was left out of the claim stays left out: other work is shown for it
          return logging(model, 'engineer', statementsOf(model, claim.level), 'work', 1, dayOfAge);
        }
        return moreMentors(model, claim, a);
      }
      const undecided = standingPins(claim).some(({ evidence, statement }) => evidence.supports.get(statement)?.state !== 'accepted');
      const judge = at(judges, c);
      if (judge === undefined) return moreMentors(model, claim, a);
      if (undecided && standingApprovals(claim).length === 0) return judgingMany(model, { who: judge, match: fresh }, claim, -1, false);
      const approver = judges.find((who) => !standingApprovals(claim).includes(who));
      return approver === undefined
        ? moreMentors(model, claim, a)
        : approving(model, { who: approver, match: fresh }, claim, password, { wrongPassword: false, essence: true });
    },
  };
  return all;
}

const noPolicy = {} as Policy;

function reactivating(model: Model, about: Who): Plan {
  const person = model.people[about];
  return administering(
    model,
    'admin',
    'POST',
    `/people/${person.id}/reactivation`,
    {},
    {
      versionOf: { path: `/people/${person.id}`, demanded: true },
      match: 'fresh',
      door: null,
      succeed: () => {
        person.active = true;
        return [];
      },
    },
  );
}

/** One more who may judge a claim: somebody who is no mentor becomes one, a mentor is accredited. */
function moreMentors(model: Model, claim: Claim, number: number): Plan | null {
  const policy = policyOf(model, claim);
  const lacking = cast.filter(mentorsOnly).filter((who) => judging(model, who, claim.level, policy.lineManagerMayApprove) !== null);
  const who = at(lacking, number);
  if (who === undefined) return null;
  const person = model.people[who];
  if (!person.active) return reactivating(model, who);
  return person.mentorships.some(({ inForce }) => inForce) ? accrediting(model, 'admin', who, claim.level) : beginning(model, 'admin', who);
}

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
