import { type Group, mayShow, withheldIn } from './small-groups';

/** How many people there are of a sort, and how many of them the reader does not see by name elsewhere. */
export type Count = Omit<Group, 'name'>;

/** What was counted of one level. */
export interface LevelCounts {
  readonly level: number;
  /** The statements of the level. */
  readonly total: number;
  /** Who hold it as their highest. */
  readonly holders: Count;
  readonly submitted: Count;
  readonly approved: Count;
  /** Who have every statement of it accepted. */
  readonly all: Count;
  /** Who have some, and not all. */
  readonly some: Count;
}

/** What was counted of the organisation. */
export interface OrganisationCounts {
  readonly people: Count;
  /** Who hold any level. */
  readonly holders: Count;
  readonly submitted: Count;
  readonly overdue: Count;
  /** Whose submitted claim waits for nobody. */
  readonly nobodyCanDecide: Count;
  /** Who have a target, by how it stands. */
  readonly targets: Readonly<Record<'onTrack' | 'late' | 'reached', Count>>;
  readonly levels: readonly LevelCounts[];
}

/** A number of people; null is withheld. */
export type Figure = number | null;

/** The figures that may be shown. */
export interface OrganisationFigures {
  readonly people: Figure;
  readonly byLevel: Readonly<Record<string, Figure>>;
  readonly submitted: Figure;
  readonly overdue: Figure;
  readonly nobodyCanDecide: Figure;
  readonly targets: Readonly<Record<'onTrack' | 'late' | 'reached' | 'none', Figure>>;
  readonly levels: readonly {
    readonly level: number;
    readonly total: number;
    readonly submitted: Figure;
    readonly approved: Figure;
    readonly statements: { readonly all: Figure; readonly some: Figure; readonly none: Figure };
  }[];
}

/** The figures of the organisation in a skill, and when they were read. */
export interface OrganisationAsOf extends OrganisationFigures {
  readonly skill: string;
  readonly asOf: Date;
  /** Whether the caller may see everybody, and so the people behind each figure. */
  readonly isAuditor: boolean;
}

const less = (whole: Count, ...parts: readonly Count[]): Count => ({
  people: parts.reduce((left, { people }) => left - people, whole.people),
  unseen: parts.reduce((left, { unseen }) => left - unseen, whole.unseen),
});

/**
 * One breakdown of a whole into groups, as it may be shown: the figure of each, by name.
 * @param wholeShown whether the number of people in the whole is shown: if not, nothing of it is
 */
function shown(groups: readonly Group[], wholeShown: boolean): (name: string) => Figure {
  const withheld = withheldIn(groups);
  const figures = new Map(groups.map(({ name, people }) => [name, !wholeShown || withheld.has(name) ? null : people]));
  return (name) => figures.get(name) ?? null;
}

/** One group of a whole: shown where neither it nor the rest is small. */
const part = (count: Count, whole: Count, wholeShown: boolean): Figure =>
  shown(
    [
      { name: 'in', ...count },
      { name: 'out', ...less(whole, count) },
    ],
    wholeShown,
  )('in');

/**
 * Levels that are climbed one by one are approved, and shown in full, for everybody who holds them or a higher one: then the difference of two levels is who
 * holds the lower one. So such figures of a level are shown only where the groups by level that are withheld are all from that level on, or all below it: then
 * who holds it or more is known from the groups that are shown, and tells no more of the others.
 */
function mayCount(withheld: ReadonlySet<string>): (level: number) => boolean {
  const levels = [...withheld].map((name) => (name === 'none' ? 0 : Number(name)));
  return (level) => levels.every((one) => one >= level) || levels.every((one) => one < level);
}

const groupsByLevel = (levels: readonly LevelCounts[], of: 'holders' | 'submitted'): Group[] =>
  levels.map((one) => ({ name: String(one.level), ...one[of] }));

/**
 * What may be shown of what was counted. Each breakdown divides a whole that is known (everybody, or those with a submitted claim) into groups, and is held
 * back by itself; what is counted of each level, also by what is withheld of who holds which.
 */
export function organisationFigures(counts: OrganisationCounts): OrganisationFigures {
  const { people, holders, submitted, overdue, nobodyCanDecide, targets, levels } = counts;
  const peopleShown = mayShow(people);
  const submittedFigure = part(submitted, people, peopleShown);
  const submittedOf = shown(groupsByLevel(levels, 'submitted'), submittedFigure !== null);
  const byHighest = [{ name: 'none', ...less(people, holders) }, ...groupsByLevel(levels, 'holders')];
  const holdersOf = shown(byHighest, peopleShown);
  const mayCountAt = mayCount(withheldIn(byHighest));
  const aims = { ...targets, none: less(people, ...Object.values(targets)) };
  const aimsOf = shown(
    Object.entries(aims).map(([name, count]) => ({ name, ...count })),
    peopleShown,
  );
  return {
    people: peopleShown ? people.people : null,
    byLevel: Object.fromEntries(['none', ...levels.map(({ level }) => String(level))].map((name) => [name, holdersOf(name)])),
    submitted: submittedFigure,
    overdue: part(overdue, submitted, submittedFigure !== null),
    nobodyCanDecide: part(nobodyCanDecide, submitted, submittedFigure !== null),
    targets: { onTrack: aimsOf('onTrack'), late: aimsOf('late'), reached: aimsOf('reached'), none: aimsOf('none') },
    levels: levels.map(({ level, total, approved, all, some }) => {
      const isShown = peopleShown && mayCountAt(level);
      const groups = { all, some, none: less(people, all, some) };
      const covered = shown(
        Object.entries(groups).map(([name, count]) => ({ name, ...count })),
        isShown,
      );
      return {
        level,
        total,
        submitted: submittedOf(String(level)),
        approved: part(approved, people, isShown),
        statements: { all: covered('all'), some: covered('some'), none: covered('none') },
      };
    }),
  };
}
