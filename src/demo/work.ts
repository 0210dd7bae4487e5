/** A piece of work that somebody in the demo has done. Days are counted back from the day that the demo is made. */
export interface DemoEvidence {
  readonly title: string;
  readonly description: string;
  readonly outcome?: string;
  readonly role: 'alone' | 'led' | 'took-part' | 'supervised';
  readonly supervisedBy?: string;
  /** `work` if left out. */
  readonly kind?: 'training' | 'lab';
  readonly began: number;
  /** Left out, the work is going on. */
  readonly ended?: number;
  readonly tags: readonly string[];
  readonly link?: { readonly url: string; readonly label: string };
  /** Statements of the demo's skill (`3.6`), and why this shows them. */
  readonly shows: Readonly<Record<string, string>>;
}

const git = (path: string, label: string): { url: string; label: string } => ({ url: `https://git.demo.test/${path}`, label });

/** What each engineer has logged, by whom. */
export const work: Readonly<Record<string, readonly DemoEvidence[]>> = {
  engineer1: [
    {
      title: 'Automated patching via IaC',
      description:
        'Wrote Ansible playbooks that patch 140 Linux servers in three rings, and a Terraform module that schedules them. A failed health check stops the next ring.',
      outcome: 'Patching takes two hours of attention a month instead of four days, and the audit finding about late patches is closed.',
      role: 'alone',
      began: 260,
      ended: 70,
      tags: ['ansible', 'terraform', 'patching'],
      link: git('infrastructure/patching', 'Playbooks and module'),
      shows: {
        '3.5': 'Each ring is a maintenance task agreed with the owners of the servers; the calendar is in the repository.',
        '3.6': 'The playbooks and the module are mine, written to the patching standard with the tools that we all use.',
        '4.2': 'The module configures the scheduler for every team, so that nobody has to write one again.',
      },
    },
    {
      title: 'New worker nodes for the payments cluster',
      description:
        'Provisioned twelve Kubernetes nodes from the image pipeline, joined them, moved the load over and retired the old ones.',
      outcome: 'The cluster took the year-end peak at 60 % load; no payment failed during the move.',
      role: 'alone',
      began: 190,
      ended: 150,
      tags: ['kubernetes', 'provisioning'],
      link: git('payments/cluster', 'Change record'),
      shows: { '3.1': 'From image to joined node: provisioned, deployed and configured by me, under a change that I prepared.' },
    },
    {
      title: 'Capacity alerts for the storage arrays',
      description: 'Added collectors for latency, free space and failed logins on both arrays, and a weekly report to the storage owners.',
      outcome: 'Two arrays were extended before they were full; one break-in attempt was seen within minutes.',
      role: 'led',
      began: 330,
      ended: 200,
      tags: ['monitoring', 'storage', 'security'],
      shows: {
        '3.2': 'Load, performance and logins of both arrays are watched by what I set up.',
        '3.3': 'The weekly report is mine, and I worked through the eleven tickets that came from it.',
      },
    },
    {
      title: 'Monthly restore test of the order database',
      description: 'Every month restores the last full backup and the logs into an empty server, checks row counts and times it.',
      outcome: 'Fourteen restores so far, the slowest in 52 minutes; one broken backup chain found and mended.',
      role: 'alone',
      began: 420,
      tags: ['backup', 'postgres'],
      shows: { '3.4': 'Backup and restoration by the standard procedure, done by me every month, with the log of each run.' },
    },
    {
      title: 'Alerts that wake people only when users notice',
      description:
        'Went through 212 alert rules with the teams, removed or merged two thirds, and based the rest on what users of the services see.',
      outcome: 'From nine night calls a week to one, and no outage was missed in six months.',
      role: 'led',
      began: 160,
      ended: 25,
      tags: ['monitoring', 'on-call'],
      shows: {
        '4.4': 'I chose what is measured of load, performance and security in the monitoring tool, and set the limits.',
        '4.6': 'The proposal that the rules follow was mine; the heads of three teams agreed to it.',
      },
    },
    {
      title: 'Runbook review with the security team',
      description: 'Read our 60 runbooks against the new security policy together with two colleagues of the security team.',
      role: 'took-part',
      began: 45,
      ended: 12,
      tags: ['runbooks', 'security'],
      shows: { '4.3': 'I noted in each runbook where it departs from the policy.' },
    },
  ],
  engineer2: [
    {
      title: 'One delivery pipeline in place of three',
      description:
        'Brought the automation of three sites together into one pipeline with shared modules, a test stage and approvals, and had the teams move over one by one.',
      outcome: 'Nineteen teams deliver with it; the time from a merged change to production fell from nine days to one.',
      role: 'led',
      began: 600,
      ended: 120,
      tags: ['pipeline', 'automation'],
      shows: {
        '5.1': 'I set the direction, decided between the two designs, and coached the five engineers who built it.',
        '5.2': 'The teams use it because I won them over, one after the other, and measured what it saves them.',
      },
    },
    {
      title: 'Storage refresh without downtime',
      description: 'Planned and oversaw the exchange of both storage arrays: tender, acceptance tests, migration of 400 volumes, disposal.',
      outcome: 'Finished two weeks early; not one volume was offline during office hours.',
      role: 'led',
      began: 480,
      ended: 210,
      tags: ['storage', 'migration'],
      shows: {
        '5.3': 'Planning, installation and acceptance were mine to answer for; the acceptance protocol bears my name.',
        '5.1': 'The design that halved the latency was my decision, against two others.',
      },
    },
    {
      title: 'Service levels for the internal platforms',
      description:
        'Agreed service levels with the eight product areas, and brought design, monitoring and security baselines into line with them.',
      outcome: 'Each platform has a level that its users know, and a quarterly review that holds us to it.',
      role: 'led',
      began: 400,
      ended: 90,
      tags: ['service levels', 'security'],
      shows: { '5.4': 'Expectations, security baseline and quality criteria of each platform now stand in one page that I keep.' },
    },
    {
      title: 'Runbooks as code, reviewed each quarter',
      description:
        'Moved the runbooks into the repositories, with an owner and a test date each, and reports what is overdue to the heads.',
      outcome: 'Of 180 runbooks 171 were tried out within the last quarter.',
      role: 'led',
      began: 300,
      tags: ['runbooks', 'reporting'],
      shows: { '5.5': 'I see to it that they are current, follow up what fails, and report to the heads each quarter.' },
    },
  ],
  engineer3: [
    {
      title: 'Virtual machines on request',
      description: 'Set up a form that provisions a small Linux or Windows machine from a template, with an owner and an expiry date.',
      outcome: 'Some thirty machines a month, each ready within ten minutes.',
      role: 'alone',
      began: 210,
      ended: 95,
      tags: ['provisioning', 'self-service'],
      shows: { '3.1': 'The templates and the provisioning behind the form are mine.' },
    },
    {
      title: 'Clean-up of forgotten accounts',
      description:
        'A script that finds accounts without an owner on all servers, asks the last known owner and disables what nobody claims.',
      outcome: '640 accounts fewer.',
      role: 'alone',
      began: 80,
      ended: 40,
      tags: ['scripting', 'accounts'],
      shows: { '3.6': 'Written in Python to the specification of the access team; it runs every Sunday.' },
    },
    {
      title: 'Tape backups of the old file servers',
      description: 'Ran the weekly tape backups and restored files on request until the file servers were retired.',
      role: 'alone',
      began: 1500,
      ended: 900,
      tags: ['backup'],
      shows: { '3.4': 'Two years of weekly backups, and some forty restorations.' },
    },
    {
      title: 'Monitoring stack in the lab',
      description: 'Built Prometheus and Grafana in the lab to understand how they work together.',
      kind: 'lab',
      role: 'alone',
      began: 60,
      ended: 50,
      tags: ['monitoring', 'lab'],
      shows: { '3.2': 'Watches the load of four lab machines.' },
    },
  ],
  engineer4: [
    {
      title: 'Message broker for the order teams',
      description: 'Deployed a three-node broker with encrypted traffic, quotas for each team and a tested fail-over.',
      outcome: 'In use by four teams; the fail-over took eleven seconds when a host died in earnest.',
      role: 'alone',
      began: 140,
      ended: 60,
      tags: ['broker', 'provisioning'],
      shows: {
        '3.1': 'Provisioned, deployed and configured by me from an empty project.',
        '3.2': 'Queue depth, throughput and refused logins are on the dashboard that I built with it.',
      },
    },
    {
      title: 'Second line for the web shop',
      description: 'Took the second-line tickets of the web shop for half a year and reported the figures each Friday.',
      outcome: '130 tickets closed, nine causes removed for good.',
      role: 'alone',
      began: 250,
      ended: 70,
      tags: ['operations', 'reporting'],
      shows: { '3.3': 'The Friday figures are mine, and so are the nine causes that are gone.' },
    },
    {
      title: 'Backups of the source code platform',
      description: 'Runs the nightly backups by the standard procedure and restores a repository into a sandbox each month.',
      role: 'alone',
      began: 300,
      tags: ['backup', 'git'],
      shows: { '3.4': 'Both directions, by procedure: nightly backup, monthly restoration.' },
    },
    {
      title: 'Certificates renew themselves',
      description: 'Replaced the yearly renewal by hand with a client that renews 90 certificates and restarts what uses them.',
      outcome: 'No certificate has run out since.',
      role: 'led',
      began: 120,
      ended: 30,
      tags: ['certificates', 'scripting'],
      shows: {
        '3.5': 'The agreed maintenance of the web servers is done by it, in the agreed window.',
        '3.6': 'The restart hooks are my scripts, to the specification of the web team.',
      },
    },
  ],
  engineer5: [
    {
      title: 'Nightly jobs of the data warehouse',
      description: 'Starts and watches the nightly load, runs the repair scripts when a step fails, and hands over in the morning.',
      role: 'supervised',
      supervisedBy: 'The lead of the night shift',
      began: 170,
      tags: ['operations', 'batch'],
      shows: {
        '2.1': 'I follow the operating procedure every night and run its scripts.',
        '2.3': 'The morning hand-over says how the night went; what I cannot solve I escalate.',
      },
    },
    {
      title: 'Log rotation on the mail relays',
      description: 'Changed the rotation job on four relays as described in the change, and checked it for a week.',
      role: 'supervised',
      supervisedBy: 'The mail administrator',
      began: 50,
      ended: 42,
      tags: ['automation', 'mail'],
      shows: { '2.2': 'Changed the job.' },
    },
  ],
  engineer6: [
    {
      title: 'Rollout of the new endpoint agent',
      description: 'Rolled the agent out to 900 servers with the packages and the plan that the security team provided.',
      outcome: 'Finished in five weeks, with three roll-backs.',
      role: 'took-part',
      began: 130,
      ended: 80,
      tags: ['security', 'rollout'],
      shows: {
        '4.1': 'I updated the servers with the automation that was there.',
        '4.7': 'I said which servers should come in which week.',
        '4.8': 'The change was agreed, and I carried it out.',
      },
    },
    {
      title: 'Script for disk space tickets',
      description: 'A script that collects the largest folders when a disk space ticket comes in, and adds them to the ticket.',
      role: 'alone',
      began: 70,
      ended: 55,
      tags: ['scripting'],
      shows: {
        '4.2': 'The script is mine.',
        '4.5': 'Tickets are solved sooner because the cause stands in them.',
      },
    },
    {
      title: 'Weekly check of the operations dashboard',
      description: 'Goes through the dashboard with the team each Monday and notes what stands out.',
      role: 'took-part',
      began: 200,
      tags: ['monitoring', 'reporting'],
      shows: {
        '4.3': 'We look whether the procedures were followed.',
        '4.4': 'We look at load and security events.',
        '4.6': 'The notes go to our manager.',
      },
    },
  ],
  engineer7: [
    {
      title: 'Printer and file services of the branch offices',
      description: 'Looks after the services of eleven branches: installs, patches, runs the clean-up scripts and answers the calls.',
      role: 'supervised',
      supervisedBy: 'The branch services lead',
      began: 240,
      tags: ['operations', 'branches'],
      shows: {
        '2.1': 'Installation, maintenance and scripts by the branch handbook, every week.',
        '2.3': 'I report the state of the branches on Fridays, and escalated two break-ins to the security desk.',
      },
    },
    {
      title: 'Later backup window for the branches',
      description: 'Moved the backup jobs of all branches behind closing time, as the change asked, and checked the first three nights.',
      outcome: 'No more calls about slow tills in the evening.',
      role: 'alone',
      began: 35,
      ended: 28,
      tags: ['automation', 'backup'],
      shows: { '2.2': 'I adjusted the schedule and the retention in all eleven jobs as instructed, and proved it with the logs.' },
    },
  ],
  engineer8: [
    {
      title: 'Hardware swaps in the east hall',
      description: 'Exchanged failed disks, fans and power supplies by the hall procedure, with the monitoring set to maintenance.',
      role: 'alone',
      began: 320,
      ended: 60,
      tags: ['hardware', 'operations'],
      shows: {
        '2.1': 'Some ninety swaps by the procedure, with the scripts that go with it.',
        '2.3': 'Each swap is reported; unusual failures went to the vendor desk.',
      },
    },
    {
      title: 'Thresholds of the temperature alarms',
      description: 'Set the alarms of the east hall to the limits of the new cooling, as the facility team asked.',
      role: 'supervised',
      supervisedBy: 'The facility engineer',
      began: 110,
      ended: 105,
      tags: ['monitoring'],
      shows: { '2.2': 'Adjusted the alarm rules as instructed and had them checked.' },
    },
  ],
  engineer9: [
    {
      title: 'Tuning of the virtualisation hosts',
      description: 'Measured the hosts for a month, changed memory and scheduling settings, and wrote the scripts that keep them so.',
      outcome: 'The same machines run on 31 hosts instead of 38.',
      role: 'led',
      began: 200,
      ended: 75,
      tags: ['virtualisation', 'scripting'],
      shows: {
        '4.1': 'The tuning and the updates of the hosts were planned and done by me with our automation.',
        '4.2': 'The scripts that hold the settings are mine.',
        '4.4': 'A month of load and performance figures, from the tools that I configured, led to it.',
      },
    },
    {
      title: 'Cause of the Monday slowness',
      description: 'Traced slow logins on Mondays to a directory replica that restarted on Sundays; had it changed with its owners.',
      outcome: 'Logins take two seconds every day of the week.',
      role: 'alone',
      began: 66,
      ended: 52,
      tags: ['troubleshooting'],
      shows: {
        '4.5': 'I found the cause, and brought those together who could remove it.',
        '4.6': 'The report with three options went to the heads of both teams; they chose the second.',
      },
    },
    {
      title: 'Maintenance calendar of the compute platform',
      description:
        'Plans the quarter’s maintenance with the users of the platform, carries out its changes, and checks the procedures afterwards.',
      role: 'led',
      began: 380,
      tags: ['maintenance', 'procedures'],
      shows: {
        '4.3': 'After each window I compare what was done with the procedure and the security policy, and mend the one or the other.',
        '4.7': 'The calendar is planned by me together with its users.',
        '4.8': 'Thirteen windows so far, all changes carried out as agreed.',
      },
    },
  ],
  engineer10: [
    {
      title: 'Linux administration course',
      description: 'Five days on users, services, storage and logs, with an examination at the end.',
      outcome: 'Passed.',
      kind: 'training',
      role: 'took-part',
      began: 24,
      ended: 19,
      tags: ['training', 'linux'],
      shows: {},
    },
    {
      title: 'First weeks at the service desk',
      description: 'Takes routine tickets with a colleague beside, and watches the health board.',
      role: 'supervised',
      supervisedBy: 'A colleague of the service desk',
      began: 15,
      tags: ['operations'],
      shows: { '1.1': 'Twenty routine tickets, each looked at by my colleague before I closed it.' },
    },
  ],
};
