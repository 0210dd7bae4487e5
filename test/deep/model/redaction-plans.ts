import { type Plan, type Planner, type Surroundings, administering, at, claimPath } from './plan';
import { type Claim, type Model, type Redacted, type Saying, type Who, atTheDoor, inItsState, openClaim, toTheClaim } from './rules';
import type { Expected } from './snapshot';

const reason = 'It held a password.';

const ownKinds = ['claim.drafted', 'claim.edited', 'claim.withdrawn'];
const decisionKinds = ['claim.changes-requested', 'claim.refused', 'claim.withdrawn', 'claim.approved'];

/** The engineer's own words about a claim that are still there. */
const ownWords = (claim: Claim): Saying[] => claim.said.filter(({ kind, gone }) => ownKinds.includes(kind) && !gone);

const subjectOf = (what: Redacted): string =>
  'signOff' in what
    ? `sign-offs/${what.signOff.id}/revocation`
    : `claims/${what.claim.id}/${what.entry === null ? 'words' : `entries/${what.entry.seq}`}`;

/** How many pieces of content a redaction would take out, without and with what was frozen; null where there is no such thing. */
function inQuestion(model: Model, what: Redacted, frozen: boolean): { said: number; frozen: number } | null {
  if ('signOff' in what) return what.signOff.revoked ? { said: what.signOff.reasonGone ? 0 : 1, frozen: 0 } : null;
  const { claim, entry } = what;
  const signedOff = model.signOffs.filter((one) => one.claim === claim && !one.contentGone).length;
  if (entry === null)
    return { said: ownWords(claim).length, frozen: frozen ? claim.pins.length - claim.submissionsGone.size + signedOff : 0 };
  if (!decisionKinds.includes(entry.kind)) return null;
  return { said: entry.gone ? 0 : 1, frozen: frozen && entry.kind === 'claim.approved' ? signedOff : 0 };
}

/** Why it cannot be redacted now, or null. */
function refusedNow(model: Model, what: Redacted, frozen: boolean, isDone: boolean): string | null {
  const found = inQuestion(model, what, frozen);
  if (found === null) return 'evidence-unknown';
  if (found.said === 0 && !frozen) return 'already-redacted';
  return isDone && found.said + found.frozen === 0 ? 'already-redacted' : null;
}

/** Takes it out; answers what the ledger says of it. */
function takenOut(model: Model, what: Redacted, frozen: boolean, who: Who): Expected[] {
  const found = inQuestion(model, what, frozen) ?? { said: 0, frozen: 0 };
  model.gone += found.said + found.frozen;
  if ('signOff' in what) what.signOff.reasonGone = true;
  else {
    const { claim, entry } = what;
    const isOwn = entry === null;
    for (const one of isOwn ? ownWords(claim) : [entry]) one.gone = true;
    if (frozen && (isOwn || entry.kind === 'claim.approved'))
      for (const signOff of model.signOffs) if (signOff.claim === claim) signOff.contentGone = true;
    if (isOwn) {
      claim.summaryGone = true;
      claim.reasonsGone = [...claim.noOpportunity];
      if (frozen) for (const index of claim.pins.keys()) claim.submissionsGone.add(index);
    }
    // what a mentor would approve now is not what was submitted, or not what another approved
    if (claim.state === 'submitted' && (isOwn || (entry.kind === 'claim.approved' && entry.submission === claim.submission)))
      claim.broken = true;
  }
  return [{ kind: 'record.redacted', subject: subjectOf(what), actor: who }];
}

/** The engineer says anew what was redacted, or what was submitted is taken back: without it a claim would go nowhere. */
export function goingOn(model: Model, claim: Claim): Plan | null {
  const onClaim = {
    who: 'engineer',
    path: claimPath(model, claim),
    versionOf: { path: claimPath(model, claim), demanded: true },
    match: 'fresh',
    status: 200,
  } as const;
  if (claim.state === 'submitted' && claim.broken)
    return {
      ...onClaim,
      method: 'POST',
      path: `${onClaim.path}/withdrawal`,
      body: { reason: 'It is not what it was.' },
      door: toTheClaim(model, 'engineer', claim, 'withdraw'),
      refusal: inItsState('engineer', claim, 'withdraw'),
      succeed: () => {
        claim.state = 'withdrawn';
        return [{ kind: 'claim.withdrawn', subject: `claims/${claim.id}`, actor: 'engineer' }];
      },
    };
  if (claim.state === 'submitted' || !claim.summaryGone) return null;
  return {
    ...onClaim,
    method: 'PATCH',
    body: { summary: 'Said anew.' },
    door: toTheClaim(model, 'engineer', claim, 'edit'),
    refusal: inItsState('engineer', claim, 'edit'),
    succeed: () => {
      claim.summaryGone = false;
      return [{ kind: 'claim.edited', subject: `claims/${claim.id}`, actor: 'engineer' }];
    },
  };
}

const asAdmin = (model: Model, who: Who): string | null =>
  !model.people[who].active ? 'not-signed-in' : model.people[who].admin ? null : 'not-allowed';

/** What is taken out of words on claims: by the engineer alone before a submission, by two admins at any time. */
export const redactionPlans = ({ password }: Surroundings) =>
  ({
    redactOwn: (model, { who, match, a, flag }) => {
      const claim = (flag ? openClaim(model) : undefined) ?? at(model.claims, a);
      if (claim === undefined) return null;
      const what: Redacted = { claim, entry: null };
      return {
        who,
        method: 'POST',
        path: `${claimPath(model, claim)}/redaction`,
        body: { reason },
        versionOf: { path: claimPath(model, claim), demanded: true },
        match,
        door: atTheDoor(model, who, ['self']),
        refusal: claim.submission > 0 ? 'claim-state' : refusedNow(model, what, false, true),
        status: 200,
        succeed: () => takenOut(model, what, false, who),
      };
    },

    askRedaction: (model, { who, a, b, c, flag }) => {
      const claim = at(model.claims, a);
      if (claim === undefined) return null;
      const signOff = c % 4 === 3 ? at(model.signOffs, b) : undefined;
      // most of the time something that somebody decided
      const decided = claim.said.filter(({ kind, gone }) => decisionKinds.includes(kind) && !gone);
      const entry = c % 4 === 0 ? null : (at(c % 16 === 1 ? claim.said : decided, b) ?? null);
      const what: Redacted = signOff === undefined ? { claim, entry } : { signOff };
      const frozen = flag && signOff === undefined;
      const named = signOff === undefined ? { claim: claim.id, ...(entry === null ? {} : { entry: entry.seq }) } : { signOff: signOff.id };
      const isAsked = model.requests.some((one) => one.open && subjectOf(one.what) === subjectOf(what) && one.frozen === frozen);
      return administering(
        model,
        who,
        'POST',
        '/administration/requests',
        { action: 'redact', personId: model.people.engineer.id, reason, ...named, ...(frozen ? { frozen } : {}) },
        {
          door: asAdmin(model, who),
          refusal: isAsked ? 'request-exists' : refusedNow(model, what, frozen, false),
          status: 201,
          succeed: (id) => {
            model.requests.push({ id, what, frozen, by: who, open: true });
            return [];
          },
        },
      );
    },

    confirmRedaction: (model, { who: drawn, match, a, b, flag }) => {
      const request = at(
        model.requests.filter(({ open }) => open || a % 8 === 0),
        b,
      );
      if (request === undefined) return null;
      // most of the time it is the other admin
      const other = request.by === 'admin' ? 'mentorC' : 'admin';
      const who = flag ? other : drawn;
      const wrong = b % 10 === 0;
      const path = `/administration/requests/${request.id}`;
      return administering(
        model,
        who,
        'POST',
        `${path}/confirmation`,
        { password: wrong ? 'not it at all' : password },
        {
          versionOf: { path, demanded: true },
          match,
          door: asAdmin(model, who) ?? (who === request.by ? 'own-request' : null),
          refusal: !request.open
            ? 'request-state'
            : wrong
              ? 're-authentication-failed'
              : refusedNow(model, request.what, request.frozen, true),
          succeed: () => {
            request.open = false;
            return takenOut(model, request.what, request.frozen, who);
          },
        },
      );
    },
  }) satisfies Readonly<Record<string, Planner>>;
