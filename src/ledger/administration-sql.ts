import type { AdministrationTable } from './ledger-file';

/**
 * The rows that the administration ledger is held against, and that it begins with where it is younger than they are.
 * Tables of later folders, read by SQL with every column. Of people only those are here who have a role or are deactivated: everybody else has neither.
 */
export const administrationRows: Readonly<Record<AdministrationTable, string>> = {
  policy: `SELECT t.* FROM policy t ORDER BY t.skill_level_ref, t.version`,
  accreditation: `SELECT t.* FROM accreditation t ORDER BY t.person_id, t.accreditation_id`,
  person: `SELECT t.person_id, t.roles, t.active FROM person t WHERE t.roles <> '{}' OR NOT t.active ORDER BY t.person_id`,
};
