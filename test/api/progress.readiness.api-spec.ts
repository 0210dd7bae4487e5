import type { ReadinessAnswer } from '../../src/claims/readiness.dto';
import { addDays, addMonths } from '../../src/kernel/clock';
import { logWork, logWorkForLevel, makeTrio, statementRef } from '../factories/claims';
import { type TestPerson, makePerson } from '../factories/people';
import { type TestApp, startApp } from '../setup/app';

let api: TestApp;
let today: string;
beforeAll(async () => {
  api = await startApp();
  const [row] = await api.database.query<{ today: string }>(`SELECT (now() AT TIME ZONE 'UTC')::date::text AS today`);
  today = row?.today ?? '';
});
afterAll(() => api.close());

const readiness = async (person: TestPerson, query: string, of = 'me'): Promise<ReadinessAnswer> => {
  const { status, body } = await person.get<ReadinessAnswer>(`/engineers/${of}/readiness?${query}`);
  expect({ status, body }).toMatchObject({ status: 200 });
  return body;
};
const refusal = async (person: TestPerson, path: string): Promise<[number, string]> => {
  const { status, body } = await person.get<{ code: string }>(path);
  return [status, body.code];
};

describe('readiness for a level', () => {
  it('is the gate without a claim', async () => {
    const { engineer, mentor } = await makeTrio(api);
    const none = await readiness(engineer, 'skillLevel=sfia-9:ITOP.2');
    expect(none).toMatchObject({ skillLevel: 'sfia-9:ITOP.2', on: today, gate: { submittable: false, approvable: false }, lapsing: [] });
    expect(none.gate.unmet.filter(({ code }) => code === 'statement-without-evidence').map(({ statement }) => statement)).toEqual(
      [1, 2, 3].map((ordinal) => statementRef(2, ordinal)),
    );
    await logWorkForLevel(engineer, 2);
    const ready = await readiness(mentor, 'skillLevel=sfia-9:ITOP.2', engineer.id);
    expect(ready.gate).toMatchObject({ submittable: true, approvable: false });
    expect(new Set(ready.gate.unmet.map(({ code, blocks }) => `${code} ${blocks}`))).toEqual(
      new Set(['statement-not-accepted approval', 'too-few-items approval']),
    );
    const claims = await engineer.get<{ items: unknown[] }>('/engineers/me/claims');
    expect(claims.body.items).toEqual([]);
  });

  it('says what will have lapsed by a day', async () => {
    const { engineer } = await makeTrio(api);
    const endedOn = addMonths(today, -23);
    const last = addMonths(endedOn, 24);
    const old = await logWork(engineer, [statementRef(1, 1)], { title: 'Old work', endedOn });
    await logWork(engineer, [statementRef(1, 2)], { endedOn: null });
    const onLastDay = await readiness(engineer, `skillLevel=sfia-9:ITOP.1&on=${last}`);
    expect(onLastDay).toMatchObject({ on: last, gate: { submittable: true }, lapsing: [] });
    const after = await readiness(engineer, `skillLevel=sfia-9:ITOP.1&on=${addDays(last, 4)}`);
    expect(after.gate.submittable).toBe(false);
    expect(after.gate.unmet.find(({ blocks, code }) => blocks === 'submission' && code === 'evidence-too-old')?.statement).toBe(
      statementRef(1, 1),
    );
    expect(after.lapsing).toEqual([
      {
        evidenceId: old,
        title: 'Old work',
        statement: statementRef(1, 1),
        endedOn,
        countsUntil: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as unknown,
      },
    ]);
    expect((after.lapsing[0]?.countsUntil ?? '') >= last).toBe(true);
  });

  it('refuses a day that has passed, a level that is not defined, and other forms', async () => {
    const engineer = await makePerson(api);
    const path = '/engineers/me/readiness';
    expect(await refusal(engineer, `${path}?skillLevel=sfia-9:ITOP.2&on=${addDays(today, -1)}`)).toEqual([400, 'malformed']);
    expect(await refusal(engineer, `${path}?skillLevel=sfia-9:ITOP.2&on=2027-02-30`)).toEqual([400, 'malformed']);
    expect(await refusal(engineer, path)).toEqual([400, 'malformed']);
    expect(await refusal(engineer, `${path}?skillLevel=sfia-9:ITOP.6`)).toEqual([422, 'level-not-defined']);
    expect(await refusal(engineer, `${path}?skillLevel=sfia-9:NONE.2`)).toEqual([422, 'level-not-defined']);
    expect(await refusal(engineer, `${path}?skillLevel=ITOP`)).toEqual([422, 'level-not-defined']);
  });

  it('is for the engineer and the mentors of the skill', async () => {
    const { engineer, mentor, manager } = await makeTrio(api);
    const path = `/engineers/${engineer.id}/readiness?skillLevel=sfia-9:ITOP.2`;
    expect((await mentor.get(path)).status).toBe(200);
    expect(await refusal(manager, path)).toEqual([403, 'not-allowed']);
    expect(await refusal(await makePerson(api, { roles: ['auditor'] }), path)).toEqual([403, 'not-allowed']);
    expect(await refusal(await makePerson(api), path)).toEqual([404, 'not-found']);
    expect(await refusal(mentor, `/engineers/${engineer.id}/readiness?skillLevel=sfia-9:OTHR.2`)).toEqual([404, 'not-found']);
  });
});
