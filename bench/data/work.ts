import type { EvidenceContent } from '../../src/evidence/evidence';
import type { Random } from './random';

const things = [
  'the Linux servers',
  'the backup jobs',
  'the DNS zones',
  'the build agents',
  'the database hosts',
  'the edge proxies',
  'the storage nodes',
  'the VPN gateways',
  'the container registry',
  'the mail relays',
  'the certificate store',
  'the load balancers',
];
const doings = [
  'Automated patching of',
  'Moved',
  'Set up monitoring for',
  'Rebuilt',
  'Hardened',
  'Wrote the runbook for',
  'Planned capacity for',
  'Cut the cost of',
  'Took over the support of',
  'Upgraded',
];
const means = [
  'with Ansible',
  'with Terraform modules',
  'with a small Go tool',
  'by way of GitOps',
  'with scheduled pipelines',
  'together with the network team',
  'in three maintenance windows',
];
const sentences = [
  'The old way took a colleague most of a day every month and was done differently by each of us.',
  'I described the desired state in code, reviewed it with two colleagues and rolled it out in rings, the test machines first.',
  'A dashboard shows which hosts are behind, and the on-call engineer is paged when a ring fails twice.',
  'We had one incident on the way: a kernel update did not boot on the oldest hardware; I wrote the rollback that same evening.',
  'The service owners agreed to the windows in advance, and the change records name them.',
  'Access keys now rotate by themselves, and the audit found nothing to complain about.',
  'I measured before and after: four days of attention a month became two hours.',
  'The procedure is documented, and three people besides me have carried it out.',
  'I compared three ways of doing it and wrote down why the simplest one was enough.',
  'The first attempt was too slow for the window, so I split the hosts into groups of twenty.',
  'Restoring was tried out with real data before anybody relied on it.',
  'Questions of the service desk became rare once the errors said what to do.',
];
const outcomes = [
  'Two hours of attention a month instead of four days.',
  'No unplanned downtime for half a year.',
  'Restores are tested every week, and pass.',
  'Half of the cost, and nobody noticed the move.',
];
const revisedOutcome = 'Patching takes one hour of attention a month, and nobody is paged for it.';
const tags = ['ansible', 'terraform', 'patching', 'backup', 'monitoring', 'kubernetes', 'dns', 'cost', 'security', 'on-call'];

/** Everything that titles, descriptions, outcomes and tags are put together from, with a space between. */
export const fragments: readonly string[] = [...doings, ...things, ...means, ...sentences, ...outcomes, revisedOutcome, ...tags];

/** What a revision says, and the fragments that full text search finds in it, in their order. */
export interface Work {
  readonly content: EvidenceContent;
  readonly fragments: readonly string[];
}

/** Why a piece of work shows a statement. */
export const rationaleOf = (random: Random): string =>
  `${random.pick(sentences)} ${random.pick(['The playbooks are mine.', 'The change records show it.', 'The run log shows half a year of it.'])}`;

export const feedbackOf = (random: Random): string =>
  random.pick(['Good: the run log shows it.', 'Please say what your own part was.', 'Which of the changes did you plan yourself?']);

/** The day that is so many days after another. */
const daysAfter = (day: string, days: number): string => new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

/** What a piece of work says that was logged on a day: some 500 characters of text, a link or two, a few tags. */
export function workOf(random: Random, loggedOn: string): Work {
  const endedOn = random.percent(10) ? null : daysAfter(loggedOn, -random.int(0, 20));
  const startedOn = daysAfter(endedOn ?? loggedOn, -random.int(5, 90));
  const title = [random.pick(doings), random.pick(things), random.pick(means)];
  const description = random.some(sentences, random.int(3, 6));
  const outcome = random.percent(70) ? random.pick(outcomes) : null;
  // names in the order of the alphabet: then this is its own canonical JSON
  const content: EvidenceContent = {
    description: description.join(' '),
    endedOn,
    kind: random.percent(90) ? 'work' : random.percent(70) ? 'training' : 'lab',
    links: Array.from({ length: random.int(0, 2) }, () => ({
      label: random.percent(60) ? 'The change' : null,
      url: `https://git.example/infrastructure/changes/${random.int(1000, 9999)}`,
    })),
    outcome,
    role: random.percent(80) ? random.pick(['alone', 'led', 'took-part', 'supervised'] as const) : null,
    startedOn,
    supervisedBy: null,
    tags: random.some(tags, random.int(1, 4)),
    title: title.join(' '),
  };
  return { content, fragments: [...title, ...description, ...(outcome === null ? [] : [outcome]), ...content.tags] };
}

/** The same work, described once more: with another outcome. */
export function revised({ content, fragments: before }: Work): Work {
  const found = content.outcome === null ? before.length - content.tags.length : before.indexOf(content.outcome);
  return {
    content: { ...content, outcome: revisedOutcome },
    fragments: [...before.slice(0, found), revisedOutcome, ...before.slice(before.length - content.tags.length)],
  };
}
