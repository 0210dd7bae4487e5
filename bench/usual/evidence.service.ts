import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In, IsNull, LessThan, Not } from 'typeorm';
import { v7 } from 'uuid';
import { type EvidenceContent, differenceOf } from '../../src/evidence/evidence';
import { type Json, newSalt, saltedDigest } from '../../src/kernel/canonical-json';
import { problemCodes } from '../../src/kernel/problem-codes';
import { hashOf } from '../../src/ledger/entry';
import { Claim, Content, EngineerRecord, Evidence, LedgerEntry, Revision, Statement, Support } from './entities';
import type { ListQuery, SupportBody } from './evidence.dto';
import { Problem } from './problem';

const allowed = { allowed: true };
const refused = (code: 'evidence-locked' | 'evidence-archived' | 'own-claim') => ({
  allowed: false,
  code,
  detail: problemCodes[code].explanation,
});

/** Evidence as most would write it: repositories, relations, entities saved one by one. */
@Injectable()
export class EvidenceService {
  constructor(private readonly dataSource: DataSource) {}

  async list(engineerId: string, { limit, cursor, state }: ListQuery): Promise<object> {
    const after = cursor === undefined ? null : (JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as [string | null, string]);
    const found = await this.dataSource.getRepository(Evidence).find({
      where: pagesAfter(after).map((place) => ({ engineerId, state, ...place })),
      relations: { current: { content: true }, supports: { statement: true } },
      order: { endedOn: { direction: 'DESC', nulls: 'FIRST' }, id: 'DESC' },
      take: limit + 1,
    });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const items = page.map((evidence) => ({
      id: evidence.id,
      state: evidence.state,
      revision: evidence.revision,
      title: evidence.current.content.body.title,
      kind: evidence.kind,
      role: evidence.current.content.body.role,
      startedOn: evidence.startedOn,
      endedOn: evidence.endedOn,
      tags: evidence.tags,
      supports: standing(evidence).map(({ statementRef, state: supportState }) => ({ statement: statementRef, state: supportState })),
      loggedAt: evidence.loggedAt,
      changedAt: evidence.changedAt,
    }));
    const next = found.length > limit && last !== undefined ? JSON.stringify([last.endedOn, last.id]) : null;
    return { items, nextCursor: next === null ? null : Buffer.from(next).toString('base64url') };
  }

  async one(engineerId: string, id: string, manager = this.dataSource.manager): Promise<{ version: number; answer: object }> {
    const evidence = await manager.getRepository(Evidence).findOne({
      where: { engineerId, id },
      relations: {
        current: { content: true },
        revisions: true,
        supports: { statement: { skillLevel: { framework: true } }, reviewer: true, judged: { content: true } },
      },
    });
    if (evidence === null) throw new Problem(404, 'not-found');
    const claims = await manager.getRepository(Claim).find({ where: { engineerId, state: 'submitted' }, relations: { pins: true } });
    const locked = claims
      .filter(({ pins, submission }) => pins.some((pin) => pin.evidenceId === id && pin.submission === submission))
      .map(({ skillLevelRef }) => skillLevelRef);
    const supports = [];
    for (const support of standing(evidence)) supports.push(await this.supportAnswer(manager, support, evidence, locked));
    const change = evidence.state === 'archived' ? refused('evidence-archived') : locked.length > 0 ? refused('evidence-locked') : allowed;
    const answer = {
      id,
      revision: evidence.revision,
      state: evidence.state,
      ...evidence.current.content.body,
      supports,
      attachments: [],
      history: evidence.revisions.sort((one, other) => one.revision - other.revision).map(({ revision, at }) => ({ revision, at })),
      rights: [...new Set(standing(evidence).map(({ statement }) => statement.skillLevel.framework.rights))],
      redacted: null,
      loggedAt: evidence.loggedAt,
      changedAt: evidence.changedAt,
      actions: { edit: change, archive: change, addSupport: evidence.state === 'archived' ? refused('evidence-archived') : allowed },
    };
    return { version: evidence.version, answer };
  }

  async log(
    engineerId: string,
    content: EvidenceContent,
    proposals: readonly SupportBody[],
  ): Promise<{ id: string; version: number; answer: object }> {
    return this.dataSource.transaction(async (manager) => {
      const record = await manager.getRepository(EngineerRecord).findOne({ where: { engineerId }, lock: { mode: 'pessimistic_write' } });
      if (record === null) throw new Problem(404, 'not-found');
      const at = new Date(Math.max(Date.now(), record.headAt?.getTime() ?? 0));
      const today = at.toISOString().slice(0, 10);
      for (const day of [content.startedOn, content.endedOn])
        if (day !== null && day > today) throw new Problem(400, 'malformed', `${day} lies in the future.`);
      const statements = await manager.getRepository(Statement).findBy({ ref: In(proposals.map(({ statement }) => statement)) });
      const id = v7();
      const kept = await this.keep(manager, engineerId, content);
      await manager
        .createQueryBuilder()
        .insert()
        .into(Evidence)
        .values({
          engineerId,
          id,
          state: 'logged',
          revision: 1,
          version: 1,
          kind: content.kind,
          startedOn: content.startedOn,
          endedOn: content.endedOn,
          tags: [...content.tags],
          search: () => `to_tsvector('english', :searched)`,
          loggedAt: at,
          changedAt: at,
        })
        .setParameter('searched', [content.title, content.description, content.outcome ?? '', content.tags.join(' ')].join(' '))
        .execute();
      await manager.save(manager.create(Revision, { engineerId, evidenceId: id, revision: 1, at, digest: kept.digest }));
      await this.append(manager, record, at, 'evidence.logged', `evidence/${id}`, kept.digest);
      for (const { statement, rationale } of proposals) {
        const found = statements.find(({ ref }) => ref === statement);
        if (found === undefined) throw new Problem(422, 'statement-unknown');
        await manager.save(
          manager.create(Support, {
            engineerId,
            evidenceId: id,
            statementRef: statement,
            skillLevelRef: found.skillLevelRef,
            state: 'proposed',
            revision: 1,
            rationale,
            proposedAt: at,
          }),
        );
        const said = await this.keep(manager, engineerId, { revision: 1, rationale });
        await this.append(manager, record, at, 'support.proposed', `evidence/${id}/supports/${statement}`, said.digest);
      }
      return { id, ...(await this.one(engineerId, id, manager)) };
    });
  }

  private async supportAnswer(manager: EntityManager, support: Support, evidence: Evidence, locked: readonly string[]): Promise<object> {
    const { statement, rationale, state, revision, feedback, reviewer, reviewedAt, judged } = support;
    const isJudged = state !== 'proposed';
    const reviewedBy = reviewer === null ? null : { id: reviewer.id, name: reviewer.name };
    const isLocked = locked.includes(support.skillLevelRef);
    const change = evidence.state === 'archived' ? refused('evidence-archived') : isLocked ? refused('evidence-locked') : allowed;
    const shown = {
      statement: statement.ref,
      text: statement.text,
      skillLevel: support.skillLevelRef,
      rationale,
      state,
      revision,
      feedback: isJudged ? feedback : null,
      reviewedBy: isJudged ? reviewedBy : null,
      reviewedAt: isJudged ? reviewedAt : null,
      actions: { review: refused('own-claim'), edit: change, withdraw: change },
    };
    if (isJudged || judged === null) return shown;
    const entry = await manager.getRepository(LedgerEntry).findOne({
      where: {
        engineerId: support.engineerId,
        subject: `evidence/${support.evidenceId}/supports/${statement.ref}`,
        kind: In(['support.accepted', 'support.returned']),
      },
      relations: { content: true },
      order: { seq: 'DESC' },
    });
    const before = (entry?.content.body as { rationale?: string } | undefined)?.rationale ?? rationale;
    const difference = [
      ...differenceOf(judged.content.body, evidence.current.content.body),
      ...(before === rationale ? [] : [{ field: 'rationale', before, after: rationale }]),
    ];
    return {
      ...shown,
      reopened: { verdict: support.verdict, revision: support.verdictRevision, feedback, reviewedBy, reviewedAt, difference },
    };
  }

  private async keep(manager: EntityManager, engineerId: string, body: Json): Promise<Content> {
    const salt = newSalt();
    return manager.save(manager.create(Content, { engineerId, digest: saltedDigest(body, salt), salt, body }));
  }

  private async append(
    manager: EntityManager,
    record: EngineerRecord,
    at: Date,
    kind: string,
    subject: string,
    digest: Buffer,
  ): Promise<void> {
    const { engineerId, headHash: previous } = record;
    const seq = record.headSeq + 1;
    const texts = { digest: digest.toString('hex'), previous: previous.toString('hex') };
    const hash = hashOf({ seq, at: at.toISOString(), actor: engineerId, kind, subject, ...texts });
    await manager.save(manager.create(LedgerEntry, { engineerId, seq, at, actorId: engineerId, kind, subject, digest, previous, hash }));
    Object.assign(record, { headSeq: seq, headHash: hash, headAt: at, version: record.version + 1 });
    await manager.save(record);
  }
}

/** Supports that are not withdrawn, in the order of the catalogue. */
const standing = ({ supports }: Evidence): Support[] =>
  supports
    .filter(({ state }) => state !== 'withdrawn')
    .sort((one, other) => one.skillLevelRef.localeCompare(other.skillLevelRef) || one.statement.ordinal - other.statement.ordinal);

/** What comes after a place in the list: what is going on comes first. */
function pagesAfter(after: [endedOn: string | null, id: string] | null): object[] {
  if (after === null) return [{}];
  const [endedOn, id] = after;
  if (endedOn === null) return [{ endedOn: IsNull(), id: LessThan(id) }, { endedOn: Not(IsNull()) }];
  return [{ endedOn, id: LessThan(id) }, { endedOn: LessThan(endedOn) }];
}
