import { draftClaim, logWork, makeTrio, signedOffClaim, statementRef, submittedClaim, type Trio } from './factories/claims';
import { makePerson } from './factories/people';
import { type TestApp, startApp } from './setup/app';

let api: TestApp;
let trio: Trio;
let ids: Record<'engineer' | 'mentor' | 'evidence' | 'claim' | 'signedClaim' | 'signOff' | 'other' | 'foreignEvidence', string>;
beforeAll(async () => {
  api = await startApp();
  trio = await makeTrio(api);
  const signed = await signedOffClaim(trio, 1);
  const evidence = await logWork(trio.engineer, [statementRef(2, 1)]);
  const other = await makeTrio(api);
  const submitted = await submittedClaim(trio.engineer, 2);
  ids = {
    engineer: trio.engineer.id,
    mentor: trio.mentor.id,
    evidence,
    claim: submitted.id,
    signedClaim: signed.id,
    signOff: signed.claim.signOff?.id ?? '',
    other: other.engineer.id,
    foreignEvidence: await logWork(other.engineer, [statementRef(2, 2)]),
  };
});
afterAll(() => api.close());

const check = '23514';
const unique = '23505';
const foreignKey = '23503';

const aTarget = (values: string): string =>
  `INSERT INTO target (engineer_id, skill_ref, revision, at, skill_level_ref, level, reach_by, set_by, digest)
   SELECT '{engineer}', 'sfia-9:ITOP', ${values}, '{mentor}', sha256('x')`;

/** What must never be, tried by the superuser past every service: the schema itself refuses it. `{name}` stands for an id of the record above. */
const never: [string, string, string, string][] = [
  ['a target at a level that the skill does not define', aTarget(`1, now(), 'sfia-9:ITOP.6', 6, '2027-01-01'`), foreignKey, 'target'],
  ['a target whose level is not its reference’s', aTarget(`1, now(), 'sfia-9:ITOP.4', 3, '2027-01-01'`), check, 'target_level_check'],
  ['a target without a day', aTarget(`1, now(), 'sfia-9:ITOP.4', 4, NULL`), check, 'target_removed_check'],
  ['a target of revision 0', aTarget(`0, now(), 'sfia-9:ITOP.4', 4, '2027-01-01'`), check, 'target_revision_check'],
  [
    'an approval by the engineer',
    `UPDATE approval SET mentor_id = engineer_id WHERE claim_id = '{signedClaim}'`,
    check,
    'approval_mentor_check',
  ],
  [
    'two approvals of one mentor for one submission',
    `INSERT INTO approval SELECT * FROM approval WHERE claim_id = '{signedClaim}'`,
    unique,
    'approval_pkey',
  ],
  [
    'an approval of another state than was submitted',
    `UPDATE approval SET submission_digest = sha256('other') WHERE claim_id = '{signedClaim}'`,
    foreignKey,
    'approval',
  ],
  [
    'a support judged by the engineer',
    `UPDATE support SET reviewed_by = engineer_id WHERE engineer_id = '{engineer}' AND state = 'accepted'`,
    check,
    'support_reviewer_check',
  ],
  [
    'a support accepted by nobody',
    `UPDATE support SET state = 'accepted' WHERE engineer_id = '{engineer}' AND state = 'proposed'`,
    check,
    'support_judged_check',
  ],
  [
    'a support returned without feedback',
    `UPDATE support SET verdict = 'returned', state = 'returned', feedback = NULL WHERE engineer_id = '{engineer}' AND state = 'accepted'`,
    check,
    'support_returned_check',
  ],
  [
    'a support of somebody else’s evidence',
    `INSERT INTO support (engineer_id, evidence_id, statement_ref, skill_level_ref, revision, rationale, proposed_at) VALUES ('{engineer}', '{foreignEvidence}', 'sfia-9:ITOP.2.2', 'sfia-9:ITOP.2', 1, 'x', now())`,
    foreignKey,
    'support',
  ],
  [
    'a support whose level is not its statement’s',
    `UPDATE support SET skill_level_ref = 'sfia-9:ITOP.3' WHERE engineer_id = '{engineer}'`,
    foreignKey,
    'support',
  ],
  [
    'two open claims for a skill',
    `INSERT INTO claim (engineer_id, claim_id, skill_ref, skill_level_ref, summary, drafted_at, changed_at) VALUES ('{engineer}', gen_random_uuid(), 'sfia-9:ITOP', 'sfia-9:ITOP.3', 'x', now(), now())`,
    unique,
    'claim_open_key',
  ],
  [
    'a claim to a level that is not defined',
    `INSERT INTO claim (engineer_id, claim_id, skill_ref, skill_level_ref, summary, drafted_at, changed_at) VALUES ('{other}', gen_random_uuid(), 'sfia-9:ITOP', 'sfia-9:ITOP.6', 'x', now(), now())`,
    foreignKey,
    'claim',
  ],
  [
    'an approved claim that was never submitted',
    `UPDATE claim SET state = 'approved', submission = 0, policy_version = NULL, first_submitted_on = NULL, due_on = NULL WHERE claim_id = '{claim}'`,
    check,
    'claim_submission_check',
  ],
  [
    'a submitted claim without a policy',
    `UPDATE claim SET policy_version = NULL WHERE claim_id = '{claim}'`,
    check,
    'claim_submitted_check',
  ],
  [
    'a state that the design does not have',
    `UPDATE claim SET state = 'accepted', due_on = NULL WHERE claim_id = '{claim}'`,
    check,
    'claim_state_check',
  ],
  [
    'a claim signed off twice',
    `INSERT INTO sign_off SELECT engineer_id, gen_random_uuid(), claim_id, submission, skill_ref, skill_level_ref, level, at, signed_off_on, valid_until, total, accepted, digest FROM sign_off WHERE sign_off_id = '{signOff}'`,
    unique,
    'sign_off',
  ],
  [
    'a sign-off of a level that is not defined',
    `UPDATE sign_off SET skill_level_ref = 'sfia-9:ITOP.6', level = 6 WHERE sign_off_id = '{signOff}'`,
    foreignKey,
    'sign_off',
  ],
  [
    'a level of which all and only some statements are shown',
    `UPDATE standing SET levels_all = 6, levels_some = 2 WHERE engineer_id = '{engineer}'`,
    check,
    'standing_levels_check',
  ],
  [
    'somebody who is to reach a level by no day',
    `UPDATE standing SET target_level = 3, target_by = NULL WHERE engineer_id = '{engineer}'`,
    check,
    'standing_target_check',
  ],
  [
    'a revocation by the engineer',
    `INSERT INTO revocation VALUES ('{engineer}', '{signOff}', '{engineer}', now(), current_date, sha256('x'))`,
    check,
    'revocation_self_check',
  ],
  [
    'a pin of somebody else’s evidence',
    `INSERT INTO claim_pin VALUES ('{engineer}', '{claim}', 1, '{foreignEvidence}', 'sfia-9:ITOP.2.2', 1)`,
    foreignKey,
    'claim_pin',
  ],
  ['a mentor of oneself', `UPDATE mentorship SET mentor_id = engineer_id WHERE engineer_id = '{engineer}'`, check, 'mentorship_self_check'],
  [
    'a mentor by one’s own hand',
    `UPDATE mentorship SET created_by = mentor_id WHERE engineer_id = '{engineer}'`,
    check,
    'mentorship_self_check',
  ],
  [
    'an accreditation by one’s own hand',
    `UPDATE accreditation SET granted_by = person_id WHERE person_id = '{mentor}'`,
    check,
    'accreditation_self_check',
  ],
  ['a manager of oneself', `UPDATE person SET manager_id = person_id WHERE person_id = '{engineer}'`, check, 'person_manager_check'],
  ['somebody above themselves', `INSERT INTO reporting_line VALUES ('{engineer}', '{engineer}', 1)`, check, 'reporting_line_loop_check'],
  ['a role that is a relation', `UPDATE person SET roles = ARRAY['mentor'] WHERE person_id = '{engineer}'`, check, 'person_roles_check'],
  [
    'a chain that forks',
    `INSERT INTO ledger_entry SELECT engineer_id, 999, at, actor_id, kind, subject, digest, previous, hash FROM ledger_entry WHERE engineer_id = '{engineer}' AND seq = 2`,
    unique,
    'ledger_entry',
  ],
  [
    'an administration ledger that forks',
    `INSERT INTO administration_entry SELECT 999, at, actor_id, kind, subject, digest, previous, hash FROM administration_entry WHERE seq = 1`,
    unique,
    'administration_entry_previous_key',
  ],
  [
    'an administrative act of no known kind',
    `INSERT INTO administration_entry SELECT 999, at, actor_id, 'rules.forgotten', subject, digest, hash, previous FROM administration_entry WHERE seq = 1`,
    check,
    'administration_entry_kind_check',
  ],
  [
    'a second administration ledger',
    `INSERT INTO administration_record (single, head_hash) SELECT false, head_hash FROM administration_record`,
    check,
    'administration_record_single_check',
  ],
  [
    'a request for oneself',
    `INSERT INTO admin_request (request_id, action, person_id, target, reason, state, requested_by, requested_at, expires_at, decided_by, decided_at) VALUES (gen_random_uuid(), 'erase-person', '{engineer}', '', 'x', 'open', '{engineer}', now(), now() + interval '1 day', NULL, NULL)`,
    check,
    'admin_request_self_check',
  ],
  [
    'a request confirmed by who made it',
    `INSERT INTO admin_request (request_id, action, person_id, target, reason, state, requested_by, requested_at, expires_at, decided_by, decided_at) VALUES (gen_random_uuid(), 'erase-person', '{engineer}', '', 'x', 'confirmed', '{mentor}', now(), now() + interval '1 day', '{mentor}', now())`,
    check,
    'admin_request_decided_check',
  ],
  [
    'a request confirmed by whom it is about',
    `INSERT INTO admin_request (request_id, action, person_id, target, reason, state, requested_by, requested_at, expires_at, decided_by, decided_at) VALUES (gen_random_uuid(), 'erase-person', '{engineer}', '', 'x', 'confirmed', '{mentor}', now(), now() + interval '1 day', '{engineer}', now())`,
    check,
    'admin_request_decided_check',
  ],
  [
    'a request confirmed by nobody',
    `INSERT INTO admin_request (request_id, action, person_id, target, reason, state, requested_by, requested_at, expires_at, decided_by, decided_at) VALUES (gen_random_uuid(), 'erase-person', '{engineer}', '', 'x', 'confirmed', '{mentor}', now(), now() + interval '1 day', NULL, now())`,
    check,
    'admin_request_decided_check',
  ],
  [
    'a request withdrawn by somebody else',
    `INSERT INTO admin_request (request_id, action, person_id, target, reason, state, requested_by, requested_at, expires_at, decided_by, decided_at) VALUES (gen_random_uuid(), 'erase-person', '{engineer}', '', 'x', 'withdrawn', '{mentor}', now(), now() + interval '1 day', '{other}', now())`,
    check,
    'admin_request_decided_check',
  ],
  [
    'a request for a role that is none',
    `INSERT INTO admin_request (request_id, action, person_id, target, reason, state, requested_by, requested_at, expires_at, decided_by, decided_at) VALUES (gen_random_uuid(), 'give-role', '{engineer}', '', 'x', 'open', '{mentor}', now(), now() + interval '1 day', NULL, NULL)`,
    check,
    'admin_request_target_check',
  ],
  [
    'a request for what takes no two admins',
    `INSERT INTO admin_request (request_id, action, person_id, target, reason, state, requested_by, requested_at, expires_at, decided_by, decided_at) VALUES (gen_random_uuid(), 'read-evidence', '{engineer}', '', 'x', 'open', '{mentor}', now(), now() + interval '1 day', NULL, NULL)`,
    check,
    'admin_request_',
  ],
  [
    'an open request that is decided',
    `INSERT INTO admin_request (request_id, action, person_id, target, reason, state, requested_by, requested_at, expires_at, decided_by, decided_at) VALUES (gen_random_uuid(), 'erase-person', '{engineer}', '', 'x', 'open', '{mentor}', now(), now() + interval '1 day', NULL, now())`,
    check,
    'admin_request_times_check',
  ],
  [
    'the same thing asked for twice',
    `INSERT INTO admin_request (request_id, action, person_id, reason, requested_by, requested_at, expires_at)
     SELECT gen_random_uuid(), 'erase-person', '{engineer}', 'x', by::uuid, now(), now() + interval '1 day' FROM unnest(ARRAY['{mentor}', '{other}']) by`,
    unique,
    'admin_request_open_key',
  ],
  [
    'a policy that asks for nothing',
    `INSERT INTO policy SELECT skill_level_ref, 99, 0, may_miss, distinct_evidence, max_age_months, approvals, stepping, line_manager_may_approve, valid_months, review_days FROM policy LIMIT 1`,
    check,
    'policy_numbers_check',
  ],
  [
    'a token whose text is kept',
    `INSERT INTO personal_token (token_id, person_id, name, token_hash, scopes, created_at, expires_at) VALUES (gen_random_uuid(), '{engineer}', 'x', 'tsp_in_the_clear'::bytea, ARRAY['record:read'], now(), now() + interval '1 day')`,
    check,
    'personal_token_hash_check',
  ],
  [
    'a token without a scope',
    `INSERT INTO personal_token (token_id, person_id, name, token_hash, scopes, created_at, expires_at) VALUES (gen_random_uuid(), '{engineer}', 'x', sha256('t'), '{}'::text[], now(), now() + interval '1 day')`,
    check,
    'personal_token_scopes_check',
  ],
  [
    'a token that administers',
    `INSERT INTO personal_token (token_id, person_id, name, token_hash, scopes, created_at, expires_at) VALUES (gen_random_uuid(), '{engineer}', 'x', sha256('t'), ARRAY['record:read', 'administration:write'], now(), now() + interval '1 day')`,
    check,
    'personal_token_scopes_check',
  ],
  [
    'a token for longer than a year',
    `INSERT INTO personal_token (token_id, person_id, name, token_hash, scopes, created_at, expires_at) VALUES (gen_random_uuid(), '{engineer}', 'x', sha256('t'), ARRAY['record:read'], now(), now() + interval '369 days')`,
    check,
    'personal_token_expiry_check',
  ],
  [
    'a token that never ends',
    `INSERT INTO personal_token (token_id, person_id, name, token_hash, scopes, created_at, expires_at) VALUES (gen_random_uuid(), '{engineer}', 'x', sha256('t'), ARRAY['record:read'], now(), NULL)`,
    '23502',
    '',
  ],
  [
    'a secret of one-time codes in the clear',
    `INSERT INTO totp (person_id, state, sealed_secret, key_id, confirmed_at) VALUES ('{engineer}', 'pending', substr(sha256('a'), 1, 20), 'k', NULL)`,
    check,
    'totp_sealed_check',
  ],
  [
    'one-time codes that are on though nobody confirmed them',
    `INSERT INTO totp (person_id, state, sealed_secret, key_id, confirmed_at) VALUES ('{engineer}', 'on', sha256('a') || substr(sha256('b'), 1, 16), 'k', NULL)`,
    check,
    'totp_confirmed_check',
  ],
  [
    'one-time codes in no known state',
    `INSERT INTO totp (person_id, state, sealed_secret, key_id, confirmed_at) VALUES ('{engineer}', 'off', sha256('a') || substr(sha256('b'), 1, 16), 'k', NULL)`,
    check,
    'totp_state_check',
  ],
  [
    'recovery codes without one-time codes',
    `INSERT INTO recovery_code (person_id, code_hash) VALUES ('{other}', sha256('c'))`,
    foreignKey,
    'recovery_code',
  ],
];

test.each(never)('%s is refused by the schema', async (_, sql, code, constraint) => {
  const filled = sql.replaceAll(/\{(\w+)\}/g, (__, name: keyof typeof ids) => ids[name]);
  const error = await api.database.query(filled).then(
    () => ({ code: 'allowed', constraint: '' }),
    ({ code: refusedBy, constraint = '' }: { code: string; constraint?: string }) => ({ code: refusedBy, constraint }),
  );
  expect([error.code, error.constraint.startsWith(constraint)]).toEqual([code, true]);
});

test('two people never share an address, whatever its case', async () => {
  const person = await makePerson(api);
  await expect(
    api.database.query(`UPDATE person SET email = upper($1) WHERE person_id = $2`, [person.email, ids.other]),
  ).rejects.toMatchObject({ code: unique, constraint: 'person_email_key' });
});

test('a draft may follow as soon as nothing is open', async () => {
  const other = await makeTrio(api);
  expect((await draftClaim(other.engineer, 1)).claim.state).toBe('draft');
});
