import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Role, type Scope, scopes } from '../../src/kernel/actor';
import { newId } from '../../src/kernel/ids';
import { hashOfToken, newPersonalToken, newToken } from '../../src/people/token';
import { type SeenClaim, acceptAll, act, approval, seeClaim } from '../factories/claims';
import { type TestPerson, makePerson, mentors } from '../factories/people';
import type { Answer, TestApp } from '../setup/app';

/** In which state a record's claim to level 2 of ITOP stands; `revoked` is an approved one whose sign-off was revoked. */
export const recordStates = ['draft', 'submitted', 'changes-requested', 'approved', 'revoked', 'refused', 'withdrawn'] as const;
export type RecordState = (typeof recordStates)[number];

/**
 * Evidence of each record: `resting` is what the claim rests on (pinned while it is submitted), `supported` shows statements that no claim rests on,
 * `uncited` shows nothing, `archived` was supported and is archived, `elsewhere` shows a statement of another skill.
 */
export const evidenceStates = ['resting', 'supported', 'uncited', 'archived', 'elsewhere'] as const;
export type EvidenceState = (typeof evidenceStates)[number];

/** The statement that each piece of evidence is asked about; uncited evidence has none of its own. */
export const statementFor: Readonly<Record<EvidenceState, string>> = {
  resting: 'sfia-9:ITOP.2.1',
  supported: 'sfia-9:ITOP.3.1',
  uncited: 'sfia-9:ITOP.1.1',
  archived: 'sfia-9:ITOP.3.2',
  elsewhere: 'test-1:LHKP.2.1',
};

/** One engineer's record with everything in it that somebody might want to see. */
export interface TestRecord {
  readonly person: TestPerson;
  readonly evidence: Readonly<Record<EvidenceState, string>>;
  readonly claim: string;
  readonly signOff: string | null;
  readonly digest: string | null;
  /** A mentorship that is over. */
  readonly mentorship: string;
  /** An accreditation of the engineer that has ended. */
  readonly accreditation: string;
}

/** Words that stand in content of one sort only: who reads one has read content of that sort. */
export const markers = {
  resting: 'zqresting',
  supported: 'zqsupported',
  uncited: 'zquncited',
  archived: 'zqarchived',
  elsewhere: 'zqelsewhere',
  summary: 'zqsummary',
  feedback: 'zqfeedback',
  reason: 'zqreason',
  revocation: 'zqrevocation',
  accreditation: 'zqaccreditation',
} as const;
export type Marker = keyof typeof markers;

/** Whose the records are: an engineer's, an admin's own, an auditor's own. */
export const owners = ['engineer', 'admin', 'auditor'] as const;
export type Owner = (typeof owners)[number];

/** People who stand around every record, each in one relation to it. */
export interface Around {
  readonly peer: TestPerson;
  readonly mentor: TestPerson;
  /** In force, but holds no level and is not accredited. */
  readonly mentorTooLow: TestPerson;
  readonly mentorOtherSkill: TestPerson;
  readonly mentorEnded: TestPerson;
  readonly mentorNotBegun: TestPerson;
  readonly manager: TestPerson;
  readonly indirectManager: TestPerson;
  /** Above in the line and a mentor in force. */
  readonly mentorManager: TestPerson;
  readonly formerManager: TestPerson;
  /** Gave the sign-offs; mentorship over. */
  readonly approver: TestPerson;
  readonly admin: TestPerson;
  /** An admin who gave the sign-offs; mentorship over. */
  readonly adminApprover: TestPerson;
  readonly auditor: TestPerson;
  /** A mentor in force who is deactivated, with a session that was not taken away. */
  readonly deactivated: TestPerson;
  /** A mentor in force who has signed out. */
  readonly signedOut: TestPerson;
}

export interface World {
  readonly api: TestApp;
  readonly around: Around;
  readonly records: Readonly<Record<Owner, Readonly<Record<RecordState, TestRecord>>>>;
  /** Somebody of the first record's, below the engineer in the line, by owner and state. */
  readonly reports: Readonly<Record<Owner, Readonly<Record<RecordState, TestPerson>>>>;
  /** What the first admin has asked another one to confirm: about the engineer of a record that is submitted, by whose it is; and about somebody else. */
  readonly requests: Readonly<Record<Owner | 'another', string>>;
  /** An invitation that can be redeemed. */
  readonly invitation: string;
  /** A session of somebody who has nothing to do with anything. */
  readonly foreignSession: string;
}

function must<Body>(answer: Answer<Body>, status: number, what: string): Answer<Body> {
  if (answer.status !== status) throw new Error(`${what} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer;
}

/** Gives somebody one more session, straight in the database; answers its id and token. */
export async function anotherSession(api: TestApp, { id }: Pick<TestPerson, 'id'>): Promise<{ id: string; token: string }> {
  const session = { id: newId(), token: newToken() };
  await api.database.query(
    `INSERT INTO session (session_id, person_id, token_hash, client, expires_at) VALUES ($1, $2, $3, 'test', now() + interval '1 day')`,
    [session.id, id, hashOfToken(session.token)],
  );
  return session;
}

/** Gives somebody a personal access token, straight in the database; answers its id and what is shown once. */
export async function anotherToken(
  api: TestApp,
  { id }: Pick<TestPerson, 'id'>,
  given: 'all' | readonly Scope[],
): Promise<{ id: string; token: string }> {
  const made = { id: newId(), token: newPersonalToken() };
  await api.database.query(
    `INSERT INTO personal_token (token_id, person_id, token_hash, name, scopes, expires_at) VALUES ($1, $2, $3, 'test', $4, now() + interval '1 day')`,
    [made.id, id, hashOfToken(made.token), given === 'all' ? [...scopes] : [...given]],
  );
  return made;
}

let named = 0;
/** A person whose name is found nowhere but where they are named. */
const someone = (api: TestApp, traits: { roles?: readonly Role[]; manager?: Pick<TestPerson, 'id'> } = {}): Promise<TestPerson> =>
  makePerson(api, { name: `Zqname ${(named += 1)}`, ...traits });

const hour = 3_600_000;

/** Loads a second framework with a skill of its own, `test-1:LHKP`. */
export async function loadSecondSkill(admin: TestPerson): Promise<void> {
  const pack: unknown = JSON.parse(readFileSync(join(__dirname, '../setup/small-pack.json'), 'utf8'));
  must(await admin.post('/frameworks/imports', pack), 201, 'importing a framework');
}

/** Sets how many must approve level 2 of ITOP. */
async function askForTwo(admin: TestPerson): Promise<void> {
  const { body, etag } = await admin.get('/policies/sfia-9:ITOP.2');
  const { skillLevel: _skillLevel, version: _version, ...numbers } = body;
  const kept = Object.fromEntries(
    Object.entries(numbers).filter(([name]) =>
      [
        'acceptedPerStatement',
        'mayMiss',
        'distinctEvidence',
        'maxAgeMonths',
        'stepping',
        'lineManagerMayApprove',
        'validMonths',
        'reviewDays',
      ].includes(name),
    ),
  );
  must(await admin.put('/policies/sfia-9:ITOP.2', { ...kept, approvals: 2 }, { ifMatch: etag ?? '' }), 200, 'setting a policy');
}

async function makeAround(api: TestApp): Promise<Around> {
  const indirectManager = await someone(api);
  const mentorManager = await someone(api, { manager: indirectManager });
  const manager = await someone(api, { manager: mentorManager });
  const [peer, formerManager, mentor, mentorTooLow, mentorOtherSkill, mentorEnded, mentorNotBegun, approver, deactivated, signedOut] = [
    await someone(api, { manager }),
    await someone(api),
    await someone(api),
    await someone(api),
    await someone(api),
    await someone(api),
    await someone(api),
    await someone(api),
    await someone(api),
    await someone(api),
  ];
  const [admin, adminApprover] = [await someone(api, { roles: ['admin'] }), await someone(api, { roles: ['admin'] })];
  const auditor = await someone(api, { roles: ['auditor'] });
  return {
    ...{ peer, mentor, mentorTooLow, mentorOtherSkill, mentorEnded, mentorNotBegun, manager, indirectManager, mentorManager },
    ...{ formerManager, approver, admin, adminApprover, auditor, deactivated, signedOut },
  };
}

/** Relates everybody around to an engineer; those who will approve are in force until the claim is decided. */
async function relate(api: TestApp, around: Around, engineer: TestPerson): Promise<{ over: string; approving: string[] }> {
  const accreditedTo = null;
  await mentors(api, around.mentor, engineer, { accreditedTo });
  await mentors(api, around.mentorTooLow, engineer, { accreditedTo });
  await mentors(api, around.mentorManager, engineer, { accreditedTo });
  await mentors(api, around.deactivated, engineer, { accreditedTo });
  await mentors(api, around.signedOut, engineer, { accreditedTo });
  await mentors(api, around.mentorOtherSkill, engineer, { accreditedTo, skill: 'test-1:LHKP' });
  const [from, until] = [new Date(Date.now() - 3 * hour), new Date(Date.now() - hour)];
  const over = await mentors(api, around.mentorEnded, engineer, { accreditedTo, from, until });
  await mentors(api, around.mentorNotBegun, engineer, { accreditedTo, from: new Date(Date.now() + 24 * hour) });
  const approving = [
    await mentors(api, around.approver, engineer, { accreditedTo }),
    await mentors(api, around.adminApprover, engineer, { accreditedTo }),
  ];
  return { over, approving };
}

/** Who may judge up to level 5. */
async function accredit(api: TestApp, around: Around, by: TestPerson): Promise<void> {
  const of = (person: TestPerson, skill: string): Promise<unknown> =>
    api.database.query(
      `INSERT INTO accreditation (person_id, accreditation_id, skill_ref, up_to_level, reason, granted_by) VALUES ($1, $2, $3, 5, $5, $4)`,
      [person.id, newId(), skill, by.id, markers.accreditation],
    );
  const { mentor, mentorManager, mentorEnded, mentorNotBegun, approver, adminApprover, deactivated, signedOut } = around;
  for (const one of [mentor, mentorManager, mentorEnded, mentorNotBegun, approver, adminApprover, deactivated, signedOut]) {
    await of(one, 'sfia-9:ITOP');
  }
  await of(around.mentorOtherSkill, 'test-1:LHKP');
}

async function logAll(engineer: TestPerson): Promise<Record<EvidenceState, string>> {
  const log = async (state: EvidenceState, statements: readonly string[]): Promise<string> => {
    const answer = await engineer.post<{ id: string }>('/engineers/me/evidence', {
      title: `Title ${markers[state]}`,
      description: `Description ${markers[state]}`,
      tags: [markers[state]],
      endedOn: '2026-06-01',
      supports: statements.map((statement) => ({ statement, rationale: `Rationale ${markers[state]}` })),
    });
    return must(answer, 201, 'logging evidence').body.id;
  };
  const evidence = {
    resting: await log('resting', ['sfia-9:ITOP.2.1', 'sfia-9:ITOP.2.2', 'sfia-9:ITOP.2.3']),
    supported: await log('supported', [statementFor.supported]),
    uncited: await log('uncited', []),
    archived: await log('archived', [statementFor.archived]),
    elsewhere: await log('elsewhere', [statementFor.elsewhere]),
  };
  const path = `/engineers/me/evidence/${evidence.archived}`;
  const { etag = '' } = await engineer.get(path);
  must(await engineer.post(`${path}/archival`, {}, { ifMatch: etag }), 200, 'archiving');
  return evidence;
}

async function actOn(person: TestPerson, path: string, action: string, body: unknown = {}): Promise<SeenClaim> {
  must(await act(person, await seeClaim(person, path), action, body), 200, action);
  return seeClaim(person, path);
}

/** Takes the claim of a record into a state. */
async function takeTo(state: RecordState, engineer: TestPerson, around: Around, claim: string, evidence: string): Promise<void> {
  const path = `/engineers/${engineer.id}/claims/${claim}`;
  if (state === 'draft') return;
  await actOn(engineer, path, 'submission');
  const statement = 'sfia-9:ITOP.2.1';
  const { approver, adminApprover, admin } = around;
  // one verdict with words that are between the engineer and their mentors
  const verdicts = [{ evidence, statement, verdict: 'accepted', feedback: `Feedback ${markers.feedback}` }];
  await actOn(approver, path, 'reviews', { verdicts });
  const feedback = { feedback: `Feedback ${markers.feedback}`, statements: [{ statement, feedback: `Feedback ${markers.feedback}` }] };
  if (state === 'changes-requested') await actOn(approver, path, 'change-request', feedback);
  if (state === 'refused') await actOn(approver, path, 'refusal', { reason: `Reason ${markers.reason}`, statements: feedback.statements });
  if (state === 'withdrawn') await actOn(engineer, path, 'withdrawal', { reason: `Reason ${markers.reason}` });
  if (state !== 'approved' && state !== 'revoked') return;
  await acceptAll(approver, await seeClaim(approver, path));
  await actOn(approver, path, 'approval', approval(approver));
  const { claim: approved } = await actOn(adminApprover, path, 'approval', approval(adminApprover));
  if (state === 'approved') return;
  const signOff = `/engineers/${engineer.id}/sign-offs/${approved.signOff?.id}`;
  const { etag = '' } = await admin.get(signOff);
  const revocation = { password: admin.password, reason: `Reason ${markers.revocation}` };
  must(await admin.post(`${signOff}/revocation`, revocation, { ifMatch: etag }), 200, 'revoking');
}

async function makeRecord(
  api: TestApp,
  around: Around,
  owner: Owner,
  state: RecordState,
): Promise<{ record: TestRecord; report: TestPerson }> {
  const roles: Role[] = owner === 'engineer' ? [] : [owner];
  const person = await someone(api, { roles, manager: around.formerManager });
  const report = await someone(api, { manager: person });
  const { etag = '' } = await around.admin.get(`/people/${person.id}`);
  const moved = await around.admin.put(`/people/${person.id}/manager`, { managerId: around.manager.id }, { ifMatch: etag });
  must(moved, 200, 'changing the manager');
  const { over, approving } = await relate(api, around, person);
  const accreditation = newId();
  await api.database.query(
    `INSERT INTO accreditation (person_id, accreditation_id, skill_ref, up_to_level, reason, granted_by, granted_at, ended_by, ended_at)
     VALUES ($1, $2, 'sfia-9:ITOP', 1, $4, $3, now() - interval '2 hours', $3, now() - interval '1 hour')`,
    [person.id, accreditation, around.admin.id, markers.accreditation],
  );
  const evidence = await logAll(person);
  for (const skill of ['sfia-9:ITOP', 'test-1:LHKP']) {
    must(await person.put(`/engineers/me/targets/${skill}`, { level: 2, by: '2099-12-31' }), 200, 'setting a target');
  }
  const drafted = await person.post<{ id: string }>('/engineers/me/claims', { skillLevel: 'sfia-9:ITOP.2', summary: markers.summary });
  const claim = must(drafted, 201, 'drafting').body.id;
  await takeTo(state, person, around, claim, evidence.resting);
  // whoever was needed to decide is a mentor no longer
  await api.database.query(`UPDATE mentorship SET until_at = now() WHERE mentorship_id = ANY ($1)`, [approving]);
  const [signedOff] = await api.database.query<{ id: string; digest: string }>(
    `SELECT sign_off_id AS id, encode(digest, 'hex') AS digest FROM sign_off WHERE engineer_id = $1`,
    [person.id],
  );
  const record = {
    person,
    evidence,
    claim,
    mentorship: over,
    accreditation,
    signOff: signedOff?.id ?? null,
    digest: signedOff?.digest ?? null,
  };
  return { record, report };
}

const byState = async <T>(make: (state: RecordState) => Promise<T>): Promise<Record<RecordState, T>> => {
  const made: [RecordState, T][] = [];
  for (const state of recordStates) made.push([state, await make(state)]);
  return Object.fromEntries(made) as Record<RecordState, T>;
};

/** Makes an organisation in which every relation and every state is to be found. The application signs badges and checkpoints. */
export async function makeWorld(api: TestApp): Promise<World> {
  const around = await makeAround(api);
  await loadSecondSkill(around.admin);
  await askForTwo(around.admin);
  await accredit(api, around, around.admin);
  const made = {
    engineer: await byState((state) => makeRecord(api, around, 'engineer', state)),
    admin: await byState((state) => makeRecord(api, around, 'admin', state)),
    auditor: await byState((state) => makeRecord(api, around, 'auditor', state)),
  };
  const each = <T>(pick: (one: { record: TestRecord; report: TestPerson }) => T): Record<Owner, Record<RecordState, T>> =>
    Object.fromEntries(
      owners.map((owner) => [owner, Object.fromEntries(recordStates.map((state) => [state, pick(made[owner][state])] as const))] as const),
    ) as Record<Owner, Record<RecordState, T>>;
  await api.database.query(`UPDATE person SET active = false WHERE person_id = $1`, [around.deactivated.id]);
  must(await around.signedOut.delete('/sessions/current'), 204, 'signing out');
  const invited = await around.admin.post<{ invitation: { token: string } }>('/people', {
    name: 'Zqname Invited',
    email: 'zqinvited@example.test',
  });
  const bystander = await someone(api);
  const asked = async ({ id: personId }: TestPerson, role: Role): Promise<string> => {
    const answer = await around.admin.post<{ id: string }>('/administration/requests', {
      action: 'give-role',
      personId,
      role,
      reason: 'Able.',
    });
    return must(answer, 201, 'asking').body.id;
  };
  const requests = {
    engineer: await asked(made.engineer.submitted.record.person, 'auditor'),
    admin: await asked(made.admin.submitted.record.person, 'auditor'),
    auditor: await asked(made.auditor.submitted.record.person, 'admin'),
    another: await asked(bystander, 'auditor'),
  };
  return {
    api,
    around,
    records: each(({ record }) => record),
    reports: each(({ report }) => report),
    requests,
    invitation: must(invited, 201, 'inviting').body.invitation.token,
    foreignSession: (await anotherSession(api, bystander)).id,
  };
}

/**
 * Tables that requests may write to whatever they are answered with, and why that gives nothing away; `ignoring` names columns that do not count.
 * Whoever adds a table that keeps count of requests adds it here.
 */
const notCounted: Readonly<Record<string, { readonly ignoring: readonly string[] } | 'all'>> = {
  // when a session was last used
  session: { ignoring: ['last_used_at'] },
  // when a token was last used
  personal_token: { ignoring: ['last_used_at'] },
  // how many requests and failed sign-ins there were
  tally: 'all',
  // which requests were refused, for admins to look at
  refused_request: 'all',
};

/** What stands in every table, as one text: the same before and after means that nothing was written. */
export async function everythingIn(api: TestApp): Promise<Record<string, string>> {
  const tables = await api.database.query<{ name: string; columns: string[] }>(
    `SELECT t.table_name AS name, array_agg(c.column_name::text ORDER BY c.ordinal_position) AS columns
       FROM information_schema.tables t JOIN information_schema.columns c USING (table_schema, table_name)
      WHERE t.table_schema = 'public' AND t.table_type = 'BASE TABLE' GROUP BY t.table_name ORDER BY t.table_name`,
  );
  const counted = tables.filter(({ name }) => notCounted[name] !== 'all');
  const sums = counted.map(({ name, columns }) => {
    const rule = notCounted[name];
    const kept = rule === undefined || rule === 'all' ? columns : columns.filter((column) => !rule.ignoring.includes(column));
    const row = kept.map((column) => `"${column}"`).join(', ');
    return `SELECT '${name}' AS name, count(*) || ' ' || coalesce(sum(hashtextextended(ROW(${row})::text, 0)::numeric), 0) AS sum FROM "${name}"`;
  });
  const rows = await api.database.query<{ name: string; sum: string }>(sums.join(' UNION ALL '));
  return Object.fromEntries(rows.map(({ name, sum }) => [name, sum]));
}
