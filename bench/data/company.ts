import type { ClaimState } from '../../src/claims/claim';
import type { Named } from './claims';
import type { Engineer } from './career';
import type { Random } from './random';

/** What an organisation is made of. */
export interface Measures {
  readonly seed: number;
  readonly people: number;
  readonly evidence: number;
  /** Everybody who logs anything logs the same amount, at every level in turn: for tests that want a row of progress at each of them. */
  readonly everyLevel?: boolean;
  /** The instant that the data leads up to: everything in it is older. */
  readonly asOf: Date;
}

/** Somebody in the reporting tree. */
export interface Person extends Engineer {
  readonly email: string;
  readonly roles: readonly string[];
  readonly managerId: string | null;
  /** Everybody above, the nearest first. */
  readonly above: readonly string[];
}

/** An organisation before anything is written of it. */
export interface Company {
  readonly people: readonly Person[];
  readonly mentors: readonly Named[];
  readonly adminId: string;
}

/** What a place in the tree is before anybody has it. */
interface Place {
  readonly manager: number | null;
  readonly depth: number;
  readonly leads: boolean;
}

const day = 86_400_000;

/** How many people there are usually in the whole line of somebody whose manager is at this depth; the first one of each line has just so many. */
const lines = [4_000, 800, 80, 8, 0];
/** The depth of those who lead a team of engineers. */
const leading = 4;

const givenNames =
  'Ada Bela Chi Dana Emre Femi Gita Hana Ivo Jae Kofi Lena Mika Nora Olu Petra Quin Rosa Sami Tara Udo Vera Wen Xenia Yara Zeno'.split(' ');
const familyNames =
  'Abel Brandt Costa Diallo Engel Fischer Garcia Horvat Ito Jansen Kaya Lindqvist Moreau Novak Okafor Park Quist Rossi Silva Tanaka Ueda Varga Weber Xu Yilmaz Zhang'.split(
    ' ',
  );

/** How many of a hundred claims to the present target stand where. */
const stages: Readonly<Record<ClaimState | 'none', number>> = {
  none: 42,
  draft: 9,
  submitted: 13,
  'changes-requested': 4,
  approved: 25,
  refused: 3,
  withdrawn: 4,
};

/**
 * Plans an organisation: two admins and an auditor beside a reporting tree five deep, with teams of uneven size; the first line of each kind has exactly 8, 80 and
 * 800 people. Who leads a team mentors two others. The tree depends on the seed and the number of people, not on how much evidence there is.
 */
export function planCompany({ people, evidence, asOf, everyLevel = false }: Measures, random: Random): Company {
  if (people < 50) throw new Error('an organisation has fifty people at least');
  const staff = ['admin', 'admin', 'auditor'];
  const places = treeOf(people - staff.length, random.branch(1));
  const drawn = random.branch(2);
  const joinedAt = (): Date => new Date(asOf.getTime() - drawn.int(220, 1_900) * day);
  const named = places.map((place) => {
    const joined = joinedAt();
    return { ...place, joined, id: drawn.id(joined), name: `${drawn.pick(givenNames)} ${drawn.pick(familyNames)}` };
  });
  const counts = shares(
    named.map(({ depth, leads }) => (depth < leading ? 0 : everyLevel ? 1 : leads ? 0.3 : 0.2 + drawn.next() ** 2 * 3)),
    evidence,
  );
  const leads = named.flatMap(({ depth, leads: isLead, id, name }, index) => (isLead && depth === leading ? [{ index, id, name }] : []));
  if (leads.length < 3) throw new Error('there are too few teams for mentors from others');
  const chains = new Map<number, string[]>();
  let team = -1;
  const inTree = named.map(({ manager, leads: isLead, depth, id, name, joined }, index): Person => {
    const above = manager === null ? [] : [named[manager]?.id ?? '', ...(chains.get(manager) ?? [])];
    chains.set(index, above);
    if (isLead && depth === leading) team += 1;
    // the leads of the next two teams: neither is above anybody in this one
    const mentors = [1, 2].flatMap((step) => leads[(Math.max(0, team) + step) % leads.length] ?? []).filter((lead) => lead.index !== index);
    const days = (asOf.getTime() - joined.getTime()) / day;
    const pieces = counts[index] ?? 0;
    const phases = Math.max(1, Math.min(Math.floor(days / 450), Math.ceil(pieces / 15), 3));
    return {
      id,
      name,
      joined,
      email: `${name.toLowerCase().replace(' ', '.')}.${index}@company.test`,
      roles: [],
      managerId: manager === null ? null : (named[manager]?.id ?? null),
      above,
      mentors: mentors.map((lead) => ({ id: lead.id, name: lead.name })),
      evidence: pieces,
      phases,
      target: Math.min(5, phases + drawn.int(0, 2) + Number(drawn.percent(30))),
      stage: drawn.weighted(stages),
    };
  });
  const besides = staff.map((role, index): Person => {
    const joined = joinedAt();
    return {
      id: drawn.id(joined),
      name: `${role === 'admin' ? 'Admin' : 'Auditor'} ${index + 1}`,
      joined,
      email: `${role}${index + 1}@company.test`,
      roles: [role],
      managerId: null,
      above: [],
      mentors: [],
      evidence: 0,
      phases: 1,
      target: 1,
      stage: 'none',
    };
  });
  return { people: [...besides, ...inTree], mentors: leads.map(({ id, name }) => ({ id, name })), adminId: besides[0]?.id ?? '' };
}

/** Everybody's place, a manager's before those of their reports; whose line a place belongs to is told by the manager's number. */
function treeOf(people: number, random: Random): Place[] {
  const places: Place[] = [];
  const grow = (manager: number | null, depth: number, below: number): void => {
    const own = places.push({ manager, depth, leads: below > 0 }) - 1;
    const usual = lines[depth];
    if (usual === undefined) return;
    for (let left = below, child = 0; left > 0; child += 1) {
      const line = child === 0 ? usual : Math.round(usual * (0.35 + random.next() * 1.3));
      // who would be left over joins the last line rather than making one of a few
      const taken = left - 1 - line < usual * 0.3 ? left - 1 : Math.min(line, left - 1);
      grow(own, depth + 1, taken);
      left -= taken + 1;
    }
  };
  grow(null, 0, people - 1);
  return places;
}

/** Divides a number among many by weight; what is given adds up to it. */
function shares(weights: readonly number[], whole: number): number[] {
  const sum = weights.reduce((one, other) => one + other, 0);
  let [before, given] = [0, 0];
  return weights.map((weight) => {
    before += weight;
    const upTo = Math.round((whole * before) / sum);
    const share = upTo - given;
    given = upTo;
    return share;
  });
}
