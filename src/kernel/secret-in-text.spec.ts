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
  // headers that were broken, spaced out, or are of other tools
  ['a private key', `-----BEGIN RSA\n${'PRIVATE KEY'}-----`],
  ['a private key', `-----BEGIN  ${'PRIVATE'}   KEY -----`],
  ['a private key', `---- BEGIN SSH2 ENCRYPTED ${'PRIVATE KEY'} ----`],
  ['a private key', `PuTTY-User-Key-${'File-3'}: ssh-ed25519`],
  // behind an underscore
  ['a GitHub token', `TOKEN_ghp_${of(36)}`],
  ['an AWS access key', `key_AKIA${upper(16)}_old`],
  ['a GitLab token', `CI_glpat-${of(20)}`],
  ['a signed token (JWT)', `MY_TOKEN_eyJ${of(20)}.eyJ${of(60)}.${of(43)}`],
  ['a token of Touchstone', `x_tsp_${of(43)}`],
  ['a token of Touchstone', `Cookie: __Host-touchstone=${of(43)}`],
  ['an AWS secret key', `aws_secret_access_key = ${of(40, 'aB3dE5gH7j/K9+')}`],
  ['an AWS secret key', `"SecretAccessKey": "${of(40)}"`],
  ['an Azure key', `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${of(86)}==;`],
  ['an OpenAI key', `sk-proj-${of(48)}`],
  ['an Anthropic key', `sk-ant-api03-${of(48)}`],
  ['a SendGrid key', `SG.${of(22)}.${of(43)}`],
  ['a Hugging Face token', `hf_${of(34)}`],
  ['a Google token', `ya29.${of(60)}`],
  ['a bearer token', `-H 'X-Auth: Bearer ${of(43)}'`],
  ['a bearer token', `bearer 01931b2e-7c00-7000-8000-00000000000a`],
  // behind a word that announces it
  ['a password', 'password: Tr0ub4dor&3xyz'],
  ['a password', 'DB_PASSWORD=correct-horse-battery-9'],
  ['a password', '"passwd" : "hunter2hunter2"'],
  ['a password', 'password: <password> at first, then password := hunter2hunter2'],
  ['a secret or token', `secret = ${of(12)}`],
  ['a secret or token', `clientSecret: '${of(40)}'`],
  ['a secret or token', `api-key=${of(20)}`],
  ['a secret or token', `APIKEY: ${of(20)}`],
  ['a secret or token', `{"token":"${of(43)}"}`],
  ['a secret or token', 'token: 01931b2e-7c00-7000-8000-00000000000a'],
  // written so that it looks the same
  ['an AWS access key', `AKIA\u200b${upper(16)}`],
  ['an AWS access key', `AK\u00adIA${upper(16)}`],
  ['an AWS access key', `word\u200bAKIA${upper(16)}`],
  ['a GitHub token', `ｇｈｐ_${of(36)}`],
  ['a private key', `-----BEGIN\u00a0${'PRIVATE'}\u2060 KEY-----`],
  ['a password', 'pass\u200dword\uff1a hunter2hunter2'],
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
  'token: rotated weekly',
  'The secret: automate what is done twice, e.g. in 2024-2025.',
  'password: see the vault; token: rotated every 90 days; api key: replaced in 2026',
  'password: {{ vault_database2_password }} and password=${DATABASE2_PASSWORD}',
  'password = var.database2_password, token = data.vault_generic_secret.ci2.data.token',
  'secret: kubernetes/production-db-2, secret: app-tls-cert-2024, token: ci-deployer-v2-readonly',
  'token: OAuth2.0/OpenIDConnect; token: sfia-9:ITOP.4.2',
  `token: sha256:${of(64, '0123456789abcdef')}`,
  'secret: https://vault.example/v1/secret/data/app2 and secret: op://infrastructure/database2/credential',
  'arn:aws:secretsmanager:eu-west-1:123456789012:secret:production/db-AbC1Ef',
  'secret: arn:aws:secretsmanager:eu-west-1:123456789012:secret:production/db-AbC1Ef',
  '/etc/passwd:12:postgres:x:115:121::/var/lib/postgresql:/bin/bash',
  'token = generate_token(32) and password: process.env.DB2_PASSWORD',
  'https://example.com/items?page_token=abcdef123456789&next_token=abcdef123456789',
  'The bearer of infrastructure-as-code-2024 and bearer authentication-and-authorization',
  'Bearer tokens live for 15 minutes; Bearer ${ACCESS_TOKEN_OF_CI_2}',
  '-----BEGIN SSH2 PUBLIC KEY-----, ---- BEGIN SSH2 PUBLIC KEY ----',
  'PuTTY-User-Key-File- is how PuTTY’s keys begin',
  'sk-proj- and sk-ant- keys were revoked; the host sk-ant-frontend-internal-bratislava answers',
  'hf_hub_download, SG.1.2 and ya29.x in the manual',
  'AccountKey=… and aws_secret_access_key = <secret>',
  'sfia-9:ITOP.4.2 was shown on 2026-11-23 by image registry.example/app@sha256:' + of(64, '0123456789abcdef'),
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
  const more = [
    '-',
    ' ',
    '-----BEGIN A ',
    '---- BEGIN A A A A PRIVATE  KEY ',
    'secret',
    'token=',
    'token=aaaaaaaaaaaa ',
    'token=aaaaaaaaaaa1-',
    'password:',
    'password=a1b2-',
    'password=$aaaaaaaaaa1 ',
    'secretaccesskey=',
    'accountkey=',
    'sk-proj-',
    'SG.',
    'SG.aaaaaaaaaaaaaaaa.',
    'bearer ',
    'bearer aaaaaaaaaaaaaaaaaaaaaaaa ',
    'A_',
    'A_eyJ',
    'api ',
    '\u200b',
    'é',
    'ﷺ',
    'a\u0301\u0323',
    // marks that pile up: normalised whole, they took ten seconds
    '\u0323\u0301',
    'ｇ',
  ];
  for (const part of [
    ...parts,
    'authorization: bearer ',
    'authorization:',
    'AIza',
    'hvs.',
    'pypi-AgEI',
    '?password=x&',
    '://a:x@',
    '\n',
    ...more,
  ]) {
    const text = part.repeat(Math.ceil(100_000 / Buffer.byteLength(part)));
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
