import { type CanActivate, type ExecutionContext, Injectable, SetMetadata, UseGuards, applyDecorators } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Settings } from '../config';
import { type Refusal, demand } from '../kernel/refusal';
import type { ApiRequest } from '../platform/api-request';
import { Database } from '../platform/transaction';
import { confirmersBesides } from './people.store';
import { checkSeparateHands } from './person.policy';

/** The two acts that make somebody a judge who was not: whoever holds the link is the hand, and an accreditation lets it judge. */
export type Hand = 'invite' | 'accredit';

// $1 the admin, $2 the person; invitations are dropped after a while, the ledger's entries are not
const invitedSql = `
  SELECT (EXISTS (SELECT 1 FROM invitation i WHERE i.person_id = $2 AND i.invited_by = $1)
       OR EXISTS (SELECT 1 FROM administration_entry e WHERE e.actor_id = $1 AND e.kind = 'invitation.issued' AND e.subject = 'people/' || $2::text)
       OR EXISTS (SELECT 1 FROM administration_entry e JOIN administration_content k USING (digest)
                   WHERE e.actor_id = $1 AND e.kind = 'people.imported'
                     AND k.body->'people' @> jsonb_build_array(jsonb_build_object('person', $2::text, 'outcome', 'created')))) AS other,
         ${confirmersBesides('ARRAY[$1, $2]::uuid[]')} AS confirmers`;
const accreditedSql = `
  SELECT EXISTS (SELECT 1 FROM accreditation a WHERE a.person_id = $2 AND a.granted_by = $1 AND a.ended_at IS NULL) AS other,
         ${confirmersBesides('ARRAY[$1, $2]::uuid[]')} AS confirmers`;

/** Keeps inviting and accrediting in different hands, where `ACCREDITATION_SEPARATE_FROM_INVITATION` says so and there is another admin. */
@Injectable()
export class SeparateHands {
  constructor(
    private readonly db: Database,
    private readonly settings: Settings,
  ) {}

  /** What an admin would be refused with; null where nothing is. Counts for good only while the person is locked. */
  async problem(action: Hand, callerId: string, personId: string): Promise<Refusal | null> {
    if (!this.settings.ACCREDITATION_SEPARATE_FROM_INVITATION) return null;
    const found = await this.db.one<{ other: boolean; confirmers: number }>(action === 'accredit' ? invitedSql : accreditedSql, [
      callerId,
      personId,
    ]);
    return found === null ? null : checkSeparateHands(action, found.other, found.confirmers);
  }

  /** What an admin would be refused with for each of the two. */
  async problems(callerId: string, personId: string): Promise<Record<Hand, Refusal | null>> {
    return { invite: await this.problem('invite', callerId, personId), accredit: await this.problem('accredit', callerId, personId) };
  }
}

const handKey = 'touchstone:separate-hand';

/** Before anything is read of the request: 403 where the caller has the other hand in it. Decided again under the person's lock. */
@Injectable()
export class SeparateHandsGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly hands: SeparateHands,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const action = this.reflector.get<Hand | undefined>(handKey, context.getHandler());
    const { viewpoint } = context.switchToHttp().getRequest<ApiRequest>();
    if (action !== undefined && viewpoint?.relation !== undefined) {
      demand(await this.hands.problem(action, viewpoint.personId, viewpoint.relation.engineerId));
    }
    return true;
  }
}

/** Declares that a route is one of the two hands that make a judge. */
export const OtherHand = (action: Hand): MethodDecorator => applyDecorators(SetMetadata(handKey, action), UseGuards(SeparateHandsGuard));
