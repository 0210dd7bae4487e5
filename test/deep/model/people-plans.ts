import { type Plan, type Planner, at, engineerPath, levelFor, administering } from './plan';
import { type Claim, type Model, type Who, atTheDoor, cast, judging, levelRef, policyOf } from './rules';

const mentorsOnly = (who: Who): who is Who => ['mentorA', 'mentorB', 'mentorC', 'manager'].includes(who);

const otherOf = (number: number): Who => at(cast.filter(mentorsOnly), number) ?? 'mentorA';

function beginning(model: Model, who: Who, mentor: Who): Plan {
  const { people } = model;
  const person = people[mentor];
  const refusal =
    mentor === who
      ? 'own-relation'
      : !people.engineer.active
        ? 'person-state'
        : person.mentorships.some(({ inForce }) => inForce)
          ? 'mentorship-exists'
          : person.active
            ? null
            : 'person-unknown';
  return administering(
    model,
    who,
    'POST',
    `${engineerPath(model)}/mentors`,
    { mentorId: person.id, skills: [model.skill] },
    {
      refusal,
      status: 201,
      succeed: (id) => {
        person.mentorships.push({ id, inForce: true });
        return [{ kind: 'mentorship.begun', subject: `mentors/${id}`, actor: who }];
      },
    },
  );
}

/** About whom something is: their person is in the path, so who may know of them is asked of their record. */
function aboutPerson(model: Model, who: Who, about: Who): string | null {
  const caller = model.people[who];
  if (!caller.active) return 'not-signed-in';
  if (!caller.admin)
    return who === about || caller.auditor || (about === 'engineer' && atTheDoor(model, who, ['self']) !== 'not-found')
      ? 'not-allowed'
      : 'not-found';
  return who === about ? 'own-relation' : null;
}

function accrediting(model: Model, who: Who, about: Who, upTo: number): Plan {
  const person = model.people[about];
  return administering(
    model,
    who,
    'POST',
    `/people/${person.id}/accreditations`,
    { skill: model.skill, upToLevel: upTo, reason: 'Has done it for years.' },
    {
      door: aboutPerson(model, who, about),
      refusal: person.active ? null : 'person-state',
      status: 201,
      succeed: (id) => {
        person.accreditations.push({ id, upTo, ended: false });
        return [];
      },
    },
  );
}

export function reactivating(model: Model, about: Who): Plan {
  const person = model.people[about];
  return administering(
    model,
    'admin',
    'POST',
    `/people/${person.id}/reactivation`,
    {},
    {
      versionOf: { path: `/people/${person.id}`, demanded: true },
      match: 'fresh',
      door: null,
      succeed: () => {
        person.active = true;
        return [];
      },
    },
  );
}

/** One more who may judge a claim: somebody who is no mentor becomes one, a mentor is accredited. */
export function moreMentors(model: Model, claim: Claim, number: number): Plan | null {
  const policy = policyOf(model, claim);
  const lacking = cast.filter(mentorsOnly).filter((who) => judging(model, who, claim.level, policy.lineManagerMayApprove) !== null);
  const who = at(lacking, number);
  if (who === undefined) return null;
  const person = model.people[who];
  if (!person.active) return reactivating(model, who);
  return person.mentorships.some(({ inForce }) => inForce) ? accrediting(model, 'admin', who, claim.level) : beginning(model, 'admin', who);
}

/** What admins do about rules and people. */
export const peoplePlans = () =>
  ({
    policy: (model, { who, match, a, policy }) => {
      const level = levelFor(model, a);
      const current = model.policies.get(level);
      if (current === undefined) return null;
      const path = `/policies/${levelRef(model, level)}`;
      const isSame = JSON.stringify(policy) === JSON.stringify(current.numbers);
      const { active, admin, mentorships } = model.people[who];
      // nobody changes a rule for themselves: who mentors in the skill leaves it to another admin
      const own = mentorships.some(({ inForce }) => inForce) ? 'own-relation' : null;
      return administering(model, who, 'PUT', path, policy, {
        versionOf: { path, demanded: true },
        match,
        door: !active ? 'not-signed-in' : admin ? own : 'not-allowed',
        succeed: () => {
          if (!isSame) model.policies.set(level, { version: current.version + 1, numbers: policy });
          return [];
        },
      });
    },

    beginMentorship: (model, { who, a }) => beginning(model, who, otherOf(a)),

    endMentorship: (model, { who, a, b }) => {
      const mentor = at(['mentorA', 'mentorB', 'mentorC', 'manager', 'holder'] as const, a) ?? 'mentorA';
      const mentorship = at(model.people[mentor].mentorships, b);
      if (mentorship === undefined) return null;
      return administering(model, who, 'DELETE', `${engineerPath(model)}/mentors/${mentorship.id}`, undefined, {
        refusal: mentor === who ? 'own-relation' : null,
        status: 204,
        succeed: () => {
          if (!mentorship.inForce) return [];
          mentorship.inForce = false;
          return [{ kind: 'mentorship.ended', subject: `mentors/${mentorship.id}`, actor: who }];
        },
      });
    },

    accredit: (model, { who, a, b }) => accrediting(model, who, otherOf(a), at([...model.levels.keys()], b) ?? 1),

    endAccreditation: (model, { who, a, b }) => {
      const about = otherOf(a);
      const person = model.people[about];
      const accreditation = at(person.accreditations, b);
      if (accreditation === undefined) return null;
      return administering(model, who, 'DELETE', `/people/${person.id}/accreditations/${accreditation.id}`, undefined, {
        door: aboutPerson(model, who, about),
        status: 204,
        succeed: () => {
          accreditation.ended = true;
          return [];
        },
      });
    },

    activation: (model, { who, match, a, b }) => {
      const inactive = cast.filter((one) => !model.people[one].active);
      // who has a role comes in again by two admins only
      const about = at(inactive, b) ?? at(['mentorA', 'manager', 'engineer', 'mentorA'] as const, a) ?? 'mentorA';
      const person = model.people[about];
      // most of the time somebody who is out comes in again, or runs would stand still
      const action = person.active || b % 8 === 0 ? 'deactivation' : 'reactivation';
      return administering(
        model,
        who,
        'POST',
        `/people/${person.id}/${action}`,
        {},
        {
          versionOf: { path: `/people/${person.id}`, demanded: true },
          match,
          door: aboutPerson(model, who, about),
          refusal: (action === 'deactivation') === person.active ? null : 'person-state',
          succeed: () => {
            person.active = action === 'reactivation';
            return [];
          },
        },
      );
    },
  }) satisfies Readonly<Record<string, Planner>>;
