import {
  type Plan,
  type Draw,
  type Planner,
  type Surroundings,
  at,
  engineerPath,
  claimPath,
  newWords,
  claimEntry,
  judged,
  administering,
} from './plan';
import {
  type Action,
  type Claim,
  type Model,
  type Pin,
  acceptedStatements,
  atTheDoor,
  inItsState,
  levelOf,
  levelRef,
  openClaim,
  policyOf,
  restsOn,
  standingApprovals,
  statementsOf,
  toTheClaim,
  unmet,
} from './rules';

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

export function submitting(model: Model, draw: Pick<Draw, 'who' | 'match'>, claim: Claim): Plan {
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
      claim.broken = false;
      return [claimEntry('claim.submitted', claim, draw.who)];
    },
    missing,
  );
}

interface Proof {
  readonly wrongPassword: boolean;
  readonly essence: boolean;
}

export function approving(
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
        model.signOffs.push({
          id,
          claim,
          accepted: acceptedStatements(model, claim),
          validMonths,
          approvedBy,
          revoked: false,
          contentGone: false,
          reasonGone: false,
        });
        claim.state = 'approved';
        entries.push({ kind: 'sign-off.granted', subject: `sign-offs/${id}`, actor: who });
      }
      return entries;
    },
    missing,
  );
}

export function judgingMany(
  model: Model,
  draw: Pick<Draw, 'who' | 'match'>,
  claim: Claim,
  returned: number,
  stranger: boolean,
): Plan | null {
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

/** What is done to claims, and to the sign-offs that come of them. */
export const claimPlans = ({ password }: Surroundings) =>
  ({
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
            said: [],
            summaryGone: false,
            reasonsGone: [],
            submissionsGone: new Set(),
            broken: false,
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
        ...(draw.a % 2 === 0 ? { summary: newWords('I work at this level still') } : {}),
        noOpportunity: noOpportunity.map((statement) => ({ statement, reason: 'Another team does that.' })),
      };
      return onClaim(model, draw, claim, 'edit', '', body, null, () => {
        if (draw.flag) claim.leftOut = leftOut;
        claim.noOpportunity = noOpportunity;
        claim.reasonsGone = [];
        if (draw.a % 2 === 0) claim.summaryGone = false;
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

    revoke: (model, { who: drawn, a, b, flag }) => {
      const signOff = at(model.signOffs, a);
      if (signOff === undefined) return null;
      // an admin who approved it tries more often than chance would have it
      const who = flag && signOff.approvedBy.includes('mentorC') ? 'mentorC' : drawn;
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
  }) satisfies Readonly<Record<string, Planner>>;
