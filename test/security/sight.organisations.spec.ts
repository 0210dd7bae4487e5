import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import type { Role } from '../../src/kernel/actor';
import { newId } from '../../src/kernel/ids';
import { type TestPerson, makePerson, mentors } from '../factories/people';
import { type Answer, type TestApp, startApp } from '../setup/app';
import { countOf, seed } from '../deep/deep';
import { tell } from './counts';
import { loadSecondSkill } from './world';

/*
 * Random organisations; what each person sees in each list is held against design.md's table, restated here over the plan of the organisation.
 * The queue of reviews has a spec of its own, test/api/reviews.organisations.api-spec.ts.
 */

const organisations = countOf(300, 8);

let api: TestApp;
let builder: TestPerson;
beforeAll(async () => {
  api = await startApp();
  builder = await makePerson(api, { roles: ['admin'], name: 'Builder' });
  await loadSecondSkill(builder);
});
afterAll(() => api.close());

// ——— plans

const size = 5;
const skills = ['sfia-9:ITOP', 'test-1:LHKP'] as const;
const statements = ['sfia-9:ITOP.1.1', 'sfia-9:ITOP.2.1', 'sfia-9:ITOP.2.2', 'test-1:LHKP.2.1'] as const;
const levels = ['sfia-9:ITOP.1', 'sfia-9:ITOP.2', 'test-1:LHKP.2'] as const;
const open = ['draft', 'submitted', 'changes-requested'];
const levelOf = (statement: string): string => statement.replace(/\.\d+$/, '');
const skillOf = (reference: string): string => reference.replace(/\..*$/, '');

const someone = fc.nat(size - 1);
const mask = fc.nat(15);
const planned = fc.record({
  people: fc.array(
    fc.record({
      manager: fc.option(someone, { freq: 6 }),
      roles: fc.constantFrom<Role[]>([], [], [], [], [], ['admin'], ['auditor'], ['admin', 'auditor']),
      active: fc.nat(7).map((n) => n > 0),
    }),
    { minLength: size, maxLength: size },
  ),
  mentorships: fc.array(
    fc.record({
      mentor: someone,
      engineer: someone,
      skill: fc.constantFrom(...skills),
      when: fc.constantFrom('now', 'now', 'past', 'future'),
    }),
    { minLength: 4, maxLength: 10 },
  ),
  evidence: fc.array(
    fc.record({ engineer: someone, shows: mask, withdrawn: fc.option(fc.nat(3)), archived: fc.nat(4).map((n) => n === 0) }),
    {
      minLength: 4,
      maxLength: 8,
    },
  ),
  claims: fc.array(
    fc.record({
      engineer: someone,
      level: fc.constantFrom(...levels),
      state: fc.constantFrom('draft', 'submitted', 'submitted', 'changes-requested', 'approved', 'approved', 'refused', 'withdrawn'),
      // which supports each submission pinned; a claim that was withdrawn may never have been submitted
      pins: fc.array(mask, { minLength: 0, maxLength: 2 }),
      approvers: fc.uniqueArray(someone, { maxLength: 2 }),
      revoked: fc.boolean(),
    }),
    { minLength: 2, maxLength: 7 },
  ),
});
type Plan = typeof planned extends fc.Arbitrary<infer T> ? T : never;

interface MadeEvidence {
  readonly id: string;
  readonly engineer: number;
  readonly shows: readonly string[];
  withdrawn: string | null;
  archived: boolean;
}

interface MadeClaim {
  readonly id: string;
  readonly engineer: number;
  readonly level: string;
  readonly state: string;
  readonly submissions: number;
  /** What the newest submission rests on. */
  readonly pins: readonly { readonly evidence: string; readonly statement: string }[];
  readonly signOff: string | null;
  readonly approvers: readonly number[];
}

interface Organisation {
  readonly tag: string;
  readonly plan: Plan;
  readonly people: readonly TestPerson[];
  readonly evidence: readonly MadeEvidence[];
  readonly claims: readonly MadeClaim[];
}

const at = <T>(list: readonly T[], i: number): T => {
  const one = list[i];
  if (one === undefined) throw new Error(`nothing is number ${i}`);
  return one;
};
const picked = <T>(list: readonly T[], bits: number): T[] => list.filter((_, i) => ((bits >> i) & 1) === 1);

// ——— the rules, restated

const managerOf = (plan: Plan, i: number): number | null => {
  const { manager } = at(plan.people, i);
  return manager === null || i === 0 ? null : manager % i;
};
const isAbove = (plan: Plan, above: number, below: number): boolean => {
  const manager = managerOf(plan, below);
  return manager !== null && (manager === above || isAbove(plan, above, manager));
};
const mentoredSkills = (plan: Plan, mentor: number, engineer: number): string[] =>
  plan.mentorships
    .filter((one) => one.mentor === mentor && one.engineer === engineer && mentor !== engineer && one.when === 'now')
    .map(({ skill }) => skill);

/** What one person is to another's record. */
function standing({ plan }: Organisation, caller: number, engineer: number) {
  const { roles } = at(plan.people, caller);
  const self = caller === engineer;
  const above = isAbove(plan, caller, engineer);
  const mentored = mentoredSkills(plan, caller, engineer);
  const [admin, auditor] = [roles.includes('admin'), roles.includes('auditor')];
  return {
    self,
    above,
    mentored,
    admin,
    auditor,
    reader: self || above || mentored.length > 0 || auditor,
    knows: self || above || mentored.length > 0 || admin || auditor,
  };
}

const refusedTo = ({ knows }: { knows: boolean }): string => (knows ? 'not-allowed' : 'not-found');
type Seen = string | readonly string[];

/** Evidence with the supports that are shown of it, `id statement statement`. */
function evidenceSeen(made: Organisation, caller: number, engineer: number, archived: boolean): Seen {
  const as = standing(made, caller, engineer);
  if (!as.reader) return refusedTo(as);
  return made.evidence
    .filter((one) => one.engineer === engineer && one.archived === archived)
    .flatMap((one) => {
      const standingNow = one.shows.filter((statement) => statement !== one.withdrawn);
      const pinned = made.claims
        .filter((claim) => claim.engineer === engineer && (claim.state === 'submitted' || claim.state === 'approved'))
        .flatMap(({ pins }) => pins.filter(({ evidence }) => evidence === one.id).map(({ statement }) => statement));
      if (as.self || as.auditor) return [[one.id, ...standingNow].join(' ')];
      const shown = new Set([...standingNow.filter((statement) => as.mentored.includes(skillOf(statement))), ...(as.above ? pinned : [])]);
      return shown.size === 0 ? [] : [[one.id, ...statements.filter((statement) => shown.has(statement))].join(' ')];
    })
    .sort();
}

function claimsSeen(made: Organisation, caller: number, engineer: number): Seen {
  const as = standing(made, caller, engineer);
  if (!as.reader) return refusedTo(as);
  return made.claims
    .filter((claim) => claim.engineer === engineer)
    .filter(
      ({ state, level, submissions }) =>
        as.self ||
        as.auditor ||
        (submissions > 0 && as.mentored.includes(skillOf(level))) ||
        (as.above && (state === 'submitted' || state === 'approved')),
    )
    .map(({ id }) => id)
    .sort();
}

function signOffsSeen(made: Organisation, caller: number, engineer: number): Seen {
  const as = standing(made, caller, engineer);
  const all = made.claims.filter((claim) => claim.engineer === engineer && claim.signOff !== null);
  const given = all.filter(({ approvers }) => approvers.includes(caller));
  if (!as.knows && given.length === 0) return 'not-found';
  const seesAll = as.self || as.above || as.auditor || as.admin;
  return all
    .filter((claim) => seesAll || as.mentored.includes(skillOf(claim.level)) || given.includes(claim))
    .map(({ signOff }) => signOff ?? '')
    .sort();
}

function peopleSeen(made: Organisation, caller: number): readonly string[] {
  const { plan, people } = made;
  const { roles } = at(plan.people, caller);
  return people
    .filter(
      (_, other) =>
        roles.length > 0 ||
        other === caller ||
        isAbove(plan, caller, other) ||
        isAbove(plan, other, caller) ||
        mentoredSkills(plan, caller, other).length > 0 ||
        mentoredSkills(plan, other, caller).length > 0,
    )
    .map(({ id }) => id)
    .sort();
}

/** The active people of a team with their submitted claim in the skill, `id claim`. */
function teamSeen(made: Organisation, caller: number, manager: number, skill: string, deep: boolean): Seen {
  const as = standing(made, caller, manager);
  if (!(as.self || as.above || as.auditor)) return refusedTo(as);
  return made.people
    .flatMap(({ id }, i) => {
      const below = deep ? isAbove(made.plan, manager, i) : managerOf(made.plan, i) === manager;
      if (!below || !at(made.plan.people, i).active) return [];
      const claim = made.claims.find(({ engineer, state, level }) => engineer === i && state === 'submitted' && skillOf(level) === skill);
      return [`${id} ${claim?.id ?? 'none'}`];
    })
    .sort();
}

// ——— making them

async function makeClaims(plan: Plan, people: readonly TestPerson[], evidence: readonly MadeEvidence[]): Promise<MadeClaim[]> {
  const claims: MadeClaim[] = [];
  for (const { engineer, level, state, pins, approvers, revoked } of plan.claims) {
    if (
      open.includes(state) &&
      claims.some((one) => one.engineer === engineer && open.includes(one.state) && skillOf(one.level) === skillOf(level))
    )
      continue;
    const { id: engineerId } = at(people, engineer);
    const id = newId();
    const submissions = state === 'draft' ? 0 : state === 'withdrawn' ? pins.length : Math.max(1, pins.length);
    const candidates = evidence
      .filter((one) => one.engineer === engineer)
      .flatMap((one) =>
        one.shows.filter((statement) => levelOf(statement) === level).map((statement) => ({ evidence: one.id, statement })),
      );
    await api.database.query(
      `INSERT INTO claim (engineer_id, claim_id, skill_ref, skill_level_ref, state, summary, policy_version, first_submitted_on, submission, due_on, drafted_at, changed_at)
       VALUES ($1, $2, $3, $4, $5, 'By SQL.', CASE WHEN $6 > 0 THEN 1 END, CASE WHEN $6 > 0 THEN current_date END, $6, CASE WHEN $5 = 'submitted' THEN current_date END, now(), now())`,
      [engineerId, id, skillOf(level), level, state, submissions],
    );
    let last: { evidence: string; statement: string }[] = [];
    let digest = randomBytes(32);
    for (let submission = 1; submission <= submissions; submission += 1) {
      digest = randomBytes(32);
      last = picked(candidates, pins[submission - 1] ?? 15);
      await api.database.query(`INSERT INTO claim_submission VALUES ($1, $2, $3, now(), current_date, $4)`, [
        engineerId,
        id,
        submission,
        digest,
      ]);
      for (const { evidence: evidenceId, statement } of last) {
        await api.database.query(`INSERT INTO claim_pin VALUES ($1, $2, $3, $4, $5, 1)`, [
          engineerId,
          id,
          submission,
          evidenceId,
          statement,
        ]);
      }
    }
    const gave = state === 'approved' ? approvers.filter((one) => one !== engineer) : [];
    const signOff = state === 'approved' ? newId() : null;
    if (signOff !== null) {
      for (const mentor of gave) {
        const given = [engineerId, id, submissions, at(people, mentor).id, digest];
        await api.database.query(`INSERT INTO approval VALUES ($1, $2, $3, $4, now(), $5, $5)`, given);
      }
      await api.database.query(
        `INSERT INTO sign_off (engineer_id, sign_off_id, claim_id, submission, skill_ref, skill_level_ref, level, at, signed_off_on, total, accepted, digest)
         VALUES ($1, $2, $3, $4, $5, $6, $7, now(), current_date, 1, 1, $8)`,
        [engineerId, signOff, id, submissions, skillOf(level), level, Number(level.at(-1)), digest],
      );
      if (revoked)
        await api.database.query(`INSERT INTO revocation VALUES ($1, $2, $3, now(), current_date, $4)`, [
          engineerId,
          signOff,
          builder.id,
          digest,
        ]);
    }
    claims.push({ id, engineer, level, state, submissions, pins: last, signOff, approvers: gave });
  }
  return claims;
}

/** Logs what the plan says, as its engineer; what is withdrawn or archived is so once the claims stand, if it may be. */
async function makeEvidence(plan: Plan, people: readonly TestPerson[]): Promise<MadeEvidence[]> {
  const evidence: MadeEvidence[] = [];
  for (const { engineer, shows } of plan.evidence) {
    const shown = picked(statements, shows);
    const { status, body } = await at(people, engineer).post<{ id: string }>('/engineers/me/evidence', {
      title: 'Work',
      description: 'Work.',
      supports: shown.map((statement) => ({ statement, rationale: 'Mine.' })),
    });
    if (status !== 201) throw new Error(`logging answered ${status}`);
    evidence.push({ id: body.id, engineer, shows: shown, withdrawn: null, archived: false });
  }
  return evidence;
}

async function make(plan: Plan, tag: string): Promise<Organisation> {
  const people: TestPerson[] = [];
  for (const [i, { roles }] of plan.people.entries()) {
    const manager = managerOf(plan, i);
    people.push(await makePerson(api, { name: `${tag} ${i}`, roles, ...(manager === null ? {} : { manager: at(people, manager) }) }));
  }
  for (const { mentor, engineer, skill, when } of plan.mentorships) {
    if (mentor === engineer) continue;
    const hours = (count: number): Date => new Date(Date.now() + count * 3_600_000);
    const from = when === 'future' ? hours(1) : hours(-2);
    await mentors(api, at(people, mentor), at(people, engineer), {
      skill,
      accreditedTo: null,
      from,
      until: when === 'past' ? hours(-1) : null,
    });
  }
  const evidence = await makeEvidence(plan, people);
  const claims = await makeClaims(plan, people, evidence);
  for (const [i, { withdrawn, archived }] of plan.evidence.entries()) {
    const one = at(evidence, i);
    const path = `/engineers/me/evidence/${one.id}`;
    const engineer = at(people, one.engineer);
    const statement = withdrawn === null ? undefined : one.shows[withdrawn];
    if (statement !== undefined && (await engineer.delete(`${path}/supports/${statement}`)).status === 204) one.withdrawn = statement;
    if (!archived) continue;
    const { etag = '' } = await engineer.get(path);
    one.archived = (await engineer.post(`${path}/archival`, {}, { ifMatch: etag })).status === 200;
  }
  for (const [i, { active }] of plan.people.entries()) {
    if (!active) await api.database.query(`UPDATE person SET active = false WHERE person_id = $1`, [at(people, i).id]);
  }
  return { tag, plan, people, evidence, claims };
}

// ——— asking

interface Listed {
  readonly items: readonly { readonly id: string; readonly supports?: readonly { readonly statement: string }[] }[];
  readonly nextCursor: string | null;
}

const counts = { organisations: 0, lists: 0, things: 0, shown: 0, refused: 0 };

/** The whole of a list, page by page, as sorted texts; the code where it is refused. */
async function listed(caller: TestPerson, path: string, text: (item: Listed['items'][number]) => string = ({ id }) => id): Promise<Seen> {
  counts.lists += 1;
  const found: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: Answer<Listed & { code?: string }> = await caller.get(
      `${path}${path.includes('?') ? '&' : '?'}limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`,
    );
    if (page.status !== 200) {
      counts.refused += 1;
      return page.body.code ?? String(page.status);
    }
    found.push(...page.body.items.map(text));
    cursor = page.body.nextCursor;
  }
  counts.shown += found.length;
  return found.sort();
}

const everySignOff: string[] = [];

async function check(made: Organisation, number: number): Promise<void> {
  const { people, plan } = made;
  for (const [caller, person] of people.entries()) {
    if (!at(plan.people, caller).active) continue;
    const { roles } = at(plan.people, caller);
    const q = roles.length > 0 ? `?q=${encodeURIComponent(made.tag)}` : '';
    expect([caller, await listed(person, `/people${q}`)]).toEqual([caller, peopleSeen(made, caller)]);
    for (const [engineer, { id }] of people.entries()) {
      const pair = [caller, engineer];
      const archived = (caller + engineer + number) % 2 === 0;
      const withSupports = ({ id: one, supports = [] }: Listed['items'][number]): string =>
        [one, ...supports.map(({ statement }) => statement)].join(' ');
      const expectedEvidence = evidenceSeen(made, caller, engineer, archived);
      expect([pair, await listed(person, `/engineers/${id}/evidence?state=${archived ? 'archived' : 'logged'}`, withSupports)]).toEqual([
        pair,
        expectedEvidence,
      ]);
      const expectedClaims = claimsSeen(made, caller, engineer);
      expect([pair, await listed(person, `/engineers/${id}/claims`)]).toEqual([pair, expectedClaims]);
      expect([pair, await listed(person, `/engineers/${id}/sign-offs`)]).toEqual([pair, signOffsSeen(made, caller, engineer)]);
      const skill = at(skills, (caller + number) % 2);
      const deep = (engineer + number) % 2 === 0;
      const team = await person.get<{ code?: string; people: { id: string; claim: { id: string } | null }[] }>(
        `/teams/${id}/dashboard?skill=${skill}&depth=${deep ? 'all' : 'direct'}`,
      );
      counts.lists += 1;
      const members = team.status === 200 ? team.body.people.map((one) => `${one.id} ${one.claim?.id ?? 'none'}`).sort() : team.body.code;
      expect([pair, members]).toEqual([pair, teamSeen(made, caller, engineer, skill, deep)]);
      await checkThings(made, caller, engineer, { archived, evidence: expectedEvidence, claims: expectedClaims });
    }
  }
  everySignOff.push(...made.claims.flatMap(({ signOff }) => signOff ?? []));
}

/** What a list shows can be opened, and what it does not show cannot. */
async function checkThings(
  made: Organisation,
  caller: number,
  engineer: number,
  { archived, evidence, claims }: { archived: boolean; evidence: Seen; claims: Seen },
): Promise<void> {
  const [person, { id }] = [at(made.people, caller), at(made.people, engineer)];
  const expected = (seen: Seen, of: string): number =>
    typeof seen === 'string' ? (seen === 'not-allowed' ? 403 : 404) : seen.some((one) => one.startsWith(of)) ? 200 : 404;
  for (const one of made.evidence.filter((each) => each.engineer === engineer && each.archived === archived).slice(0, 2)) {
    const { status } = await person.get(`/engineers/${id}/evidence/${one.id}`);
    expect([caller, engineer, one, status]).toEqual([caller, engineer, one, expected(evidence, one.id)]);
    counts.things += 1;
  }
  for (const one of made.claims.filter((each) => each.engineer === engineer).slice(0, 2)) {
    const { status } = await person.get(`/engineers/${id}/claims/${one.id}`);
    expect([caller, engineer, one, status]).toEqual([caller, engineer, one, expected(claims, one.id)]);
    counts.things += 1;
  }
}

test(`in ${organisations} random organisations everybody sees in every list what design.md says, and nothing else (seed ${seed})`, async () => {
  const plans = fc.sample(planned, { numRuns: organisations, seed });
  for (const [i, plan] of plans.entries()) {
    const made = await make(plan, `Organisation${i}.`);
    try {
      await check(made, i);
    } catch (error) {
      throw new Error(`organisation ${i} of seed ${seed}: ${(error as Error).message}\n${JSON.stringify(plan)}`, { cause: error });
    }
    counts.organisations += 1;
  }
  // the register, over all of them
  const auditor = await makePerson(api, { roles: ['auditor'] });
  const engineer = await makePerson(api);
  expect(await listed(auditor, '/sign-offs')).toEqual(everySignOff.sort());
  expect(await listed(builder, '/sign-offs')).toEqual(everySignOff);
  expect(await listed(engineer, '/sign-offs')).toBe('not-allowed');
  const { organisations: made, ...rest } = counts;
  tell('random organisations whose lists were held against design.md', made, rest, seed);
  // they were neither empty nor closed
  expect(counts.shown).toBeGreaterThan(organisations * 20);
  expect(counts.refused).toBeGreaterThan(organisations * 10);
}, 3_600_000);
