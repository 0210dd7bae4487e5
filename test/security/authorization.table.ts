/**
 * Who may do what, as design.md's table says it ("Who may do what"), route by route, written by hand: nothing here is derived from the code.
 * A route of openapi.json without a row fails authorization.matrix.spec.ts; so does a row that says nothing of a viewpoint.
 */
import type { Scope } from '../../src/kernel/actor';
import type { ProblemCode } from '../../src/kernel/problem-codes';
import { type EvidenceState, type Marker, type RecordState, evidenceStates, recordStates } from './world';

/** People who ask. The last two ask about their own record, as `self` does; all others about the record of an engineer without a role. */
const persons = [
  'nobody',
  'deactivated',
  'signedOut',
  'self',
  'peer',
  'mentor',
  'mentorTooLow',
  'mentorOtherSkill',
  'mentorEnded',
  'mentorNotBegun',
  'manager',
  'indirectManager',
  'mentorManager',
  'formerManager',
  'report',
  'approver',
  'admin',
  'adminApprover',
  'auditor',
  'adminAsSubject',
  'auditorAsSubject',
] as const;
export type Person = (typeof persons)[number];

/** Personal access tokens: whose, and with which scopes; `all` is every scope that there is. */
export const tokens = {
  tokenTooSmall: { of: 'self', scopes: ['catalogue:read'] },
  tokenOfSelf: { of: 'self', scopes: 'all' },
  tokenOfMentor: { of: 'mentor', scopes: 'all' },
  tokenOfAdmin: { of: 'admin', scopes: 'all' },
} as const satisfies Readonly<Record<string, { readonly of: Person; readonly scopes: 'all' | readonly Scope[] }>>;
type Token = keyof typeof tokens;

export const viewpoints = [...persons, ...(Object.keys(tokens) as Token[])] as const;
export type Viewpoint = (typeof viewpoints)[number];

const isToken = (viewpoint: Viewpoint): viewpoint is Token => viewpoint in tokens;
/** Whose rights a viewpoint has at most. */
export const personOf = (viewpoint: Viewpoint): Person => (isToken(viewpoint) ? tokens[viewpoint].of : viewpoint);

/** What opens to tokens, and by which scope. Everything else is closed to them: what approves, reviews, revokes, administers, and signs in. */
const openToTokens: readonly (readonly [RegExp, Scope])[] = [
  [/^GET \/api\/v1\/(frameworks|policies)/, 'catalogue:read'],
  [/^GET \/api\/v1\/me$/, 'record:read'],
  [/^GET \/api\/v1\/engineers\/\{engineerId\}\/(mentors|evidence|progress|readiness|targets|claims)/, 'record:read'],
  [/^GET \/api\/v1\/engineers\/\{engineerId\}\/sign-offs(\/\{signOffId\})?$/, 'record:read'],
  [/^(POST|PATCH|DELETE) \/api\/v1\/engineers\/\{engineerId\}\/evidence(?!.*\/(review|redaction)$)/, 'evidence:write'],
  [/^(POST|PATCH) \/api\/v1\/engineers\/\{engineerId\}\/claims(\/\{claimId\}(\/submission|\/withdrawal)?)?$/, 'claims:write'],
  [/^GET \/api\/v1\/reviews$/, 'reviews:read'],
  [/^GET \/api\/v1\/(sign-offs|teams|organisation)/, 'dashboards:read'],
  [/^GET \/api\/v1\/(ledger\/|engineers\/\{engineerId\}\/(ledger|sign-offs\/\{signOffId\}\/proof))/, 'ledger:read'],
];

const away = 'nobody deactivated signedOut';
const own = 'self adminAsSubject auditorAsSubject';
/** In force for the skill that the claim and most evidence are about. */
const mentors = 'mentor mentorTooLow mentorManager';
const managers = 'manager indirectManager';
const admins = 'admin adminApprover';
const approvers = 'approver adminApprover';
/** All who know of the record, but are not its engineer. */
const others = `${mentors} mentorOtherSkill ${managers} ${admins} auditor`;
const strangers = 'peer mentorEnded mentorNotBegun formerManager report approver';
const everyone = `${own} ${others} ${strangers}`;

/** Who is told what; `rest` is for all who are not named. Those who are not signed in are told so wherever they are not named. */
export type Verdicts = Partial<Record<'allowed' | ProblemCode, string>> & { readonly rest?: 'allowed' | ProblemCode };

export interface Row {
  /** `GET /api/v1/engineers/{engineerId}/claims/{claimId}` */
  readonly route: string;
  /** A state of the record, with which evidence after a slash; or a word of its own. */
  readonly target: string;
  readonly state: RecordState;
  readonly evidence: EvidenceState;
  readonly verdicts: Verdicts;
  readonly query?: string;
  /** The same query about something that is not there. */
  readonly emptyQuery?: string;
  /** What an answer to somebody who is allowed looks like where it is neither 200 to a GET nor 400 to a body that is rubbish. */
  readonly allowed?: number;
}

type Traits = Pick<Row, 'query' | 'emptyQuery' | 'allowed'>;
const rowsMade: Row[] = [];

/** Adds the rows of one route below /api/v1. */
function route(name: string, targets: readonly string[], verdicts: Verdicts, traits: Traits = {}): void {
  const [method = '', path = ''] = name.split(' ');
  const whole = /^\/(health|\.well-known)/.test(path) ? path : `/api/v1${path}`;
  for (const target of targets) {
    const [first = '', second = ''] = target.split('/');
    const state = recordStates.find((one) => one === first) ?? 'submitted';
    const evidence = evidenceStates.find((one) => one === second) ?? 'resting';
    rowsMade.push({ route: `${method} ${whole}`, target, state, evidence, verdicts, ...traits });
  }
}

// ——— open to everyone, signed in or not

const all: Verdicts = { allowed: `${away} ${everyone}` };
route('GET /health/live', ['any'], all);
route('GET /health/ready', ['any'], all);
route('GET /.well-known/issuer.json', ['any'], all);
route('GET /.well-known/jwks.json', ['any'], all);
route('GET /.well-known/keys/{thumbprint}', ['any'], all);
route('GET /.well-known/status/{list}', ['any'], all);
route('POST /sessions', ['any'], all);
route('POST /invitations/{token}', ['any'], all);
route('POST /invitations/{token}', ['unknown'], { 'not-found': `${away} ${everyone}` });
// whoever knows the digest has been shown the sign-off
route('GET /engineers/{engineerId}/sign-offs/{signOffId}/check/{digest}', ['approved', 'revoked'], all);
route('GET /engineers/{engineerId}/sign-offs/{signOffId}/check/{digest}', ['unknown'], { 'not-found': `${away} ${everyone}` });

// ——— one's own, and what everybody signed in may read

const signedIn: Verdicts = { allowed: everyone };
route('GET /sessions', ['any'], signedIn);
route('DELETE /sessions/current', ['throwaway'], signedIn, { allowed: 204 });
route('DELETE /sessions/{sessionId}', ['throwaway'], signedIn, { allowed: 204 });
route('DELETE /sessions/{sessionId}', ['foreign'], { rest: 'not-found' });
route('GET /me', ['any'], signedIn);
route('PUT /me/password', ['any'], signedIn);
route('GET /me/tokens', ['any'], signedIn);
route('POST /me/tokens', ['any'], signedIn);
route('DELETE /me/tokens/{tokenId}', ['foreign'], { rest: 'not-found' });
route('GET /me/totp', ['any'], signedIn);
for (const step of ['', '/confirmation', '/recovery-codes', '/removal']) route(`POST /me/totp${step}`, ['any'], signedIn);
route('GET /people', ['any'], signedIn);
route('GET /frameworks', ['any'], signedIn);
route('GET /frameworks/{frameworkId}/levels', ['any'], signedIn);
route('GET /frameworks/{frameworkId}/skills', ['any'], signedIn);
route('GET /frameworks/{frameworkId}/skills/{code}', ['any'], signedIn);
route('GET /policies/{skillLevel}', ['any'], signedIn);
route('GET /reviews', ['any'], signedIn);

// ——— by role

const adminsOnly: Verdicts = { allowed: `${admins} adminAsSubject`, rest: 'not-allowed' };
const auditorsOnly: Verdicts = { allowed: 'auditor auditorAsSubject', rest: 'not-allowed' };
route('POST /people', ['any'], adminsOnly);
route('POST /people/import', ['any'], adminsOnly, { allowed: 415 });
route('POST /frameworks/imports', ['any'], adminsOnly, { allowed: 422 });
// nobody sets the rules that they are judged by
route('PUT /policies/{skillLevel}', ['any'], { allowed: admins, 'own-relation': 'adminAsSubject', rest: 'not-allowed' });
route('GET /mentors/shortages', ['any'], adminsOnly);
// what takes two admins. `about` is asked for by the first admin about whose record it is; `another` about somebody else
const adminsAndAuditors: Verdicts = { allowed: `${admins} adminAsSubject auditor auditorAsSubject`, rest: 'not-allowed' };
const decided: Verdicts = { allowed: 'adminApprover adminAsSubject', 'own-request': 'admin', rest: 'not-allowed' };
const decidedAbout: Verdicts = { allowed: 'adminApprover', 'own-request': 'admin', 'own-relation': 'adminAsSubject', rest: 'not-allowed' };
const nothingThere: Verdicts = { 'not-found': `${admins} adminAsSubject`, rest: 'not-allowed' };
route('GET /administration/requests', ['any'], adminsAndAuditors);
route('GET /administration/retention', ['any'], adminsAndAuditors);
route('GET /administration/refused-requests', ['any'], adminsAndAuditors);
route('POST /administration/requests', ['any'], adminsOnly);
const request = '/administration/requests/{requestId}';
route(`GET ${request}`, ['another', 'about'], adminsAndAuditors);
route(`GET ${request}`, ['unknown'], { 'not-found': `${admins} adminAsSubject auditor auditorAsSubject`, rest: 'not-allowed' });
for (const decision of ['confirmation', 'refusal']) {
  route(`POST ${request}/${decision}`, ['another'], decided);
  route(`POST ${request}/${decision}`, ['about'], decidedAbout);
  route(`POST ${request}/${decision}`, ['unknown'], nothingThere);
}
route(`POST ${request}/withdrawal`, ['another', 'about'], { allowed: 'admin', rest: 'not-allowed' });
route(`POST ${request}/withdrawal`, ['unknown'], nothingThere);
route('GET /sign-offs', ['any'], { allowed: `${admins} adminAsSubject auditor auditorAsSubject`, rest: 'not-allowed' });
route('GET /administration/ledger', ['any'], { allowed: `${admins} adminAsSubject auditor auditorAsSubject`, rest: 'not-allowed' });
route('GET /ledger/checkpoints', ['any'], auditorsOnly);
route('GET /ledger/verification', ['any'], auditorsOnly);

// ——— people and their relations

route('GET /people/{personId}', ['any'], { allowed: `${own} ${others} report`, rest: 'not-found' });
/** What admins do about others and never about themselves. Whoever knows the person only as their report or approver is told less than they know. */
const anotherAdmin: Verdicts = {
  allowed: admins,
  'own-relation': 'adminAsSubject',
  'not-allowed': `self auditorAsSubject ${mentors} mentorOtherSkill ${managers} auditor`,
  rest: 'not-found',
};
route('PATCH /people/{personId}', ['any'], {
  allowed: `${admins} adminAsSubject`,
  'not-allowed': `self auditorAsSubject ${mentors} mentorOtherSkill ${managers} auditor`,
  rest: 'not-found',
});
route('PUT /people/{personId}/manager', ['any'], anotherAdmin);
route('POST /people/{personId}/invitation', ['any'], anotherAdmin);
route('POST /people/{personId}/deactivation', ['any'], anotherAdmin);
route('POST /people/{personId}/reactivation', ['any'], anotherAdmin);
const accreditationReaders: Verdicts = {
  allowed: `${own} ${admins} auditor`,
  'not-allowed': `${mentors} mentorOtherSkill ${managers}`,
  rest: 'not-found',
};
route('GET /people/{personId}/accreditations', ['any'], accreditationReaders);
route('GET /people/{personId}/accreditations/{accreditationId}', ['any'], accreditationReaders);
route('POST /people/{personId}/accreditations', ['any'], anotherAdmin);
// it is over already, so that ending it changes nothing
route('DELETE /people/{personId}/accreditations/{accreditationId}', ['any'], anotherAdmin, { allowed: 204 });
const whoKnows: Verdicts = { allowed: `${own} ${others}`, rest: 'not-found' };
route('GET /engineers/{engineerId}/mentors', ['any'], whoKnows);
route('GET /engineers/{engineerId}/mentors/{mentorshipId}', ['any'], whoKnows);
route('POST /engineers/{engineerId}/mentors', ['any'], anotherAdmin);
route('DELETE /engineers/{engineerId}/mentors/{mentorshipId}', ['any'], anotherAdmin, { allowed: 204 });

// ——— evidence and supports

const notAdmins: Verdicts = { allowed: `${own} ${mentors} mentorOtherSkill ${managers} auditor`, 'not-allowed': admins, rest: 'not-found' };
const engineerOnly: Verdicts = { allowed: own, 'not-allowed': others, rest: 'not-found' };
route('GET /engineers/{engineerId}/evidence', recordStates, notAdmins);
route('POST /engineers/{engineerId}/evidence', ['any'], engineerOnly);

const evidence = 'GET /engineers/{engineerId}/evidence/{evidenceId}';
const seenBy = (...who: string[]): Verdicts => ({ allowed: `${own} auditor ${who.join(' ')}`, 'not-allowed': admins, rest: 'not-found' });
// whoever is above sees what submitted and approved claims rest on
route(evidence, ['submitted/resting', 'approved/resting', 'revoked/resting'], seenBy(mentors, managers));
route(evidence, ['draft/resting', 'changes-requested/resting', 'refused/resting', 'withdrawn/resting'], seenBy(mentors));
route(evidence, ['submitted/supported', 'approved/supported', 'submitted/archived'], seenBy(mentors));
route(evidence, ['submitted/elsewhere', 'approved/elsewhere'], seenBy('mentorOtherSkill'));
route(evidence, ['submitted/uncited', 'approved/uncited', 'draft/uncited'], seenBy());

const eachEvidence = evidenceStates.map((state) => `submitted/${state}`);
route('PATCH /engineers/{engineerId}/evidence/{evidenceId}', eachEvidence, engineerOnly);
route('POST /engineers/{engineerId}/evidence/{evidenceId}/archival', eachEvidence, engineerOnly);
route('POST /engineers/{engineerId}/evidence/{evidenceId}/revisions/{revision}/redaction', eachEvidence, engineerOnly);
route('POST /engineers/{engineerId}/evidence/{evidenceId}/supports', eachEvidence, engineerOnly);
const cited = [
  'submitted/resting',
  'submitted/supported',
  'submitted/archived',
  'submitted/elsewhere',
  'draft/resting',
  'approved/resting',
];
route('PATCH /engineers/{engineerId}/evidence/{evidenceId}/supports/{statement}', cited, engineerOnly);
route('DELETE /engineers/{engineerId}/evidence/{evidenceId}/supports/{statement}', cited, engineerOnly, { allowed: 412 });
route('POST /engineers/{engineerId}/evidence/{evidenceId}/supports/{statement}/redaction', cited, engineerOnly);
const noSupport: Verdicts = { 'not-allowed': others, rest: 'not-found' };
route('PATCH /engineers/{engineerId}/evidence/{evidenceId}/supports/{statement}', ['submitted/uncited'], noSupport);
route('DELETE /engineers/{engineerId}/evidence/{evidenceId}/supports/{statement}', ['submitted/uncited'], noSupport);

const review = 'POST /engineers/{engineerId}/evidence/{evidenceId}/supports/{statement}/review';
/** Judging what a mentor of the skill sees. */
const judgedBy = (lineSees: boolean): Verdicts => ({
  allowed: 'mentor',
  'mentor-level-too-low': 'mentorTooLow',
  'line-manager': `mentorManager ${lineSees ? managers : ''}`,
  'not-your-mentee': 'auditor',
  'own-claim': own,
  'not-allowed': admins,
  rest: 'not-found',
});
route(review, ['submitted/resting', 'approved/resting', 'revoked/resting'], judgedBy(true));
route(
  review,
  ['submitted/supported', 'submitted/archived', 'draft/resting', 'changes-requested/resting', 'refused/resting'],
  judgedBy(false),
);
route(review, ['submitted/elsewhere'], {
  allowed: 'mentorOtherSkill',
  'not-your-mentee': 'auditor',
  'own-claim': own,
  'not-allowed': admins,
  rest: 'not-found',
});
route(review, ['submitted/uncited'], { 'not-allowed': admins, rest: 'not-found' });

// ——— claims

const claims = '/engineers/{engineerId}/claims';
const claim = `${claims}/{claimId}`;
route(`GET ${claims}`, recordStates, notAdmins);
route(`POST ${claims}`, ['any'], engineerOnly);
/** Which states who sees: the engineer and the auditor all, mentors from submission on, those above what is submitted or approved. */
const mentorsSee: readonly RecordState[] = ['submitted', 'changes-requested', 'approved', 'revoked', 'refused', 'withdrawn'];
const lineSees: readonly RecordState[] = ['submitted', 'approved', 'revoked'];
for (const state of recordStates) {
  const asMentors = mentorsSee.includes(state) ? mentors : '';
  const above = lineSees.includes(state) ? managers : '';
  route(`GET ${claim}`, [state], seenBy(asMentors, above));
  const engineers: Verdicts = { allowed: own, 'not-allowed': `auditor ${admins} ${asMentors} ${above}`, rest: 'not-found' };
  route(`PATCH ${claim}`, [state], engineers);
  route(`POST ${claim}/submission`, [state], engineers);
  route(`POST ${claim}/withdrawal`, [state], engineers);
  route(`POST ${claim}/redaction`, [state], engineerOnly);
  const judges: Verdicts = {
    ...(asMentors === '' ? {} : { allowed: 'mentor', 'mentor-level-too-low': 'mentorTooLow' }),
    ...(asMentors === '' ? {} : { 'line-manager': `mentorManager ${above}` }),
    'not-your-mentee': 'auditor',
    'own-claim': own,
    'not-allowed': admins,
    rest: 'not-found',
  };
  for (const action of ['reviews', 'change-request', 'refusal', 'approval']) route(`POST ${claim}/${action}`, [state], judges);
}

// ——— progress, the ledger, sign-offs

route('GET /engineers/{engineerId}/progress', recordStates, notAdmins);
route(
  'GET /engineers/{engineerId}/progress',
  ['submitted/skill'],
  { allowed: `${own} ${mentors} ${managers} auditor`, 'not-allowed': admins, rest: 'not-found' },
  { query: '?skill=sfia-9:ITOP', emptyQuery: '?skill=nobody:KNOWS' },
);
route('GET /engineers/{engineerId}/progress/{skillLevel}', ['any'], {
  allowed: `${own} ${mentors} ${managers} auditor`,
  'not-allowed': admins,
  rest: 'not-found',
});
route(
  'GET /engineers/{engineerId}/readiness',
  ['any'],
  { allowed: `${own} ${mentors}`, 'not-allowed': `${managers} ${admins} auditor`, rest: 'not-found' },
  { query: '?skillLevel=sfia-9:ITOP.2' },
);
// `elsewhere` is the target in the other skill; every record has both
route('GET /engineers/{engineerId}/targets', ['any'], notAdmins);
const target = '/engineers/{engineerId}/targets/{skill}';
route(`GET ${target}`, ['any'], seenBy(mentors, managers));
route(`GET ${target}`, ['submitted/elsewhere'], seenBy('mentorOtherSkill mentorManager', managers));
const targetSetters: Verdicts = {
  allowed: `${own} ${managers} mentorManager`,
  'not-allowed': `mentor mentorTooLow mentorOtherSkill ${admins} auditor`,
  rest: 'not-found',
};
for (const which of ['any', 'submitted/elsewhere']) {
  route(`PUT ${target}`, [which], targetSetters);
  // a tag that nobody has seen
  route(`DELETE ${target}`, [which], targetSetters, { allowed: 412 });
}
const ledgerReaders: Verdicts = {
  allowed: `${own} auditor`,
  'not-allowed': `${mentors} mentorOtherSkill ${managers} ${admins}`,
  rest: 'not-found',
};
route('GET /engineers/{engineerId}/ledger', ['any'], ledgerReaders);
route('GET /engineers/{engineerId}/ledger/verification', ['any'], ledgerReaders);

// asked for with a field that there is not: an export that is made is noted, and the matrix writes nothing
route(
  'GET /engineers/{engineerId}/export',
  ['any'],
  { allowed: `${own} ${admins}`, 'not-allowed': `${mentors} mentorOtherSkill ${managers} auditor`, rest: 'not-found' },
  { query: '?zzUnknown=1', allowed: 400 },
);

const signOff = '/engineers/{engineerId}/sign-offs/{signOffId}';
route('GET /engineers/{engineerId}/sign-offs', ['submitted', 'draft'], whoKnows);
route('GET /engineers/{engineerId}/sign-offs', ['approved', 'revoked'], { allowed: `${own} ${others} approver`, rest: 'not-found' });
route(`GET ${signOff}`, ['approved', 'revoked'], {
  allowed: `${own} ${mentors} ${managers} ${admins} auditor approver`,
  rest: 'not-found',
});
route(`GET ${signOff}/proof`, ['approved', 'revoked'], ledgerReaders);
route(`GET ${signOff}/badge`, ['approved'], ledgerReaders);
// there is no badge of it any more
route(`GET ${signOff}/badge`, ['revoked'], ledgerReaders, { allowed: 409 });
route(`GET ${signOff}/pack`, ['approved', 'revoked'], {
  allowed: `${own} ${mentors} ${managers} auditor ${approvers}`,
  'not-allowed': 'admin',
  rest: 'not-found',
});
route(`POST ${signOff}/revocation`, ['approved', 'revoked'], {
  allowed: 'admin',
  'own-relation': 'adminApprover adminAsSubject',
  'not-allowed': `self auditorAsSubject ${mentors} mentorOtherSkill ${managers} auditor`,
  rest: 'not-found',
});

// ——— dashboards

for (const dashboard of ['dashboard', 'gaps', 'reviews', 'trend', 'claims', 'sign-offs', 'evidence']) {
  route(`GET /teams/{managerId}/${dashboard}`, ['team'], {
    allowed: `${managers} mentorManager auditor auditorAsSubject`,
    'not-allowed': `${admins} adminAsSubject`,
    rest: 'not-found',
  });
  route(`GET /teams/{managerId}/${dashboard}`, ['any'], {
    allowed: `${own} ${managers} mentorManager auditor`,
    'not-allowed': `mentor mentorTooLow mentorOtherSkill ${admins}`,
    rest: 'not-found',
  });
}
route('GET /organisation/dashboard', ['any'], { allowed: `${admins} adminAsSubject auditor auditorAsSubject`, rest: 'not-allowed' });
route('GET /organisation/people', ['any'], { allowed: 'auditor auditorAsSubject', rest: 'not-allowed' }, { query: '?skill=sfia-9:ITOP' });

export const rows: readonly Row[] = rowsMade;

/** Who is told what in one row. */
export function verdictOf(row: Row, viewpoint: Viewpoint): 'allowed' | ProblemCode {
  if (!isToken(viewpoint)) return personsVerdict(row, viewpoint);
  const nobodys = personsVerdict(row, 'nobody');
  if (nobodys !== 'not-signed-in') return nobodys;
  const [, scope] = openToTokens.find(([routes]) => routes.test(row.route)) ?? [];
  const { of, scopes }: { of: Person; scopes: 'all' | readonly Scope[] } = tokens[viewpoint];
  return scope !== undefined && (scopes === 'all' || scopes.includes(scope)) ? personsVerdict(row, of) : 'scope-too-small';
}

function personsVerdict({ route: name, target, verdicts }: Row, viewpoint: Person): 'allowed' | ProblemCode {
  const { rest, ...named } = verdicts;
  const found = Object.entries(named).filter(([, who]) => who.split(' ').includes(viewpoint));
  if (found.length > 1) throw new Error(`${name} (${target}) says two things of ${viewpoint}`);
  const [verdict] = found[0] ?? [];
  if (verdict !== undefined) return verdict as 'allowed' | ProblemCode;
  if (away.split(' ').includes(viewpoint)) return 'not-signed-in';
  if (rest === undefined) throw new Error(`${name} (${target}) says nothing of ${viewpoint}`);
  return rest;
}

/** Whether somebody may know that a person is there at all. */
export const knowsPerson = (viewpoint: Viewpoint): boolean => `${own} ${others} report`.split(' ').includes(personOf(viewpoint));

/** Who may read content of each sort in a record of each state, wherever it is shown. */
export function mayRead(viewpoint: Viewpoint, marker: Marker, state: RecordState): boolean {
  const line = lineSees.includes(state) ? managers : '';
  const gave = state === 'approved' || state === 'revoked' ? approvers : '';
  const readers: Readonly<Record<Marker, string>> = {
    uncited: 'auditor',
    supported: `auditor ${mentors}`,
    archived: `auditor ${mentors}`,
    elsewhere: 'auditor mentorOtherSkill',
    resting: `auditor ${mentors} ${line} ${gave}`,
    summary: `auditor ${mentorsSee.includes(state) ? mentors : ''} ${line} ${gave}`,
    // between the engineer, their mentors and the auditor
    feedback: `auditor ${mentors}`,
    reason: `auditor ${mentors}`,
    revocation: `auditor ${mentors} ${line} ${gave}`,
    accreditation: `auditor ${admins}`,
  };
  return `${own} ${readers[marker]}`.split(' ').includes(personOf(viewpoint));
}
