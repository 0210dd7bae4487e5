import { apiLink } from '../kernel/link';
import type { OrganisationAsOf } from './organisation-figures';

type Query = Readonly<Record<string, string | number>>;

/** For each figure of the organisation where the people behind it are; null where the figure is withheld, and for callers who may not see everybody. */
export function organisationLinks({ skill, isAuditor, people, byLevel, submitted, overdue, nobodyCanDecide, targets }: OrganisationAsOf) {
  const to = (figure: number | null | undefined, query: Query = {}): string | null =>
    isAuditor && typeof figure === 'number' ? apiLink('/organisation/people', { skill, ...query }) : null;
  const { onTrack, late, reached, none } = targets;
  return {
    totals: {
      people: to(people),
      byLevel: Object.fromEntries(Object.entries(byLevel).map(([level, holders]) => [level, to(holders, { level })])),
      submitted: to(submitted, { state: 'submitted' }),
      overdue: to(overdue, { state: 'overdue' }),
      nobodyCanDecide: to(nobodyCanDecide, { state: 'nobody-can-decide' }),
      targets: {
        onTrack: to(onTrack, { state: 'on-track' }),
        late: to(late, { state: 'late' }),
        reached: to(reached, { state: 'reached' }),
        none: to(none, { state: 'no-target' }),
      },
    },
    level: ({ level, submitted: claims, approved, statements: { all, some, none: nothing } }: OrganisationAsOf['levels'][number]) => ({
      submitted: to(claims, { at: level, is: 'submitted' }),
      approved: to(approved, { at: level, is: 'approved' }),
      statements: {
        all: to(all, { at: level, is: 'all' }),
        some: to(some, { at: level, is: 'some' }),
        none: to(nothing, { at: level, is: 'none' }),
      },
    }),
  };
}
