import type { DataSource } from 'typeorm';
import { assembleApp } from '../../src/app';
import { readSettings } from '../../src/config';
import { Careers } from './career';
import type { Catalogue } from './claims';
import { type Company, type Measures, type Person, planCompany } from './company';
import { Random } from './random';
import type { Rows, Table } from './rows';
import type { SearchText } from './search-text';
import { OrganisationStore, type Report } from './store';

const skill = 'sfia-9:ITOP';

/** Loads the catalogue, where it is not there yet, as the application does at its start. */
async function loadCatalogue(url: string, dataSource: DataSource): Promise<void> {
  const [found] = await dataSource.query<{ any: boolean }[]>(`SELECT EXISTS (SELECT 1 FROM skill WHERE skill_ref = $1) AS any`, [skill]);
  if (found?.any === true) return;
  const app = await assembleApp(readSettings({ DATABASE_URL: url, LOG_LEVEL: 'silent' }), dataSource);
  await app.init();
  await app.close();
}

/** Fills a migrated, empty database with an organisation; answers how many rows its tables have got. */
export async function fill(
  { ownerUrl, dataSource }: { readonly ownerUrl: string; readonly dataSource: DataSource },
  measures: Measures,
  report: Report = () => undefined,
): Promise<{ store: OrganisationStore; company: Company; counts: ReadonlyMap<Table, number> }> {
  await loadCatalogue(ownerUrl, dataSource);
  const store = new OrganisationStore(dataSource, ownerUrl);
  const company = planCompany(measures, new Random(measures.seed));
  const [catalogue, search] = [await store.catalogue(skill), await store.searchText()];
  const counts = await store.load(async (rows, ready) => {
    await writeCompany(company, measures, catalogue, search, rows, async (written) => {
      report('evidence', written, measures.evidence);
      await ready();
    });
  }, report);
  await store.appoint({
    adminId: company.adminId,
    skill,
    mentors: company.mentors.map(({ id }) => id),
    roles: company.people.filter(({ roles }) => roles.length > 0).map(({ id, roles }) => ({ personId: id, roles })),
  });
  await store.makeProgress(report);
  return { store, company, counts };
}

/**
 * Makes every row of a company: the same from the same measures.
 * @param pause waited for now and then, with the number of pieces of evidence that are made
 */
export async function writeCompany(
  company: Company,
  measures: Measures,
  catalogue: Catalogue,
  search: SearchText,
  rows: Rows,
  pause: (written: number) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const careers = new Careers(catalogue, { random: new Random(measures.seed).branch(3), rows, search, ...measures }, company.adminId);
  let written = 0;
  for (const [index, person] of company.people.entries()) {
    writePerson(rows, person);
    if (person.evidence === 0) careers.empty(person.id);
    else careers.fill(person);
    written += person.evidence;
    if (index % 10 === 0) await pause(written);
  }
}

function writePerson(rows: Rows, { id, name, email, roles, managerId, joined, above }: Person): void {
  rows.add('person', { person_id: id, name, email, roles, manager_id: managerId, created_at: joined.toISOString() });
  above.forEach((ancestor, i) => rows.add('reporting_line', { ancestor_id: ancestor, descendant_id: id, depth: i + 1 }));
}
