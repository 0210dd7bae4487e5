import { checkLedger, evidencePath, logEvidence, progressOf, seen } from '../factories/evidence';
import { type TestPerson, makePerson, mentors } from '../factories/people';
import { type TestApp, startApp } from '../setup/app';

const statement = 'sfia-9:ITOP.4.2';
const rounds = 100;

let api: TestApp;
let engineer: TestPerson;
let mentor: TestPerson;

beforeAll(async () => {
  api = await startApp();
  engineer = await makePerson(api);
  mentor = await makePerson(api);
  await mentors(api, mentor, engineer);
});
afterAll(() => api.close());

describe('at the same moment', () => {
  it('an edit and a review of what was seen before it: one of them happens, a hundred times', async () => {
    const { id, etag } = await logEvidence(engineer, { supports: [{ statement, rationale: 'Mine.' }] });
    const path = evidencePath(engineer, id);
    let ifMatch = etag;
    let edits = 0;
    for (let round = 0; round < rounds; round += 1) {
      const [edit, review] = await Promise.all([
        engineer.patch(path, { title: `Round ${round}` }, { ifMatch }),
        mentor.post(`${path}/supports/${statement}/review`, { verdict: 'accepted' }, { ifMatch }),
      ]);
      expect([edit.status, review.status].sort()).toEqual([200, 412]);
      if (edit.status === 200) edits += 1;
      const won = edit.status === 200 ? edit : review;
      const now = await seen(engineer, engineer, id);
      expect(now.etag).toBe(won.etag);
      expect(now.supports[0]).toMatchObject({ state: edit.status === 200 ? 'proposed' : 'accepted', revision: now.revision });
      ifMatch = now.etag;
    }
    const { revision, history } = await seen(engineer, engineer, id);
    expect([revision, history.length]).toEqual([edits + 1, edits + 1]);
    await checkLedger(engineer);
    const { kept, rebuilt } = await progressOf(api, engineer);
    expect(rebuilt).toEqual(kept);
  }, 60_000);

  it('the same support proposed many times is there once', async () => {
    const { id, etag } = await logEvidence(engineer);
    const path = `${evidencePath(engineer, id)}/supports`;
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => engineer.post(path, { statement, rationale: 'x' }, { ifMatch: etag })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 9 }, () => 412)]);
    expect((await seen(engineer, engineer, id)).supports).toHaveLength(1);
  });

  it('two mentors with the same version in hand: one verdict stands', async () => {
    const other = await makePerson(api);
    await mentors(api, other, engineer);
    const { id, etag } = await logEvidence(engineer, { supports: [{ statement, rationale: 'Mine.' }] });
    const path = `${evidencePath(engineer, id)}/supports/${statement}/review`;
    const answers = await Promise.all([
      mentor.post(path, { verdict: 'accepted' }, { ifMatch: etag }),
      other.post(path, { verdict: 'returned', feedback: 'Not yet.' }, { ifMatch: etag }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  });
});
