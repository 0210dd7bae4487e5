import { act, approval, draftClaim, logWork, makeTrio, seeClaim, statementRef, submittedClaim } from '../factories/claims';
import { type TestPerson, makePerson, mentors } from '../factories/people';
import { type Answer, type TestApp, startApp } from '../setup/app';

let api: TestApp;
let admin: TestPerson;
beforeAll(async () => {
  api = await startApp();
  admin = await makePerson(api, { roles: ['admin'] });
});
afterAll(() => api.close());

// put together, so that no scanner takes this file for a leak
const secret = `The key was AKIA${'ABCDEFGH2345WXYZ'} at first.`;
const address = `https://example.com/x?access_token=${'abcdefghijkl'}`;

function expectHint({ status, body }: Answer<object>, pointer: string): void {
  const { code, errors = [] } = body as { code?: string; errors?: { pointer: string; code: string; detail: string }[] };
  expect([status, code, errors.map((error) => [error.pointer, error.code])]).toEqual([400, 'malformed', [[pointer, 'looks-like-secret']]]);
  expect(errors[0]?.detail).toMatch(/looks as if it held an? [\w ]+: leave it out, and replace it/);
  // the hint does not hand on what it warns of
  expect(JSON.stringify(body)).not.toMatch(/AKIAABC|abcdefghijkl/);
}

test('what looks like a key or a token is refused with a hint, wherever engineers write; nothing of it is kept', async () => {
  const engineer = await makePerson(api);
  const work = { title: 'Title', description: 'Description' };
  const log = (body: object): Promise<Answer> => engineer.post('/engineers/me/evidence', { ...work, ...body }, { key: 'with-a-secret' });
  for (const field of ['title', 'description', 'outcome', 'supervisedBy']) expectHint(await log({ [field]: secret }), `/${field}`);
  expectHint(await log({ tags: ['fine', `AKIA${'ABCDEFGH2345WXYZ'}`] }), '/tags');
  expectHint(await log({ links: [{ url: address }] }), '/links/0/url');
  expectHint(await log({ links: [{ url: 'https://example.com', label: secret }] }), '/links/0/label');
  expectHint(await log({ supports: [{ statement: statementRef(1, 1), rationale: secret }] }), '/supports/0/rationale');
  const path = `/engineers/me/evidence/${await logWork(engineer, [statementRef(1, 1)])}`;
  const seen = { ifMatch: (await engineer.get(path)).etag ?? '' };
  expectHint(await engineer.patch(path, { outcome: secret }, seen), '/outcome');
  expectHint(await engineer.post(`${path}/supports`, { statement: statementRef(1, 2), rationale: secret }, seen), '/rationale');
  expectHint(await engineer.patch(`${path}/supports/${statementRef(1, 1)}`, { rationale: secret }, seen), '/rationale');
  expectHint(await engineer.post(`${path}/revisions/1/redaction`, { reason: secret }, seen), '/reason');
  expectHint(await engineer.post('/engineers/me/claims', { skillLevel: 'sfia-9:ITOP.1', summary: secret }), '/summary');
  const claim = await draftClaim(engineer, 1);
  expectHint(await engineer.patch(claim.path, { summary: secret }, { ifMatch: claim.etag }), '/summary');
  const noOpportunity = [{ statement: statementRef(1, 1), reason: secret }];
  expectHint(await engineer.patch(claim.path, { noOpportunity }, { ifMatch: claim.etag }), '/noOpportunity/0/reason');
  expectHint(await act(engineer, claim, 'withdrawal', { reason: secret }), '/reason');
  expectHint(await engineer.post('/me/tokens', { name: secret, scopes: ['record:read'], expiresOn: '2030-01-01' }), '/name');
  const [row] = await api.database.query<{ all: string }>(
    `SELECT (SELECT coalesce(string_agg(body::text, ' '), '') FROM record_content) || (SELECT coalesce(string_agg(body::text, ' '), '') FROM idempotent_answer) AS all`,
  );
  expect(row?.all).not.toMatch(/AKIAABC|abcdefghijkl/);
  // searching for one that got in before is how it is found
  expect((await engineer.get(`/engineers/me/evidence?q=AKIA${'ABCDEFGH2345WXYZ'}`)).status).toBe(200);
});

test('so where mentors and admins write', async () => {
  const { engineer, mentor } = await makeTrio(api);
  const claim = await submittedClaim(engineer, 1);
  const { evidenceId = '' } = claim.claim.statements[0]?.evidence[0] ?? {};
  const support = `/engineers/${engineer.id}/evidence/${evidenceId}/supports/${statementRef(1, 1)}`;
  expectHint(await mentor.post(`${support}/review`, { verdict: 'accepted', feedback: secret }, { ifMatch: '"v1"' }), '/feedback');
  const now = await seeClaim(mentor, claim.path);
  const statements = [{ statement: statementRef(1, 1), feedback: secret }];
  expectHint(await act(mentor, now, 'change-request', { feedback: 'More.', statements }), '/statements/0/feedback');
  expectHint(
    await act(mentor, now, 'change-request', { feedback: secret, statements: [{ ...statements[0], feedback: 'x' }] }),
    '/feedback',
  );
  expectHint(await act(mentor, now, 'refusal', { reason: secret }), '/reason');
  const verdicts = [{ evidence: evidenceId, statement: statementRef(1, 1), verdict: 'accepted', feedback: secret }];
  expectHint(await act(mentor, now, 'reviews', { verdicts }), '/verdicts/0/feedback');
  expectHint(await act(mentor, now, 'approval', approval(mentor, { meaning: secret })), '/meaning');
  expectHint(await act(mentor, now, 'approval', approval(mentor, { essence: { met: true, note: secret } })), '/essence/note');
  const other = await makePerson(api);
  await mentors(api, mentor, other);
  const accreditation = { skill: 'sfia-9:ITOP', upToLevel: 2, reason: secret };
  expectHint(await admin.post(`/people/${other.id}/accreditations`, accreditation), '/reason');
  expectHint(await admin.post('/administration/requests', { action: 'erase-person', personId: other.id, reason: secret }), '/reason');
});
