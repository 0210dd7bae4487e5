import { checkChain, type Entry } from '../ledger/entry';
import { addDays, dayOf } from '../kernel/clock';
import { ApiClient, overNetwork } from './api-client';
import { type DemoCredentials, newPassword } from './credentials';
import type { Narration } from './narration';
import { demoSkill, emailOf } from './people';

const skillLevel = `${demoSkill}.3`;
const statement = (ordinal: number): string => `${skillLevel}.${ordinal}`;
const shortRef = (ref: string): string => ref.split(':')[1] ?? ref;

/** Somebody on the tour: what they ask is told, or asked in passing. */
interface Traveller {
  readonly id: string;
  readonly name: string;
  readonly told: ApiClient;
  readonly quiet: ApiClient;
}

interface Evidence {
  readonly id: string;
  readonly title: string;
}

interface Claim {
  readonly id: string;
  readonly state: string;
  readonly dueOn: string | null;
  readonly gate: {
    readonly submittable: boolean;
    readonly approvable: boolean;
    readonly unmet: readonly { readonly code: string; readonly detail: string; readonly blocks: 'submission' | 'approval' }[];
  };
  readonly statements: readonly {
    readonly ref: string;
    readonly evidence: readonly {
      readonly evidenceId: string;
      readonly supportState: string;
      readonly counts: boolean;
      readonly feedback?: string | null;
    }[];
  }[];
  readonly signOff: { readonly id: string; readonly on: string } | null;
}

interface Problem {
  readonly detail: string;
  readonly errors?: readonly { readonly code: string; readonly detail: string }[];
}

/** Something on the tour is not as it should be. */
export class TourError extends Error {
  override readonly name = 'TourError';
}

function expect(holds: boolean, what: string): asserts holds {
  if (!holds) throw new TourError(`Not as expected: ${what}`);
}

/** The main job over HTTP, from a piece of work to a signed-off level that the manager sees, by people made for this run. */
export class Tour {
  private readonly today = dayOf(new Date(), 'utc');

  constructor(
    private readonly credentials: DemoCredentials,
    private readonly out: Narration,
  ) {}

  /** @throws TourError, or Error with the problem that was not expected */
  async run(): Promise<void> {
    const { out } = this;
    const [admin, otherAdmin] = [await this.signIn('admin1'), await this.signIn('admin2')];
    const [manager, auditor] = [await this.signIn('manager1'), await this.signIn('auditor1')];
    const run = Date.now().toString(36);

    out.step('An admin invites an engineer and a mentor; another says that the mentor may judge up to level 5.');
    const engineer = await this.invite(admin, `Tour Engineer ${run}`, manager.id);
    const mentor = await this.invite(admin, `Tour Mentor ${run}`, null);
    await otherAdmin.told.post(`/people/${mentor.id}/accreditations`, {
      skill: demoSkill,
      upToLevel: 5,
      reason: 'Has run operations for years.',
    });
    await admin.told.post(`/engineers/${engineer.id}/mentors`, { mentorId: mentor.id, skills: [demoSkill] });

    const patching = await this.logPatching(engineer);
    const claimId = await this.claim(engineer);
    await this.submitTooEarly(engineer, claimId);
    const restores = await this.logTheRest(engineer);
    await this.submit(engineer, claimId, patching);
    await this.sendBack(mentor, engineer, claimId, restores);
    await this.improve(engineer, claimId, restores);
    await this.signOff(mentor, engineer, claimId);
    await this.look(engineer, manager, auditor);
  }

  private async signIn(key: string): Promise<Traveller> {
    const transport = overNetwork(this.credentials.url);
    const { body } = await new ApiClient(transport).post<{ token: string; person: { id: string; name: string } }>('/sessions', {
      email: emailOf(key),
      password: this.credentials.password,
    });
    return this.traveller(body.person, body.token);
  }

  private async invite(admin: Traveller, name: string, managerId: string | null): Promise<Traveller> {
    const email = emailOf(name.toLowerCase().replaceAll(' ', '-'));
    const { body } = await admin.told.post<{ invitation: { token: string } }>('/people', { name, email, managerId });
    const redeemed = await new ApiClient(overNetwork(this.credentials.url)).post<{ token: string; person: { id: string; name: string } }>(
      `/invitations/${body.invitation.token}`,
      { password: this.passwordOf(name) },
    );
    this.out.say(`${name} has opened the invitation and chosen a password.`);
    return this.traveller(redeemed.body.person, redeemed.body.token);
  }

  private readonly passwords = new Map<string, string>();
  private passwordOf(name: string): string {
    const password = this.passwords.get(name) ?? newPassword();
    this.passwords.set(name, password);
    return password;
  }

  private traveller({ id, name }: { id: string; name: string }, token: string): Traveller {
    const transport = overNetwork(this.credentials.url);
    return { id, name, told: new ApiClient(this.out.tell(transport), token), quiet: new ApiClient(transport, token) };
  }

  private async logPatching(engineer: Traveller): Promise<Evidence> {
    this.out.step('The engineer logs a piece of work, and says which statements of Infrastructure operations it shows.');
    return this.log(engineer, engineer.told, 'Automated patching via IaC', 90, {
      5: 'Every ring is a maintenance task agreed with the owners of its servers.',
      6: 'The playbooks and the module that schedules them are mine.',
    });
  }

  private async log(
    engineer: Traveller,
    api: ApiClient,
    title: string,
    endedDaysAgo: number,
    shows: Readonly<Record<number, string>>,
  ): Promise<Evidence> {
    const { body } = await api.post<Evidence>(`/engineers/${engineer.id}/evidence`, {
      title,
      description: `${title}: what was asked for, what I did about it, and how I know that it works.`,
      role: 'alone',
      startedOn: addDays(this.today, -endedDaysAgo - 60),
      endedOn: addDays(this.today, -endedDaysAgo),
      supports: Object.entries(shows).map(([ordinal, rationale]) => ({ statement: statement(Number(ordinal)), rationale })),
    });
    this.out.say(
      `"${body.title}" shows ${Object.keys(shows)
        .map((ordinal) => shortRef(statement(Number(ordinal))))
        .join(' and ')}.`,
    );
    return body;
  }

  private async claim(engineer: Traveller): Promise<string> {
    this.out.step('The engineer claims level 3, and is told exactly what is missing.');
    const { body } = await engineer.told.post<Claim>(`/engineers/${engineer.id}/claims`, {
      skillLevel,
      summary: 'I run and automate our servers on my own.',
    });
    expect(body.state === 'draft' && !body.gate.submittable, 'a fresh claim is a draft with gaps');
    this.out.list(body.gate.unmet.filter(({ blocks }) => blocks === 'submission').map(({ detail }) => detail));
    return body.id;
  }

  private async submitTooEarly(engineer: Traveller, claimId: string): Promise<void> {
    this.out.step('Submitted all the same, it is refused, with the same gaps; nothing has happened.');
    const { path, etag } = await this.see(engineer, engineer.id, claimId);
    const { body } = await engineer.told.post<Problem>(`${path}/submission`, {}, { ifMatch: etag, expect: 422 });
    const [gap] = body.errors ?? [];
    expect(gap !== undefined, 'the refusal names what is missing');
    this.out.say(`${body.errors?.length} gaps, the first: ${gap.code}: ${gap.detail}`);
    expect((await this.see(engineer, engineer.id, claimId)).claim.state === 'draft', 'the claim is a draft still');
  }

  private async logTheRest(engineer: Traveller): Promise<Evidence> {
    this.out.step('The engineer logs what is missing.');
    await this.log(engineer, engineer.quiet, 'A test cluster from nothing', 200, { 1: 'Provisioned, deployed and configured by me.' });
    await this.log(engineer, engineer.quiet, 'Capacity alerts for the storage', 150, {
      2: 'Load, performance and failed logins are watched by what I set up.',
      3: 'The weekly report is mine, and I closed the tickets that came from it.',
    });
    return this.log(engineer, engineer.quiet, 'Restore tests', 20, { 4: 'I make backups.' });
  }

  private async submit(engineer: Traveller, claimId: string, patching: Evidence): Promise<void> {
    this.out.step('Now the claim may be submitted. That pins the evidence: while the claim stands, it does not change.');
    const { path, etag, claim } = await this.see(engineer, engineer.id, claimId);
    expect(claim.gate.submittable, 'the gate is open for submission');
    const { body } = await engineer.told.post<Claim>(`${path}/submission`, {}, { ifMatch: etag });
    expect(body.state === 'submitted', 'the claim is submitted');
    this.out.say(`It is ${body.state}, and due on ${body.dueOn}.`);

    const evidence = `/engineers/${engineer.id}/evidence/${patching.id}`;
    const seen = await engineer.quiet.get(evidence);
    await engineer.told.patch(evidence, { title: 'Patching' }, { ifMatch: seen.etag, expect: 409 });
    const own = await this.see(engineer, engineer.id, claimId);
    const approval = { password: this.passwordOf(engineer.name), meaning: 'I am good.', essence: { met: true, note: 'Surely.' } };
    await engineer.told.post(`${path}/approval`, approval, { ifMatch: own.etag, expect: 403 });
  }

  private async sendBack(mentor: Traveller, engineer: Traveller, claimId: string, restores: Evidence): Promise<void> {
    this.out.step('The mentor finds it in the queue, accepts what is shown well, returns one support, and asks for changes.');
    const { body: queue } = await mentor.told.get<{ claims: { items: { claimId: string; waiting: number }[] } }>('/reviews?state=waiting');
    const waiting = queue.claims.items.find((item) => item.claimId === claimId);
    expect(waiting !== undefined, 'the claim is in the queue of the mentor');
    this.out.say(`${waiting.waiting} supports wait for a verdict.`);
    await this.review(mentor, engineer, claimId, restores.id);
    const { path, etag } = await this.see(mentor, engineer.id, claimId);
    const { body } = await mentor.told.post<Claim>(
      `${path}/change-request`,
      {
        feedback: 'Nearly there: one statement is not shown yet.',
        statements: [{ statement: statement(4), feedback: 'Backups you show; the statement asks for restorations too.' }],
      },
      { ifMatch: etag },
    );
    expect(body.state === 'changes-requested', 'the claim is back with the engineer');
  }

  /** Gives every support that the claim rests on a verdict: accepted, but returned where it is by one piece of evidence. */
  private async review(mentor: Traveller, engineer: Traveller, claimId: string, returned?: string): Promise<void> {
    const { path, etag, claim } = await this.see(mentor, engineer.id, claimId);
    const verdicts = claim.statements.flatMap(({ ref, evidence }) =>
      evidence
        .filter(({ counts, supportState }) => counts && supportState === 'proposed')
        .map(({ evidenceId }) => ({
          evidence: evidenceId,
          statement: ref,
          ...(evidenceId === returned ? { verdict: 'returned', feedback: 'One sentence is not enough.' } : { verdict: 'accepted' }),
        })),
    );
    await mentor.told.post(`${path}/reviews`, { verdicts }, { ifMatch: etag });
    this.out.list(verdicts.map((one) => `${shortRef(one.statement)}: ${one.verdict}${'feedback' in one ? `: “${one.feedback}”` : ''}`));
  }

  private async improve(engineer: Traveller, claimId: string, restores: Evidence): Promise<void> {
    this.out.step('The engineer reads why, gives better reasons, and submits again.');
    const evidence = `/engineers/${engineer.id}/evidence/${restores.id}`;
    const seen = await engineer.quiet.get(evidence);
    await engineer.told.patch(
      `${evidence}/supports/${statement(4)}`,
      { rationale: 'Nightly backups by the procedure, and each month a restoration into an empty server, timed and logged by me.' },
      { ifMatch: seen.etag },
    );
    const { path, etag } = await this.see(engineer, engineer.id, claimId);
    const { body } = await engineer.told.post<Claim>(`${path}/submission`, {}, { ifMatch: etag });
    expect(body.state === 'submitted', 'the claim is submitted again');
  }

  private async signOff(mentor: Traveller, engineer: Traveller, claimId: string): Promise<void> {
    this.out.step('The mentor accepts the rest, judges the essence of the level, and signs with the password.');
    await this.review(mentor, engineer, claimId);
    const { path, etag, claim } = await this.see(mentor, engineer.id, claimId);
    expect(claim.gate.approvable && claim.gate.unmet.length === 0, 'nothing is missing any more');
    const approval = {
      meaning: 'I have seen this work and judged it against each statement.',
      essence: { met: true, note: 'Works alone and plans ahead.' },
    };
    await mentor.told.post(`${path}/approval`, { password: 'not the password', ...approval }, { ifMatch: etag, expect: 403 });
    const { body } = await mentor.told.post<Claim>(
      `${path}/approval`,
      { password: this.passwordOf(mentor.name), ...approval },
      { ifMatch: etag },
    );
    expect(body.state === 'approved' && body.signOff !== null, 'the level is signed off');
    this.out.say(`Signed off on ${body.signOff.on}. What it stands on is frozen:`);
    const { body: frozen } = await engineer.quiet.get<{
      content: { statements: { ref: string; evidence: { title: string; revision: number; digest: string }[] }[] };
    }>(`/engineers/${engineer.id}/sign-offs/${body.signOff.id}`);
    this.out.table(
      ['statement', 'evidence', 'revision', 'digest'],
      frozen.content.statements.flatMap(({ ref, evidence }) =>
        evidence.map(({ title, revision, digest }) => [shortRef(ref), title, String(revision), `${digest.slice(0, 12)}…`]),
      ),
    );
  }

  private async look(engineer: Traveller, manager: Traveller, auditor: Traveller): Promise<void> {
    this.out.step('The manager sees it at once.');
    const { body } = await manager.told.get<{
      people: {
        id: string;
        name: string;
        currentLevel: number | null;
        levels: { level: number; accepted: number; total: number; claimState: string | null }[];
      }[];
    }>(`/teams/${manager.id}/dashboard?skill=${demoSkill}`);
    const levels = body.people[0]?.levels ?? [];
    this.out.table(
      ['', 'holds', ...levels.map(({ level }) => `level ${level}`)],
      body.people.map((person) => [
        person.name,
        person.currentLevel === null ? '-' : String(person.currentLevel),
        ...person.levels.map(({ accepted, total, claimState }) => `${accepted}/${total}${claimState === null ? '' : ` ${claimState}`}`),
      ]),
    );
    expect(body.people.find(({ id }) => id === engineer.id)?.currentLevel === 3, 'the manager sees that level 3 is held');

    this.out.step(
      'An auditor checks the record: here, by computing every hash again from what was given out; and on the server, contents too.',
    );
    const entries = await this.chain(auditor, engineer.id);
    const misfit = checkChain(engineer.id, entries);
    expect(misfit === null, `the chain holds together, but entry ${misfit?.seq}: ${misfit?.reason}`);
    const last = entries.at(-1);
    this.out.say(`${entries.length} entries, from ${entries[0]?.kind} to ${last?.kind}; the head is ${last?.hash.slice(0, 16)}…`);
    const { body: check } = await auditor.told.get<{ ok: boolean; head: string }>(`/engineers/${engineer.id}/ledger/verification`);
    expect(check.ok && check.head === last?.hash, 'the server finds the same');
    this.out.say('Every hash and every digest fits.');
  }

  private async chain(auditor: Traveller, engineerId: string): Promise<Entry[]> {
    const entries: Entry[] = [];
    let cursor = '';
    do {
      const { body } = await auditor.told.get<{ items: Entry[]; nextCursor: string | null }>(
        `/engineers/${engineerId}/ledger?limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      entries.push(...body.items);
      cursor = body.nextCursor ?? '';
    } while (cursor !== '');
    return entries;
  }

  private async see(
    viewer: Traveller,
    engineerId: string,
    claimId: string,
  ): Promise<{ path: string; etag: string | undefined; claim: Claim }> {
    const path = `/engineers/${engineerId}/claims/${claimId}`;
    const { body, etag } = await viewer.quiet.get<Claim>(path);
    return { path, etag, claim: body };
  }
}
