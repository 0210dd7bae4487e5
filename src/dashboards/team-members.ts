import type { Day } from '../kernel/clock';
import { apiLink } from '../kernel/link';
import { currentLevelOf, figuresOf } from '../progress/progress';
import { type LevelStanding, isHeld } from '../progress/standing';
import { type TargetShown, targetShown } from '../progress/target';
import { type Member, type MemberState, isIn } from './team-order';
import { type TeamScope, teamLink } from './team-scope';

/** Somebody in a team as the database has them. */
export interface MemberRow {
  readonly id: string;
  readonly name: string;
  readonly levels: readonly LevelStanding[];
  readonly claim: MemberClaim | null;
  readonly target: { readonly level: number; readonly by: Day } | null;
  /** The statements they show, of those that were asked about. */
  readonly shown: readonly string[] | null;
}

interface MemberClaim {
  readonly id: string;
  readonly skillLevel: string;
  readonly dueOn: Day;
  readonly overdue: boolean;
  readonly waitsOn: { id: string; name: string }[];
}

/** A level that a skill defines, and how many statements define it. */
export interface DefinedLevel {
  readonly level: number;
  readonly total: number;
}

/** What every person of a team is shown against. */
export interface TeamView extends TeamScope {
  readonly skill: string;
  readonly today: Day;
  /** The caller sees all evidence, not only what submitted and approved claims rest on. */
  readonly isAuditor: boolean;
  readonly defined: readonly DefinedLevel[];
}

interface MemberLevel {
  readonly level: number;
  readonly accepted: number;
  readonly total: number;
  readonly claimState: 'submitted' | 'approved' | null;
  readonly signedOffOn: Day | null;
  readonly validUntil: Day | null;
  readonly links: { total: string; accepted: string; claimState: string | null; signedOffOn: string | null };
}

/** Somebody in a team as they are shown; each figure with a link to what is behind it, where the caller may see that. */
export interface ShownMember extends Member {
  readonly active: boolean;
  readonly target: TargetShown | null;
  readonly levels: MemberLevel[];
  readonly claim: MemberClaim | null;
  readonly links: Readonly<Record<'currentLevel' | 'lastEvidenceOn' | 'claim' | 'target', string | null>> & { readonly progress: string };
}

const nothing: Omit<LevelStanding, 'level'> = {
  accepted: 0,
  proposed: 0,
  claimState: null,
  lastEvidenceOn: null,
  goingOn: false,
  signOffId: null,
  signedOffOn: null,
  validUntil: null,
  signedOffAccepted: null,
};

function levelOf(engineer: string, skill: string, { level, total }: DefinedLevel, row: LevelStanding, today: Day): MemberLevel {
  const { claimState, accepted, proposed } = row;
  const held = isHeld(row, today);
  const skillLevel = `${skill}.${level}`;
  const statements = `${engineer}/progress/${skillLevel}`;
  return {
    level,
    accepted: figuresOf({ total, accepted, proposed, signedOffAccepted: held ? row.signedOffAccepted : null }).accepted,
    total,
    // what a line manager may know of claims (design.md, "Who may do what"); a dashboard says the same to everybody
    claimState,
    signedOffOn: held ? row.signedOffOn : null,
    validUntil: held ? row.validUntil : null,
    links: {
      total: apiLink(statements),
      accepted: apiLink(statements, { state: 'accepted' }),
      claimState: claimState === null ? null : apiLink(`${engineer}/claims`, { skillLevel, state: claimState }),
      signedOffOn: held && row.signOffId !== null ? apiLink(`${engineer}/sign-offs/${row.signOffId}`) : null,
    },
  };
}

const latest = (days: readonly (Day | null)[]): Day | null =>
  days.reduce((one, other) => (other !== null && (one === null || other > one) ? other : one), null);

/** Somebody in a team, as they are shown. */
export function memberOf({ id, name, levels, claim, target }: MemberRow, { skill, today, isAuditor, defined }: TeamView): ShownMember {
  const engineer = `/engineers/${id}`;
  const currentLevel = currentLevelOf(levels.map((one) => ({ level: one.level, held: isHeld(one, today) })));
  const shownLevels = defined.map((one) =>
    levelOf(engineer, skill, one, levels.find(({ level }) => level === one.level) ?? { level: one.level, ...nothing }, today),
  );
  const lastEvidenceOn = latest(levels.map((row) => row.lastEvidenceOn));
  const goingOn = levels.some((row) => row.goingOn);
  const shownTarget = targetShown(target?.level ?? null, target?.by ?? null, currentLevel, today);
  const hasEvidence = lastEvidenceOn !== null || goingOn;
  return {
    id,
    name,
    active: true,
    currentLevel,
    target: shownTarget,
    levels: shownLevels,
    lastEvidenceOn,
    goingOn,
    claim,
    links: {
      progress: apiLink(`${engineer}/progress`, { skill }),
      currentLevel: shownLevels.find(({ level }) => level === currentLevel)?.links.signedOffOn ?? null,
      lastEvidenceOn: isAuditor && hasEvidence ? apiLink(`${engineer}/evidence`, { statement: skill, counts: true }) : null,
      claim: claim === null ? null : apiLink(`${engineer}/claims/${claim.id}`),
      target: shownTarget === null ? null : apiLink(`${engineer}/targets/${skill}`),
    },
  };
}

/** The team in numbers, each with a link to the people behind it. */
export function totalsOf(people: readonly Member[], view: TeamView) {
  const { skill, defined } = view;
  const among = (query: Readonly<Record<string, string>> = {}): string => teamLink(view, 'dashboard', { skill, ...query });
  const holders = (level: number | null): number => people.filter(({ currentLevel }) => currentLevel === level).length;
  const are = (state: MemberState): number => people.filter((one) => isIn(state, one)).length;
  const names = ['none', ...defined.map(({ level }) => String(level))];
  return {
    people: people.length,
    byLevel: Object.fromEntries(names.map((name) => [name, holders(name === 'none' ? null : Number(name))])),
    submitted: are('submitted'),
    overdue: are('overdue'),
    nobodyCanDecide: are('nobody-can-decide'),
    targets: { onTrack: are('on-track'), late: are('late'), reached: are('reached'), none: are('no-target') },
    links: {
      people: among(),
      byLevel: Object.fromEntries(names.map((level) => [level, among({ level })])),
      submitted: among({ state: 'submitted' }),
      overdue: among({ state: 'overdue' }),
      nobodyCanDecide: among({ state: 'nobody-can-decide' }),
      targets: {
        onTrack: among({ state: 'on-track' }),
        late: among({ state: 'late' }),
        reached: among({ state: 'reached' }),
        none: among({ state: 'no-target' }),
      },
    },
  };
}

type Totals = ReturnType<typeof totalsOf>;

const sums = <Name extends string>(one: Readonly<Record<Name, number>>, other: Readonly<Record<Name, number>>): Record<Name, number> =>
  Object.fromEntries(Object.entries<number>(one).map(([name, n]) => [name, n + other[name as Name]])) as Record<Name, number>;

/** The totals of people and of others of the same team. */
export const totalsTogether = (one: Totals, other: Totals): Totals => ({
  people: one.people + other.people,
  byLevel: sums(one.byLevel, other.byLevel),
  submitted: one.submitted + other.submitted,
  overdue: one.overdue + other.overdue,
  nobodyCanDecide: one.nobodyCanDecide + other.nobodyCanDecide,
  targets: sums(one.targets, other.targets),
  links: one.links,
});
