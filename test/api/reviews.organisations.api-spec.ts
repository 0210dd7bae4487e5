import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import type { ReviewsAnswer } from '../../src/claims/reviews.dto';
import type { MeAnswer } from '../../src/dashboards/me.dto';
import type { TeamDashboardAnswer } from '../../src/dashboards/team-dashboard.dto';
import { newId } from '../../src/kernel/ids';
import { type JudgeFacts, checkEligible } from '../../src/progress/eligibility';
import { EligibilityFacts } from '../../src/progress/eligibility.facts';
import { levelRef, logWork, statementRef } from '../factories/claims';
import { pinBySql } from '../factories/evidence';
import { type TestPerson, makePerson, mentors } from '../factories/people';
import { type TestApp, startApp } from '../setup/app';

let api: TestApp;
let auditor: TestPerson;
beforeAll(async () => {
  api = await startApp();
  auditor = await makePerson(api, { roles: ['auditor'] });
  // version 2 of level 2 and 3 lets line managers judge
  await api.database
    .query(`INSERT INTO policy SELECT skill_level_ref, 2, accepted_per_statement, may_miss, distinct_evidence, max_age_months, approvals, stepping,
      true, valid_months, review_days, set_by, set_at FROM policy WHERE version = 1 AND skill_level_ref IN ('sfia-9:ITOP.2', 'sfia-9:ITOP.3')`);
});
afterAll(() => api.close());

const size = 6;
const someone = fc.nat(size - 1);
const level = fc.integer({ min: 1, max: 5 });
const organisation = fc.record({
  people: fc.array(
    fc.record({
      manager: fc.option(someone, { freq: 8 }),
      active: fc.integer({ min: 0, max: 5 }).map((one) => one > 0),
      held: fc.option(fc.record({ level, expired: fc.boolean() })),
      accredited: fc.option(
        fc.record({ level: fc.constantFrom(1, 2, 3, 4, 5, 5, 5), ended: fc.integer({ max: 3, min: 0 }).map((one) => one === 0) }),
      ),
    }),
    { minLength: size, maxLength: size },
  ),
  mentorships: fc.uniqueArray(
    fc.record({ mentor: someone, engineer: someone, when: fc.constantFrom('now', 'now', 'now', 'past', 'future') }),
    { minLength: 12, maxLength: 24, selector: ({ mentor, engineer }) => mentor * size + engineer },
  ),
  claims: fc.uniqueArray(
    fc.record({ engineer: someone, level: fc.constantFrom(1, 2, 2, 3, 3, 4, 5), approvedBy: fc.option(someone), newPolicy: fc.boolean() }),
    {
      minLength: 3,
      maxLength: size,
      selector: ({ engineer }) => engineer,
    },
  ),
  supports: fc.array(fc.record({ engineer: someone, level }), { minLength: 2, maxLength: 5 }),
});
type Organisation = typeof organisation extends fc.Arbitrary<infer T> ? T : never;

/** The organisation as it was meant; managers come before those they manage, so that there is no loop. */
interface Made {
  readonly people: readonly TestPerson[];
  readonly plan: Organisation;
}
const managerOf = ({ plan }: Pick<Made, 'plan'>, i: number): number | null => {
  const manager = plan.people[i]?.manager ?? null;
  return manager === null || i === 0 ? null : manager % i;
};
const isAbove = (made: Pick<Made, 'plan'>, above: number, below: number): boolean => {
  const manager = managerOf(made, below);
  return manager !== null && (manager === above || isAbove(made, above, manager));
};

async function hold(personId: string, held: number, expired: boolean): Promise<void> {
  const [claimId, signOffId, digest] = [newId(), newId(), randomBytes(32)];
  const until = expired ? `(now() AT TIME ZONE 'UTC')::date - 1` : `(now() AT TIME ZONE 'UTC')::date`;
  const ref = levelRef(held);
  await api.database.query(
    `INSERT INTO claim (engineer_id, claim_id, skill_ref, skill_level_ref, state, summary, policy_version, first_submitted_on, submission, drafted_at, changed_at)
     VALUES ($1, $2, 'sfia-9:ITOP', $3, 'approved', 'By SQL.', 1, '2020-01-01', 1, now(), now())`,
    [personId, claimId, ref],
  );
  await api.database.query(`INSERT INTO claim_submission VALUES ($1, $2, 1, now(), '2020-01-01', $3)`, [personId, claimId, digest]);
  await api.database.query(
    `INSERT INTO sign_off (engineer_id, sign_off_id, claim_id, submission, skill_ref, skill_level_ref, level, at, signed_off_on, valid_until, total, accepted, digest)
     VALUES ($1, $2, $3, 1, 'sfia-9:ITOP', $4, $5, now(), '2020-01-01', ${until}, 1, 1, $6)`,
    [personId, signOffId, claimId, ref, held, digest],
  );
  await api.database.query(
    `INSERT INTO progress (engineer_id, skill_level_ref, skill_ref, level, total, accepted, proposed, going_on, sign_off_id, signed_off_on, valid_until, signed_off_accepted)
     VALUES ($1, $2, 'sfia-9:ITOP', $3, 1, 1, 0, false, $4, '2020-01-01', ${until}, 1)`,
    [personId, ref, held, signOffId],
  );
}

interface MadeClaim {
  readonly id: string;
  readonly engineer: number;
  readonly level: number;
  readonly approvedBy: number | null;
  readonly lineManagerMayApprove: boolean;
}

async function make(plan: Organisation): Promise<Made & { claims: MadeClaim[] }> {
  const people: TestPerson[] = [];
  for (const [i, { held, accredited }] of plan.people.entries()) {
    const manager = managerOf({ plan }, i);
    const above = manager === null ? undefined : people[manager];
    const person = await makePerson(api, above === undefined ? {} : { manager: above });
    people.push(person);
    if (held !== null) await hold(person.id, held.level, held.expired);
    if (accredited !== null) {
      await api.database.query(
        `INSERT INTO accreditation (person_id, accreditation_id, skill_ref, up_to_level, reason, granted_by, ended_by, ended_at)
         VALUES ($1, $2, 'sfia-9:ITOP', $3, 'for a test', $4, CASE WHEN $5 THEN $4::uuid END, CASE WHEN $5 THEN now() END)`,
        [person.id, newId(), accredited.level, auditor.id, accredited.ended],
      );
    }
  }
  const at = (i: number): TestPerson => people[i] ?? raiseMissing(i);
  for (const { mentor, engineer, when } of plan.mentorships) {
    if (mentor === engineer) continue;
    const hours = (count: number): Date => new Date(Date.now() + count * 3_600_000);
    await mentors(api, at(mentor), at(engineer), {
      accreditedTo: null,
      from: when === 'future' ? hours(1) : hours(-2),
      until: when === 'past' ? hours(-1) : null,
    });
  }
  for (const { engineer, level: of } of plan.supports) await logWork(at(engineer), [statementRef(of, 1)]);
  const claims: MadeClaim[] = [];
  for (const { engineer, level: of, approvedBy, newPolicy } of plan.claims) {
    const approver = approvedBy === null || approvedBy === engineer ? null : approvedBy;
    const id = await pinBySql(api, at(engineer), levelRef(of), [], approver === null ? {} : { approvedBy: at(approver) });
    const hasNew = newPolicy && (of === 2 || of === 3);
    if (hasNew) await api.database.query(`UPDATE claim SET policy_version = 2 WHERE claim_id = $1`, [id]);
    claims.push({ id, engineer, level: of, approvedBy: approver, lineManagerMayApprove: hasNew });
  }
  for (const [i, { active }] of plan.people.entries()) {
    await api.database.query(`UPDATE person SET active = $2 WHERE person_id = $1`, [at(i).id, active]);
  }
  return { people, plan, claims };
}

const raiseMissing = (i: number): never => {
  throw new Error(`nobody is number ${i}`);
};

/** What the pure rule is told of one person as a judge of another, by the plan. */
function factsOf(made: Made, judge: number, engineer: number): JudgeFacts {
  const { held, accredited, active } = made.plan.people[judge] ?? raiseMissing(judge);
  const when = made.plan.mentorships.find((one) => one.mentor === judge && one.engineer === engineer)?.when;
  const self = judge === engineer;
  return {
    personId: made.people[judge]?.id ?? '',
    active,
    engineerActive: made.plan.people[engineer]?.active ?? raiseMissing(engineer),
    self,
    above: isAbove(made, judge, engineer),
    mentorship: self || when === undefined ? 'none' : when === 'now' ? 'in-force' : 'not-in-force',
    heldLevel: held === null || held.expired ? null : held.level,
    accreditedLevel: accredited === null || accredited.ended ? null : accredited.level,
    barred: false,
  };
}

describe('who is waited for', () => {
  it('is in every organisation whom the pure rule calls eligible: in the queue, in /me and on the dashboard', async () => {
    let waited = 0;
    await fc.assert(
      fc.asyncProperty(organisation, async (plan) => {
        const made = await make(plan);
        const { people, claims } = made;
        const eligible = (judge: number, engineer: number, of: number, lineManagerMayApprove: boolean): boolean =>
          checkEligible(factsOf(made, judge, engineer), of, lineManagerMayApprove) === null;
        const waitsOn = (claim: MadeClaim, judge: number): boolean =>
          eligible(judge, claim.engineer, claim.level, claim.lineManagerMayApprove) && claim.approvedBy !== judge;
        for (const [judge, person] of people.entries()) {
          const facts = await api.app.get(EligibilityFacts, { strict: false }).judge(people[0]?.id ?? '', 'sfia-9:ITOP', person.id);
          expect(facts).toEqual(factsOf(made, judge, 0));
          if (plan.people[judge]?.active === false) continue;
          const { body } = await person.get<ReviewsAnswer>('/reviews?limit=100');
          const expectedClaims = claims.filter((claim) => waitsOn(claim, judge)).map(({ id }) => id);
          expect(new Set(body.claims.items.map(({ claimId }) => claimId))).toEqual(new Set(expectedClaims));
          const expectedSupports = plan.supports
            .filter(({ engineer, level: of }) => eligible(judge, engineer, of, of === 2 || of === 3))
            .map(({ engineer, level: of }) => `${people[engineer]?.id} ${statementRef(of, 1)}`);
          expect(body.supports.items.map(({ engineer, statement }) => `${engineer.id} ${statement}`).sort()).toEqual(
            expectedSupports.sort(),
          );
          const me = await person.get<MeAnswer>('/me');
          expect(me.body.waiting).toMatchObject({ claims: expectedClaims.length, supports: expectedSupports.length });
          waited += expectedClaims.length + expectedSupports.length;
        }
        for (const [manager, person] of people.entries()) {
          const { body } = await auditor.get<TeamDashboardAnswer>(`/teams/${person.id}/dashboard?depth=all&skill=sfia-9:ITOP`);
          const team = people.filter((_, i) => isAbove(made, manager, i) && plan.people[i]?.active === true);
          expect(new Set(body.people.map(({ id }) => id))).toEqual(new Set(team.map(({ id }) => id)));
          for (const member of body.people) {
            const claim = claims.find(({ engineer }) => people[engineer]?.id === member.id);
            expect(member.claim?.id).toBe(claim?.id);
            if (claim === undefined) continue;
            const expected = people.filter((_, judge) => waitsOn(claim, judge)).map(({ id }) => id);
            expect(new Set(member.claim?.waitsOn.map(({ id }) => id))).toEqual(new Set(expected));
          }
        }
      }),
      { numRuns: 12, endOnFailure: true },
    );
    // the organisations were not all idle
    expect(waited).toBeGreaterThan(5);
  }, 240_000);
});
