import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { verifyLedger } from '../../src/ledger/ledger.verification';
import { progressOf } from '../factories/evidence';
import { type TestApp, startApp } from '../setup/app';
import { countOf, isDeep, report } from './deep';
import { Client, type Reply } from './http';
import { type Member, freshKey, makePeople, unlimited } from './people';
import { type Field, type Outcome, type Round, Start, approval, level, outcomeOf, prepare } from './races';

/*
 * Two requests in the same moment, over HTTP: whoever comes first, one outcome stands, and the ledger says the same. DEEP=1 for 500 rounds of each.
 */
const rounds = countOf(500, 5);
/** Those on which a sign-off hangs directly are played more often in `npm test`. */
const often = countOf(500, 12);

let api: TestApp;
let pool: Pool;
let client: Client;
let admin: Member;
let field: Field;

beforeAll(async () => {
  api = await startApp(unlimited);
  pool = new Pool({ connectionString: api.database.adminUrl, max: 4 });
  client = new Client(api.origin);
  ({
    members: [admin],
  } = await makePeople(pool, [{ name: 'Admin', roles: ['admin'] }] as const));
  field = { client, pool, admin };
}, 60_000);
afterAll(async () => {
  client.close();
  await pool.end();
  await api.close();
});

const said = (reply: Reply): string => Client.codeOf(reply) ?? String(reply.status);
const post = (who: Member, path: string, body: unknown, ifMatch?: string, key?: string): Promise<Reply> =>
  client.send({ method: 'POST', path, body, token: who.token, ifMatch, key });
const approve = (who: Member, { claim, etag }: Round, key?: string): Promise<Reply> => post(who, `${claim}/approval`, approval, etag, key);
const withdraw = ({ engineer, claim, etag }: Round): Promise<Reply> => post(engineer, `${claim}/withdrawal`, {}, etag);

/** Every entry once, of those that end a claim; an approval never without its sign-off, where one is enough. */
const endings = ({ kinds }: Outcome): string[] => kinds.filter((kind) => /^(claim\.(approved|withdrawn)|sign-off\.granted)$/.test(kind));

/**
 * Plays all rounds of one race, and looks at what is left behind: chains that verify, progress as a rebuild makes it, and that either side has won.
 * @param play one round; answers who was first (0 or 1), or null where that is not to be told
 */
async function race(
  what: string,
  until: 'draft' | 'submitted' | 'accepted',
  play: (round: Round, start: Start, number: number) => Promise<0 | 1 | null>,
  times = rounds,
): Promise<void> {
  const began = performance.now();
  const start = new Start();
  const last: Round[] = [];
  for (let number = 0; number < times; number += 1) {
    const round = await prepare(field, until);
    const won = await play(round, start, number);
    if (won !== null) start.won(won);
    last.push(round);
    if (last.length > 10) last.shift();
  }
  for (const { engineer } of last) {
    const { kept, rebuilt } = await progressOf(api, engineer);
    expect(rebuilt).toEqual(kept);
  }
  expect(await verifyLedger(api.app.get(DataSource, { strict: false }), {})).toMatchObject({ ok: true });
  const [first, second] = start.wins;
  report({
    part: 'races',
    what,
    count: times,
    result: `one outcome each; first ${first} times the one, ${second} the other`,
    milliseconds: Math.round(performance.now() - began),
  });
}

const approved = { state: 'approved', approvals: 1, signOffs: 1 };

describe(`${rounds} times and more in the same moment`, () => {
  const limit = isDeep ? 1_800_000 : 120_000;

  test(
    'two approve where one is needed: one signs off',
    () =>
      race(
        'double approval',
        'accepted',
        async (round, start, number) => {
          // two mentors, or one with two windows
          const other = number % 4 === 0 ? round.mentor : round.second;
          const replies = await start.atOnce(
            () => approve(round.mentor, round),
            () => approve(other, round),
          );
          expect(replies.map(said).sort()).toEqual(['200', 'stale']);
          const outcome = await outcomeOf(pool, round);
          expect(outcome).toMatchObject(approved);
          expect(endings(outcome)).toEqual(['claim.approved', 'sign-off.granted']);
          return replies[0].status === 200 ? 0 : 1;
        },
        often,
      ),
    limit,
  );

  test(
    'approval, and an edit of the evidence: approved is what was seen',
    () =>
      race(
        'approval / edit',
        'accepted',
        async (round, start, number) => {
          const path = `/engineers/${round.engineer.id}/evidence/${round.evidence}`;
          const { etag } = await client.send({ method: 'GET', path, token: round.engineer.token });
          const edit = (): Promise<Reply> =>
            client.send({ method: 'PATCH', path, body: { title: 'Something else' }, token: round.engineer.token, ifMatch: etag });
          // every other time the claim is withdrawn in the same moment too: then the edit may come before any approval
          const [[signed, edited], taken] = await Promise.all([
            start.atOnce(() => approve(round.mentor, round), edit),
            number % 2 === 0 ? null : withdraw(round),
          ]);
          expect(said(edited)).toMatch(/^(200|evidence-locked)$/);
          expect([said(signed), ...(taken === null ? [] : [said(taken)])].sort()).toEqual(taken === null ? ['200'] : ['200', 'stale']);
          const outcome = await outcomeOf(pool, round);
          const isApproved = signed.status === 200;
          if (isApproved) expect(outcome).toMatchObject({ ...approved, frozen: { revision: 1 } });
          else expect(outcome).toMatchObject({ state: 'withdrawn', approvals: 0, signOffs: 0 });
          const revised = outcome.kinds.indexOf('evidence.revised');
          expect(revised === -1).toBe(edited.status !== 200);
          if (revised !== -1) expect(revised).toBeGreaterThan(outcome.kinds.indexOf(isApproved ? 'sign-off.granted' : 'claim.withdrawn'));
          return edited.status === 200 ? 0 : 1;
        },
        often,
      ),
    limit,
  );

  test(
    'approval, and the end of the mentorship: nothing is approved after it',
    () =>
      race('approval / mentorship end', 'accepted', async (round, start) => {
        const [signed, ended] = await start.atOnce(
          () => approve(round.mentor, round),
          () => client.send({ method: 'DELETE', path: `/engineers/${round.engineer.id}/mentors/${round.mentorship}`, token: admin.token }),
        );
        expect([said(signed), said(ended)]).toEqual([expect.stringMatching(/^(200|not-found|mentorship-ended)$/), '204']);
        const outcome = await outcomeOf(pool, round);
        const isApproved = signed.status === 200;
        expect(outcome).toMatchObject({
          ...(isApproved ? approved : { state: 'submitted', approvals: 0, signOffs: 0 }),
          approvedAfterEnd: false,
        });
        const end = outcome.kinds.indexOf('mentorship.ended');
        expect(outcome.kinds.indexOf('claim.approved')).toBeLessThan(end);
        expect(outcome.kinds.includes('claim.approved')).toBe(isApproved);
        return isApproved ? 0 : 1;
      }),
    limit,
  );

  test(
    'approval, and the end of the approver’s accreditation: nothing is approved after it',
    () =>
      race('approval / accreditation end', 'accepted', async (round, start) => {
        const path = `/people/${round.mentor.id}/accreditations/${round.accreditation}`;
        const [signed, ended] = await start.atOnce(
          () => approve(round.mentor, round),
          () => client.send({ method: 'DELETE', path, token: admin.token }),
        );
        expect([said(signed), said(ended)]).toEqual([expect.stringMatching(/^(200|mentor-level-too-low)$/), '204']);
        const outcome = await outcomeOf(pool, round);
        const isApproved = signed.status === 200;
        expect(outcome).toMatchObject({
          ...(isApproved ? approved : { state: 'submitted', approvals: 0, signOffs: 0 }),
          approvedAfterEnd: false,
        });
        return isApproved ? 0 : 1;
      }),
    limit,
  );

  test(
    'submitted twice: one submission',
    () =>
      race('double submission', 'draft', async (round, start) => {
        const submit = (): Promise<Reply> => post(round.engineer, `${round.claim}/submission`, {}, round.etag);
        const replies = await start.atOnce(submit, submit);
        expect(replies.map(said).sort()).toEqual(['200', 'stale']);
        const outcome = await outcomeOf(pool, round);
        expect(outcome).toMatchObject({ state: 'submitted', submissions: 1 });
        expect(outcome.kinds.filter((kind) => kind === 'claim.submitted')).toHaveLength(1);
        return replies[0].status === 200 ? 0 : 1;
      }),
    limit,
  );

  test(
    'the same Idempotency-Key twice: one approval, one answer',
    () =>
      race(
        'same key',
        'accepted',
        async (round, start) => {
          const key = freshKey();
          const send = (): Promise<Reply> => approve(round.mentor, round, key);
          const replies = await start.atOnce(send, send);
          for (const reply of replies) expect(['200', 'idempotency-in-progress']).toContain(said(reply));
          const first = replies.find(({ status, replayed }) => status === 200 && !replayed);
          const again = await send();
          expect([again.status, again.replayed]).toEqual([200, true]);
          expect(again.body).toEqual(first?.body);
          const outcome = await outcomeOf(pool, round);
          expect(outcome).toMatchObject(approved);
          expect(endings(outcome)).toEqual(['claim.approved', 'sign-off.granted']);
          return replies[0] === first ? 0 : 1;
        },
        often,
      ),
    limit,
  );

  test(
    'withdrawal and approval: one of them',
    () =>
      race('withdrawal / approval', 'accepted', async (round, start) => {
        const [taken, signed] = await start.atOnce(
          () => withdraw(round),
          () => approve(round.mentor, round),
        );
        expect([said(taken), said(signed)].sort()).toEqual(['200', 'stale']);
        const outcome = await outcomeOf(pool, round);
        if (signed.status === 200) expect([outcome, endings(outcome)]).toMatchObject([approved, ['claim.approved', 'sign-off.granted']]);
        else expect([outcome, endings(outcome)]).toMatchObject([{ state: 'withdrawn', approvals: 0, signOffs: 0 }, ['claim.withdrawn']]);
        return taken.status === 200 ? 0 : 1;
      }),
    limit,
  );

  test(
    'a change of policy, and approval or first submission: a claim goes by one policy, that of its first submission',
    async () => {
      const path = `/policies/${level}`;
      const read = (): Promise<Reply> => client.send({ method: 'GET', path, token: admin.token });
      const numbersOf = ({ body }: Reply): Record<string, unknown> => {
        const { version: _, setBy: __, setAt: ___, skillLevel: ____, versions: _____, ...numbers } = body;
        return numbers;
      };
      const set = (numbers: object, ifMatch: string | undefined): Promise<Reply> =>
        client.send({ method: 'PUT', path, body: numbers, token: admin.token, ifMatch });
      const usual = numbersOf(await read());
      await race('policy change / approval', 'draft', async (round, start, number) => {
        const before = await read();
        const version = Number(before.body['version']);
        const stricter = { ...usual, approvals: 2, maxAgeMonths: 12 };
        const change = (): Promise<Reply> => set(stricter, before.etag);
        const submit = (): Promise<Reply> => post(round.engineer, `${round.claim}/submission`, {}, round.etag);
        const accept = async (etag: string | undefined): Promise<Reply> =>
          post(
            round.mentor,
            `${round.claim}/reviews`,
            { verdicts: [1, 2].map((one) => ({ evidence: round.evidence, statement: `${level}.${one}`, verdict: 'accepted' })) },
            etag,
          );
        let won: 0 | 1 | null = null;
        if (number % 2 === 0) {
          const accepted = await accept((await submit()).etag);
          const [changed, signed] = await start.atOnce(change, () => approve(round.mentor, { ...round, etag: accepted.etag ?? '' }));
          expect([said(changed), said(signed)]).toEqual(['200', '200']);
          expect(await outcomeOf(pool, round)).toMatchObject({ ...approved, policyVersion: version, frozen: { policy: version } });
        } else {
          const [changed, submitted] = await start.atOnce(change, submit);
          expect([said(changed), said(submitted)]).toEqual(['200', '200']);
          const { policyVersion } = await outcomeOf(pool, round);
          won = policyVersion === version ? 1 : 0;
          expect([version, version + 1]).toContain(policyVersion);
          const accepted = await accept(submitted.etag);
          const first = await approve(round.mentor, { ...round, etag: accepted.etag ?? '' });
          expect(first.status).toBe(200);
          // under the stricter policy one approval is not enough, whatever the policy is now
          expect(await outcomeOf(pool, round)).toMatchObject({ signOffs: won === 1 ? 1 : 0, approvals: 1, policyVersion });
        }
        expect((await set(usual, `"v${version + 1}"`)).status).toBe(200);
        return won;
      });
    },
    limit,
  );
});
