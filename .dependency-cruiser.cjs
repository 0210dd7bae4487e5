// The import rules of the house, as CI checks them. CONTRIBUTING.md tells them in sentences.

/** Files at the top, and folders, that put everything together: they may import anything, and no folder imports them. */
const top = '^src/(main|app|app\\.module|data-source)\\.ts$|^src/(commands|demo)/';
const anywhere = ['^src/kernel/', '^src/config\\.ts$'];
const folders = '^src/(platform|ledger|people|frameworks|progress|evidence|claims|administration|credentials|privacy|dashboards)/';

/** Folders in their order: each may import those before it. */
const order = {
  platform: [],
  ledger: ['platform'],
  people: ['platform', 'ledger'],
  frameworks: ['platform', 'ledger'],
  progress: ['platform', 'ledger', 'people', 'frameworks'],
  evidence: ['platform', 'ledger', 'people', 'frameworks', 'progress'],
  claims: ['platform', 'ledger', 'people', 'frameworks', 'progress', 'evidence'],
  administration: ['platform', 'ledger', 'people', 'frameworks', 'progress', 'evidence', 'claims'],
  credentials: ['platform', 'ledger', 'people', 'frameworks', 'progress', 'evidence', 'claims'],
  privacy: ['platform', 'ledger', 'people', 'frameworks', 'progress', 'evidence', 'claims', 'credentials'],
};

/** Files without a kind in their names that are more than rules and values: the others are pure. */
const notPure = [
  '^src/platform/',
  '^src/ledger/(eraser|ledger-keys|ledger-lines-file)\\.ts$',
  '^src/people/(confirmed-acts|first-admin|invitation-link|new-passwords|passwords|proofs|session-cookie|sign-in-throttle|totp-codes)\\.ts$',
  '^src/evidence/redactions\\.ts$',
  '^src/claims/claim-redactions\\.ts$',
  '^src/frameworks/(framework-import|pack-files)\\.ts$',
  // what they draw and write is the frozen content, whose form the API's answer has
  '^src/credentials/(badge|badge-keys|pack-readme|pdf-sheet|sign-off-pdf)\\.ts$',
  '^src/claims/(claim-decision|claim-view|submission)\\.ts$',
];
const pure = ['^src/kernel/', `${folders}(importers/)?[a-z-]+(\\.policy)?\\.ts$`];

module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'kernel-is-first',
      comment: 'The kernel imports nothing of ours.',
      severity: 'error',
      from: { path: '^src/kernel/' },
      to: { path: '^(src|migrations)/', pathNot: '^src/kernel/' },
    },
    ...Object.entries(order).map(([folder, before]) => ({
      name: `${folder}-in-order`,
      comment: `${folder} may import itself, the kernel, the settings${before.length === 0 ? '' : `, ${before.join(', ')}`}.`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { path: '^(src|migrations)/', pathNot: [...anywhere, `^src/${folder}/`, ...before.map((one) => `^src/${one}/`)] },
    })),
    {
      name: 'dashboards-ask-the-tables',
      comment: 'Dashboards read tables by SQL; of other folders they import pure files only.',
      severity: 'error',
      from: { path: '^src/dashboards/' },
      to: { path: '^(src|migrations)/', pathNot: [...anywhere, '^src/platform/', '^src/dashboards/', ...pure] },
    },
    {
      name: 'dashboards-ask-nothing-else',
      comment: 'Files without a kind that are not pure are not for dashboards either.',
      severity: 'error',
      from: { path: '^src/dashboards/' },
      to: { path: notPure.filter((path) => !path.includes('platform')) },
    },
    {
      name: 'pure-imports-pure',
      comment: 'Rules are functions of values: what imports the database, the framework or the file system cannot be one.',
      severity: 'error',
      from: { path: pure, pathNot: notPure },
      to: {
        path: [
          '^src/',
          '(^|/)node_modules/(@nestjs|typeorm|pg|fastify|@fastify|reflect-metadata)/',
          '^(node:)?(fs|net|http|child_process)',
        ],
        pathNot: pure,
      },
    },
    {
      name: 'pure-imports-nothing-else',
      severity: 'error',
      from: { path: pure, pathNot: notPure },
      to: { path: notPure },
    },
    {
      name: 'rows-stay-at-home',
      comment: 'Entities are for their own folder; others ask for facts.',
      severity: 'error',
      from: { path: '^src/([^/]+)/' },
      to: { path: '\\.entity\\.ts$', pathNot: '^src/$1/' },
    },
    {
      name: 'others-by-facts',
      comment:
        'Services, queries and stores are for their own folder, but for stores that exist to be called in another folder’s transaction, and for progress, which readiness shows beside the gate.',
      severity: 'error',
      from: { path: folders, pathNot: '\\.module\\.ts$' },
      to: {
        path: `${folders}.*\\.(service|store|queries|query|controller|guard|loader)\\.ts$`,
        pathNot: ['^src/$1/', '^src/progress/progress\\.(store|queries)\\.ts$', '^src/evidence/(pins|verdicts)\\.store\\.ts$'],
      },
    },
    {
      name: 'controllers-for-modules',
      severity: 'error',
      from: { pathNot: '\\.(module|controller)\\.ts$' },
      to: { path: '^src/.*\\.controller\\.ts$' },
    },
    {
      name: 'nobody-imports-the-top',
      severity: 'error',
      from: { path: '^(src|migrations)/', pathNot: top },
      to: { path: top },
    },
    {
      name: 'migrations-stand-alone',
      comment: 'A migration must do the same in ten years, whatever becomes of the code.',
      severity: 'error',
      from: { path: '^migrations/' },
      to: { path: '^src/' },
    },
    { name: 'no-barrels', severity: 'error', from: {}, to: { path: '/index\\.ts$', pathNot: 'node_modules' } },
    {
      name: 'no-drawers',
      comment: 'What has no better name has no place yet.',
      severity: 'error',
      from: {},
      to: { path: '^src/.*(utils|helpers|common|shared)(/|\\.ts$)' },
    },
    { name: 'nothing-missing', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-tools-at-run-time',
      comment: 'What is installed for development only is not there in production.',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg'], dependencyTypesNot: ['npm', 'npm-optional'] },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.spec\\.ts$' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
