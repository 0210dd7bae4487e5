import { createHash } from 'node:crypto';
import { unzipSync, zipSync } from 'fflate';
import { type Json, canonicalJson, saltedDigest } from '../kernel/canonical-json';
import { type PublicJwk, type SignedCheckpoint, isSignedBy, keyIdOf } from '../ledger/checkpoint';
import { type Entry, hashOf } from '../ledger/entry';
import { type EntryProof, proofProblem } from '../ledger/proof';

/** The form of a pack; another form gets another name. */
export const packFormat = 'touchstone-pack/1';

/** What stands in a pack, in this order, before its manifest. */
export const packFiles = ['README.txt', 'sign-off.pdf', 'sign-off.json', 'proof.json'] as const;
export type PackFile = (typeof packFiles)[number];
export const manifestFile = 'manifest.json';

/** What the organisation says of a pack with its signature: which files, and how the sign-off stood when it was made. */
export interface PackFields {
  readonly engineer: string;
  readonly signOff: string;
  /** RFC 3339 UTC. */
  readonly madeAt: string;
  readonly state: 'in-force' | 'expired' | 'revoked';
  /** SHA-256 of each file, lower-case hex. */
  readonly files: Readonly<Record<PackFile, string>>;
  /** The thumbprint (RFC 7638) of the key that signs: one that signs checkpoints too. */
  readonly keyId: string;
}

export interface Manifest extends PackFields {
  readonly format: string;
  readonly publicKey: PublicJwk;
  /** Ed25519 over the canonical JSON of the format and the fields, base64url. */
  readonly signature: string;
}

/** The bytes that a manifest's signature covers. */
export const packBytes = ({ engineer, signOff, madeAt, state, files, keyId }: PackFields): Buffer =>
  Buffer.from(canonicalJson({ format: packFormat, engineer, signOff, madeAt, state, files: { ...files }, keyId }), 'utf8');

/** How JSON is written in a pack. */
export const writtenJson = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, null, 2)}\n`, 'utf8');

/** manifest.json as it is written: nothing stands in it beside what is signed. */
export const manifestBytes = ({ engineer, signOff, madeAt, state, files, keyId, publicKey, signature }: Manifest): Buffer => {
  const inOrder = Object.fromEntries(packFiles.map((name) => [name, files[name]]));
  const { kty, crv, x } = publicKey;
  return writtenJson({
    format: packFormat,
    engineer,
    signOff,
    madeAt,
    state,
    files: inOrder,
    keyId,
    publicKey: { kty, crv, x },
    signature,
  });
};

export const digestOfFile = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** sign-off.json: the frozen content as it was digested, and where it stands in the ledger. */
export interface SignOffFile {
  readonly content: Json;
  /** Lower-case hex. */
  readonly salt: string;
  /** SHA-256 over the canonical JSON (RFC 8785) of `{content, salt}`, lower-case hex. */
  readonly digest: string;
  readonly entry: Entry;
}

/** proof.json: from the ledger's entry to a signed checkpoint; the content is in sign-off.json. */
export type FullProof = Omit<EntryProof, 'content' | 'salt'>;

/** proof.json for those who may not read the ledger, where so many other entries of the record stand between this one and the checkpoint. */
export interface WithheldProof {
  readonly engineer: string;
  readonly entry: Entry;
  readonly withheld: number;
}
export type ProofFile = FullProof | WithheldProof;

/**
 * Puts files into a zip, uncompressed and without times, so that the same files always make the same bytes: a pack that was bent
 * to show one thing to one reader and another to the next is found by making it again.
 */
export function zipped(files: Readonly<Record<string, Uint8Array>>): Buffer {
  // fflate writes local time: this is the same in every zone
  const epoch = new Date(1980, 0, 1);
  return Buffer.from(
    zipSync(Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, [bytes, {}]])), { level: 0, mtime: epoch }),
  );
}

/** What a pack proves. */
export interface CheckedPack {
  readonly manifest: Manifest;
  readonly entry: Entry;
  /** null: the way to a checkpoint is withheld, and the manifest's signature alone vouches for the entry. */
  readonly checkpoint: SignedCheckpoint | null;
  readonly content: Json;
}

/** What does not fit in a pack. */
export interface PackMisfit {
  /** null is the zip itself. */
  readonly file: string | null;
  readonly reason: string;
}

class NotFitting extends Error {
  constructor(readonly misfit: PackMisfit) {
    super(misfit.reason);
  }
}

const misfit = (file: string | null, reason: string): never => {
  throw new NotFitting({ file, reason });
};

const mostBytes = 64 * 1024 * 1024;

/** Whether bytes begin as a zip does. */
export const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;

/**
 * Checks a pack on its own, without database and application: every byte of the zip, the digest of the content, the ledger's entry, the way from
 * there to the checkpoint, and both signatures. Whether the keys are those of the organisation is for the reader to know.
 */
export function checkPack(bytes: Uint8Array): CheckedPack | PackMisfit {
  try {
    const files = filesOf(bytes);
    const manifest = parsed<Manifest>(files, manifestFile);
    within(manifestFile, () => checkManifest(manifest, files));
    const { content, salt, digest, entry } = parsed<SignOffFile>(files, 'sign-off.json');
    within('sign-off.json', () => {
      if (saltedDigest(content, Buffer.from(salt, 'hex')).toString('hex') !== digest) return 'its content is not that of its digest';
      const named = content as { readonly signOff?: Json; readonly engineer?: { readonly id?: Json } };
      if (named.signOff !== manifest.signOff || named.engineer?.id !== manifest.engineer)
        return 'it is another sign-off than the manifest names';
      return null;
    });
    const proof = parsed<ProofFile>(files, 'proof.json');
    within('proof.json', () => checkProof(proof, { manifest, digest, entry }));
    return { manifest, entry, checkpoint: 'withheld' in proof ? null : proof.checkpoint, content };
  } catch (error) {
    if (error instanceof NotFitting) return error.misfit;
    throw error;
  }
}

function filesOf(bytes: Uint8Array): Readonly<Record<string, Uint8Array>> {
  if (!isZip(bytes)) return misfit(null, 'it is not a zip');
  let files: Record<string, Uint8Array>;
  try {
    let size = 0;
    files = unzipSync(bytes, {
      filter: ({ originalSize, compression }) => {
        size += originalSize;
        return compression === 0 && size <= mostBytes;
      },
    });
  } catch {
    return misfit(null, 'it is not a zip that can be read');
  }
  for (const name of [...packFiles, manifestFile]) if (files[name] === undefined) return misfit(name, 'it is missing');
  for (const name of Object.keys(files)) {
    if (name !== manifestFile && !packFiles.includes(name as PackFile)) return misfit(name, 'it does not belong here');
  }
  if (!zipped(files).equals(bytes))
    return misfit(null, 'it has bytes that none of its files accounts for, or was packed by another program');
  return files;
}

function parsed<T>(files: Readonly<Record<string, Uint8Array>>, name: string): T {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(files[name])) as T;
  } catch {
    return misfit(name, 'it is not JSON');
  }
}

/** Runs a check of one file; a file that lacks what the check reads is not of the form. */
function within(file: string, check: () => string | null): void {
  let reason: string | null;
  try {
    reason = check();
  } catch (error) {
    if (error instanceof NotFitting) throw error;
    reason = 'it is not of the form that is expected';
  }
  if (reason !== null) misfit(file, reason);
}

function checkManifest(manifest: Manifest, files: Readonly<Record<string, Uint8Array>>): string | null {
  if (manifest.format !== packFormat) return `its format is not ${packFormat}`;
  if (keyIdOf(manifest.publicKey) !== manifest.keyId) return 'its key is not the one that its key id names';
  if (!isSignedBy(manifest.publicKey, packBytes(manifest), manifest.signature)) return 'its signature is not that of its key';
  if (!manifestBytes(manifest).equals(files[manifestFile] ?? new Uint8Array())) return 'something stands in it that is not signed';
  for (const name of packFiles) {
    if (digestOfFile(files[name] ?? new Uint8Array()) !== manifest.files[name])
      return misfit(name, 'it is not the file that the manifest names');
  }
  return null;
}

function checkProof(proof: ProofFile, { manifest, digest, entry }: { manifest: Manifest; digest: string; entry: Entry }): string | null {
  const { engineer, signOff } = manifest;
  if (canonicalJson({ ...proof.entry }) !== canonicalJson({ ...entry })) return 'its entry is not the one of sign-off.json';
  if (proof.entry.digest !== digest) return 'its entry has another digest than sign-off.json';
  if (proof.engineer !== engineer || entry.kind !== 'sign-off.granted' || entry.subject !== `sign-offs/${signOff}`) {
    return 'its entry is not about this sign-off';
  }
  if ('withheld' in proof) return hashOf(entry).toString('hex') === entry.hash ? null : 'the hash of its entry is not that of its fields';
  const isRevoked = proof.chain.some(({ kind, subject }) => kind === 'sign-off.revoked' && subject === entry.subject);
  if (isRevoked && manifest.state !== 'revoked') return 'its chain says that the sign-off was revoked, and the manifest does not';
  return proofProblem(proof);
}
