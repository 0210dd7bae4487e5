/** What sort of no a refusal is. The platform's problem filter maps each to one HTTP status; nothing below the controllers knows that number. */
export type RefusalKind =
  | 'malformed'
  | 'not-signed-in'
  | 'not-allowed'
  | 'not-found'
  | 'wrong-state'
  | 'stale'
  | 'too-large'
  | 'wrong-media-type'
  | 'rule-not-met'
  | 'version-required'
  | 'too-many'
  | 'away';

interface ProblemText {
  readonly kind: RefusalKind;
  /** The problem's title: the same for every occurrence (RFC 9457). */
  readonly title: string;
  /** What it means; the detail that is given where nothing more precise can be said, and the example in the OpenAPI document. */
  readonly explanation: string;
}

/** Every code that a problem can carry. Clients match on these slugs: one is never renamed. */
export const problemCodes = {
  malformed: { kind: 'malformed', title: 'Malformed request', explanation: 'The request is not of the form that is expected here.' },
  'not-signed-in': {
    kind: 'not-signed-in',
    title: 'Not signed in',
    explanation: 'Sign in first: send the session token as "Authorization: Bearer …".',
  },
  'bad-credentials': { kind: 'not-signed-in', title: 'Wrong email or password', explanation: 'The email or the password is wrong.' },
  'totp-required': {
    kind: 'not-signed-in',
    title: 'One-time code required',
    explanation: 'The password is right, and this account is signed in to with a one-time code too: send it, or a recovery code, as totp.',
  },
  'not-allowed': { kind: 'not-allowed', title: 'Not allowed', explanation: 'This is not open to you.' },
  'own-claim': { kind: 'not-allowed', title: 'Your own claim', explanation: 'Nobody judges their own work.' },
  'own-relation': {
    kind: 'not-allowed',
    title: 'Your own relation',
    explanation: 'Nobody changes their own roles, relations, accreditations or rules: another admin does.',
  },
  'own-request': {
    kind: 'not-allowed',
    title: 'Your own request',
    explanation: 'What takes two admins is not decided by the one who asked for it: another admin confirms or refuses, you can withdraw.',
  },
  'not-your-mentee': {
    kind: 'not-allowed',
    title: 'Not your mentee',
    explanation: 'You have no mentorship with this engineer for this skill.',
  },
  'mentor-level-too-low': {
    kind: 'not-allowed',
    title: 'Mentor level too low',
    explanation: 'To judge this level you must hold a sign-off at it or above, or an accreditation up to it.',
  },
  'mentorship-ended': {
    kind: 'not-allowed',
    title: 'Mentorship not in force',
    explanation: 'Your mentorship with this engineer for this skill is not in force now.',
  },
  'line-manager': {
    kind: 'not-allowed',
    title: 'Line manager',
    explanation: 'You are above this engineer in the reporting line, and the policy does not let line managers judge.',
  },
  're-authentication-failed': { kind: 'not-allowed', title: 'Proof of identity failed', explanation: 'The password is wrong.' },
  'totp-proof-required': {
    kind: 'not-allowed',
    title: 'Proof by one-time code required',
    explanation: 'The policy of this level asks that approvals are proven by a one-time code: send it as totp.',
  },
  'scope-too-small': {
    kind: 'not-allowed',
    title: 'Scope too small',
    explanation: 'The personal access token that signed you in does not open this.',
  },
  'origin-mismatch': {
    kind: 'not-allowed',
    title: 'Foreign origin',
    explanation: 'The session cookie counts for requests from this application’s own pages only.',
  },
  'not-found': { kind: 'not-found', title: 'Not found', explanation: 'There is no such thing, or it is not yours to know of.' },
  'claim-open': {
    kind: 'wrong-state',
    title: 'A claim is open',
    explanation: 'There is an open claim for this skill already: finish or withdraw it first.',
  },
  'claim-state': {
    kind: 'wrong-state',
    title: 'Wrong state of the claim',
    explanation: 'The claim is in a state that does not have this action.',
  },
  'evidence-locked': {
    kind: 'wrong-state',
    title: 'Evidence locked',
    explanation: 'A submitted claim rests on this evidence: withdraw the claim, or wait for its decision.',
  },
  'evidence-pinned': {
    kind: 'wrong-state',
    title: 'Submitted already',
    explanation: 'A submission rests on this: two admins redact it, by a request.',
  },
  'already-redacted': { kind: 'wrong-state', title: 'Redacted already', explanation: 'This is redacted already: nothing of it is left.' },
  'evidence-archived': {
    kind: 'wrong-state',
    title: 'Evidence archived',
    explanation: 'This piece of evidence is archived and no longer changes.',
  },
  'support-exists': { kind: 'wrong-state', title: 'Support exists', explanation: 'This evidence is already linked to that statement.' },
  'already-approved': { kind: 'wrong-state', title: 'Already approved', explanation: 'You have approved this submission already.' },
  'already-signed-off': {
    kind: 'wrong-state',
    title: 'Already signed off',
    explanation: 'This claim is decided: the level is signed off.',
  },
  'already-revoked': { kind: 'wrong-state', title: 'Already revoked', explanation: 'This sign-off is revoked already.' },
  'not-covered': {
    kind: 'wrong-state',
    title: 'No checkpoint yet',
    explanation: 'No checkpoint of the ledger covers this yet, and none can be made here now.',
  },
  'signing-key-missing': {
    kind: 'wrong-state',
    title: 'No key to sign with',
    explanation: 'This installation was given no key to sign this with: the settings name one.',
  },
  'eraser-missing': {
    kind: 'wrong-state',
    title: 'No account to erase with',
    explanation: 'This installation was given no account that may take content away: the setting DATABASE_ERASER_URL names one.',
  },
  'secrets-key-missing': {
    kind: 'wrong-state',
    title: 'No key for secrets',
    explanation: 'This installation was given no key to keep the secrets of one-time codes with: the setting SECRETS_KEY_FILE names one.',
  },
  'totp-state': {
    kind: 'wrong-state',
    title: 'Wrong state of one-time codes',
    explanation: 'One-time codes are set up already, or are not.',
  },
  'reporting-loop': {
    kind: 'wrong-state',
    title: 'Reporting loop',
    explanation: 'That would make somebody their own manager, directly or through others.',
  },
  'framework-in-use': {
    kind: 'wrong-state',
    title: 'Framework in use',
    explanation: 'A framework in use never changes: import the new wording as a new framework version.',
  },
  'email-taken': { kind: 'wrong-state', title: 'Email taken', explanation: 'Somebody else has this email address.' },
  'person-state': { kind: 'wrong-state', title: 'Wrong state of the person', explanation: 'The person is in that state already.' },
  'request-state': {
    kind: 'wrong-state',
    title: 'Wrong state of the request',
    explanation: 'The request is decided or over, or cannot be confirmed any more.',
  },
  'request-exists': {
    kind: 'wrong-state',
    title: 'Request exists',
    explanation: 'Somebody has asked for this already: another admin confirms or refuses it.',
  },
  'mentorship-exists': {
    kind: 'wrong-state',
    title: 'Mentorship exists',
    explanation: 'This person is a mentor of this engineer for that skill in that time already.',
  },
  'last-admin': { kind: 'wrong-state', title: 'Last admin', explanation: 'Somebody must stay admin: make another one first.' },
  'idempotency-in-progress': {
    kind: 'wrong-state',
    title: 'First request still running',
    explanation: 'The first request with this Idempotency-Key is still running: ask again in a moment.',
  },
  stale: {
    kind: 'stale',
    title: 'Stale version',
    explanation: 'It has changed since you read it: read it again and decide on what it says now.',
  },
  'too-large': { kind: 'too-large', title: 'Too large', explanation: 'The body is larger than 1 MiB.' },
  'wrong-media-type': { kind: 'wrong-media-type', title: 'Wrong media type', explanation: 'This media type is not accepted here.' },
  'gate-not-met': {
    kind: 'rule-not-met',
    title: 'Gate not met',
    explanation: 'The gate of this level is not met: errors says everything that is missing.',
  },
  'essence-not-met': {
    kind: 'rule-not-met',
    title: 'Essence not met',
    explanation: 'A level whose essence is not met cannot be approved: request changes or refuse, and say why.',
  },
  'level-not-defined': { kind: 'rule-not-met', title: 'Level not defined', explanation: 'The skill does not define this level.' },
  'statement-unknown': { kind: 'rule-not-met', title: 'Unknown statement', explanation: 'There is no such statement here.' },
  'skill-unknown': { kind: 'rule-not-met', title: 'Unknown skill', explanation: 'There is no such skill.' },
  'evidence-unknown': {
    kind: 'rule-not-met',
    title: 'Unknown evidence',
    explanation: 'There is no such piece of evidence in this record.',
  },
  'person-unknown': { kind: 'rule-not-met', title: 'Unknown person', explanation: 'There is no such active person.' },
  'second-admin-needed': {
    kind: 'rule-not-met',
    title: 'A second admin is needed',
    explanation: 'There is another admin, so this takes two: ask for it with POST /administration/requests, and the other one confirms it.',
  },
  'import-refused': {
    kind: 'rule-not-met',
    title: 'Import refused',
    explanation: 'Nothing was imported: errors names each place and its reason.',
  },
  'idempotency-key-reused': {
    kind: 'rule-not-met',
    title: 'Idempotency-Key reused',
    explanation: 'This Idempotency-Key was used for another request.',
  },
  'if-match-required': {
    kind: 'version-required',
    title: 'If-Match required',
    explanation: 'Say which version you saw: send its ETag as If-Match.',
  },
  'too-many-requests': { kind: 'too-many', title: 'Too many requests', explanation: 'Too many requests: try again later.' },
  'too-busy': { kind: 'away', title: 'Too busy', explanation: 'There is too much to do at this moment: try again shortly.' },
  'database-away': { kind: 'away', title: 'Database away', explanation: 'The database cannot be reached just now: try again shortly.' },
} as const satisfies Record<string, ProblemText>;

/** A slug of the table above. */
export type ProblemCode = keyof typeof problemCodes;
