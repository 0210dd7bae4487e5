import type { Role } from '../kernel/actor';
import type { DemoRole } from './credentials';

/** The skill that everybody in the demo works at. */
export const demoSkill = 'sfia-9:ITOP';

/** Somebody in the demo organisation, called by what they are. */
export interface DemoPerson {
  /** The address before the @: `engineer1`. */
  readonly key: string;
  readonly name: string;
  readonly role: DemoRole;
  /** Whom they report to. */
  readonly manager?: string;
}

/** Where the first admin comes from is another matter: everybody else is invited by them. */
export const firstAdmin: DemoPerson = { key: 'admin1', name: 'Admin One', role: 'admin' };

/** Managers before those who report to them. */
export const organisation: readonly DemoPerson[] = [
  { key: 'director1', name: 'Director One', role: 'manager' },
  { key: 'manager1', name: 'Manager One', role: 'manager', manager: 'director1' },
  { key: 'manager2', name: 'Manager Two', role: 'manager', manager: 'director1' },
  { key: 'auditor1', name: 'Auditor One', role: 'auditor', manager: 'director1' },
  // after everybody else with a role: from here on a role takes both admins
  { key: 'admin2', name: 'Admin Two', role: 'admin', manager: 'director1' },
  { key: 'mentor1', name: 'Mentor One', role: 'mentor', manager: 'manager2' },
  { key: 'mentor2', name: 'Mentor Two', role: 'mentor', manager: 'director1' },
  { key: 'mentor3', name: 'Mentor Three', role: 'mentor', manager: 'manager1' },
  { key: 'engineer1', name: 'Engineer One', role: 'engineer', manager: 'manager1' },
  { key: 'engineer2', name: 'Engineer Two', role: 'engineer', manager: 'manager1' },
  { key: 'engineer3', name: 'Engineer Three', role: 'engineer', manager: 'manager1' },
  { key: 'engineer4', name: 'Engineer Four', role: 'engineer', manager: 'manager1' },
  { key: 'engineer5', name: 'Engineer Five', role: 'engineer', manager: 'mentor3' },
  { key: 'engineer6', name: 'Engineer Six', role: 'engineer', manager: 'mentor3' },
  { key: 'engineer7', name: 'Engineer Seven', role: 'engineer', manager: 'manager2' },
  { key: 'engineer8', name: 'Engineer Eight', role: 'engineer', manager: 'manager2' },
  { key: 'engineer9', name: 'Engineer Nine', role: 'engineer', manager: 'manager2' },
  { key: 'engineer10', name: 'Engineer Ten', role: 'engineer', manager: 'manager2' },
];

export const emailOf = (key: string): string => `${key}@demo.test`;
export const rolesOf = ({ role }: DemoPerson): Role[] => (role === 'admin' || role === 'auditor' ? [role] : []);

/** Who may judge up to which level without holding it: how the first mentors begin. */
export const accreditations: readonly { readonly mentor: string; readonly upToLevel: number; readonly reason: string }[] = [
  { mentor: 'mentor1', upToLevel: 5, reason: 'Ran the platform operations for nine years before we worked with the framework.' },
  { mentor: 'mentor2', upToLevel: 5, reason: 'Built and led the infrastructure group; assessed engineers at a former employer.' },
  { mentor: 'mentor3', upToLevel: 3, reason: 'Leads a shift and has trained its newcomers for three years.' },
];

/** Who is to reach which level, and in how many days; engineer2 has reached theirs. */
export const targets: readonly { readonly engineer: string; readonly level: number; readonly days: number; readonly by: string }[] = [
  { engineer: 'engineer2', level: 5, days: 60, by: 'manager1' },
  { engineer: 'engineer3', level: 2, days: 90, by: 'engineer3' },
  { engineer: 'engineer4', level: 3, days: 30, by: 'manager1' },
  // late from tomorrow on
  { engineer: 'engineer7', level: 3, days: 0, by: 'manager2' },
];

/** Who mentors whom. mentor3 is also engineer5's manager, and judges nothing of theirs; nobody mentors engineer10 yet. */
export const mentorships: readonly { readonly mentor: string; readonly engineers: readonly string[] }[] = [
  { mentor: 'mentor1', engineers: ['engineer1', 'engineer2', 'engineer3', 'engineer4', 'engineer5', 'engineer7'] },
  { mentor: 'mentor2', engineers: ['engineer1', 'engineer2', 'engineer4', 'engineer6', 'engineer8'] },
  { mentor: 'mentor3', engineers: ['engineer3', 'engineer5', 'engineer8', 'engineer9'] },
];
