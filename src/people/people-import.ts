import type { Role } from '../kernel/actor';
import type { RefusalError } from '../kernel/refusal';
import { type ImportColumn, type KeyedRow, cellError } from './people-csv';
import { type PersonState, sameRoles } from './person';
import { checkSecondAdmin, rolesGiven } from './person.policy';
import { type Managers, chainOf } from './reporting-line';

/** What an import is judged by, read under the locks that keep it so. */
export interface ImportFacts {
  readonly callerId: string;
  /** Admins who could confirm what the caller asks for. */
  readonly confirmers: readonly string[];
  /** Everybody whose address stands anywhere in the file, with the key of that address. */
  readonly people: readonly (PersonState & { readonly key: string })[];
  /** Everybody's manager, as it is. */
  readonly managers: Managers;
  /** Skills of the catalogue. */
  readonly skills: readonly string[];
  /** `pairOf(engineer, mentor, skill)` of every mentorship that is not over, of the engineers in the file. */
  readonly mentored: ReadonlySet<string>;
}

export const pairOf = (engineerId: string, mentorId: string, skill: string): string => `${engineerId} ${mentorId} ${skill}`;

/** What becomes of one row. */
export interface PlannedRow {
  readonly row: number;
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly roles: Role[];
  readonly managerId: string | null;
  readonly outcome: 'created' | 'updated' | 'unchanged';
  /** Whether name, address or roles change. */
  readonly changes: boolean;
  readonly managerChanges: boolean;
  readonly mentorships: readonly { readonly mentorId: string; readonly skills: readonly string[] }[];
}

export interface ImportPlan {
  readonly rows: readonly PlannedRow[];
  /** Everybody's manager, as it would be. */
  readonly managers: Managers;
  readonly errors: readonly RefusalError[];
}

interface Known {
  readonly id: string;
  readonly active: boolean;
}

/**
 * Says what an import would do, and everything that keeps it from being done.
 * @param newId makes the id of a person who is not there yet
 */
export function planImport(rows: readonly KeyedRow[], facts: ImportFacts, newId: () => string): ImportPlan {
  const errors: RefusalError[] = [];
  const stored = new Map(facts.people.map((person) => [person.key, person]));
  const known = new Map<string, Known>(stored);
  for (const { key } of rows) {
    if (key !== '' && !known.has(key)) known.set(key, { id: newId(), active: true });
  }
  const find = (row: KeyedRow, column: ImportColumn, key: string, as: string): string | null => {
    const person = known.get(key);
    if (person?.active === true) return person.id;
    errors.push(cellError(row.row, column, 'person-unknown', `there is no active person ${JSON.stringify(key)} to be the ${as}.`));
    return null;
  };
  const planned = rows.map((row): PlannedRow => {
    const before = stored.get(row.key);
    const id = known.get(row.key)?.id ?? newId();
    const roles = [...(row.roles ?? before?.roles ?? [])];
    const managerId =
      row.manager === undefined
        ? (before?.managerId ?? null)
        : row.manager === null
          ? null
          : find(row, 'manager_email', row.manager, 'manager');
    const mentorships = mentorshipsOf(row, id, before?.active ?? true, facts, errors, (key) => find(row, 'mentor_emails', key, 'mentor'));
    const changes = before !== undefined && (before.name !== row.name || !sameRoles(before.roles, roles));
    const managerChanges = managerId !== (before?.managerId ?? null);
    const touched = changes || managerChanges || mentorships.length > 0;
    const plan: PlannedRow = {
      row: row.row,
      id,
      name: row.name,
      email: before?.email ?? row.email,
      roles,
      managerId,
      outcome: before === undefined ? 'created' : touched ? 'updated' : 'unchanged',
      changes,
      managerChanges,
      mentorships,
    };
    errors.push(...ownRelations(plan, before, facts.callerId), ...secondAdmin(plan, before, facts.confirmers));
    return plan;
  });
  const managers = new Map([...facts.managers, ...planned.map(({ id, managerId }) => [id, managerId] as const)]);
  errors.push(...lineErrors(planned, facts, managers));
  return { rows: planned, managers, errors };
}

/** The mentorships that a row asks for and that are not there yet. */
function mentorshipsOf(
  row: KeyedRow,
  engineerId: string,
  engineerActive: boolean,
  { skills, mentored }: ImportFacts,
  errors: RefusalError[],
  find: (key: string) => string | null,
): PlannedRow['mentorships'] {
  const mentors = row.mentors ?? [];
  if (mentors.length > 0 && !engineerActive)
    errors.push(cellError(row.row, 'mentor_emails', 'person-state', 'this person is deactivated: reactivate them first.'));
  for (const skill of row.mentorSkills.filter((one) => !skills.includes(one))) {
    errors.push(cellError(row.row, 'mentor_skills', 'skill-unknown', `there is no skill ${JSON.stringify(skill)}.`));
  }
  const wanted = row.mentorSkills.length > 0 ? row.mentorSkills : skills;
  if (mentors.length > 0 && wanted.length === 0) {
    errors.push(cellError(row.row, 'mentor_emails', 'skill-unknown', 'the catalogue has no skill yet that anybody could mentor.'));
  }
  return mentors.flatMap((key) => {
    const mentorId = find(key);
    if (mentorId === null) return [];
    if (mentorId === engineerId) {
      errors.push(cellError(row.row, 'mentor_emails', 'own-mentor', 'nobody is their own mentor.'));
      return [];
    }
    const missing = wanted.filter((skill) => !mentored.has(pairOf(engineerId, mentorId, skill)));
    return missing.length === 0 ? [] : [{ mentorId, skills: [...missing].sort() }];
  });
}

/** What a row would do to the caller's own roles and relations: another admin does that. */
function ownRelations(
  { row, id, roles, managerId, mentorships }: PlannedRow,
  before: PersonState | undefined,
  callerId: string,
): RefusalError[] {
  const errors: RefusalError[] = [];
  const refuse = (column: ImportColumn, what: string): void => {
    errors.push(cellError(row, column, 'own-relation', `${what}: another admin does that.`));
  };
  if (id === callerId) {
    if (!sameRoles(before?.roles ?? [], roles)) refuse('roles', 'nobody changes their own roles');
    if ((before?.managerId ?? null) !== managerId) refuse('manager_email', 'nobody changes their own manager');
    if (mentorships.length > 0) refuse('mentor_emails', 'nobody chooses their own mentors');
  }
  if (mentorships.some(({ mentorId }) => mentorId === callerId)) refuse('mentor_emails', 'nobody makes themselves a mentor');
  if (managerId === callerId && before?.managerId !== callerId) refuse('manager_email', 'nobody makes themselves a manager');
  return errors;
}

/** Roles that a row would give while there is a second admin: the two of them give those. */
function secondAdmin({ row, id, roles }: PlannedRow, before: PersonState | undefined, confirmers: readonly string[]): RefusalError[] {
  const given = rolesGiven(before?.roles ?? [], roles);
  const refusal = checkSecondAdmin(given.length > 0, confirmers.filter((admin) => admin !== id).length);
  return refusal === null
    ? []
    : [
        cellError(
          row,
          'roles',
          refusal.code,
          'there is another admin, so roles are given by POST /administration/requests, which they confirm.',
        ),
      ];
}

/** Loops that the managers would close, and people whom the caller would come to stand above by way of others. */
function lineErrors(planned: readonly PlannedRow[], { callerId, managers: before }: ImportFacts, after: Managers): RefusalError[] {
  return planned.flatMap(({ row, id, managerId }) => {
    const chain = chainOf(after, id);
    if (chain === null) {
      return isInLoop(after, id)
        ? [cellError(row, 'manager_email', 'reporting-loop', 'that would make the person their own manager, directly or through others.')]
        : [];
    }
    const wasThere = before.has(id);
    const moved = wasThere && managerId !== before.get(id) && managerId !== callerId;
    return moved && chain.includes(callerId) && chainOf(before, id)?.includes(callerId) !== true
      ? [
          cellError(
            row,
            'manager_email',
            'own-relation',
            'that would put you above this person in the reporting line: another admin does that.',
          ),
        ]
      : [];
  });
}

function isInLoop(managers: Managers, personId: string): boolean {
  const seen = new Set<string>();
  for (let next = managers.get(personId) ?? null; next !== null && !seen.has(next); next = managers.get(next) ?? null) {
    if (next === personId) return true;
    seen.add(next);
  }
  return false;
}
