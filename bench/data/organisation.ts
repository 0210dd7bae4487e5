import { createHash } from 'node:crypto';
import { type Catalogue, Claims, stages } from './claims';
import { EngineerRecord } from './engineer-record';
import { Random } from './random';
import { Rows, hex } from './rows';

/** What the data is made of. */
export interface Measures {
  readonly seed: number;
  readonly engineers: number;
  readonly evidenceEach: number;
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
  readonly rows: Rows;
  readonly manager: SignedIn;
  readonly engineers: readonly (SignedIn & { readonly evidence: readonly string[] })[];
}

const day = 86_400_000;

/**
 * A director, a manager with so many engineers, ten of whom share two mentors, and an admin who gave them these; each engineer with work of the last year and
 * a half in every state, every fourth with a claim that is drafted, submitted or signed off. The same measures make the same rows.
 */
export function makeOrganisation(measures: Measures, catalogue: Catalogue): Organisation {
  return new Builder(measures, catalogue).build();
}

class Builder {
  private readonly random: Random;
  private readonly rows = new Rows();
  private readonly claims: Claims;

  constructor(
    private readonly measures: Measures,
    private readonly catalogue: Catalogue,
  ) {
    this.random = new Random(measures.seed);
    this.claims = new Claims(catalogue, this.random, this.rows, (days) => this.before(days));
  }

  build(): Organisation {
    const admin = this.addPerson('Admin', { roles: ['admin'] });
    const director = this.addPerson('Director', {});
    const manager = this.addPerson('Manager', { managerId: director.id, above: [director.id] });
    const teams = Math.ceil(this.measures.engineers / 10);
    const mentors = Array.from({ length: teams * 2 }, (_, i) => this.addPerson(`Mentor ${i + 1}`, {}));
    for (const { id } of [admin, director, manager, ...mentors]) this.emptyRecord(id);
    for (const { id } of mentors) this.accredit(id, admin.id);
    const engineers = Array.from({ length: this.measures.engineers }, (_, i) => {
      const engineer = this.addPerson(`Engineer ${i + 1}`, { managerId: manager.id, above: [manager.id, director.id] });
      const team = i % teams;
      const own = mentors.slice(team * 2, team * 2 + 2).map(({ id }) => id);
      return { ...engineer, evidence: this.fillRecord(engineer.id, `Engineer ${i + 1}`, admin.id, own, i) };
    });
    return { rows: this.rows, manager, engineers };
  }

  private before(days: number): Date {
    return new Date(this.measures.asOf.getTime() - days * day);
  }

  private addPerson(name: string, person: { roles?: string[]; managerId?: string; above?: string[] }): SignedIn {
    const joined = this.before(600);
    const id = this.random.id(joined);
    const token = this.random.bytes(32).toString('base64url');
    this.rows.add('person', {
      person_id: id,
      name,
      email: `${name.toLowerCase().replaceAll(' ', '')}@bench.test`,
      roles: person.roles ?? [],
      manager_id: person.managerId ?? null,
      active: true,
      version: 1,
      created_at: joined.toISOString(),
    });
    (person.above ?? []).forEach((above, i) => this.rows.add('reporting_line', { ancestor_id: above, descendant_id: id, depth: i + 1 }));
    this.rows.add('session', {
      session_id: this.random.id(this.measures.asOf),
      person_id: id,
      token_hash: hex(createHash('sha256').update(token, 'utf8').digest()),
      client: 'bench',
    });
    return { id, token };
  }

  private emptyRecord(personId: string): void {
    new EngineerRecord(personId, [], this.random, this.rows).close();
  }

  private accredit(personId: string, by: string): void {
    this.rows.add('accreditation', {
      person_id: personId,
      accreditation_id: this.random.id(this.before(600)),
      skill_ref: this.catalogue.skill.ref,
      up_to_level: 5,
      reason: 'Among the first mentors.',
      granted_by: by,
      granted_at: this.before(600).toISOString(),
    });
  }

  private fillRecord(engineerId: string, name: string, adminId: string, mentors: readonly string[], index: number): string[] {
    const { random, measures } = this;
    const record = new EngineerRecord(engineerId, mentors, random, this.rows);
    for (const mentorId of mentors) record.plan(this.before(590), (at) => this.mentor(record, mentorId, adminId, at));
    // most work is for the level that the engineer is after, the rest for the one below
    const target = 2 + (index % 3);
    const near = this.catalogue.statements.filter(({ level }) => level === target);
    const below = this.catalogue.statements.filter(({ level }) => level === target - 1);
    for (let piece = 0; piece < measures.evidenceEach; piece += 1) {
      const statements = random.some(random.percent(75) ? near : below, random.int(2, 4));
      record.planWork(this.before(random.int(70, 540)), statements);
    }
    record.happen();
    const stage = stages[Math.floor(index / 3) % stages.length] ?? 'none';
    this.claims.add(record, { name, level: target, mentors, stage });
    record.close();
    return record.listed();
  }

  private mentor({ engineerId, chain }: EngineerRecord, mentorId: string, by: string, at: Date): void {
    const id = this.random.id(at);
    const skills = [this.catalogue.skill.ref];
    const key = { engineer_id: engineerId, mentorship_id: id };
    this.rows.add('mentorship', {
      ...key,
      mentor_id: mentorId,
      from_at: at.toISOString(),
      until_at: null,
      created_by: by,
      created_at: at.toISOString(),
    });
    for (const skill of skills) this.rows.add('mentorship_skill', { ...key, skill_ref: skill });
    chain.append(
      'mentorship.begun',
      `mentors/${id}`,
      by,
      at,
      chain.keep({ mentor: mentorId, skills, from: at.toISOString(), until: null }),
    );
  }
}
