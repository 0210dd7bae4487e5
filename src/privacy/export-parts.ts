import { actMayBeShown, mayBeShown } from '../ledger/shown-content';

/** One file of an export: what it holds, and the statement that reads it. Its rows are written as JSON and as CSV, one to one. */
export interface ExportPart {
  /** The file's name without its ending. */
  readonly name: string;
  /** What it holds, for README.txt. */
  readonly holds: string;
  /** In the order of the CSV; the statement names its columns so. */
  readonly columns: readonly string[];
  /** $1 is the engineer; where `zoned`, $2 is the organisation's time zone. */
  readonly sql: string;
  readonly zoned?: true;
}

const hex = (column: string): string => `encode(${column}, 'hex')`;
const nameOf = (id: string): string => `(SELECT n.name FROM person n WHERE n.person_id = ${id})`;
/** The content of a digest and the salt that was digested with it; null where they were redacted or erased. */
const kept = (row: string, digest: string): string =>
  `LEFT JOIN record_content k ON k.engineer_id = ${row}.engineer_id AND k.digest = ${row}.${digest} AND ${mayBeShown('k', '$1')}`;
const dayOf = (instant: string): string => `(${instant} AT TIME ZONE $2)::date`;

const account: readonly ExportPart[] = [
  {
    name: 'profile',
    holds: 'who you are here: name, address, roles, manager, how you sign in',
    columns: [
      'id',
      'name',
      'email',
      'roles',
      'active',
      'managerId',
      'managerName',
      'createdAt',
      'firstSignedInAt',
      'approvalsBarredUntil',
      'hasPassword',
      'oneTimeCodes',
      'oneTimeCodesSince',
    ],
    sql: `SELECT p.person_id AS id, p.name, p.email, p.roles, p.active, p.manager_id AS "managerId", ${nameOf('p.manager_id')} AS "managerName",
                 p.created_at AS "createdAt", p.first_signed_in_at AS "firstSignedInAt", p.approvals_barred_until AS "approvalsBarredUntil",
                 p.password_hash IS NOT NULL AS "hasPassword", t.state AS "oneTimeCodes", t.confirmed_at AS "oneTimeCodesSince"
            FROM person p LEFT JOIN totp t USING (person_id) WHERE p.person_id = $1`,
  },
  {
    name: 'mentors',
    holds: 'who mentors or mentored you, in which skills and when',
    columns: ['id', 'mentorId', 'mentorName', 'skills', 'from', 'until', 'createdAt'],
    sql: `SELECT m.mentorship_id AS id, m.mentor_id AS "mentorId", ${nameOf('m.mentor_id')} AS "mentorName",
                 ARRAY(SELECT s.skill_ref FROM mentorship_skill s WHERE s.engineer_id = m.engineer_id AND s.mentorship_id = m.mentorship_id ORDER BY 1) AS skills,
                 m.from_at AS "from", m.until_at AS until, m.created_at AS "createdAt"
            FROM mentorship m WHERE m.engineer_id = $1 ORDER BY m.mentorship_id`,
  },
  {
    name: 'accreditations',
    holds: 'what you may judge without holding it yourself, and why',
    columns: ['id', 'skill', 'upToLevel', 'reason', 'grantedAt', 'endedAt'],
    sql: `SELECT a.accreditation_id AS id, a.skill_ref AS skill, a.up_to_level AS "upToLevel",
                 CASE WHEN p.erased_at IS NULL THEN a.reason ELSE 'Erased.' END AS reason, a.granted_at AS "grantedAt", a.ended_at AS "endedAt"
            FROM accreditation a JOIN person p USING (person_id) WHERE a.person_id = $1 ORDER BY a.accreditation_id`,
  },
];

const work: readonly ExportPart[] = [
  {
    name: 'evidence',
    holds: 'every piece of evidence as it stands; what it says is in its revisions',
    columns: ['id', 'state', 'revision', 'kind', 'startedOn', 'endedOn', 'tags', 'loggedAt', 'changedAt'],
    sql: `SELECT e.evidence_id AS id, e.state, e.revision, e.kind, e.started_on AS "startedOn", e.ended_on AS "endedOn", e.tags,
                 e.logged_at AS "loggedAt", e.changed_at AS "changedAt"
            FROM evidence e WHERE e.engineer_id = $1 ORDER BY e.evidence_id`,
  },
  {
    name: 'evidence-revisions',
    holds: 'every revision of every piece of evidence, word for word',
    columns: [
      'evidenceId',
      'revision',
      'at',
      'title',
      'description',
      'outcome',
      'role',
      'supervisedBy',
      'kind',
      'startedOn',
      'endedOn',
      'links',
      'tags',
      'digest',
    ],
    sql: `SELECT r.evidence_id AS "evidenceId", r.revision, r.at, k.body->>'title' AS title, k.body->>'description' AS description, k.body->>'outcome' AS outcome,
                 k.body->>'role' AS role, k.body->>'supervisedBy' AS "supervisedBy", k.body->>'kind' AS kind, k.body->>'startedOn' AS "startedOn",
                 k.body->>'endedOn' AS "endedOn", k.body->'links' AS links, k.body->'tags' AS tags, ${hex('r.digest')} AS digest
            FROM evidence_revision r ${kept('r', 'digest')} WHERE r.engineer_id = $1 ORDER BY r.evidence_id, r.revision`,
  },
  {
    name: 'supports',
    holds: 'which statements your evidence shows and why, and what your mentors said to that; earlier verdicts are in the ledger',
    columns: [
      'evidenceId',
      'statement',
      'skillLevel',
      'state',
      'revision',
      'rationale',
      'proposedAt',
      'verdict',
      'verdictRevision',
      'feedback',
      'reviewedBy',
      'reviewerName',
      'reviewedAt',
    ],
    sql: `SELECT s.evidence_id AS "evidenceId", s.statement_ref AS statement, s.skill_level_ref AS "skillLevel", s.state, s.revision, s.rationale,
                 s.proposed_at AS "proposedAt", s.verdict, s.verdict_revision AS "verdictRevision", s.feedback, s.reviewed_by AS "reviewedBy",
                 ${nameOf('s.reviewed_by')} AS "reviewerName", s.reviewed_at AS "reviewedAt"
            FROM support s WHERE s.engineer_id = $1 ORDER BY s.evidence_id, s.statement_ref`,
  },
  {
    name: 'claims',
    holds: 'every claim, drafts too',
    columns: [
      'id',
      'skillLevel',
      'state',
      'summary',
      'leftOut',
      'noOpportunity',
      'firstSubmittedOn',
      'submission',
      'dueOn',
      'policyVersion',
      'draftedAt',
      'changedAt',
    ],
    sql: `SELECT c.claim_id AS id, c.skill_level_ref AS "skillLevel", c.state, c.summary,
                 (SELECT coalesce(json_agg(json_build_object('evidence', o.evidence_id, 'statement', o.statement_ref) ORDER BY o.evidence_id, o.statement_ref), '[]')
                    FROM claim_left_out o WHERE o.engineer_id = c.engineer_id AND o.claim_id = c.claim_id) AS "leftOut",
                 (SELECT coalesce(json_agg(json_build_object('statement', o.statement_ref, 'reason', o.reason) ORDER BY o.statement_ref), '[]')
                    FROM claim_no_opportunity o WHERE o.engineer_id = c.engineer_id AND o.claim_id = c.claim_id) AS "noOpportunity",
                 c.first_submitted_on AS "firstSubmittedOn", c.submission, c.due_on AS "dueOn", c.policy_version AS "policyVersion",
                 c.drafted_at AS "draftedAt", c.changed_at AS "changedAt"
            FROM claim c WHERE c.engineer_id = $1 ORDER BY c.claim_id`,
  },
  {
    name: 'claim-submissions',
    holds: 'exactly what each submission rested on',
    columns: ['claimId', 'submission', 'at', 'submittedOn', 'digest', 'content'],
    sql: `SELECT s.claim_id AS "claimId", s.submission, s.at, s.submitted_on AS "submittedOn", ${hex('s.digest')} AS digest, k.body AS content
            FROM claim_submission s ${kept('s', 'digest')} WHERE s.engineer_id = $1 ORDER BY s.claim_id, s.submission`,
  },
  {
    name: 'claim-history',
    holds: 'what happened to each claim, with the feedback and the reasons that were given; what was redacted of it, by whom and why',
    columns: ['claimId', 'at', 'kind', 'actor', 'actorName', 'content'],
    sql: `SELECT split_part(e.subject, '/', 2) AS "claimId", e.at, e.kind, e.actor_id AS actor, ${nameOf('e.actor_id')} AS "actorName",
                 CASE WHEN e.kind <> 'claim.submitted' THEN k.body END AS content
            FROM ledger_entry e ${kept('e', 'digest')} WHERE e.engineer_id = $1 AND e.subject LIKE 'claims/%' ORDER BY e.seq`,
  },
  {
    name: 'approvals',
    holds: 'who approved which submission, and what they said',
    columns: ['claimId', 'submission', 'mentorId', 'mentorName', 'at', 'submissionDigest', 'contentDigest', 'content'],
    sql: `SELECT a.claim_id AS "claimId", a.submission, a.mentor_id AS "mentorId", ${nameOf('a.mentor_id')} AS "mentorName", a.at,
                 ${hex('a.submission_digest')} AS "submissionDigest", ${hex('a.content_digest')} AS "contentDigest", k.body AS content
            FROM approval a ${kept('a', 'content_digest')} WHERE a.engineer_id = $1 ORDER BY a.claim_id, a.submission, a.mentor_id`,
  },
  {
    name: 'sign-offs',
    holds: 'the levels signed off, with all that was frozen then, and what ended them',
    columns: ['id', 'claimId', 'submission', 'skillLevel', 'on', 'until', 'accepted', 'total', 'expiredAt', 'digest', 'content'],
    sql: `SELECT s.sign_off_id AS id, s.claim_id AS "claimId", s.submission, s.skill_level_ref AS "skillLevel", s.signed_off_on AS "on", s.valid_until AS until,
                 s.accepted, s.total, x.at AS "expiredAt", ${hex('s.digest')} AS digest, k.body AS content
            FROM sign_off s ${kept('s', 'digest')} LEFT JOIN sign_off_expiry x ON x.engineer_id = s.engineer_id AND x.sign_off_id = s.sign_off_id
           WHERE s.engineer_id = $1 ORDER BY s.sign_off_id`,
  },
  {
    name: 'revocations',
    holds: 'sign-offs that were revoked, by whom and why',
    columns: ['signOffId', 'on', 'at', 'revokedBy', 'revokerName', 'contentDigest', 'content'],
    sql: `SELECT r.sign_off_id AS "signOffId", r.revoked_on AS "on", r.at, r.revoked_by AS "revokedBy", ${nameOf('r.revoked_by')} AS "revokerName",
                 ${hex('r.content_digest')} AS "contentDigest", k.body AS content
            FROM revocation r ${kept('r', 'content_digest')} WHERE r.engineer_id = $1 ORDER BY r.sign_off_id`,
  },
  {
    name: 'progress',
    holds: 'what all of that adds up to, level by level',
    columns: [
      'skillLevel',
      'total',
      'accepted',
      'proposed',
      'lastEvidenceOn',
      'goingOn',
      'claimId',
      'claimState',
      'signOffId',
      'signedOffOn',
      'validUntil',
    ],
    sql: `SELECT g.skill_level_ref AS "skillLevel", g.total, g.accepted, g.proposed, g.last_evidence_on AS "lastEvidenceOn", g.going_on AS "goingOn",
                 g.claim_id AS "claimId", g.claim_state AS "claimState", g.sign_off_id AS "signOffId", g.signed_off_on AS "signedOffOn", g.valid_until AS "validUntil"
            FROM progress g WHERE g.engineer_id = $1 ORDER BY g.skill_level_ref`,
  },
  {
    name: 'targets',
    holds: 'the levels that you were to reach and by when, as they were set, changed and taken back',
    columns: ['skill', 'revision', 'at', 'level', 'by', 'setBy', 'setterName', 'digest'],
    sql: `SELECT t.skill_ref AS skill, t.revision, t.at, t.level, t.reach_by AS by, t.set_by AS "setBy", ${nameOf('t.set_by')} AS "setterName",
                 ${hex('t.digest')} AS digest
            FROM target t WHERE t.engineer_id = $1 ORDER BY t.skill_ref, t.revision`,
  },
  {
    name: 'ledger',
    holds: 'the chain of your record: each thing that ever happened to it, with its content and salt',
    columns: ['seq', 'at', 'actor', 'kind', 'subject', 'digest', 'previous', 'hash', 'salt', 'content'],
    sql: `SELECT e.seq, e.at, e.actor_id AS actor, e.kind, e.subject, ${hex('e.digest')} AS digest, ${hex('e.previous')} AS previous, ${hex('e.hash')} AS hash,
                 ${hex('k.salt')} AS salt, k.body AS content
            FROM ledger_entry e ${kept('e', 'digest')} WHERE e.engineer_id = $1 ORDER BY e.seq`,
  },
];

// of what was done in others' records only that it was done, to whom and on which day: the words stand in their records and are theirs
const forOthers: readonly ExportPart[] = [
  {
    name: 'mentorships-given',
    holds: 'whom you mentor or mentored; others by their ids only',
    columns: ['id', 'engineerId', 'skills', 'from', 'until'],
    sql: `SELECT m.mentorship_id AS id, m.engineer_id AS "engineerId",
                 ARRAY(SELECT s.skill_ref FROM mentorship_skill s WHERE s.engineer_id = m.engineer_id AND s.mentorship_id = m.mentorship_id ORDER BY 1) AS skills,
                 m.from_at AS "from", m.until_at AS until
            FROM mentorship m WHERE m.mentor_id = $1 ORDER BY m.mentorship_id`,
  },
  {
    name: 'approvals-given',
    holds: 'which claims of others you approved, and on which day',
    columns: ['engineerId', 'skillLevel', 'on'],
    sql: `SELECT a.engineer_id AS "engineerId", c.skill_level_ref AS "skillLevel", ${dayOf('a.at')} AS "on"
            FROM approval a JOIN claim c ON c.engineer_id = a.engineer_id AND c.claim_id = a.claim_id
           WHERE a.mentor_id = $1 ORDER BY a.at, a.engineer_id, a.claim_id`,
    zoned: true,
  },
  {
    name: 'verdicts-given',
    holds: 'which supports of others you accepted or returned last, and on which day',
    columns: ['engineerId', 'statement', 'verdict', 'on'],
    // by those once mentored: their supports are found by their records' keys
    sql: `SELECT s.engineer_id AS "engineerId", s.statement_ref AS statement, s.verdict, ${dayOf('s.reviewed_at')} AS "on"
            FROM (SELECT DISTINCT engineer_id FROM mentorship WHERE mentor_id = $1) m
            JOIN support s ON s.engineer_id = m.engineer_id AND s.reviewed_by = $1
           ORDER BY s.reviewed_at, s.engineer_id, s.evidence_id, s.statement_ref`,
    zoned: true,
  },
  {
    name: 'revocations-given',
    holds: 'which sign-offs of others you revoked, and on which day',
    columns: ['engineerId', 'skillLevel', 'on'],
    sql: `SELECT r.engineer_id AS "engineerId", s.skill_level_ref AS "skillLevel", r.revoked_on AS "on"
            FROM revocation r JOIN sign_off s ON s.engineer_id = r.engineer_id AND s.sign_off_id = r.sign_off_id
           WHERE r.revoked_by = $1 ORDER BY r.at, r.sign_off_id`,
  },
  {
    name: 'targets-given',
    holds: 'in which records of others you set or took back a target, and on which day',
    columns: ['engineerId', 'skill', 'on'],
    sql: `SELECT t.engineer_id AS "engineerId", t.skill_ref AS skill, ${dayOf('t.at')} AS "on"
            FROM target t WHERE t.set_by = $1 AND t.engineer_id <> $1 ORDER BY t.at, t.engineer_id, t.skill_ref`,
    zoned: true,
  },
  {
    name: 'administration',
    holds: 'what admins did about you, and what you did as an admin: the entries of the administration ledger',
    columns: ['seq', 'at', 'actor', 'kind', 'subject', 'content'],
    // what others are named in is not part of this: of one's own acts about others only that they were done
    sql: `SELECT e.seq, e.at, e.actor_id AS actor, e.kind, e.subject, CASE WHEN e.subject LIKE 'people/' || $1::uuid || '%' THEN k.body END AS content
            FROM administration_entry e LEFT JOIN administration_content k ON k.digest = e.digest AND ${actMayBeShown('k')}
           WHERE e.actor_id = $1::uuid OR e.subject LIKE 'people/' || $1::uuid || '%' ORDER BY e.seq`,
  },
  {
    name: 'admin-requests',
    holds: 'what takes two admins: requests about you, and those that you made or decided as an admin',
    columns: [
      'id',
      'action',
      'target',
      'personId',
      'state',
      'requestedBy',
      'requestedAt',
      'reason',
      'decidedBy',
      'decidedAt',
      'decisionReason',
    ],
    // of requests about others only that they were made: the words are about them
    sql: `SELECT r.request_id AS id, r.action, r.target, r.person_id AS "personId", r.state, r.requested_by AS "requestedBy", r.requested_at AS "requestedAt",
                 CASE WHEN r.person_id = $1 THEN r.reason END AS reason, r.decided_by AS "decidedBy", r.decided_at AS "decidedAt",
                 CASE WHEN r.person_id = $1 THEN r.decision_reason END AS "decisionReason"
            FROM admin_request r WHERE r.person_id = $1 OR r.requested_by = $1 OR r.decided_by = $1 ORDER BY r.request_id`,
  },
];

const signIns: readonly ExportPart[] = [
  {
    name: 'sessions',
    holds: 'sessions that are kept, without their secrets',
    columns: ['id', 'client', 'createdAt', 'lastUsedAt', 'expiresAt'],
    sql: `SELECT s.session_id AS id, s.client, s.created_at AS "createdAt", s.last_used_at AS "lastUsedAt", s.expires_at AS "expiresAt"
            FROM session s WHERE s.person_id = $1 ORDER BY s.session_id`,
  },
  {
    name: 'tokens',
    holds: 'personal access tokens, without their secrets',
    columns: ['id', 'name', 'scopes', 'createdAt', 'lastUsedAt', 'expiresAt', 'revokedAt'],
    sql: `SELECT t.token_id AS id, t.name, t.scopes, t.created_at AS "createdAt", t.last_used_at AS "lastUsedAt", t.expires_at AS "expiresAt", t.revoked_at AS "revokedAt"
            FROM personal_token t WHERE t.person_id = $1 ORDER BY t.token_id`,
  },
  {
    name: 'invitations',
    holds: 'invitations that you were sent',
    columns: ['id', 'createdAt', 'expiresAt', 'usedAt', 'voidAt'],
    sql: `SELECT i.invitation_id AS id, i.created_at AS "createdAt", i.expires_at AS "expiresAt", i.used_at AS "usedAt", i.void_at AS "voidAt"
            FROM invitation i WHERE i.person_id = $1 ORDER BY i.invitation_id`,
  },
  {
    name: 'sign-in-networks',
    holds: 'when you last signed in from each network that is known; of the network itself only a hash is kept',
    columns: ['lastSignedInAt'],
    sql: `SELECT n.last_signed_in_at AS "lastSignedInAt" FROM known_network n WHERE n.person_id = $1 ORDER BY n.last_signed_in_at`,
  },
  {
    name: 'refused-requests',
    holds: 'requests of yours that were refused',
    columns: ['id', 'at', 'requestId', 'address', 'method', 'route', 'status', 'code'],
    sql: `SELECT r.refused_request_id AS id, r.at, r.request_id AS "requestId", r.address, r.method, r.route, r.status, r.code
            FROM refused_request r WHERE r.person_id = $1 ORDER BY r.refused_request_id`,
  },
];

/** Everything of one engineer, file by file. A table that is added with something personal in it is added here (test/api/privacy.export.api-spec.ts says so). */
export const exportParts: readonly ExportPart[] = [...account, ...work, ...forOthers, ...signIns];
