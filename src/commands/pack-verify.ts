import { type CheckedPack, checkPack } from '../credentials/pack-check';
import { type SignedCheckpoint, checkpointProblem, digestOfCheckpoint } from '../ledger/checkpoint';

const states = { 'in-force': 'in force', expired: 'expired', revoked: 'REVOKED' } as const;

/** How the pack's checkpoint stands to those kept elsewhere: what does not fit, or the sentence that says what does. */
function againstHeld(checkpoint: SignedCheckpoint, held: readonly SignedCheckpoint[]): { ok: boolean; text: string } {
  const { number } = checkpoint;
  const digest = digestOfCheckpoint(checkpoint);
  const bad = held.find((one) => checkpointProblem(one) !== null);
  if (bad !== undefined) return { ok: false, text: `checkpoint ${bad.number}, kept elsewhere: ${checkpointProblem(bad) ?? ''}` };
  const same = held.find((one) => one.number === number);
  const next = held.find((one) => one.number === number + 1);
  if (same !== undefined && digestOfCheckpoint(same) !== digest)
    return { ok: false, text: `checkpoint ${number} is another one than that kept elsewhere` };
  if (next !== undefined && next.previous !== digest) {
    return { ok: false, text: `checkpoint ${number + 1}, kept elsewhere, does not follow the pack’s checkpoint ${number}` };
  }
  if (same !== undefined || next !== undefined)
    return { ok: true, text: `It holds against checkpoint ${same?.number ?? number + 1} kept elsewhere.` };
  return {
    ok: false,
    text: `the pack rests on checkpoint ${number}, which is not among those kept elsewhere (${held.map((one) => one.number).join(', ')}): ask for that one`,
  };
}

function summary({ manifest, content, entry, checkpoint }: CheckedPack): string[] {
  const { engineer, skillName, skillLevel, on } = content as unknown as Record<'skillName' | 'skillLevel' | 'on', string> & {
    engineer: { name: string };
  };
  return [
    `Everything fits: ${engineer.name}, ${skillName} (${skillLevel}), signed off on ${on}; ${states[manifest.state]} when it was packed, ${manifest.madeAt}.`,
    checkpoint === null
      ? `It is entry ${entry.seq} of the record. The way from there to a checkpoint is withheld in this pack: only the manifest's signature vouches for it.`
      : `It is entry ${entry.seq} of the record, and in the tree of checkpoint ${checkpoint.number} of ${checkpoint.at}, signed by key ${checkpoint.keyId}.`,
    `The pack is signed by key ${manifest.keyId}.`,
  ];
}

/**
 * Verifies a sign-off pack, without database and application.
 * @param held checkpoints kept elsewhere
 * @returns what to print, and whether everything fits
 */
export function packVerify(bytes: Uint8Array, held: readonly SignedCheckpoint[]): { ok: boolean; text: string } {
  const found = checkPack(bytes);
  if ('reason' in found) return { ok: false, text: `It does not fit: ${found.file === null ? 'the zip' : found.file}: ${found.reason}.` };
  const lines = summary(found);
  if (held.length === 0) {
    return {
      ok: true,
      text: [
        ...lines,
        'It was held against no checkpoint kept elsewhere: compare the ids of the keys with those that the organisation gives out.',
      ].join('\n'),
    };
  }
  if (found.checkpoint === null)
    return { ok: false, text: 'It does not fit: this pack withholds its checkpoint, so it can be held against none.' };
  const { keyId } = found.manifest;
  if (!held.some((one) => one.keyId === keyId)) {
    return {
      ok: false,
      text: `It does not fit: the pack is signed by key ${keyId}, which signed none of the checkpoints kept elsewhere: its PDF, its day and its state may be anybody’s. Hold it against a checkpoint that this key signed too.`,
    };
  }
  const { ok, text } = againstHeld(found.checkpoint, held);
  return ok ? { ok, text: [...lines, text].join('\n') } : { ok, text: `It does not fit: ${text}.` };
}
