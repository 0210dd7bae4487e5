import * as fc from 'fast-check';
import {
  type SeenClaim,
  type Trio,
  act,
  approval,
  draftClaim,
  levelRef,
  logWork,
  makeTrio,
  statementRef,
  statementsOfLevel,
} from '../factories/claims';
import { checkLedger, progressOf } from '../factories/evidence';
import { type TestPerson, makePerson } from '../factories/people';
import { restand } from '../factories/standing';
import { type TestApp, startApp } from '../setup/app';

let api: TestApp;
let admin: TestPerson;
beforeAll(async () => {
  api = await startApp();
  admin = await makePerson(api, { roles: ['admin'] });
  // sign-offs that end, so that some are noted as expired
  await api.database.query(`INSERT INTO policy SELECT skill_level_ref, 2, accepted_per_statement, may_miss, 1, max_age_months, 1, stepping,
      line_manager_may_approve, 12, review_days, set_by, set_at FROM policy WHERE version = 1`);
});
afterAll(() => api.close());

/** One thing that somebody tries; whether it is refused is not the question here. */
type Step =
  | { readonly does: 'log'; readonly level: number; readonly kind: 'work' | 'lab'; readonly endedOn: string | null; readonly all: boolean }
  | { readonly does: 'edit'; readonly pick: number; readonly change: Readonly<Record<string, unknown>> }
  | { readonly does: 'archive' | 'unlink'; readonly pick: number }
  | { readonly does: 'link'; readonly pick: number; readonly level: number }
  | { readonly does: 'review'; readonly pick: number; readonly verdict: 'accepted' | 'returned' }
  | { readonly does: 'acceptAll' | 'revoke' | 'expire' }
  | { readonly does: 'draft'; readonly level: number }
  | { readonly does: 'submission' | 'withdrawal' | 'approval' | 'refusal' | 'change-request' };

const level = fc.integer({ min: 1, max: 3 });
const pick = fc.nat(30);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('log' as const),
      level,
      kind: fc.constantFrom('work' as const, 'work' as const, 'lab' as const),
      endedOn: fc.constantFrom(null, '2026-10-01', '2026-01-31', '2020-01-01'),
      all: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('edit' as const),
      pick,
      change: fc.constantFrom({ endedOn: null }, { endedOn: '2026-06-30' }, { kind: 'training' }, { kind: 'work' }, { tags: ['linux'] }),
    }),
  },
  fc.record({ does: fc.constantFrom('archive' as const, 'unlink' as const), pick }),
  fc.record({ does: fc.constant('link' as const), pick, level }),
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('review' as const),
      pick,
      verdict: fc.constantFrom('accepted' as const, 'returned' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constantFrom('acceptAll' as const, 'acceptAll' as const, 'revoke' as const, 'expire' as const) }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('draft' as const), level }) },
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constantFrom(
        'submission' as const,
        'submission' as const,
        'approval' as const,
        'approval' as const,
        'withdrawal' as const,
        'refusal' as const,
        'change-request' as const,
      ),
    }),
  },
);

interface Support {
  evidence_id: string;
  statement_ref: string;
}

/** A record on which steps are tried; it looks up in the database what there is to act on. */
class Trial {
  claim: SeenClaim | null = null;

  constructor(
    private readonly trio: Trio,
    readonly seen: Set<string>,
  ) {}

  async attempt(step: Step): Promise<void> {
    const status = await this.send(step);
    if (status >= 500) throw new Error(`${step.does} answered ${status}`);
    this.seen.add(`${step.does} ${status < 300 ? 'done' : 'refused'}`);
  }

  private async send(step: Step): Promise<number> {
    const { engineer, mentor } = this.trio;
    switch (step.does) {
      case 'log': {
        const count = step.all ? (statementsOfLevel[step.level] ?? 1) : 1;
        const statements = Array.from({ length: count }, (_, i) => statementRef(step.level, i + 1));
        await logWork(engineer, statements, { kind: step.kind, endedOn: step.endedOn });
        return 201;
      }
      case 'edit':
        return this.onEvidence(engineer, step.pick, (path, ifMatch) => engineer.patch(path, step.change, { ifMatch }));
      case 'archive':
        return this.onEvidence(engineer, step.pick, (path, ifMatch) => engineer.post(`${path}/archival`, {}, { ifMatch }));
      case 'link':
        return this.onEvidence(engineer, step.pick, (path, ifMatch) =>
          engineer.post(`${path}/supports`, { statement: statementRef(step.level, 1), rationale: 'It shows it.' }, { ifMatch }),
        );
      case 'unlink':
        return this.onEvidence(engineer, step.pick, (path, ifMatch, statement) =>
          engineer.delete(`${path}/supports/${statement}`, { ifMatch }),
        );
      case 'review': {
        const body = { verdict: step.verdict, feedback: 'I have looked at it.' };
        return this.onEvidence(mentor, step.pick, (path, ifMatch, statement) =>
          mentor.post(`${path}/supports/${statement}/review`, body, { ifMatch }),
        );
      }
      case 'acceptAll':
        return this.acceptAll();
      case 'revoke':
        return this.revoke();
      case 'expire':
        return this.expire();
      case 'draft': {
        this.claim = await draftClaim(engineer, step.level).catch(() => this.claim);
        return 201;
      }
      case 'submission':
      case 'withdrawal':
        return this.onClaim(engineer, step.does, {});
      case 'approval':
        return this.onClaim(mentor, step.does, approval(mentor));
      case 'refusal':
        return this.onClaim(mentor, step.does, { reason: 'Not yet.' });
      case 'change-request': {
        const statement = this.claim?.claim.statements[0]?.ref;
        return this.onClaim(mentor, step.does, { feedback: 'One thing.', statements: [{ statement, feedback: 'Show the log.' }] });
      }
    }
  }

  private async onEvidence(
    person: TestPerson,
    pick: number,
    send: (path: string, ifMatch: string, statement: string) => Promise<{ status: number }>,
  ): Promise<number> {
    const supports = await api.database.query<Support>(
      `SELECT evidence_id, statement_ref FROM support WHERE engineer_id = $1 ORDER BY evidence_id, statement_ref`,
      [this.trio.engineer.id],
    );
    const support = supports[pick % Math.max(supports.length, 1)];
    if (support === undefined) return 404;
    const path = `/engineers/${this.trio.engineer.id}/evidence/${support.evidence_id}`;
    const { etag } = await person.get(path);
    return (await send(path, etag ?? '"none"', support.statement_ref)).status;
  }

  private async onClaim(person: TestPerson, action: string, body: unknown): Promise<number> {
    if (this.claim === null) return 404;
    const { etag } = await person.get(this.claim.path);
    return (await act(person, { ...this.claim, etag: etag ?? '"none"' }, action, body)).status;
  }

  private async acceptAll(): Promise<number> {
    const pins = await api.database.query<Support>(
      `SELECT evidence_id, statement_ref FROM claim_pin WHERE claim_id = $1 AND submission = (SELECT submission FROM claim WHERE claim_id = $1)`,
      [this.claim?.id ?? null],
    );
    const verdicts = pins.map((pin) => ({ evidence: pin.evidence_id, statement: pin.statement_ref, verdict: 'accepted' }));
    return this.onClaim(this.trio.mentor, 'reviews', { verdicts });
  }

  private async revoke(): Promise<number> {
    const { id } = this.trio.engineer;
    const [last] = await api.database.query<{ id: string }>(
      `SELECT sign_off_id AS id FROM sign_off WHERE engineer_id = $1 ORDER BY at DESC LIMIT 1`,
      [id],
    );
    if (last === undefined) return 404;
    const body = { password: admin.password, reason: 'The work was somebody else’s.' };
    return (await admin.post(`/engineers/${id}/sign-offs/${last.id}/revocation`, body)).status;
  }

  /** Time passes for every sign-off of the record; the row of progress knows the day as the sign-off does. */
  private async expire(): Promise<number> {
    const { id } = this.trio.engineer;
    const ended = await api.database.query(
      `UPDATE sign_off SET signed_off_on = '2020-01-01', valid_until = '2021-01-01' WHERE engineer_id = $1 RETURNING 1`,
      [id],
    );
    await api.database.query(
      `UPDATE progress SET signed_off_on = '2020-01-01', valid_until = '2021-01-01' WHERE engineer_id = $1 AND sign_off_id IS NOT NULL`,
      [id],
    );
    await restand(api, id);
    return ended.length > 0 ? 200 : 404;
  }
}

/** What leads to a sign-off, so that not only refusals are tried. */
const towardsSignOff: Step[] = [
  { does: 'log', level: 1, kind: 'work', endedOn: '2026-10-01', all: true },
  { does: 'draft', level: 1 },
  { does: 'submission' },
  { does: 'acceptAll' },
  { does: 'approval' },
];
/** Everything once, so that no run is without it. */
const everything: Step[] = [
  ...towardsSignOff,
  { does: 'expire' },
  { does: 'revoke' },
  { does: 'log', level: 2, kind: 'work', endedOn: null, all: true },
  { does: 'edit', pick: 0, change: { endedOn: '2026-06-30' } },
  { does: 'link', pick: 0, level: 3 },
  { does: 'review', pick: 0, verdict: 'returned' },
  { does: 'draft', level: 2 },
  { does: 'submission' },
  { does: 'change-request' },
  { does: 'submission' },
  { does: 'refusal' },
  { does: 'draft', level: 2 },
  { does: 'withdrawal' },
  { does: 'unlink', pick: 5 },
  { does: 'archive', pick: 0 },
];
const steps = fc
  .tuple(fc.boolean(), fc.array(step, { maxLength: 5 }), fc.array(step, { minLength: 4, maxLength: 14 }))
  .map(([signedOff, before, after]) => [...before, ...(signedOff ? towardsSignOff : []), ...after]);

describe('progress', () => {
  it('equals its rebuild from scratch, whatever was written in whatever order', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const trio = await makeTrio(api);
        const trial = new Trial(trio, seen);
        for (const one of sequence) {
          await trial.attempt(one);
          // after each step: the next write would mend what this one forgot
          const { kept, rebuilt } = await progressOf(api, trio.engineer);
          expect({ after: one.does, kept }).toEqual({ after: one.does, kept: rebuilt });
        }
        await checkLedger(trio.engineer);
      }),
      { numRuns: 20, endOnFailure: true, examples: [[everything]] },
    );
    // the sequences did what they were made for
    expect([...seen]).toEqual(expect.arrayContaining(everything.map(({ does }) => `${does} done`)));
  }, 240_000);

  it('has exactly the rows of levels that the record ever named, each naming its own', async () => {
    const { engineer } = await makeTrio(api);
    await logWork(engineer, [statementRef(2, 1), statementRef(3, 1)]);
    const { kept } = await progressOf(api, engineer);
    expect(kept.map((row) => row['skill_level_ref'])).toEqual([levelRef(2), levelRef(3)]);
    await draftClaim(engineer, 1);
    const { kept: then, rebuilt } = await progressOf(api, engineer);
    expect(then).toEqual(rebuilt);
    expect(then.map((row) => [row['skill_level_ref'], row['total'], row['proposed'], row['claim_state']])).toEqual([
      [levelRef(1), 2, 0, 'draft'],
      [levelRef(2), 3, 1, null],
      [levelRef(3), 6, 1, null],
    ]);
  });
});
