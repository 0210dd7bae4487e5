import { secretIn } from './secret-in-text';

const of = (length: number, letters = 'aB3dE5gH7jK9'): string => letters.repeat(Math.ceil(length / letters.length)).slice(0, length);
const upper = (length: number): string => of(length, 'ABCDEFGH2345');

/** Put together from parts, so that no scanner takes this file for a leak. */
const secrets: [string, string][] = [
  ['a private key', `-----BEGIN ${'PRIVATE KEY'}-----\nMIIB`],
  ['a private key', `-----BEGIN RSA ${'PRIVATE KEY'}-----`],
  ['a private key', `see below -----BEGIN OPENSSH ${'PRIVATE KEY'}----- b3Bl`],
  ['a private key', `-----BEGIN PGP ${'PRIVATE KEY'} BLOCK-----`],
  ['a private key', `AGE-SECRET-${'KEY-1'}${upper(58)}`],
  ['an AWS access key', `AKIA${upper(16)}`],
  ['an AWS access key', `key=ASIA${upper(16)};`],
  ['a GitHub token', `ghp_${of(36)}`],
  ['a GitHub token', `remote uses ghs_${of(36)}.`],
  ['a GitHub token', `github_pat_${of(22)}_${of(59)}`],
  ['a GitLab token', `glpat-${of(20)}`],
  ['a GitLab token', `runner glrt-${of(20)}`],
  ['a Slack token', `xoxb-${'123456789012'}-abc`],
  ['a Slack token', `xapp-1-${of(12)}`],
  ['a Slack webhook', `https://hooks.slack.com/services/T${upper(8)}/B${upper(8)}/x`],
  ['a Google API key', `AIza${of(35)}`],
  ['a Stripe key', `sk_live_${of(24)}`],
  ['an npm token', `npm_${of(36)}`],
  ['a PyPI token', `pypi-AgEI${of(40)}`],
  ['a Vault token', `hvs.${of(24)}`],
  ['a DigitalOcean token', `dop_v1_${of(64, '0123456789abcdef')}`],
  ['a signed token (JWT)', `eyJ${of(20)}.eyJ${of(60)}.${of(43)}`],
  ['a token of Touchstone', `tsp_${of(43)}`],
  ['an invitation of Touchstone', `http://127.0.0.1:3000/api/v1/invitations/${of(43)}`],
  ['a bearer token', `curl -H "Authorization: Bearer ${of(43)}"`],
  ['a bearer token', `authorization: basic ${of(16)}`],
  ['a password in an address', 'postgres://app:hunter2@db.example:5432/app'],
  ['a password in an address', 'https://:hunter2@example.com/'],
  ['a password in an address', 'redis://:<password>@a and then postgres://app:hunter2@b'],
  ['a password in an address', 'https://example.com/x?user=a&password=hunter2'],
  ['a password in an address', 'https://example.com/x?access_token=abcdef#top'],
];

test.each(secrets)('%s is seen', (name, text) => {
  expect(secretIn(text)).toBe(name);
  expect(secretIn(`Before ${text} after.`)).toBe(name);
});

test.each([
  'Automated patching of 400 servers with Ansible; the key was rotated and the password policy changed.',
  `-----BEGIN CERTIFICATE-----\n${of(60)}`,
  `-----BEGIN ${'PUBLIC KEY'}-----`,
  'We replaced BEGIN PRIVATE KEY blocks in the repository.',
  `commit ${of(40, '0123456789abcdef')}`,
  `sha256:${of(64, '0123456789abcdef')}`,
  `the digest ${of(43)} in base64url`,
  'AKIA is how access keys begin',
  `AKIA${upper(12)}`,
  `MAKIA${upper(16)}`,
  'ghp_ tokens were revoked',
  'glpat- and xoxb- tokens are looked for by the scanner',
  'eyJ is how a JWT begins; eyJhbGci.short.x',
  'sk_test_1234567890123456789012',
  '01931b2e-7c00-7000-8000-00000000000a',
  'https://git.example/infrastructure/patching?ref=main&line=12',
  'ssh://git@git.example:2222/infrastructure/patching.git',
  'git@github.com:organisation/repository.git',
  'postgres://user:password@host:5432/database',
  'postgres://touchstone:…@db/touchstone',
  'https://user:***@example.com/ and https://user:${PASSWORD}@example.com/',
  'amqp://guest:<secret>@rabbit and mysql://root:{{ vault_password }}@db',
  'https://example.com/login?password=%PASSWORD%&next=/',
  'https://example.com/reset?token_type=bearer',
  'Authorization: Bearer <token>',
  'Authorization: Bearer $TOKEN',
  'Meeting at 10:30 with ops@example.com, 12:00@cafe',
  'ratio 3:4@5 and mail to: someone@example.com',
])('%j is none', (text) => {
  expect(secretIn(text)).toBeNull();
});

test('a long text takes linear time, whatever it repeats', () => {
  const parts = [
    'a',
    '-----BEGIN ',
    'AKIA',
    'ghp_',
    'glpat-',
    'xoxb-',
    'eyJ',
    'eyJa.',
    'eyJaaaaaaaaa.',
    '://',
    '://a:',
    '://a:b',
    ':',
    '?password=',
    'tsp_',
    '/invitations/',
  ];
  for (const part of [...parts, 'authorization: bearer ', 'authorization:', 'AIza', 'hvs.', 'pypi-AgEI', '?password=x&', '://a:x@', '\n']) {
    const text = part.repeat(Math.ceil(100_000 / part.length));
    // the processor's time, and the best of a few: other work on the machine counts for nothing
    const took = Array.from({ length: 4 }, () => {
      const before = process.cpuUsage();
      secretIn(text);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1_000;
    });
    expect([part, Math.min(...took) < 50]).toEqual([part, true]);
  }
});
