import {
  type EvidenceBody,
  checkLedger,
  evidencePath,
  ledgerOf,
  logEvidence,
  progressOf,
  review,
  seen,
  support,
} from '../factories/evidence';
import { type TestPerson, makePerson, mentors } from '../factories/people';
import { type TestApp, startApp } from '../setup/app';

type Body = EvidenceBody & { code?: string };

let api: TestApp;
let engineer: TestPerson;
let mentor: TestPerson;

beforeAll(async () => {
  api = await startApp();
  mentor = await makePerson(api);
});
beforeEach(async () => {
  engineer = await makePerson(api);
  await mentors(api, mentor, engineer);
});
afterAll(() => api.close());

const at = (evidence: { id: string }, statement?: string): string =>
  `${evidencePath(engineer, evidence.id)}/supports${statement === undefined ? '' : `/${statement}`}`;
const proposal = { statement: 'sfia-9:ITOP.4.2', rationale: 'It is mine.' };

describe('proposing a support', () => {
  it('adds it to the evidence without a new revision', async () => {
    const evidence = await logEvidence(engineer);
    const { status, body, etag, headers } = await engineer.post<Body>(at(evidence), proposal, { ifMatch: evidence.etag });
    expect([status, etag, body.revision]).toEqual([201, '"v2"', 1]);
    expect(headers.get('location')).toBe(`/api/v1${at(evidence, 'sfia-9:ITOP.4.2')}`);
    expect(body.supports).toMatchObject([{ ...proposal, state: 'proposed', revision: 1, skillLevel: 'sfia-9:ITOP.4' }]);
    expect(await ledgerOf(engineer)).toEqual(['evidence.logged', 'support.proposed supports/sfia-9:ITOP.4.2']);
    const { kept, rebuilt } = await progressOf(api, engineer);
    expect(kept).toMatchObject([{ skill_level_ref: 'sfia-9:ITOP.4', proposed: 1 }]);
    expect(rebuilt).toEqual(kept);
  });

  it('refuses what is there, what is no statement, what is malformed and what is stale', async () => {
    const evidence = await logEvidence(engineer, { supports: [proposal] });
    const post = async (body: unknown, ifMatch?: string): Promise<unknown> =>
      (await engineer.post(at(evidence), body, ifMatch === undefined ? {} : { ifMatch })).body['code'];
    const answers = [
      await post(proposal, evidence.etag),
      await post({ ...proposal, statement: 'sfia-9:ITOP.4.9' }, evidence.etag),
      await post({ ...proposal, statement: 'other-1:ITOP.4.2' }, evidence.etag),
      await post({ ...proposal, rationale: ' ' }, evidence.etag),
      await post({ ...proposal, evidenceId: '01931b2e-7c00-7000-8000-00000000000a' }, evidence.etag),
      await post({ ...proposal, statement: 'sfia-9:ITOP.4.3' }),
      await post({ ...proposal, statement: 'sfia-9:ITOP.4.3' }, '"v9"'),
    ];
    expect(answers).toEqual([
      'support-exists',
      'statement-unknown',
      'statement-unknown',
      'malformed',
      'malformed',
      'if-match-required',
      'stale',
    ]);
    expect(await seen(engineer, engineer, evidence.id)).toEqual(evidence);
  });
});

describe('withdrawing a support', () => {
  it('takes it away, keeps its row, and lets it be proposed again', async () => {
    const evidence = await logEvidence(engineer, { supports: [proposal] });
    await review(mentor, engineer, evidence, proposal.statement);
    const answer = await engineer.delete(at(evidence, 'sfia-9%3AITOP.4.2'));
    expect([answer.status, answer.body]).toEqual([204, '']);
    const after = await seen(engineer, engineer, evidence.id);
    expect([after.supports, after.etag]).toEqual([[], '"v3"']);
    expect((await progressOf(api, engineer)).kept).toMatchObject([{ accepted: 0, proposed: 0 }]);
    expect((await engineer.delete(at(evidence, proposal.statement))).status).toBe(404);
    const again = await support(engineer, evidence, proposal.statement, 'It is mine, as the log shows.');
    expect(again.supports).toMatchObject([
      {
        state: 'proposed',
        rationale: 'It is mine, as the log shows.',
        reopened: {
          verdict: 'accepted',
          difference: [{ field: 'rationale', before: 'It is mine.', after: 'It is mine, as the log shows.' }],
        },
      },
    ]);
    expect((await ledgerOf(engineer)).map((entry) => entry.split(' ')[0])).toEqual([
      'evidence.logged',
      'support.proposed',
      'support.accepted',
      'support.withdrawn',
      'support.proposed',
    ]);
    await checkLedger(engineer);
    const { kept, rebuilt } = await progressOf(api, engineer);
    expect(rebuilt).toEqual(kept);
  });

  it('honours If-Match where it is given', async () => {
    const evidence = await logEvidence(engineer, { supports: [proposal] });
    expect((await engineer.delete(at(evidence, proposal.statement), { ifMatch: '"v9"' })).status).toBe(412);
    expect((await engineer.delete(at(evidence, proposal.statement), { ifMatch: evidence.etag })).status).toBe(204);
  });

  it('finds nothing under another name', async () => {
    const evidence = await logEvidence(engineer, { supports: [proposal] });
    for (const statement of ['sfia-9:ITOP.4.3', 'sfia-9:ITOP.4', 'nonsense', '%00', 'x'.repeat(250)]) {
      expect((await engineer.delete(at(evidence, statement))).status).toBe(404);
      expect((await engineer.patch(at(evidence, statement), { nonsense: 1 })).status).toBe(404);
    }
  });
});

describe('rewording a support', () => {
  it('proposes this one again, and shows the reviewer what it said', async () => {
    const other = { statement: 'sfia-9:ITOP.4.3', rationale: 'This too.' };
    const evidence = await logEvidence(engineer, { supports: [proposal, other] });
    await review(mentor, engineer, evidence, proposal.statement, 'returned', 'Say more.');
    const { etag } = await review(mentor, engineer, evidence, other.statement);
    const { status, body } = await engineer.patch<Body>(at(evidence, proposal.statement), { rationale: 'More.' }, { ifMatch: etag });
    expect([status, body.revision]).toEqual([200, 1]);
    expect(body.supports).toMatchObject([
      {
        state: 'proposed',
        rationale: 'More.',
        reopened: {
          verdict: 'returned',
          revision: 1,
          feedback: 'Say more.',
          difference: [{ field: 'rationale', before: 'It is mine.', after: 'More.' }],
        },
      },
      { state: 'accepted' },
    ]);
    expect((await ledgerOf(engineer)).at(-1)).toBe('support.proposed supports/sfia-9:ITOP.4.2');
    const { kept, rebuilt } = await progressOf(api, engineer);
    expect(kept).toMatchObject([{ accepted: 1, proposed: 1 }]);
    expect(rebuilt).toEqual(kept);
  });

  it('changes nothing with the same words', async () => {
    const evidence = await logEvidence(engineer, { supports: [proposal] });
    const { etag } = await review(mentor, engineer, evidence, proposal.statement);
    const same = await engineer.patch<Body>(at(evidence, proposal.statement), { rationale: proposal.rationale }, { ifMatch: etag });
    expect([same.status, same.etag, same.body.supports[0]?.state]).toEqual([200, etag, 'accepted']);
  });

  it('demands If-Match, and refuses what is malformed', async () => {
    const evidence = await logEvidence(engineer, { supports: [proposal] });
    const path = at(evidence, proposal.statement);
    const answers = [
      await engineer.patch(path, { rationale: 'x' }),
      await engineer.patch(path, { rationale: 'x' }, { ifMatch: '"v7"' }),
      await engineer.patch(path, { rationale: '' }, { ifMatch: evidence.etag }),
      await engineer.patch(path, {}, { ifMatch: evidence.etag }),
      await engineer.patch(path, { rationale: 'x', state: 'accepted' }, { ifMatch: evidence.etag }),
      await mentor.patch(path, { rationale: 'x' }, { ifMatch: evidence.etag }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([428, 412, 400, 400, 400, 403]);
  });
});
