import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Settings } from '../config';
import { addDays, dayOf } from '../kernel/clock';
import { LedgerLog } from '../ledger/ledger.log';
import { FirstAdmin } from '../people/first-admin';
import { Transactions } from '../platform/transaction';
import { ApiClient, into } from './api-client';
import { DemoClaims } from './claims';
import type { Member, Members } from './members';
import { accreditations, demoSkill, emailOf, firstAdmin, mentorships, organisation, rolesOf, targets } from './people';
import { type DemoEvidence, work } from './work';

/**
 * Makes the demo organisation by the requests that people would make, so that every rule holds for it.
 * @param password everybody's
 * @param timeZone in which the days of its evidence are counted
 */
export async function makeDemo(app: NestFastifyApplication, password: string, timeZone: string): Promise<void> {
  const api = new ApiClient(into(app));
  const members = await invitePeople(app, api, password);
  await relatePeople(members);
  await changePolicy(members('admin1').api);
  await logWork(members, dayOf(new Date(), timeZone));
  await new DemoClaims(members, password).play();
  await setTargets(members, dayOf(new Date(), timeZone));
}

interface Session {
  readonly token: string;
  readonly person: { readonly id: string };
}

async function invitePeople(app: NestFastifyApplication, api: ApiClient, password: string): Promise<Members> {
  const members = new Map<string, Member>();
  const join = async (key: string, invitation: string): Promise<void> => {
    const { body } = await api.post<Session>(`/invitations/${invitation}`, { password });
    members.set(key, { id: body.person.id, api: api.as(body.token) });
  };
  const find: Members = (key) => {
    const member = members.get(key);
    if (member === undefined) throw new Error(`nobody in the demo is called ${key}`);
    return member;
  };
  await join(firstAdmin.key, await inviteFirstAdmin(app));
  for (const person of organisation) {
    const { body } = await find(firstAdmin.key).api.post<{ invitation: { token: string } }>('/people', {
      name: person.name,
      email: emailOf(person.key),
      roles: rolesOf(person),
      ...(person.manager === undefined ? {} : { managerId: find(person.manager).id }),
    });
    await join(person.key, body.invitation.token);
  }
  return find;
}

/** The only thing here that no request can do: an empty organisation has nobody who could invite. Answers the invitation. */
async function inviteFirstAdmin(app: NestFastifyApplication): Promise<string> {
  const first = new FirstAdmin(
    app.get(Settings, { strict: false }),
    app.get(Transactions, { strict: false }),
    app.get(LedgerLog, { strict: false }),
  );
  return (await first.invite(firstAdmin.name, emailOf(firstAdmin.key))).token;
}

/** Who may judge is another admin's to say than the one who invited them: an installation can ask for that (ACCREDITATION_SEPARATE_FROM_INVITATION). */
async function relatePeople(members: Members): Promise<void> {
  const [admin, otherAdmin] = [members('admin1').api, members('admin2').api];
  for (const { mentor, upToLevel, reason } of accreditations) {
    await otherAdmin.post(`/people/${members(mentor).id}/accreditations`, { skill: demoSkill, upToLevel, reason });
  }
  for (const { mentor, engineers } of mentorships) {
    for (const engineer of engineers) {
      await admin.post(`/engineers/${members(engineer).id}/mentors`, { mentorId: members(mentor).id, skills: [demoSkill] });
    }
  }
}

/** Claims to level 2 are to be decided within a week, and such a sign-off lasts three years. */
async function changePolicy(admin: ApiClient): Promise<void> {
  const path = `/policies/${demoSkill}.2`;
  const { body, etag } = await admin.get<Record<string, unknown>>(path);
  const names = ['acceptedPerStatement', 'mayMiss', 'distinctEvidence', 'maxAgeMonths', 'approvals', 'stepping', 'lineManagerMayApprove'];
  const kept = Object.fromEntries(names.map((name) => [name, body[name]]));
  await admin.put(path, { ...kept, validMonths: 36, reviewDays: 5 }, { ifMatch: etag });
}

async function setTargets(members: Members, today: string): Promise<void> {
  for (const { engineer, level, days, by } of targets) {
    const path = `/engineers/${members(engineer).id}/targets/${demoSkill}`;
    await members(by).api.put(path, { level, by: addDays(today, days) });
  }
}

async function logWork(members: Members, today: string): Promise<void> {
  for (const [key, pieces] of Object.entries(work)) {
    const { id, api } = members(key);
    for (const piece of pieces) await api.post(`/engineers/${id}/evidence`, requestOf(piece, today));
  }
}

const requestOf = ({ began, ended, link, shows, ...said }: DemoEvidence, today: string): object => ({
  ...said,
  startedOn: addDays(today, -began),
  ...(ended === undefined ? {} : { endedOn: addDays(today, -ended) }),
  ...(link === undefined ? {} : { links: [link] }),
  supports: Object.entries(shows).map(([statement, rationale]) => ({ statement: `${demoSkill}.${statement}`, rationale })),
});
