import { createPublicKey, sign } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { SignOffContent } from '../claims/sign-offs.dto';
import { type SignOffFact, SignOffsFacts } from '../claims/sign-offs.facts';
import { Settings } from '../config';
import { type Viewpoint, isAdmin, isAuditor } from '../kernel/actor';
import { raise } from '../kernel/refusal';
import { jwkOf, keyIdOf } from '../ledger/checkpoint';
import { LedgerKeys } from '../ledger/ledger-keys';
import { LedgerProofs } from '../ledger/ledger.proofs';
import { Turns } from '../platform/turns';
import {
  type Manifest,
  type PackFields,
  type PackFile,
  digestOfFile,
  manifestBytes,
  manifestFile,
  packBytes,
  packFormat,
  writtenJson,
  zipped,
  type FullProof,
  type ProofFile,
} from './pack-check';
import { packReadme } from './pack-readme';

/**
 * The chain between the sign-off and the checkpoint names whatever else happened in the record meanwhile: drafts, refusals, other skills.
 * Only those who may read the ledger get it; the others get the whole proof where nothing of that stands in it.
 */
function proofFor({ relation, ...actor }: Viewpoint, { engineer, entry, chain, ...rest }: FullProof): ProofFile {
  const readsLedger = relation?.self === true || isAuditor(actor);
  const others = chain.filter(({ subject }) => subject !== entry.subject).length;
  return readsLedger || others === 0 ? { engineer, entry, chain, ...rest } : { engineer, entry, withheld: others };
}

/** Drawing keeps the process to itself for a tenth of a second: one at a time, so that others come between, and no more waiting than have theirs soon. */
const [atOnce, mayWait, patienceMs] = [1, 10, 5_000];

/** Sign-offs as packs that prove themselves. */
@Injectable()
export class PacksService {
  private readonly turns = new Turns(atOnce, mayWait, patienceMs);

  constructor(
    private readonly signOffs: SignOffsFacts,
    private readonly proofs: LedgerProofs,
    private readonly keys: LedgerKeys,
    private readonly settings: Settings,
  ) {}

  /**
   * Makes the pack of a sign-off, and a checkpoint if none covers it yet.
   * @param origin below which the QR code's address lies
   * @throws Refused `not-found`, `not-allowed`; `not-covered`, `signing-key-missing` where this installation cannot sign; `too-busy` where many ask at once
   */
  async make(caller: Viewpoint, engineerId: string, signOffId: string, origin: string): Promise<Buffer> {
    // who may not have it does not wait for it either
    await this.readable(caller, engineerId, signOffId);
    const leave = await this.turns.take();
    try {
      return await this.draw(caller, engineerId, signOffId, origin);
    } finally {
      leave();
    }
  }

  private async readable(caller: Viewpoint, engineerId: string, signOffId: string): Promise<SignOffFact> {
    const found = (await this.signOffs.find(caller, engineerId, signOffId)) ?? raise('not-found');
    // an admin knows of it from the register; anybody else who may not read it does not
    return found.readable ? found : raise(isAdmin(caller) ? 'not-allowed' : 'not-found');
  }

  private async draw(caller: Viewpoint, engineerId: string, signOffId: string, origin: string): Promise<Buffer> {
    const found = await this.readable(caller, engineerId, signOffId);
    const { content: body, salt, ...full } = await this.proofs.prove(engineerId, 'sign-off.granted', `sign-offs/${signOffId}`);
    if (body === undefined || salt === undefined) return raise('not-found', 'The content of this sign-off was erased.');
    const proof = proofFor(caller, full);
    const { signing } = this.keys.read();
    if (signing === null) return raise('signing-key-missing');
    const publicKey = jwkOf(createPublicKey(signing));
    const keyId = keyIdOf(publicKey);
    const content = body as unknown as SignOffContent;
    const { ORGANISATION: organisation } = this.settings;
    const { digest, hash, seq } = proof.entry;
    const { revocation, state, readAt: madeAt } = found;
    // loaded with its typefaces when the first pack is asked for: starting does not wait for it
    const { drawSignOff } = await import('./sign-off-pdf');
    const pdf = await drawSignOff(content, {
      organisation,
      madeAt,
      state,
      revocation: revocation === null ? null : { ...revocation, at: revocation.at.toISOString() },
      ledger: { seq, digest, hash },
      checkUrl: `${origin}/api/v1/engineers/${engineerId}/sign-offs/${signOffId}/check/${digest}`,
    });
    const files: Record<PackFile, Buffer> = {
      'README.txt': Buffer.from(packReadme(content, 'withheld' in proof ? null : proof.checkpoint, organisation, keyId), 'utf8'),
      'sign-off.pdf': pdf,
      'sign-off.json': writtenJson({ content: body, salt, digest, entry: proof.entry }),
      'proof.json': writtenJson(proof),
    };
    const fields: PackFields = {
      engineer: engineerId,
      signOff: signOffId,
      madeAt: madeAt.toISOString(),
      state,
      files: Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, digestOfFile(bytes)])) as Record<PackFile, string>,
      keyId,
    };
    const signature = sign(null, packBytes(fields), signing).toString('base64url');
    const manifest: Manifest = { format: packFormat, ...fields, publicKey, signature };
    return zipped({ ...files, [manifestFile]: manifestBytes(manifest) });
  }
}
