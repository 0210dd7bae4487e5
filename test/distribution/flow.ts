import { CheckpointsService } from '../../src/ledger/checkpoints.service';
import { RequestsService } from '../../src/administration/requests.service';
import { SignOffsService } from '../../src/claims/sign-offs.service';
import { Housekeeping } from '../../src/platform/housekeeping';
import { batch } from '../../src/platform/snapshot';
import {
  type SeenClaim,
  acceptAll,
  acceptedClaim,
  approval,
  draftClaim,
  logWork,
  logWorkForLevel,
  seeClaim,
  statementRef,
} from '../factories/claims';
import { type TestPerson, byTwoAdmins, makePerson, mentors } from '../factories/people';
import { described } from '../security/document';
import type { Answer, TestApp } from '../setup/app';

const policyNumbers = [
  'acceptedPerStatement',
  'mayMiss',
  'distinctEvidence',
  'maxAgeMonths',
  'approvals',
  'stepping',
  'lineManagerMayApprove',
  'validMonths',
  'reviewDays',
] as const;

/** Answers that were refused: each part of the flow is to succeed, or it would send less than it could. */
export type Failures = string[];

/** Uses every write there is at least once, then reads everything as five people: what the application sends to its database. */
export async function useEverything(api: TestApp): Promise<Failures> {
  const failures: Failures = [];
  const done = <T>(what: string, answer: Answer<T>): Answer<T> => {
    if (answer.status >= 300) failures.push(`${what}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 200)}`);
    return answer;
  };
  const [admin, otherAdmin] = [await makePerson(api, { roles: ['admin'] }), await makePerson(api, { roles: ['admin'] })];
  const auditor = await makePerson(api, { roles: ['auditor'] });
  const head = await makePerson(api);
  const manager = await makePerson(api, { manager: head });
  const engineer = await makePerson(api, { manager });
  const mentor = await makePerson(api);
  await mentors(api, mentor, engineer);
  const trio = { engineer, mentor, manager };

  // evidence
  const own = '/engineers/me/evidence';
  const first = await logWork(engineer, [statementRef(3, 1), statementRef(3, 2)]);
  const path = `${own}/${first}`;
  const tagOf = async (): Promise<string> => (await engineer.get(path)).etag ?? '';
  done(
    'an edit',
    await engineer.patch(path, { title: 'Better', links: [{ url: 'https://example.org/x' }], tags: ['iac'] }, { ifMatch: await tagOf() }),
  );
  done(
    'a support',
    await engineer.post(`${path}/supports`, { statement: statementRef(3, 3), rationale: 'Mine.' }, { ifMatch: await tagOf(), key: 'k1' }),
  );
  done(
    'a rationale',
    await engineer.patch(`${path}/supports/${statementRef(3, 3)}`, { rationale: 'All mine.' }, { ifMatch: await tagOf() }),
  );
  done('a support less', await engineer.delete(`${path}/supports/${statementRef(3, 3)}`, { ifMatch: await tagOf() }));
  const reviewed = `/engineers/${engineer.id}/evidence/${first}/supports/${statementRef(3, 1)}/review`;
  done(
    'a review',
    await mentor.post(
      reviewed,
      { verdict: 'returned', feedback: 'Say more.' },
      { ifMatch: (await mentor.get(path.replace('me', engineer.id))).etag ?? '' },
    ),
  );
  const old = await logWork(engineer, [statementRef(4, 1)], { kind: 'lab' });
  done('an archival', await engineer.post(`${own}/${old}/archival`, {}, { ifMatch: (await engineer.get(`${own}/${old}`)).etag ?? '' }));

  // claims
  const approved = await acceptedClaim(trio, 1);
  const signed = done(
    'an approval',
    await mentor.post<{ signOff: { id: string } }>(`${approved.path}/approval`, approval(mentor), { ifMatch: approved.etag }),
  );
  await logWorkForLevel(engineer, 2);
  const draft = await draftClaim(engineer, 2);
  const on = async (person: TestPerson, claim: SeenClaim, action: string, body: unknown = {}): Promise<void> => {
    const now = await seeClaim(person, claim.path);
    done(action, await person.post(`${claim.path}/${action}`, body, { ifMatch: now.etag }));
  };
  const [left] = draft.claim.statements.flatMap(({ ref, evidence }) =>
    evidence.map(({ evidenceId }) => ({ evidence: evidenceId, statement: ref })),
  );
  done(
    'an edit of a claim',
    await engineer.patch(
      draft.path,
      { summary: 'More.', leaveOut: [left], noOpportunity: [{ statement: statementRef(2, 1), reason: 'None.' }] },
      { ifMatch: draft.etag },
    ),
  );
  done(
    'an edit back',
    await engineer.patch(draft.path, { leaveOut: [], noOpportunity: [] }, { ifMatch: (await seeClaim(engineer, draft.path)).etag }),
  );
  await on(engineer, draft, 'submission');
  await on(mentor, draft, 'change-request', { feedback: 'More.', statements: [{ statement: statementRef(2, 1), feedback: 'More.' }] });
  await on(engineer, draft, 'submission');
  await acceptAll(mentor, await seeClaim(mentor, draft.path));
  await on(mentor, draft, 'refusal', { reason: 'Not yet.' });
  const again = await draftClaim(engineer, 2);
  await on(engineer, again, 'submission');
  await on(engineer, again, 'withdrawal', {});
  const open = await draftClaim(engineer, 2);
  await on(engineer, open, 'submission');
  const signOff = signed.body.signOff?.id ?? '';

  // people
  const person = done(
    'a person',
    await admin.post<{ id: string; invitation: { token: string } }>('/people', {
      name: 'New',
      email: 'new@example.test',
      managerId: manager.id,
    }),
  );
  done(
    'an invitation',
    await api.send('POST', `/invitations/${person.body.invitation.token}`, { password: 'a password of mine, long enough' }),
  );
  const personPath = `/people/${person.body.id}`;
  const personTag = async (): Promise<string> => (await admin.get(personPath)).etag ?? '';
  done('an edit of a person', await admin.patch(personPath, { name: 'Newer' }, { ifMatch: await personTag() }));
  done('another manager', await admin.put(`${personPath}/manager`, { managerId: head.id }, { ifMatch: await personTag() }));
  done('a deactivation', await admin.post(`${personPath}/deactivation`, {}, { ifMatch: await personTag() }));
  done('a reactivation', await admin.post(`${personPath}/reactivation`, {}, { ifMatch: await personTag() }));
  const mentorship = done(
    'a mentorship',
    await admin.post<{ id: string }>(`/engineers/${engineer.id}/mentors`, { mentorId: person.body.id, skills: ['sfia-9:ITOP'] }),
  );
  done('the end of a mentorship', await admin.delete(`/engineers/${engineer.id}/mentors/${mentorship.body.id}`));
  const accredited = done(
    'an accreditation',
    await admin.post<{ id: string }>(`${personPath}/accreditations`, { skill: 'sfia-9:ITOP', upToLevel: 2, reason: 'Known.' }),
  );
  done('the end of an accreditation', await admin.delete(`${personPath}/accreditations/${accredited.body.id}`));
  done(
    'an import',
    await api.send('POST', '/people/import', undefined, {
      token: admin.token,
      raw: `name,email,manager_email,roles,mentor_emails\nImported,imported@example.test,${manager.email},,${mentor.email}\n`,
      headers: { 'content-type': 'text/csv' },
    }),
  );
  done('two admins', await byTwoAdmins(admin, otherAdmin, { action: 'give-role', personId: person.body.id, role: 'auditor' }));
  const { body: policy, etag } = await admin.get<Record<string, unknown>>('/policies/sfia-9:ITOP.5');
  const numbers = Object.fromEntries(policyNumbers.map((name) => [name, policy[name]]));
  done('a policy', await admin.put('/policies/sfia-9:ITOP.5', { ...numbers, reviewDays: 12 }, { ifMatch: etag ?? '' }));
  const session = done('a session', await api.send<{ token: string }>('POST', '/sessions', { email: head.email, password: head.password }));
  done(
    'a token',
    await api.send(
      'POST',
      '/me/tokens',
      { name: 'ci', scopes: ['record:read'], expiresOn: new Date(Date.now() + 5e9).toISOString().slice(0, 10) },
      { token: session.body.token },
    ),
  );
  done(
    'another password',
    await api.send('PUT', '/me/password', { current: head.password, next: 'quite another password, long' }, { token: session.body.token }),
  );

  // schedules
  await api.app.get(CheckpointsService).make();
  await api.database.query(`UPDATE sign_off SET signed_off_on = current_date - 20, valid_until = current_date - 10`);
  await api.app.get(SignOffsService).noteExpiries();
  await api.app.get(RequestsService).noteExpiries();
  await api.app.get(Housekeeping).drop();

  // reads
  const of: Readonly<Record<string, string>> = {
    engineerId: engineer.id,
    evidenceId: first,
    claimId: open.id,
    signOffId: signOff,
    personId: engineer.id,
    managerId: manager.id,
    mentorshipId: mentorship.body.id,
    accreditationId: accredited.body.id,
    skillLevel: 'sfia-9:ITOP.3',
    frameworkId: 'sfia-9',
    code: 'ITOP',
    list: '1',
  };
  const queries: Readonly<Record<string, string>> = {
    '/api/v1/engineers/{engineerId}/evidence': '?q=better&tag=iac&statement=sfia-9:ITOP.3.1&state=logged&from=2020-01-01&to=2030-01-01',
    '/api/v1/engineers/{engineerId}/progress': '?skill=sfia-9:ITOP',
    '/api/v1/engineers/{engineerId}/readiness': '?skillLevel=sfia-9:ITOP.2',
    '/api/v1/reviews': '?state=waiting',
    '/api/v1/teams/{managerId}/dashboard': '?skill=sfia-9:ITOP&shows=sfia-9:ITOP.3.1',
  };
  // more than are read by one statement: these are read from a cursor
  const busy = await makePerson(api, { manager });
  for (let i = 0; i <= batch; i += 1) await logWork(busy, []);
  for (const list of ['claims', 'evidence', 'sign-offs'])
    done(`${list} as CSV`, await manager.get(`/teams/me/${list}`, { headers: { accept: 'text/csv' } }));
  for (const { method, path: template } of described) {
    if (method !== 'GET') continue;
    const filled = template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => of[name] ?? whole);
    if (filled.includes('{')) continue;
    for (const reader of [engineer, mentor, manager, admin, auditor]) {
      for (const query of new Set(['', queries[template] ?? ''])) {
        const answer = await api.send('GET', `${filled.replace('/api/v1', '')}${query}`, undefined, { token: reader.token });
        if (answer.status >= 500) done(`${filled}${query}`, answer);
      }
    }
  }
  done(
    'a revocation',
    await admin.post(`/engineers/${engineer.id}/sign-offs/${signOff}/revocation`, { password: admin.password, reason: 'No.' }),
  );

  // what is taken out, and what is read of it afterwards
  const reason = 'A password.';
  const alone = await logWork(engineer, [statementRef(4, 1)]);
  for (const part of [`supports/${statementRef(4, 1)}`, 'revisions/1'])
    done(
      `a redaction of ${part}`,
      await engineer.post(
        `${own}/${alone}/${part}/redaction`,
        { reason },
        { ifMatch: (await engineer.get(`${own}/${alone}`)).etag ?? '', key: part },
      ),
    );
  await on(engineer, open, 'withdrawal', {});
  await on(engineer, await draftClaim(engineer, 2), 'redaction', { reason });
  const [pinned] = approved.claim.statements.flatMap(({ evidence }) => evidence.map(({ evidenceId }) => evidenceId));
  const decided = (await seeClaim(engineer, draft.path)).claim.history.find(({ kind }) => kind === 'claim.refused')?.entry;
  for (const what of [
    { claim: draft.id, entry: decided },
    { claim: draft.id, frozen: true },
    { signOff },
    { evidence: pinned, revision: 1, frozen: true },
    { evidence: pinned, statement: statementRef(1, 1) },
  ])
    done('a redaction by two', await byTwoAdmins(admin, otherAdmin, { action: 'redact', personId: engineer.id, reason, ...what }));
  done('an erasure', await byTwoAdmins(admin, otherAdmin, { action: 'erase-person', personId: person.body.id }));
  const record = `/engineers/${engineer.id}`;
  for (const reader of [engineer, mentor, manager, auditor])
    for (const rest of ['/evidence', `/evidence/${pinned}`, `/claims/${draft.id}`, `/sign-offs/${signOff}`, '/ledger/verification']) {
      const answer = await reader.get<{ ok?: boolean }>(`${record}${rest}`);
      if (answer.status >= 500 || answer.body.ok === false) done(`${rest} after what was taken out`, { ...answer, status: 500 });
    }
  return failures;
}
