import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EvidenceBody, evidencePath, logEvidence, pinBySql, review, seen, setClaimState } from '../factories/evidence';
import { type TestPerson, makePerson, mentors } from '../factories/people';
import { type TestApp, startApp } from '../setup/app';

let api: TestApp;
let engineer: TestPerson;
let manager: TestPerson;
let above: TestPerson;
let mentor: TestPerson;
let keeper: TestPerson;
let auditor: TestPerson;
let admin: TestPerson;
let stranger: TestPerson;
let former: TestPerson;

let cited: EvidenceBody;
let both: EvidenceBody;
let lamps: EvidenceBody;
let uncited: EvidenceBody;

beforeAll(async () => {
  api = await startApp();
  admin = await makePerson(api, { roles: ['admin'] });
  const pack = readFileSync(join(__dirname, '../setup/small-pack.json'), 'utf8');
  await admin.post('/frameworks/imports', JSON.parse(pack));
  above = await makePerson(api);
  manager = await makePerson(api, { manager: above });
  auditor = await makePerson(api, { roles: ['auditor'] });
  stranger = await makePerson(api);
});
afterAll(() => api.close());

beforeEach(async () => {
  engineer = await makePerson(api, { manager });
  mentor = await makePerson(api);
  keeper = await makePerson(api);
  former = await makePerson(api);
  await mentors(api, mentor, engineer);
  await mentors(api, keeper, engineer, { skill: 'test-1:LHKP' });
  await mentors(api, former, engineer, { from: new Date(Date.now() - 9e6), until: new Date(Date.now() - 3e6) });
  const shows = (...statements: string[]): object => ({ supports: statements.map((statement) => ({ statement, rationale: 'Mine.' })) });
  uncited = await logEvidence(engineer, { title: 'Uncited', endedOn: '2024-05-01' });
  lamps = await logEvidence(engineer, { title: 'Lamps', endedOn: '2024-04-01', ...shows('test-1:LHKP.2.1') });
  both = await logEvidence(engineer, {
    title: 'Both',
    endedOn: '2024-03-01',
    ...shows('sfia-9:ITOP.3.1', 'sfia-9:ITOP.4.2', 'test-1:LHKP.2.1'),
  });
  cited = await logEvidence(engineer, { title: 'Cited', endedOn: '2024-02-01', tags: ['first'], ...shows('sfia-9:ITOP.3.2') });
});

const titles = async (who: TestPerson, query = ''): Promise<string[]> => {
  const { status, body } = await who.get<{ items: EvidenceBody[]; code?: string }>(`${evidencePath(engineer)}${query}`);
  return status === 200 ? body.items.map(({ title }) => title) : [String(body.code)];
};
const statements = ({ supports }: EvidenceBody): string[] => supports.map(({ statement }) => statement);
const statusOf = async (who: TestPerson, { id }: EvidenceBody, query = ''): Promise<number> =>
  (await who.get(`${evidencePath(engineer, id)}${query}`)).status;

describe('who sees which evidence', () => {
  it('the engineer and the auditor see all of it', async () => {
    for (const who of [engineer, auditor]) {
      expect(await titles(who)).toEqual(['Uncited', 'Lamps', 'Both', 'Cited']);
      expect(statements(await seen(who, engineer, both.id))).toEqual(['sfia-9:ITOP.3.1', 'sfia-9:ITOP.4.2', 'test-1:LHKP.2.1']);
    }
  });

  it('a mentor sees what has a support in the skills mentored, and of it those supports', async () => {
    expect(await titles(mentor)).toEqual(['Both', 'Cited']);
    expect(await titles(keeper)).toEqual(['Lamps', 'Both']);
    expect(statements(await seen(mentor, engineer, both.id))).toEqual(['sfia-9:ITOP.3.1', 'sfia-9:ITOP.4.2']);
    const own = await seen(keeper, engineer, both.id);
    expect(statements(own)).toEqual(['test-1:LHKP.2.1']);
    expect(own.rights).toEqual([expect.stringContaining('Coast Office')]);
    expect([await statusOf(mentor, lamps), await statusOf(mentor, uncited)]).toEqual([404, 404]);
    // nor is what they may not see found by looking for it
    expect(await titles(keeper, '?statement=sfia-9:ITOP')).toEqual([]);
    expect(await titles(mentor, '?q=lamps')).toEqual([]);
  });

  it('a mentor of two skills sees both', async () => {
    await mentors(api, mentor, engineer, { skill: 'test-1:LHKP' });
    expect(await titles(mentor)).toEqual(['Lamps', 'Both', 'Cited']);
    expect(statements(await seen(mentor, engineer, both.id))).toHaveLength(3);
  });

  it('a mentor loses sight of evidence whose last support in their skill is withdrawn', async () => {
    await engineer.delete(`${evidencePath(engineer, cited.id)}/supports/sfia-9:ITOP.3.2`);
    expect([await titles(mentor), await statusOf(mentor, cited)]).toEqual([['Both'], 404]);
  });

  it('an admin sees none, a stranger and a former mentor do not even find the record', async () => {
    expect([await titles(admin), await titles(stranger), await titles(former)]).toEqual([['not-allowed'], ['not-found'], ['not-found']]);
    expect([await statusOf(admin, cited), await statusOf(stranger, cited), await statusOf(former, cited)]).toEqual([403, 404, 404]);
  });

  it('ids of other records are not there', async () => {
    const other = await logEvidence(stranger);
    expect(await statusOf(engineer, other)).toBe(404);
    expect(await statusOf(auditor, other)).toBe(404);
    expect((await engineer.get(evidencePath(engineer, 'nonsense'))).status).toBe(404);
  });

  it('above in the line one sees only what submitted and approved claims rest on, without feedback', async () => {
    expect(await titles(manager)).toEqual([]);
    await review(mentor, engineer, both, 'sfia-9:ITOP.3.1', 'accepted', 'Between us.');
    const claim = await pinBySql(api, engineer, 'sfia-9:ITOP.3', [
      { evidenceId: both.id, statement: 'sfia-9:ITOP.3.1' },
      { evidenceId: cited.id, statement: 'sfia-9:ITOP.3.2' },
    ]);
    for (const who of [manager, above]) {
      expect(await titles(who)).toEqual(['Both', 'Cited']);
      const shown = await seen(who, engineer, both.id);
      expect(shown.supports).toMatchObject([{ statement: 'sfia-9:ITOP.3.1', state: 'accepted', reviewedBy: { id: mentor.id } }]);
      expect(shown.supports[0]).not.toHaveProperty('feedback');
      expect([await statusOf(who, uncited), await statusOf(who, lamps)]).toEqual([404, 404]);
      expect(await titles(who, '?statement=sfia-9:ITOP.4.2')).toEqual([]);
    }
    for (const state of ['changes-requested', 'refused', 'withdrawn']) {
      await setClaimState(api, claim, state);
      expect([await titles(manager), await statusOf(manager, both)]).toEqual([[], 404]);
    }
    await setClaimState(api, claim, 'approved');
    expect(await titles(manager)).toEqual(['Both', 'Cited']);
  });

  it('above in the line one sees the revision that was pinned, not what became of it', async () => {
    await review(mentor, engineer, cited, 'sfia-9:ITOP.3.2', 'accepted', 'Between us.');
    await pinBySql(api, engineer, 'sfia-9:ITOP.3', [{ evidenceId: cited.id, statement: 'sfia-9:ITOP.3.2' }], { state: 'approved' });
    const { etag } = await seen(engineer, engineer, cited.id);
    const path = evidencePath(engineer, cited.id);
    const change = { title: 'Private second thoughts', endedOn: null, tags: ['second'], kind: 'lab' };
    const edited = await engineer.patch(path, change, { ifMatch: etag });
    const reworded = await engineer.patch(
      `${path}/supports/sfia-9:ITOP.3.2`,
      { rationale: 'Not so sure.' },
      { ifMatch: edited.etag ?? '' },
    );
    expect([edited.status, reworded.status]).toEqual([200, 200]);
    await review(mentor, engineer, cited, 'sfia-9:ITOP.3.2', 'returned', 'No longer.');

    const shown = await seen(manager, engineer, cited.id);
    expect(shown).toMatchObject({ revision: 1, title: 'Cited', endedOn: '2024-02-01', tags: ['first'], kind: 'work' });
    expect(shown.history.map(({ revision }) => revision)).toEqual([1]);
    // what the claim was decided on, whoever has changed their mind since
    expect(shown.supports).toMatchObject([{ state: 'accepted', revision: 1, rationale: 'Mine.', reviewedBy: { id: mentor.id } }]);
    expect(shown.supports[0]).not.toHaveProperty('reopened');
    expect([await statusOf(manager, cited, '?revision=1'), await statusOf(manager, cited, '?revision=2')]).toEqual([200, 404]);
    const found = ['', '?tag=first', '?tag=second', '?q=cited', '?q=thoughts', '?to=2024-02-01'];
    expect(await Promise.all(found.map((query) => titles(manager, query)))).toEqual([['Cited'], ['Cited'], [], ['Cited'], [], ['Cited']]);
    // the engineer, the auditor and the mentor see what is
    for (const who of [engineer, auditor, mentor]) expect((await seen(who, engineer, cited.id)).title).toBe('Private second thoughts');

    await engineer.delete(`${path}/supports/sfia-9:ITOP.3.2`);
    expect((await seen(manager, engineer, cited.id)).supports).toMatchObject([{ statement: 'sfia-9:ITOP.3.2', state: 'accepted' }]);
    // the mentor's sight ends with the support
    expect(await statusOf(mentor, cited)).toBe(404);
  });

  it('somebody who is several things sees all that each of them sees', async () => {
    await mentors(api, manager, engineer, { skill: 'test-1:LHKP' });
    await pinBySql(api, engineer, 'sfia-9:ITOP.3', [
      { evidenceId: both.id, statement: 'sfia-9:ITOP.3.1' },
      { evidenceId: cited.id, statement: 'sfia-9:ITOP.3.2' },
    ]);
    expect(await titles(manager)).toEqual(['Lamps', 'Both', 'Cited']);
    const { supports } = await seen(manager, engineer, both.id);
    expect(supports.map((one) => [one.statement, 'feedback' in one])).toEqual([
      ['sfia-9:ITOP.3.1', false],
      ['test-1:LHKP.2.1', true],
    ]);
  });

  it('pages a mentor through what they see', async () => {
    for (let i = 0; i < 3; i += 1) {
      await logEvidence(engineer, {
        title: `More ${i}`,
        endedOn: '2024-03-01',
        supports: [{ statement: 'sfia-9:ITOP.1.1', rationale: 'x' }],
      });
    }
    const paged: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body }: { body: { items: EvidenceBody[]; nextCursor: string | null } } = await mentor.get(
        `${evidencePath(engineer)}?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      paged.push(...body.items.map(({ title }) => title));
      cursor = body.nextCursor;
    }
    expect(paged).toEqual(['More 2', 'More 1', 'More 0', 'Both', 'Cited']);
  });
});
