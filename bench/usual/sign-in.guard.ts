import { createHash } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { DataSource, LessThanOrEqual, MoreThan } from 'typeorm';
import { Mentorship, Person, ReportingLine, Session } from './entities';
import { Problem } from './problem';

const idleMilliseconds = 480 * 60_000;
const minute = 60_000;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A request of somebody who is signed in. */
export interface SignedInRequest extends Request {
  person: Person;
  engineerId: string;
}

/** Finds out who asks, and lets the engineer in the path through and nobody else: those who know of the record are refused, to the others it is not there. */
@Injectable()
export class SignInGuard implements CanActivate {
  constructor(private readonly dataSource: DataSource) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<SignedInRequest>();
    const token = /^Bearer +([\w-]{43})$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) throw new Problem(401, 'not-signed-in');
    const sessions = this.dataSource.getRepository(Session);
    const now = Date.now();
    const session = await sessions.findOne({
      where: {
        tokenHash: createHash('sha256').update(token, 'utf8').digest(),
        expiresAt: MoreThan(new Date(now)),
        lastUsedAt: MoreThan(new Date(now - idleMilliseconds)),
        person: { active: true },
      },
      relations: { person: true },
    });
    if (session === null) throw new Problem(401, 'not-signed-in');
    if (session.lastUsedAt.getTime() < now - minute) await sessions.update({ id: session.id }, { lastUsedAt: new Date(now) });
    request.person = session.person;
    const engineerId = String(request.params['engineerId']);
    const engineer = uuid.test(engineerId) ? await this.dataSource.getRepository(Person).findOneBy({ id: engineerId.toLowerCase() }) : null;
    if (engineer === null) throw new Problem(404, 'not-found');
    request.engineerId = engineer.id;
    if (engineer.id !== session.person.id) throw await this.refusal(session.person, engineer);
    return true;
  }

  private async refusal(person: Person, engineer: Person): Promise<Problem> {
    const line = { ancestorId: person.id, descendantId: engineer.id };
    const isAbove = await this.dataSource.getRepository(ReportingLine).existsBy(line);
    const ships = await this.dataSource
      .getRepository(Mentorship)
      .findBy({ engineerId: engineer.id, mentorId: person.id, from: LessThanOrEqual(new Date()) });
    const isMentor = ships.some(({ until }) => until === null || until > new Date());
    return isAbove || isMentor || person.roles.length > 0 ? new Problem(403, 'not-allowed') : new Problem(404, 'not-found');
  }
}
