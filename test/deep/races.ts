import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { type Client, type Reply } from './http';
import { type Member, makePeople, password } from './people';

/** An engineer with a claim to level 1 of ITOP, two mentors who may approve it, and the admin of all rounds. */
export interface Round {
  readonly engineer: Member;
  readonly mentor: Member;
  readonly second: Member;
  readonly evidence: string;
  /** The path of the claim. */
  readonly claim: string;
  readonly claimId: string;
  /** The claim's ETag as everybody has seen it. */
  readonly etag: string;
  readonly mentorship: string;
  readonly accreditation: string;
}

export const skill = 'sfia-9:ITOP';
export const level = `${skill}.1`;
const statements = [`${level}.1`, `${level}.2`];

export const approval = { password, meaning: 'I have seen this work.', essence: { met: true, note: 'So it is.' } };

/** What rounds of a race are played with. */
export interface Field {
  readonly client: Client;
  readonly pool: Pool;
  readonly admin: Member;
}

const must = (reply: Reply, status: number, what: string): Reply => {
  if (reply.status !== status) throw new Error(`${what} answered ${reply.status} ${JSON.stringify(reply.body)}`);
  return reply;
};

/** Takes a claim as far as a race needs it. */
export async function prepare({ client, pool, admin }: Field, until: 'draft' | 'submitted' | 'accepted'): Promise<Round> {
  const { members, related } = await makePeople(
    pool,
    [{ name: 'Engineer' }, { name: 'Mentor' }, { name: 'Second' }] as const,
    ([engineer, ...mentors]) => ({
      mentorships: mentors.map(({ id }) => ({ engineer: engineer?.id ?? '', mentor: id, by: admin.id, skill })),
      accreditations: mentors.map(({ id }) => ({ person: id, by: admin.id, skill, upTo: 5 })),
    }),
  );
  const [engineer, mentor, second] = members;
  const record = `/engineers/${engineer.id}`;
  const post = (who: Member, path: string, body: unknown, ifMatch?: string): Promise<Reply> =>
    client.send({ method: 'POST', path, body, token: who.token, ifMatch });
  const logged = await post(engineer, `${record}/evidence`, {
    title: 'Patching',
    description: 'Done.',
    supports: statements.map((statement) => ({ statement, rationale: 'It shows it.' })),
  });
  const evidence = String(must(logged, 201, 'logging').body['id']);
  const drafted = must(await post(engineer, `${record}/claims`, { skillLevel: level, summary: 'I do this.' }), 201, 'drafting');
  const claimId = String(drafted.body['id']);
  const claim = `${record}/claims/${claimId}`;
  let { etag } = drafted;
  if (until !== 'draft') ({ etag } = must(await post(engineer, `${claim}/submission`, {}, etag), 200, 'submitting'));
  if (until === 'accepted') {
    const verdicts = statements.map((statement) => ({ evidence, statement, verdict: 'accepted' }));
    ({ etag } = must(await post(mentor, `${claim}/reviews`, { verdicts }, etag), 200, 'reviewing'));
  }
  return {
    engineer,
    mentor,
    second,
    evidence,
    claim,
    claimId,
    etag: etag ?? '',
    mentorship: related.mentorships[0] ?? '',
    accreditation: related.accreditations[0] ?? '',
  };
}

/**
 * Sends two requests at the same moment. Who has won gets a little later off the next time, so that the moment is the one at which either may win.
 */
export class Start {
  readonly wins = [0, 0];
  /** How many milliseconds the first waits; less than none, and the second does. */
  private wait = 0;

  async atOnce(one: () => Promise<Reply>, other: () => Promise<Reply>): Promise<[Reply, Reply]> {
    const after = async (milliseconds: number, send: () => Promise<Reply>): Promise<Reply> => {
      if (milliseconds > 0) await delay(milliseconds);
      return send();
    };
    return Promise.all([after(this.wait, one), after(-this.wait, other)]);
  }

  won(which: 0 | 1): void {
    this.wins[which] = (this.wins[which] ?? 0) + 1;
    this.wait = Math.max(-40, Math.min(40, this.wait + (which === 0 ? 1 : -1)));
  }
}

/** The kinds of a record's entries, in order, and what stands of a claim. */
export interface Outcome {
  readonly kinds: readonly string[];
  readonly state: string;
  readonly policyVersion: number | null;
  readonly submissions: number;
  readonly approvals: number;
  readonly signOffs: number;
  /** Of the sign-off: the version of its policy, and the revision of the first evidence. */
  readonly frozen: { readonly policy: number; readonly revision: number } | null;
  /** Whether the accreditation of the first mentor had ended by the record's own time of their approval. */
  readonly approvedAfterEnd: boolean;
}

export async function outcomeOf(pool: Pool, { engineer, claimId, accreditation, mentor, mentorship }: Round): Promise<Outcome> {
  const { rows } = await pool.query<Outcome>({
    name: 'deep outcome',
    text: `SELECT ARRAY(SELECT kind FROM ledger_entry WHERE engineer_id = $1 ORDER BY seq) AS kinds, c.state, c.policy_version AS "policyVersion",
             (SELECT count(*)::int FROM claim_submission s WHERE s.engineer_id = $1 AND s.claim_id = $2) AS submissions,
             (SELECT count(*)::int FROM approval a WHERE a.engineer_id = $1 AND a.claim_id = $2) AS approvals,
             (SELECT count(*)::int FROM sign_off o WHERE o.engineer_id = $1 AND o.claim_id = $2) AS "signOffs",
             (SELECT json_build_object('policy', k.body->'policy'->'version', 'revision', k.body->'statements'->0->'evidence'->0->'revision')
                FROM sign_off o JOIN record_content k ON k.engineer_id = o.engineer_id AND k.digest = o.digest WHERE o.engineer_id = $1 AND o.claim_id = $2) AS frozen,
             EXISTS (SELECT 1 FROM approval a LEFT JOIN accreditation g ON g.person_id = $4 AND g.accreditation_id = $3
                       LEFT JOIN mentorship m ON m.engineer_id = $1 AND m.mentorship_id = $5
                      WHERE a.engineer_id = $1 AND a.claim_id = $2 AND a.mentor_id = $4 AND (a.at > date_trunc('milliseconds', g.ended_at) OR a.at > m.until_at)) AS "approvedAfterEnd"
        FROM claim c WHERE c.engineer_id = $1 AND c.claim_id = $2`,
    values: [engineer.id, claimId, accreditation, mentor.id, mentorship],
  });
  const [row] = rows;
  if (row === undefined) throw new Error('the claim is gone');
  return row;
}
