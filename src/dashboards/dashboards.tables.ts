import type { CsvCell, CsvRow } from '../platform/csv';
import type { CsvTable } from '../platform/csv-answers';
import type { OrganisationDashboardAnswer } from './organisation-dashboard.dto';
import type { TeamDashboardAnswer } from './team-dashboard.dto';
import type { TeamGapsAnswer, TeamReviewsAnswer, TeamTrendAnswer } from './team-figures.dto';
import type { TeamClaimItem, TeamEvidenceItem, TeamSignOffItem } from './team-lists.dto';

/*
 * Dashboards as tables, for spreadsheets: one row for each thing that the answer has a list of.
 */

const tableOf = (rows: readonly CsvRow[], columns: readonly string[]): CsvTable => ({ columns, rows });

const member = [
  ...['id', 'name', 'active', 'currentLevel', 'targetLevel', 'targetBy', 'targetState', 'lastEvidenceOn', 'goingOn'],
  ...['claim', 'claimId', 'claimDueOn', 'claimOverdue', 'claimWaitsOn'],
];

/** One row a person, with what their row of the JSON has but for its links; five columns a level. The totals are not rows of this table: they are in the JSON. */
export const teamTable = ({ people, totals }: TeamDashboardAnswer): CsvTable =>
  membersTable(
    Object.keys(totals.byLevel).filter((name) => name !== 'none'),
    people,
  );

/** As teamTable(), for some of the people. @param levels those that the skill defines */
export function membersTable(levels: readonly string[], people: readonly TeamDashboardAnswer['people'][number][]): CsvTable {
  const columns = levels.flatMap((level) =>
    ['Accepted', 'Total', 'ClaimState', 'SignedOffOn', 'ValidUntil'].map((name) => `level${level}${name}`),
  );
  const rows = people.map(({ claim, target, levels: those, ...person }) => ({
    ...person,
    targetLevel: target?.level,
    targetBy: target?.by,
    targetState: target?.state,
    claim: claim?.skillLevel,
    claimId: claim?.id,
    claimDueOn: claim?.dueOn,
    claimOverdue: claim?.overdue,
    claimWaitsOn: claim?.waitsOn.map(({ name }) => name).join(', '),
    ...Object.fromEntries<CsvCell>(
      those.flatMap(({ level, accepted, total, claimState, signedOffOn, validUntil }) => [
        [`level${level}Accepted`, accepted],
        [`level${level}Total`, total],
        [`level${level}ClaimState`, claimState],
        [`level${level}SignedOffOn`, signedOffOn],
        [`level${level}ValidUntil`, validUntil],
      ]),
    ),
  }));
  return tableOf(rows, [...member, ...columns]);
}

const withheld = (figure: number | null | undefined): number | string => figure ?? 'withheld';

/** One row a figure: it is of a level, or of all. */
export function organisationTable({ totals, levels }: OrganisationDashboardAnswer): CsvTable {
  const rows = [
    { figure: 'people', level: '', people: withheld(totals.people) },
    { figure: 'submitted', level: '', people: withheld(totals.submitted) },
    { figure: 'overdue', level: '', people: withheld(totals.overdue) },
    { figure: 'nobody can decide', level: '', people: withheld(totals.nobodyCanDecide) },
    { figure: 'target on track', level: '', people: withheld(totals.targets.onTrack) },
    { figure: 'target late', level: '', people: withheld(totals.targets.late) },
    { figure: 'target reached', level: '', people: withheld(totals.targets.reached) },
    { figure: 'no target', level: '', people: withheld(totals.targets.none) },
    { figure: 'highest level held', level: 'none', people: withheld(totals.byLevel['none']) },
    ...levels.flatMap(({ level, submitted, approved, statements }) => [
      { figure: 'highest level held', level, people: withheld(totals.byLevel[String(level)]) },
      { figure: 'submitted', level, people: withheld(submitted) },
      { figure: 'approved', level, people: withheld(approved) },
      { figure: 'all statements', level, people: withheld(statements.all) },
      { figure: 'some statements', level, people: withheld(statements.some) },
      { figure: 'no statements', level, people: withheld(statements.none) },
    ]),
  ];
  return tableOf(rows, ['figure', 'level', 'people']);
}

/** One row a statement. */
export const gapsTable = ({ statements }: TeamGapsAnswer): CsvTable =>
  tableOf(
    statements.map((one) => ({ ...one })),
    ['statement', 'level', 'text', 'shown', 'notShown', 'neededNext', 'missingNext'],
  );

/** One row a mentor. */
export const reviewsTable = ({ mentors }: TeamReviewsAnswer): CsvTable =>
  tableOf(
    mentors.map(({ mentor: { id, name }, ...figures }) => ({ id, name, ...figures })),
    ['id', 'name', 'waiting', 'overdue', 'dueSoon', 'inTime', 'nextDueOn', 'longestOverdueDays'],
  );

/** One row a month. */
export const trendTable = ({ months }: TeamTrendAnswer): CsvTable =>
  tableOf(
    months.map((one) => ({ ...one })),
    ['month', 'evidence', 'signOffs', 'revocations'],
  );

/** One row a claim. */
export const teamClaimsTable = (items: readonly TeamClaimItem[]): CsvTable =>
  tableOf(
    items.map(({ engineer, waitsOn, ...claim }) => ({
      ...claim,
      engineerId: engineer.id,
      engineer: engineer.name,
      waitsOn: waitsOn.map(({ name }) => name).join(', '),
    })),
    ['id', 'engineerId', 'engineer', 'skillLevel', 'dueOn', 'state', 'waitsOn'],
  );

/** One row a piece of evidence. */
export const teamEvidenceTable = (items: readonly TeamEvidenceItem[]): CsvTable =>
  tableOf(
    items.map(({ engineer, month, loggedOn }) => ({ month, loggedOn, engineerId: engineer?.id, engineer: engineer?.name })),
    ['month', 'loggedOn', 'engineerId', 'engineer'],
  );

/** One row a sign-off. */
export const teamSignOffsTable = (items: readonly TeamSignOffItem[]): CsvTable =>
  tableOf(
    items.map(({ engineer, ...signOff }) => ({ ...signOff, engineerId: engineer.id, engineer: engineer.name })),
    ['id', 'engineerId', 'engineer', 'skillLevel', 'on', 'until', 'state', 'revokedOn'],
  );
