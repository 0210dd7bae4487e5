import type { ApiClient } from './api-client';
import type { Member, Members } from './members';
import { demoSkill } from './people';

/** The parts of a claim that are looked at here. */
interface Claim {
  readonly id: string;
  readonly statements: readonly {
    readonly ref: string;
    readonly evidence: readonly { readonly evidenceId: string; readonly supportState: string; readonly counts: boolean }[];
  }[];
  readonly signOff: { readonly id: string } | null;
}

const meaning = 'I have seen this work and judged it against each statement.';
const statement = (ref: string): string => `${demoSkill}.${ref}`;

/** Plays claims until every state of a claim's life has one. */
export class DemoClaims {
  constructor(
    private readonly members: Members,
    private readonly password: string,
  ) {}

  async play(): Promise<void> {
    await this.signedOff();
    await this.waiting();
    await this.closedWithoutSignOff();
    await this.stillWithTheEngineer();
    await this.looseSupports();
  }

  /** engineer1 holds level 3 and engineer2 level 5, by two approvals; engineer8 held level 2 until it was revoked. */
  private async signedOff(): Promise<void> {
    await this.approved('engineer1', 3, 'I run provisioning, patching, monitoring and backups of my platforms on my own.', [
      ['mentor1', 'Plans and does this work alone, asks when it touches others, and the others ask for advice.'],
    ]);
    await this.approved(
      'engineer2',
      5,
      'I lead how our infrastructure is run: its pipeline, its storage, its service levels, its runbooks.',
      [
        ['mentor2', 'Sets the direction for three teams and answers for it; the heads rely on it.'],
        ['mentor1', 'The decisions were theirs, and the results show over more than a year.'],
      ],
    );
    const revoked = await this.approved('engineer8', 2, 'I keep the east hall running by its procedures.', [
      ['mentor2', 'Works to instructions with little supervision, and knows when to call.'],
    ]);
    const { id } = this.members('engineer8');
    await this.members('admin2').api.post(`/engineers/${id}/sign-offs/${revoked}/revocation`, {
      password: this.password,
      reason:
        'The change of the alarm thresholds turned out to be a colleague’s. Engineer Eight knows, and will claim again with other work.',
    });
  }

  /** engineer4 waits for a decision, some supports accepted; engineer7 waits after a first claim that was taken back. */
  private async waiting(): Promise<void> {
    const four = await this.submitted('engineer4', 3, 'I have run the broker, the backups and the second line on my own since spring.');
    await this.review('mentor1', 'engineer4', four, ({ ref }) => (ref.endsWith('.1') || ref.endsWith('.4') ? 'accepted' : null));
    const seven = await this.submitted('engineer7', 2, 'I look after the branch offices.');
    await this.act('engineer7', 'engineer7', seven, 'withdrawal', { reason: 'I want the branch lead to read it first.' });
    await this.submitted(
      'engineer7',
      2,
      'I look after the services of eleven branch offices by their handbook. The branch lead has read this.',
    );
  }

  /** engineer6's claim is refused: the work is real, and belongs to another level. */
  private async closedWithoutSignOff(): Promise<void> {
    const claim = await this.submitted('engineer6', 4, 'I have worked on all parts of operations in the last half year.');
    await this.act('mentor2', 'engineer6', claim, 'refusal', {
      reason: 'This is good work of level 3: done to plans that others made. Level 4 asks for plans and judgements of your own.',
      statements: [
        { statement: statement('4.1'), feedback: 'Which updates did you decide on, and by which weighing of risks?' },
        { statement: statement('4.7'), feedback: 'Take over the planning of the next rollout, and log that.' },
      ],
    });
  }

  /** engineer3 drafts with gaps, engineer9 without a mentor who may judge that level; engineer5 has changes to make. */
  private async stillWithTheEngineer(): Promise<void> {
    await this.draft('engineer3', 3, 'I provision machines and automate what we do by hand. Monitoring is still to come.');
    await this.draft('engineer9', 4, 'I tune and plan the compute platform, and find out why things are slow.');
    const five = await this.submitted('engineer5', 2, 'I have run the nightly jobs since summer.');
    await this.review('mentor1', 'engineer5', five, ({ ref }) => (ref.endsWith('2.2') ? 'returned' : 'accepted'));
    await this.act('mentor1', 'engineer5', five, 'change-request', {
      feedback: 'Two of three statements are shown well. The third needs more than one sentence.',
      statements: [
        { statement: statement('2.2'), feedback: 'What were you asked to change, what did you change, and how did you check it?' },
      ],
    });
  }

  /** engineer1's supports to level 4: one accepted, one returned, the others wait. */
  private async looseSupports(): Promise<void> {
    const { id } = this.members('engineer1');
    const { api } = this.members('mentor1');
    const verdicts = {
      '4.4': { verdict: 'accepted', feedback: 'Convincing: the figures before and after are there.' },
      '4.3': {
        verdict: 'returned',
        feedback: 'You took part in one review. Show that you keep procedures up and check that they are followed.',
      },
    };
    for (const [ref, verdict] of Object.entries(verdicts)) {
      const { body } = await api.get<{ items: { id: string }[] }>(`/engineers/${id}/evidence?statement=${statement(ref)}`);
      const path = `/engineers/${id}/evidence/${body.items[0]?.id}`;
      const { etag } = await api.get(path);
      await api.post(`${path}/supports/${statement(ref)}/review`, verdict, { ifMatch: etag });
    }
  }

  private async draft(engineer: string, level: number, summary: string): Promise<string> {
    const { id, api } = this.members(engineer);
    const { body } = await api.post<Claim>(`/engineers/${id}/claims`, { skillLevel: `${demoSkill}.${level}`, summary });
    return body.id;
  }

  private async submitted(engineer: string, level: number, summary: string): Promise<string> {
    const claim = await this.draft(engineer, level, summary);
    await this.act(engineer, engineer, claim, 'submission', {});
    return claim;
  }

  /** Submits, has the first mentor accept every support, and every one approve; answers the sign-off's id. */
  private async approved(
    engineer: string,
    level: number,
    summary: string,
    approvers: readonly (readonly [mentor: string, note: string])[],
  ): Promise<string> {
    const claim = await this.submitted(engineer, level, summary);
    let answer: Claim | undefined;
    for (const [index, [mentor, note]] of approvers.entries()) {
      if (index === 0) await this.review(mentor, engineer, claim, () => 'accepted');
      answer = await this.act(mentor, engineer, claim, 'approval', { password: this.password, meaning, essence: { met: true, note } });
    }
    if (!answer?.signOff) throw new Error(`${engineer}'s claim is not signed off`);
    return answer.signOff.id;
  }

  /** Gives each statement's supports that the claim rests on a verdict, or none. */
  private async review(
    mentor: string,
    engineer: string,
    claim: string,
    judge: (statement: Claim['statements'][number]) => 'accepted' | 'returned' | null,
  ): Promise<void> {
    const { body } = await this.see(this.members(mentor).api, this.members(engineer), claim);
    const verdicts = body.statements.flatMap((one) => {
      const verdict = judge(one);
      if (verdict === null) return [];
      const feedback = verdict === 'returned' ? { feedback: 'This says what was done, and not what it shows.' } : {};
      return one.evidence
        .filter(({ counts }) => counts)
        .map(({ evidenceId }) => ({ evidence: evidenceId, statement: one.ref, verdict, ...feedback }));
    });
    await this.act(mentor, engineer, claim, 'reviews', { verdicts });
  }

  private see(api: ApiClient, engineer: Member, claim: string): Promise<{ body: Claim; etag: string | undefined }> {
    return api.get<Claim>(`/engineers/${engineer.id}/claims/${claim}`);
  }

  private async act(actor: string, engineer: string, claim: string, action: string, body: object): Promise<Claim> {
    const { api } = this.members(actor);
    const owner = this.members(engineer);
    const { etag } = await this.see(api, owner, claim);
    return (await api.post<Claim>(`/engineers/${owner.id}/claims/${claim}/${action}`, body, { ifMatch: etag })).body;
  }
}
