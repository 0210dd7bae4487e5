import type { EvidenceContent } from '../../src/evidence/evidence';
import { addDays } from '../../src/kernel/clock';
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
];
const means = [
  'with Ansible',
  'with Terraform modules',
  'with a small Go tool',
  'by way of GitOps',
  'with scheduled pipelines',
  'together with the network team',
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
];
const outcomes = [
  'Two hours of attention a month instead of four days.',
  'No unplanned downtime for half a year.',
  'Restores are tested every week, and pass.',
];
const tags = ['ansible', 'terraform', 'patching', 'backup', 'monitoring', 'kubernetes', 'dns', 'cost', 'security', 'on-call'];

/** Why a piece of work shows a statement. */
export const rationaleOf = (random: Random): string =>
  `${random.pick(sentences)} ${random.pick(['The playbooks are mine.', 'The change records show it.', 'The run log shows half a year of it.'])}`;

export const feedbackOf = (random: Random): string =>
  random.pick(['Good: the run log shows it.', 'Please say what your own part was.', 'Which of the changes did you plan yourself?']);

/** What a piece of work says that was logged on a day: some 500 characters of text, a link or two, a few tags. */
export function workOf(random: Random, loggedOn: string): EvidenceContent {
  const endedOn = random.percent(10) ? null : addDays(loggedOn, -random.int(0, 20));
  const startedOn = addDays(endedOn ?? loggedOn, -random.int(5, 90));
  const kind = random.percent(90) ? 'work' : random.percent(70) ? 'training' : 'lab';
  return {
    title: `${random.pick(doings)} ${random.pick(things)} ${random.pick(means)}`,
    description: random.some(sentences, random.int(3, 6)).join(' '),
    outcome: random.percent(70) ? random.pick(outcomes) : null,
    role: random.percent(80) ? random.pick(['alone', 'led', 'took-part', 'supervised'] as const) : null,
    supervisedBy: null,
    kind,
    startedOn,
    endedOn,
    links: Array.from({ length: random.int(0, 2) }, () => ({
      url: `https://git.example/infrastructure/changes/${random.int(1000, 9999)}`,
      label: random.percent(60) ? 'The change' : null,
    })),
    tags: random.some(tags, random.int(1, 4)),
  };
}
