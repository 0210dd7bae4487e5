import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Relation } from '../kernel/actor';
import { LedgerProofs } from '../ledger/ledger.proofs';
import { IdParam, RelationToSubject } from '../platform/api-request';
import { Problems } from '../platform/openapi';
import { Requires, Scoped } from '../platform/requires';
import { SignOffProofAnswer } from './sign-off-proofs.dto';
import type { SignOffContent } from './sign-offs.dto';

@ApiTags('Sign-offs')
@Controller('engineers/:engineerId/sign-offs')
export class SignOffProofsController {
  constructor(private readonly proofs: LedgerProofs) {}

  /**
   * The proof that this sign-off is in the ledger: its entry, the chain up to a head, and that head's place in the tree of a signed checkpoint.
   * Where no checkpoint covers it yet, one is made. The chain names other entries of the record, so it is for those who may read the ledger.
   */
  @Requires('self', 'auditor')
  @Scoped('ledger:read')
  @Problems('not-covered')
  @Get(':signOffId/proof')
  async prove(@RelationToSubject() { engineerId }: Relation, @IdParam('signOffId') signOffId: string): Promise<SignOffProofAnswer> {
    const { content, ...proof } = await this.proofs.prove(engineerId, 'sign-off.granted', `sign-offs/${signOffId}`);
    const answer: SignOffProofAnswer = { signOffId, ...proof, chain: [...proof.chain], path: [...proof.path] };
    // it was stored as this, and is given out as it was stored: its digest must still be right
    if (content !== undefined) answer.content = content as unknown as SignOffContent;
    return answer;
  }
}
