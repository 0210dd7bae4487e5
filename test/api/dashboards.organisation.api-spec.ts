import { parse } from 'csv-parse/sync';
import type { OrganisationDashboardAnswer } from '../../src/dashboards/organisation-dashboard.dto';
import type { OrganisationPeoplePage } from '../../src/dashboards/organisation-people.dto';
import { newId } from '../../src/kernel/ids';
import { genesisOf } from '../../src/ledger/entry';
import { signedOffClaim, statementsOfLevel, submittedClaim } from '../factories/claims';
import { linksIn, withoutLinks } from '../factories/links';
import { type TestPerson, makePerson, mentors } from '../factories/people';
import { restand } from '../factories/standing';
import { type TestApp, startApp } from '../setup/app';

let api: TestApp;
beforeAll(async () => {
  api = await startApp();
});
afterAll(() => api.close());

const levels = [1, 2, 3, 4, 5];

/** One person as the dashboard counts them. */
interface Planned {
  /** The highest level held. */
  readonly holds: number | null;
  /** The level of their submitted claim. */
  readonly submitted: number | null;
  readonly overdue: boolean;
  /** Whether somebody may decide that claim: a mentor, accredited for all levels. */
  readonly decidable: boolean;
  /** How their target stands, if they have one; it has been something else before. */
  readonly target: 'onTrack' | 'late' | 'reached' | null;
  /** Accepted statements of the level above what is held. */
  readonly accepted: number;
  readonly below?: Pick<TestPerson, 'id'>;
}

/** Ends everybody but those named, and makes the planned people, straight in the tables that the dashboard reads. */
async function makeOrganisation(
  plan: readonly Planned[],
  stay: readonly Pick<TestPerson, 'id'>[],
  theirMentor?: Pick<TestPerson, 'id'>,
): Promise<void> {
  const query = (sql: string, parameters: readonly unknown[] = []): Promise<unknown> => api.database.query(sql, parameters);
  await query(`SET session_replication_role = replica`);
  await query(`UPDATE person SET active = person_id = ANY ($1)`, [stay.map(({ id }) => id)]);
  for (const { holds, submitted, overdue, decidable, target, accepted, below } of plan) {
    const [id, claim] = [newId(), newId()];
    await query(
      `INSERT INTO person (person_id, name, email, manager_id) VALUES ($1::uuid, 'Planned', $1::uuid::text || '@example.test', $2::uuid)`,
      [id, below?.id ?? null],
    );
    await query(`INSERT INTO record (engineer_id, head_hash) VALUES ($1, $2)`, [id, genesisOf(id)]);
    if (below !== undefined)
      await query(`INSERT INTO reporting_line (ancestor_id, descendant_id, depth) VALUES ($1, $2, 1)`, [below.id, id]);
    if (submitted !== null) {
      await query(
        `INSERT INTO claim (engineer_id, claim_id, skill_ref, skill_level_ref, state, summary, policy_version, first_submitted_on, submission, due_on, drafted_at, changed_at)
         VALUES ($1, $2, 'sfia-9:ITOP', 'sfia-9:ITOP.' || $3::text, 'submitted', 's', 1, '2026-01-01', 1, (now() AT TIME ZONE 'UTC')::date - $4::int, now(), now())`,
        [id, claim, String(submitted), overdue ? 1 : 0],
      );
    }
    if (decidable) await mentors(api, theirMentor ?? { id }, { id });
    const aim = target === 'reached' ? 1 : 5;
    const revisions =
      target === null
        ? []
        : ([
            [5, 400],
            [null, null],
            [aim, target === 'late' ? -1 : 0],
          ] as const);
    for (const [i, [level, days]] of revisions.entries()) {
      await query(
        `INSERT INTO target (engineer_id, skill_ref, revision, at, skill_level_ref, level, reach_by, set_by, digest)
         VALUES ($1::uuid, 'sfia-9:ITOP', $2, now(), 'sfia-9:ITOP.' || $3::text, $3::int, (now() AT TIME ZONE 'UTC')::date + $4::int, $1::uuid, sha256('x'))`,
        [id, i + 1, level, days],
      );
    }
    for (const level of levels) {
      const total = statementsOfLevel[level] ?? 0;
      const held = holds !== null && level <= holds;
      const shown = held ? total : level === (holds ?? 0) + 1 ? Math.min(accepted, total) : 0;
      await query(
        `INSERT INTO progress (engineer_id, skill_level_ref, skill_ref, level, total, accepted, proposed, going_on, claim_id, claim_state, line_claim_state,
                               sign_off_id, signed_off_on, signed_off_accepted)
         VALUES ($1, 'sfia-9:ITOP.' || $2::text, 'sfia-9:ITOP', $2::text::int, $3, $4, 0, false, $5, $6, $6, $7, $8, $9)`,
        [
          id,
          String(level),
          total,
          shown,
          held || submitted === level ? claim : null,
          submitted === level ? 'submitted' : held ? 'approved' : null,
          held ? newId() : null,
          held ? '2026-01-01' : null,
          held ? total : null,
        ],
      );
    }
  }
  await restand(api);
  await query(`SET session_replication_role = DEFAULT`);
}

async function dashboard(person: TestPerson, query = ''): Promise<OrganisationDashboardAnswer> {
  const { status, body } = await person.get<OrganisationDashboardAnswer>(`/organisation/dashboard${query}`);
  expect({ status, body }).toMatchObject({ status: 200 });
  return body;
}

type Breakdown = readonly { readonly shown: number | null; readonly people: readonly Planned[] }[];

/** Each breakdown of the answer with the people whom each of its figures is about. */
function breakdownsOf(
  { totals, levels: shown }: OrganisationDashboardAnswer,
  plan: readonly Planned[],
): { whole: number | null; of: Breakdown; isCut?: boolean }[] {
  const submitted = plan.filter((one) => one.submitted !== null);
  const group = (figure: number | null | undefined, people: readonly Planned[]): Breakdown[number] => ({ shown: figure ?? null, people });
  const rest = (part: Breakdown[number], whole: readonly Planned[], of: number | null): Breakdown => [
    part,
    { shown: part.shown === null || of === null ? null : of - part.shown, people: whole.filter((one) => !part.people.includes(one)) },
  ];
  const { people } = totals;
  // of a level that parts what is withheld of who holds which, nothing is shown that counts who holds it or more
  const withheld = [0, ...levels].filter((level) => totals.byLevel[level === 0 ? 'none' : level] === null);
  const isCut = (level: number): boolean => withheld.some((one) => one < level) && withheld.some((one) => one >= level);
  return [
    {
      whole: people,
      of: [null, ...levels].map((level) =>
        group(
          totals.byLevel[level ?? 'none'],
          plan.filter(({ holds }) => holds === level),
        ),
      ),
    },
    { whole: people, of: rest(group(totals.submitted, submitted), plan, people) },
    {
      whole: totals.submitted,
      of: rest(
        group(
          totals.overdue,
          submitted.filter(({ overdue }) => overdue),
        ),
        submitted,
        totals.submitted,
      ),
    },
    {
      whole: totals.submitted,
      of: rest(
        group(
          totals.nobodyCanDecide,
          submitted.filter(({ decidable }) => !decidable),
        ),
        submitted,
        totals.submitted,
      ),
    },
    {
      whole: people,
      of: (['onTrack', 'late', 'reached', 'none'] as const).map((state) =>
        group(
          totals.targets[state],
          plan.filter(({ target }) => (target ?? 'none') === state),
        ),
      ),
    },
    {
      whole: totals.submitted,
      of: shown.map((one) =>
        group(
          one.submitted,
          submitted.filter((person) => person.submitted === one.level),
        ),
      ),
    },
    ...shown.map(({ level, approved }) => ({
      whole: people,
      isCut: isCut(level),
      of: rest(
        group(
          approved,
          plan.filter((one) => one.submitted !== level && (one.holds ?? 0) >= level),
        ),
        plan,
        people,
      ),
    })),
    ...shown.map(({ level, total, statements }) => {
      const has = ({ holds, accepted }: Planned): number =>
        (holds ?? 0) >= level ? total : (holds ?? 0) + 1 === level ? Math.min(accepted, total) : 0;
      return {
        whole: people,
        isCut: isCut(level),
        of: [
          group(
            statements.all,
            plan.filter((one) => has(one) >= total),
          ),
          group(
            statements.some,
            plan.filter((one) => has(one) > 0 && has(one) < total),
          ),
          group(
            statements.none,
            plan.filter((one) => has(one) === 0),
          ),
        ],
      };
    }),
  ];
}

/** Every figure that an auditor is shown has its link, and as many people behind it as it says; nobody else has links, nor the people. */
async function follow(reader: TestPerson, answer: OrganisationDashboardAnswer, isAuditor: boolean): Promise<void> {
  const links = linksIn(answer);
  const people = Object.keys(answer.totals.byLevel).length;
  const figures = (value: unknown): unknown[] =>
    typeof value === 'object' && value !== null ? Object.values(value).flatMap((one) => figures(one)) : [value];
  const shown = figures([
    withoutLinks(answer.totals),
    ...answer.levels.map(({ submitted, approved, statements }) => [submitted, approved, statements]),
  ]);
  expect([people, shown.length]).toEqual([levels.length + 1, 14 + levels.length * 5]);
  expect(links).toHaveLength(isAuditor ? shown.filter((figure) => figure !== null).length : 0);
  for (const [way, link] of links) {
    const figure = way
      .split('.')
      .filter((part) => part !== 'links')
      .reduce<unknown>((value, part) => (value as Record<string, unknown>)[part], answer);
    const { status, body } = await reader.get<OrganisationPeoplePage>(`${link.replace('/api/v1', '')}&limit=100`);
    expect([way, status, body.items.length, body.nextCursor]).toEqual([way, 200, figure, null]);
  }
}

const isSmall = (n: number): boolean => n > 0 && n < 5;

let state = 7;
/** Numbers that look like chance and are the same in each run. */
const chance = (below: number): number => {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
  return Math.floor((state / 2_147_483_648) * below);
};

const plannedPerson = (spread: number, below?: Pick<TestPerson, 'id'>): Planned => {
  const holds = chance(spread) === 0 ? 1 + chance(5) : null;
  const next = (holds ?? 0) + 1;
  return {
    holds,
    submitted: next <= 5 && chance(3) === 0 ? next : null,
    overdue: chance(2) === 0,
    decidable: chance(3) > 0,
    // whoever holds the highest level has reached whatever they are after
    target: (holds === 5 ? 'reached' : ([null, 'onTrack', 'late', holds === null ? null : 'reached'] as const)[chance(4)]) ?? null,
    accepted: chance(4),
    ...(below === undefined ? {} : { below }),
  };
};

const empty: Planned = { holds: null, submitted: null, overdue: false, decidable: false, target: null, accepted: 0 };

describe('the organisation’s dashboard', () => {
  it('counts everybody as the teams’ dashboards do', async () => {
    const manager = await makePerson(api);
    const mentor = await makePerson(api);
    const engineers: TestPerson[] = [];
    for (let i = 0; i < 5; i += 1) {
      const engineer = await makePerson(api, { manager });
      await mentors(api, mentor, engineer);
      engineers.push(engineer);
    }
    for (const engineer of engineers) {
      await signedOffClaim({ engineer, mentor, manager }, 1);
      await submittedClaim(engineer, 2);
    }
    for (let i = 0; i < 6; i += 1) await makePerson(api);
    await api.database.query(`UPDATE person SET active = false WHERE name LIKE 'Zz%'`);
    const auditor = await makePerson(api, { roles: ['auditor'] });
    await api.database.query(`UPDATE claim SET due_on = (now() AT TIME ZONE 'UTC')::date - 1 WHERE state = 'submitted'`);
    const answer = await dashboard(auditor, '?skill=sfia-9:ITOP');
    expect(withoutLinks(answer)).toEqual({
      skill: 'sfia-9:ITOP',
      totals: {
        people: 14,
        byLevel: { none: 9, 1: 5, 2: 0, 3: 0, 4: 0, 5: 0 },
        submitted: 5,
        overdue: 5,
        nobodyCanDecide: 0,
        targets: { onTrack: 0, late: 0, reached: 0, none: 14 },
      },
      levels: [2, 3, 6, 8, 5].map((total, i) => ({
        level: i + 1,
        total,
        submitted: i === 1 ? 5 : 0,
        approved: i === 0 ? 5 : 0,
        statements: { all: i === 0 ? 5 : 0, some: 0, none: i === 0 ? 9 : 14 },
      })),
      smallestGroup: 5,
      asOf: expect.stringMatching(/Z$/) as unknown,
    });
    expect(await dashboard(auditor)).toMatchObject({ skill: 'sfia-9:ITOP' });
    // who is deactivated is not counted, and who no longer holds a level holds none
    await api.database.query(`UPDATE person SET active = false WHERE person_id = $1`, [mentor.id]);
    await api.database.query(`UPDATE progress SET valid_until = (now() AT TIME ZONE 'UTC')::date - 1 WHERE level = 1`);
    await restand(api);
    expect((await dashboard(auditor)).totals).toMatchObject({ people: 13, byLevel: { none: 13, 1: 0 } });
  });

  it('withholds small groups, and what they could be had from, in random organisations', async () => {
    let withheld = 0;
    for (let run = 0; run < 12; run += 1) {
      const admin = await makePerson(api, { roles: ['admin'] });
      const auditor = await makePerson(api, { roles: ['auditor'] });
      const team = Array.from({ length: chance(12) }, () => plannedPerson(2, admin));
      const others = Array.from({ length: chance(3) === 0 ? chance(6) : 6 + chance(60) }, () => plannedPerson(2 + chance(3)));
      const plan = [{ ...empty }, { ...empty }, ...team, ...others];
      // the admin knows by name whom they mentor, so it is the auditor who mentors everybody
      await makeOrganisation([...team, ...others], [admin, auditor], auditor);
      for (const reader of [auditor, admin]) {
        const answer = await dashboard(reader, '?skill=sfia-9:ITOP');
        if (run % 5 === 0) await follow(reader, answer, reader === auditor);
        // whom the reader does not see by name: an auditor sees everybody, an admin themselves and their team
        const unseen = (people: readonly Planned[]): number =>
          reader === auditor ? 0 : people.filter((one) => one !== plan[0] && one.below === undefined).length;
        expect([null, plan.length]).toContain(answer.totals.people);
        expect(answer.totals.people === null).toBe(isSmall(plan.length) || isSmall(unseen(plan)));
        for (const { whole, of, isCut = false } of breakdownsOf(answer, plan)) {
          const hidden = of.filter(({ shown }) => shown === null);
          const inHidden = hidden.flatMap(({ people }) => people);
          withheld += hidden.length;
          for (const { shown, people } of of) {
            if (shown !== null) expect([shown, isSmall(shown), isSmall(unseen(people))]).toEqual([people.length, false, false]);
          }
          if (whole === null) expect(hidden).toHaveLength(of.length);
          else if (hidden.length > 0) {
            // what is left by subtraction is more than one figure, and is no small group
            expect(hidden.length).toBeGreaterThan(1);
            expect(inHidden.length).toBeGreaterThanOrEqual(5);
            expect(unseen(inHidden) >= 5 || unseen(of.flatMap(({ people }) => people)) === 0).toBe(true);
          }
          // nothing is withheld for nothing
          const any = of.some(({ people }) => isSmall(people.length) || isSmall(unseen(people)));
          if (whole !== null && !any && !isCut) expect(hidden).toEqual([]);
        }
        // who holds a level is not the difference of two others that are shown
        for (const [i, { level, approved, statements }] of answer.levels.entries()) {
          const above = answer.levels[i + 1] ?? { approved: 0, statements: { all: 0 } };
          for (const [lower, higher] of [
            [approved, above.approved],
            [statements.all, above.statements.all],
          ])
            if (lower !== null && higher !== null) expect([level, answer.totals.byLevel[level]]).not.toEqual([level, null]);
        }
      }
    }
    expect(withheld).toBeGreaterThan(100);
  }, 120_000);

  it('says nothing of an organisation of four, nor of what is left when the admin’s own team is taken away', async () => {
    const admin = await makePerson(api, { roles: ['admin'] });
    await makeOrganisation([empty, { ...empty, holds: 1 }, empty], [admin]);
    const nothing = {
      people: null,
      byLevel: { none: null, 1: null, 2: null, 3: null, 4: null, 5: null },
      submitted: null,
      overdue: null,
      nobodyCanDecide: null,
      targets: { onTrack: null, late: null, reached: null, none: null },
    };
    const answer = await dashboard(admin);
    expect(withoutLinks(answer.totals)).toEqual(nothing);
    expect(linksIn(answer)).toEqual([]);
    for (const { submitted, approved, statements } of answer.levels) {
      expect([submitted, approved, statements]).toEqual([null, null, { all: null, some: null, none: null }]);
    }
    const team = Array.from({ length: 40 }, () => ({ ...empty, holds: 2, below: admin }));
    await makeOrganisation([...team, empty, empty, { ...empty, holds: 1 }], [admin]);
    expect(withoutLinks((await dashboard(admin)).totals)).toEqual(nothing);
    const { bytes } = await admin.get('/organisation/dashboard?skill=sfia-9:ITOP', { headers: { accept: 'text/csv' } });
    const figures = parse<{ people: string }>(bytes, { columns: true });
    expect(figures).toHaveLength(9 + 5 * 6);
    expect(new Set(figures.map(({ people }) => people))).toEqual(new Set(['withheld']));
    // mentees are seen by name as well
    const other = await makePerson(api, { roles: ['admin'] });
    await makeOrganisation(
      Array.from({ length: 9 }, () => empty),
      [other],
    );
    expect((await dashboard(other)).totals.people).toBe(10);
    for (const { id } of await api.database.query<{ id: string }>(
      `SELECT person_id AS id FROM person WHERE active AND person_id <> $1 LIMIT 6`,
      [other.id],
    )) {
      await mentors(api, other, { id }, { accreditedTo: null });
    }
    await api.database.query(`UPDATE person SET active = false WHERE name LIKE 'Zz%'`);
    expect((await dashboard(other)).totals.people).toBeNull();
  });

  it('has no filter but the skill, and is for admins and auditors only', async () => {
    const admin = await makePerson(api, { roles: ['admin'] });
    for (const [query, status, code] of [
      ['?skill=sfia-9:NONE', 404, 'not-found'],
      ['?skill=', 400, 'malformed'],
      ['?level=2', 400, 'malformed'],
      ['?manager=x', 400, 'malformed'],
    ] as const) {
      const { status: answered, body } = await admin.get(`/organisation/dashboard${query}`);
      expect([query, answered, body['code']]).toEqual([query, status, code]);
    }
    const auditor = await makePerson(api, { roles: ['auditor'] });
    for (const query of [
      '',
      '?skill=sfia-9:ITOP&at=2',
      '?skill=sfia-9:ITOP&is=all',
      '?skill=sfia-9:ITOP&at=2&is=half',
      '?skill=sfia-9:ITOP&level=9',
    ])
      expect([query, (await auditor.get(`/organisation/people${query}`)).status]).toEqual([query, 400]);
    expect((await admin.get('/organisation/people?skill=sfia-9:ITOP')).body).toMatchObject({ status: 403, code: 'not-allowed' });
    expect((await auditor.get('/organisation/people?skill=sfia-9:NONE')).body).toMatchObject({ status: 404, code: 'not-found' });
    // page by page, each person once
    const all = await auditor.get<OrganisationPeoplePage>('/organisation/people?skill=sfia-9:ITOP&limit=100');
    const first = await auditor.get<OrganisationPeoplePage>('/organisation/people?skill=sfia-9:ITOP&limit=2');
    const rest = await auditor.get<OrganisationPeoplePage>(
      `/organisation/people?skill=sfia-9:ITOP&limit=100&cursor=${first.body.nextCursor}`,
    );
    expect([...first.body.items, ...rest.body.items]).toEqual(all.body.items);
    expect(all.body.items.length).toBeGreaterThan(2);
    const person = await makePerson(api);
    expect((await person.get('/organisation/dashboard')).body).toMatchObject({ status: 403, code: 'not-allowed' });
    expect((await api.send('GET', '/organisation/dashboard')).status).toBe(401);
  });
});
