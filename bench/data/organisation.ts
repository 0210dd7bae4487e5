import { createHash } from 'node:crypto';
import { Careers } from './career';
import type { Catalogue } from './claims';
import type { Means } from './engineer-record';
import { Random } from './random';
import { hex } from './rows';
import type { OrganisationStore } from './store';

/** What the small organisation is made of: the one that the routes are measured on. */
export interface Measures {
  readonly seed: number;
  readonly engineers: number;
  readonly evidenceEach: number;
  /** How many of the engineers, the last ones, claim nothing. */
  readonly withoutClaims: number;
  /** The instant that the data leads up to: everything in it is older. */
  readonly asOf: Date;
}

/** A person with a session. */
export interface SignedIn {
  readonly id: string;
  readonly token: string;
}

/** Who is there to ask for what. */
export interface Organisation {
  readonly manager: SignedIn;
  readonly engineers: readonly (SignedIn & { readonly evidence: readonly string[]; readonly mentor: SignedIn })[];
  readonly mentors: readonly SignedIn[];
  readonly adminId: string;
}

const day = 86_400_000;
const skill = 'sfia-9:ITOP';
const stages = ['none', 'draft', 'submitted', 'approved'] as const;

/** Fills an empty database that has the catalogue with the small organisation. */
export async function fillOrganisation(store: OrganisationStore, measures: Measures): Promise<Organisation> {
  const [catalogue, search] = [await store.catalogue(skill), await store.searchText()];
  const made: Organisation[] = [];
  await store.load((rows) => {
    made.push(makeOrganisation(measures, catalogue, { random: new Random(measures.seed), rows, search, asOf: measures.asOf }));
    return Promise.resolve();
  });
  const [organisation] = made;
  if (organisation === undefined) throw new Error('nothing was made');
  const { adminId, mentors } = organisation;
  await store.appoint({ adminId, skill, mentors: mentors.map(({ id }) => id), roles: [{ personId: adminId, roles: ['admin'] }] });
  await store.makeProgress();
  await store.maintain('VACUUM (ANALYZE)');
  return organisation;
}

/**
 * A director, a manager with so many engineers, ten of whom share two mentors, and an admin who gave them these; each engineer with work of the last year and
 * a half in every state, most of them with a claim that is drafted, submitted or signed off. The same measures make the same rows.
 */
function makeOrganisation(measures: Measures, catalogue: Catalogue, means: Means): Organisation {
  const { random, rows, asOf } = means;
  const before = (days: number): Date => new Date(asOf.getTime() - days * day);
  const addPerson = (name: string, person: { roles?: string[]; managerId?: string; above?: string[] }): SignedIn & { name: string } => {
    const joined = before(600);
    const id = random.id(joined);
    const token = random.bytes(32).toString('base64url');
    rows.add('person', {
      person_id: id,
      name,
      email: `${name.toLowerCase().replaceAll(' ', '')}@bench.test`,
      roles: person.roles ?? [],
      manager_id: person.managerId ?? null,
      created_at: joined.toISOString(),
    });
    (person.above ?? []).forEach((above, i) => rows.add('reporting_line', { ancestor_id: above, descendant_id: id, depth: i + 1 }));
    // sessions are of the moment of the run: everything else is as old as the seed says
    const now = Date.now();
    rows.add('session', {
      session_id: random.id(asOf),
      person_id: id,
      token_hash: hex(createHash('sha256').update(token, 'utf8').digest()),
      client: 'bench',
      expires_at: new Date(now + day).toISOString(),
    });
    return { id, token, name };
  };
  const admin = addPerson('Admin', { roles: ['admin'] });
  const careers = new Careers(catalogue, means, admin.id);
  const director = addPerson('Director', {});
  const manager = addPerson('Manager', { managerId: director.id, above: [director.id] });
  const teams = Math.ceil(measures.engineers / 10);
  const mentors = Array.from({ length: teams * 2 }, (_, i) => addPerson(`Mentor ${i + 1}`, {}));
  for (const { id } of [admin, director, manager, ...mentors]) careers.empty(id);
  const engineers = Array.from({ length: measures.engineers }, (_, i) => {
    const engineer = addPerson(`Engineer ${i + 1}`, { managerId: manager.id, above: [manager.id, director.id] });
    const own = mentors.slice((i % teams) * 2, (i % teams) * 2 + 2);
    const evidence = careers.fill({
      ...engineer,
      joined: before(560),
      mentors: own,
      evidence: measures.evidenceEach,
      phases: 1,
      target: 2 + (i % 3),
      stage: i >= measures.engineers - measures.withoutClaims ? 'none' : (stages[Math.floor(i / 3) % stages.length] ?? 'none'),
    });
    return { ...engineer, evidence, mentor: own[0] ?? admin };
  });
  return { manager, engineers, mentors, adminId: admin.id };
}
