import type { EvidenceState } from '../../src/evidence/evidence';
import type { SupportState, Verdict } from '../../src/evidence/support';
import type { SupportFact } from '../../src/evidence/supports.facts';
import { Chain } from './chain';
import type { Random } from './random';
import { type Rows, hex } from './rows';
import type { SearchText } from './search-text';
import { type Work, feedbackOf, rationaleOf, revised, workOf } from './work';

/** A statement that supports may name. */
export interface Statement {
  readonly ref: string;
  readonly skillLevel: string;
}

interface Support {
  readonly statement: Statement;
  readonly rationale: string;
  state: SupportState;
  revision: number;
  proposedAt: Date;
  verdict: { verdict: Verdict; revision: number; feedback: string | null; by: string; at: Date } | null;
  version: number;
}

interface Evidence {
  readonly id: string;
  readonly loggedAt: Date;
  state: EvidenceState;
  work: Work;
  digest: Buffer;
  revision: number;
  version: number;
  changedAt: Date;
  readonly supports: Support[];
}

/** Something that happens on a day of its own. */
interface Event {
  readonly at: Date;
  readonly happen: (at: Date) => void;
}

const day = 86_400_000;
const after = (at: Date, days: number, random: Random): Date => new Date(at.getTime() + days * day + random.int(0, day - 1));

/** What a record is made with. */
export interface Means {
  readonly random: Random;
  readonly rows: Rows;
  readonly search: SearchText;
  /** The instant that the data leads up to: nothing happens after it. */
  readonly asOf: Date;
  /** Each piece of work shows statements of other levels than the one before, whatever its engineer is after. */
  readonly everyLevel?: boolean;
}

/** One engineer's record as it comes about, event by event, in the order of time, with the rules of the application: what is written is what it would have written. */
export class EngineerRecord {
  readonly chain: Chain;
  private readonly evidence: Evidence[] = [];
  private readonly events: Event[] = [];
  private readonly random: Random;
  private readonly rows: Rows;

  constructor(
    readonly engineerId: string,
    private readonly mentors: readonly string[],
    private readonly means: Means,
  ) {
    this.random = means.random;
    this.rows = means.rows;
    this.chain = new Chain(engineerId, means.random, means.rows);
  }

  /** Plans something that is none of the engineer's doing, such as a mentor that an admin gives them. */
  plan(at: Date, happen: (at: Date) => void): void {
    if (at < this.means.asOf) this.events.push({ at, happen });
  }

  /** Plans a piece of work: logged at a time with some supports, of which most are judged within three weeks; some are withdrawn, some is revised or archived later. */
  planWork(loggedAt: Date, statements: readonly Statement[]): void {
    const { random } = this;
    const evidence: Evidence = {
      id: random.id(loggedAt),
      loggedAt,
      state: 'logged',
      work: workOf(random, loggedAt.toISOString().slice(0, 10)),
      digest: Buffer.alloc(32),
      revision: 1,
      version: 1,
      changedAt: loggedAt,
      supports: statements.map((statement) => ({
        statement,
        rationale: rationaleOf(random),
        state: 'proposed',
        revision: 1,
        proposedAt: loggedAt,
        verdict: null,
        version: 1,
      })),
    };
    this.evidence.push(evidence);
    this.plan(loggedAt, (at) => this.log(evidence, at));
    for (const support of evidence.supports) {
      if (random.percent(75)) this.plan(after(loggedAt, random.int(1, 20), random), (at) => this.judge(evidence, support, at));
      else if (random.percent(20)) this.plan(after(loggedAt, random.int(1, 20), random), (at) => this.withdraw(evidence, support, at));
    }
    if (random.percent(10)) this.plan(after(loggedAt, random.int(5, 25), random), (at) => this.revise(evidence, at));
    if (random.percent(3)) this.plan(after(loggedAt, 30, random), (at) => this.archive(evidence, at));
  }

  /** Lets everything that is planned happen, in the order of time. */
  happen(): void {
    const planned = this.events.sort((one, other) => one.at.getTime() - other.at.getTime());
    for (const { at, happen } of planned) happen(at);
    this.events.length = 0;
  }

  /** The supports to a level that are not withdrawn, as a claim looks at them. */
  supportsOf(skillLevel: string): SupportFact[] {
    return this.evidence.flatMap((evidence) =>
      evidence.supports.flatMap((support): SupportFact[] => {
        const { statement, state, verdict } = support;
        if (statement.skillLevel !== skillLevel || state === 'withdrawn') return [];
        const judged = state === 'proposed' ? null : verdict;
        return [
          {
            evidenceId: evidence.id,
            statement: statement.ref,
            state,
            version: support.version,
            revision: support.revision,
            rationale: support.rationale,
            reviewedBy: judged?.by ?? null,
            reviewedAt: judged?.at ?? null,
            feedback: judged?.feedback ?? null,
            evidence: {
              title: evidence.work.content.title,
              kind: evidence.work.content.kind,
              state: evidence.state,
              redacted: false,
              startedOn: evidence.work.content.startedOn,
              endedOn: evidence.work.content.endedOn,
              revision: evidence.revision,
              version: evidence.version,
              digest: evidence.digest.toString('hex'),
            },
          },
        ];
      }),
    );
  }

  /** The ids of the evidence that is listed. */
  listed(): string[] {
    return this.evidence.filter(({ state }) => state === 'logged').map(({ id }) => id);
  }

  /** Writes what has come about; nothing may happen after it. */
  close(): void {
    for (const evidence of this.evidence) this.writeEvidence(evidence);
    this.chain.close();
  }

  private log(evidence: Evidence, at: Date): void {
    this.keepRevision(evidence, at);
    this.chain.append('evidence.logged', `evidence/${evidence.id}`, this.engineerId, at, evidence.digest);
    for (const { statement, rationale } of evidence.supports) {
      const digest = this.chain.keepSorted({ rationale, revision: 1 });
      this.chain.append('support.proposed', this.subjectOf(evidence, statement), this.engineerId, at, digest);
    }
  }

  private judge(evidence: Evidence, support: Support, at: Date): void {
    const by = this.random.pick(this.mentors);
    const verdict = this.random.percent(85) ? 'accepted' : 'returned';
    const feedback = verdict === 'returned' || this.random.percent(50) ? feedbackOf(this.random) : null;
    const { revision, rationale } = support;
    support.state = verdict;
    support.verdict = { verdict, revision, feedback, by, at };
    support.version += 1;
    this.touch(evidence, at);
    const digest = this.chain.keepSorted({ feedback, rationale, revision, verdict });
    this.chain.append(`support.${verdict}`, this.subjectOf(evidence, support.statement), by, at, digest);
  }

  private withdraw(evidence: Evidence, support: Support, at: Date): void {
    support.state = 'withdrawn';
    support.version += 1;
    this.touch(evidence, at);
    const digest = this.chain.keep({ revision: support.revision });
    this.chain.append('support.withdrawn', this.subjectOf(evidence, support.statement), this.engineerId, at, digest);
  }

  private revise(evidence: Evidence, at: Date): void {
    evidence.work = revised(evidence.work);
    evidence.revision += 1;
    this.touch(evidence, at);
    this.keepRevision(evidence, at);
    this.chain.append('evidence.revised', `evidence/${evidence.id}`, this.engineerId, at, evidence.digest);
    for (const support of evidence.supports.filter(({ state }) => state !== 'withdrawn')) {
      const { verdict } = support;
      support.revision = evidence.revision;
      support.version += 1;
      if (support.state === 'proposed' || verdict === null) continue;
      support.state = 'proposed';
      support.proposedAt = at;
      const digest = this.chain.keep({ revision: evidence.revision, verdict: verdict.verdict, judgedRevision: verdict.revision });
      this.chain.append('support.reopened', this.subjectOf(evidence, support.statement), this.engineerId, at, digest);
    }
  }

  private archive(evidence: Evidence, at: Date): void {
    evidence.state = 'archived';
    this.touch(evidence, at);
    const digest = this.chain.keep({ revision: evidence.revision });
    this.chain.append('evidence.archived', `evidence/${evidence.id}`, this.engineerId, at, digest);
  }

  private keepRevision(evidence: Evidence, at: Date): void {
    evidence.digest = this.chain.keepSorted(evidence.work.content);
    this.rows.add('evidence_revision', {
      engineer_id: this.engineerId,
      evidence_id: evidence.id,
      revision: evidence.revision,
      at: at.toISOString(),
      digest: hex(evidence.digest),
    });
  }

  private touch(evidence: Evidence, at: Date): void {
    evidence.version += 1;
    evidence.changedAt = at;
  }

  private subjectOf(evidence: Evidence, statement: Statement): string {
    return `evidence/${evidence.id}/supports/${statement.ref}`;
  }

  private writeEvidence(evidence: Evidence): void {
    const { content, fragments } = evidence.work;
    this.rows.add('evidence', {
      engineer_id: this.engineerId,
      evidence_id: evidence.id,
      state: evidence.state,
      revision: evidence.revision,
      version: evidence.version,
      kind: content.kind,
      started_on: content.startedOn,
      ended_on: content.endedOn,
      tags: content.tags,
      search: this.means.search.vectorOf(fragments),
      logged_at: evidence.loggedAt.toISOString(),
      changed_at: evidence.changedAt.toISOString(),
    });
    for (const { statement, rationale, state, revision, proposedAt, verdict, version } of evidence.supports) {
      // written out: so many rows that taking objects apart and together would take longest of all
      this.rows.add('support', {
        engineer_id: this.engineerId,
        evidence_id: evidence.id,
        statement_ref: statement.ref,
        skill_level_ref: statement.skillLevel,
        state,
        revision,
        rationale,
        proposed_at: proposedAt.toISOString(),
        verdict: verdict === null ? null : verdict.verdict,
        verdict_revision: verdict === null ? null : verdict.revision,
        feedback: verdict === null ? null : verdict.feedback,
        reviewed_by: verdict === null ? null : verdict.by,
        reviewed_at: verdict === null ? null : verdict.at.toISOString(),
        version,
      });
    }
  }
}
