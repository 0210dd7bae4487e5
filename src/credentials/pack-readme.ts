import type { SignOffContent } from '../claims/sign-offs.dto';
import type { SignedCheckpoint } from '../ledger/checkpoint';

const withCheckpoint = ({ number }: SignedCheckpoint): string =>
  `proof.json      the way from that entry to checkpoint ${number} of the ledger, which the organisation signed`;

const withoutCheckpoint = `proof.json      that entry; the way from there to a checkpoint names other entries of the record, which are not yours to see:
                the engineer's own pack has it, and the organisation's signature on the manifest vouches for this one`;

/**
 * README.txt of a pack: what is in it, and how to check it.
 * @param checkpoint null where the way to it is withheld
 * @param packKeyId the key that signs the manifest
 */
export const packReadme = (content: SignOffContent, checkpoint: SignedCheckpoint | null, organisation: string, packKeyId: string): string =>
  `${content.engineer.name}: ${content.skillName}, level ${content.level} (${content.skillLevel})
An internal sign-off of ${organisation}, ${content.on}.

sign-off.pdf    the sign-off, for reading
sign-off.json   the same as data: the frozen content exactly as it was digested, its salt and digest, and the ledger's entry
${checkpoint === null ? withoutCheckpoint : withCheckpoint(checkpoint)}
manifest.json   the digests of these files and how the sign-off stood when they were packed, signed by the organisation

To check all of it, without a network, a database or the organisation's help, with a copy of Touchstone:

    npm run -s ledger:verify -- sign-off-${content.signOff}.zip

It takes the zip as it is: one that was packed anew by another program is refused. Somebody who makes everything up can make a key too:
ask the organisation for the ids of its keys by another way, and compare. In this pack:

${checkpoint === null ? '' : `    checkpoint ${checkpoint.number}: ${checkpoint.keyId}\n`}    manifest: ${packKeyId}

By hand: the digest is SHA-256 over the canonical JSON (RFC 8785) of {"content": ..., "salt": ...} of sign-off.json. The hash of an entry is
SHA-256 over the canonical JSON of its seven other fields. The leaf is the canonical JSON of engineer, hash and seq of the last entry, hashed
and proven as in RFC 6962. The checkpoint's signature (Ed25519) is over the canonical JSON of its format and its fields; so is the manifest's.

Whether the sign-off has been revoked since, only the organisation can say: the QR code of sign-off.pdf asks it.

${content.notice}
The wording of levels and statements: ${content.framework.rights}
`;
