import { evidencePath, logEvidence, support } from '../factories/evidence';
import { type TestPerson, makePerson } from '../factories/people';
import { type TestApp, startApp } from '../setup/app';

interface Item {
  id: string;
  title: string;
  endedOn: string | null;
  supports: { statement: string; state: string }[];
}
interface List extends Record<string, unknown> {
  items: Item[];
  nextCursor: string | null;
  code?: string;
  errors?: { pointer: string }[];
}

let api: TestApp;
let engineer: TestPerson;

beforeAll(async () => {
  api = await startApp();
  engineer = await makePerson(api);
});
afterAll(() => api.close());

const list = (query = '', who = engineer): ReturnType<typeof engineer.get<List>> => who.get<List>(`${evidencePath(who)}${query}`);
const titles = async (query: string, who = engineer): Promise<string[]> => (await list(query, who)).body.items.map(({ title }) => title);

describe('the list of evidence', () => {
  it('is narrowed by text, tag, statement and time', async () => {
    const log = (title: string, fields: Record<string, unknown>): Promise<{ id: string }> =>
      logEvidence(engineer, { title, description: 'x', startedOn: null, ...fields });
    await log('Patching', {
      description: 'Playbooks for patches of servers',
      outcome: 'Fewer outages',
      tags: ['Ansible'],
      startedOn: '2024-01-10',
      endedOn: '2024-03-10',
      supports: [{ statement: 'sfia-9:ITOP.4.2', rationale: 'x' }],
    });
    const backups = await log('Backups', {
      description: 'Restoring the "payment ledger"',
      tags: ['restic', 'linux'],
      endedOn: '2024-06-01',
    });
    await support(engineer, backups, 'sfia-9:ITOP.3.1');
    await log('Monitoring', { description: 'Servers are watched', startedOn: '2024-05-01' });
    await log('On call', {});

    expect(await titles('')).toEqual(['On call', 'Monitoring', 'Backups', 'Patching']);
    const cases: [string, string[]][] = [
      ['?q=server', ['Monitoring', 'Patching']],
      ['?q=servers%20-patching', ['Monitoring']],
      ['?q=%22payment%20ledger%22', ['Backups']],
      ['?q=outage%20or%20linux', ['Backups', 'Patching']],
      ['?q=%27%20)%20%26%20%22', []],
      ['?q=the', []],
      ['?tag=ansible', ['Patching']],
      ['?tag=%20LINUX', ['Backups']],
      ['?tag=lin', []],
      ['?statement=sfia-9:ITOP.4.2', ['Patching']],
      ['?statement=sfia-9%3AITOP.3', ['Backups']],
      ['?statement=sfia-9:ITOP', ['Backups', 'Patching']],
      ['?statement=sfia-9:ITOP.4.3', []],
      ['?statement=other-1:ITOP', []],
      // overlap with the time worked: what is going on has no end
      ['?from=2024-03-10', ['On call', 'Monitoring', 'Backups', 'Patching']],
      ['?from=2024-03-11', ['On call', 'Monitoring', 'Backups']],
      ['?from=2099-01-01', ['On call', 'Monitoring']],
      // without a first day it began when it ended, or when it was logged
      ['?to=2024-05-31', ['Monitoring', 'Patching']],
      ['?to=2024-06-01', ['Monitoring', 'Backups', 'Patching']],
      ['?to=2024-01-09', []],
      ['?from=2024-02-01&to=2024-02-01', ['Patching']],
      ['?to=2099-01-01&tag=ansible&q=patches&statement=sfia-9:ITOP.4', ['Patching']],
      ['?state=archived', []],
    ];
    for (const [query, expected] of cases) expect([query, await titles(query)]).toEqual([query, expected]);
  });

  it('says of each piece what a list needs', async () => {
    const { body } = await list('?tag=ansible');
    expect(body.items).toEqual([
      {
        id: expect.any(String) as unknown,
        state: 'logged',
        revision: 1,
        title: 'Patching',
        kind: 'work',
        role: 'alone',
        startedOn: '2024-01-10',
        endedOn: '2024-03-10',
        tags: ['ansible'],
        supports: [{ statement: 'sfia-9:ITOP.4.2', state: 'proposed' }],
        loggedAt: expect.stringMatching(/Z$/) as unknown,
        changedAt: expect.stringMatching(/Z$/) as unknown,
      },
    ]);
  });

  it('finds what an edit brought, and no longer what it took away', async () => {
    const someone = await makePerson(api);
    const { id, etag } = await logEvidence(someone, { title: 'Zebra' });
    await someone.patch(evidencePath(someone, id), { title: 'Giraffe', tags: ['okapi'] }, { ifMatch: etag });
    expect([await titles('?q=zebra', someone), await titles('?q=giraffe', someone), await titles('?q=okapi', someone)]).toEqual([
      [],
      ['Giraffe'],
      ['Giraffe'],
    ]);
  });

  it.each<[string, string]>([
    ['?limit=0', '?limit'],
    ['?limit=101', '?limit'],
    ['?state=withdrawn', '?state'],
    ['?state=', '?state'],
    ['?from=2024-02-30', '?from'],
    ['?to=yesterday', '?to'],
    ['?from=2024-02-02&to=2024-02-01', '?to'],
    ['?statement=nonsense', '?statement'],
    ['?q=', '?q'],
    ['?q=%00', '?q'],
    ['?kind=work', '?kind'],
    ['?tag=a&tag=b', '?tag'],
    ['?cursor=nonsense', '?cursor'],
  ])('refuses %s', async (query, pointer) => {
    const { status, body } = await list(query);
    expect([status, body.code, body.errors?.[0]?.pointer]).toEqual([400, 'malformed', pointer]);
  });

  describe('page by page', () => {
    let many: TestPerson;
    beforeAll(async () => {
      many = await makePerson(api);
      // ties in every day, and some going on
      const days = [
        null,
        '2024-02-01',
        '2024-02-02',
        null,
        '2024-02-02',
        '2024-02-01',
        '2024-02-02',
        null,
        '2023-12-31',
        '2024-02-02',
        null,
      ];
      for (const [i, endedOn] of days.entries()) {
        await logEvidence(many, { title: `Work ${i}`, startedOn: null, endedOn, tags: [i % 2 === 0 ? 'even' : 'odd'] });
      }
    });

    it.each([1, 2, 3, 4, 11])('shows each piece once, %i at a time, in order', async (limit) => {
      const whole = (await list('?limit=100', many)).body;
      const sorted = [...whole.items].sort((one, other) => {
        const [a, b] = [one.endedOn ?? '9999', other.endedOn ?? '9999'];
        return a === b ? (one.id < other.id ? 1 : -1) : a < b ? 1 : -1;
      });
      expect(whole.items).toHaveLength(11);
      expect(whole.nextCursor).toBeNull();
      expect(whole.items.map(({ id }) => id)).toEqual(sorted.map(({ id }) => id));
      const paged: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const { body }: { body: List } = await list(`?limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`, many);
        expect(body.items.length).toBeLessThanOrEqual(limit);
        paged.push(...body.items.map(({ id }) => id));
        cursor = body.nextCursor;
      }
      expect(paged).toEqual(sorted.map(({ id }) => id));
    });

    it('refuses a cursor of another list, other filters or another engineer', async () => {
      const cursor = (await list('?limit=2&tag=even', many)).body.nextCursor ?? '';
      expect((await list(`?limit=2&tag=even&cursor=${cursor}`, many)).status).toBe(200);
      expect((await list(`?limit=3&tag=even&cursor=${cursor}`, many)).status).toBe(200);
      for (const query of [`?tag=odd&cursor=${cursor}`, `?cursor=${cursor}`, `?tag=even&state=archived&cursor=${cursor}`]) {
        expect((await list(query, many)).body.errors?.[0]?.pointer).toBe('?cursor');
      }
      expect((await list(`?tag=even&cursor=${cursor}`)).status).toBe(400);
      expect((await many.get(`/engineers/me/ledger?cursor=${cursor}`)).status).toBe(400);
    });
  });
});
