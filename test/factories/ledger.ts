import { type KeyObject, createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { type Json, saltedDigest } from '../../src/kernel/canonical-json';
import { type SignedCheckpoint, digestOfCheckpoint, headHash, jwkOf, signCheckpoint } from '../../src/ledger/checkpoint';
import { genesisOf, hashOf } from '../../src/ledger/entry';
import {
  type CheckpointLine,
  type EntryLine,
  type HeaderLine,
  type LeafLine,
  type LedgerLine,
  type LedgerMisfit,
  MisfitFound,
  type RecordLine,
  type RowLine,
  ledgerFormat,
} from '../../src/ledger/ledger-file';
import { type LedgerSummary, LedgerVerifier, type VerifierOptions } from '../../src/ledger/ledger-verifier';
import { GrowingTree } from '../../src/ledger/merkle';

/*
 * Ledgers made in memory, of nothing but the pure functions: lines as an export holds them, right in every part, to be bent by tests.
 */

export const { privateKey: ledgerKey } = generateKeyPairSync('ed25519');
/** When the ledgers made here are read. */
export const readAt = '2026-11-03T00:00:00.000Z';
const minute = (n: number): string => new Date(Date.UTC(2026, 10, 2, 9, n)).toISOString();

/** An entry to be made: what is left out is filled in, by its place. */
export interface MadeEntry {
  readonly kind?: string;
  readonly subject?: string;
  readonly actor?: string | null;
  readonly at?: string;
  readonly content?: Json;
  /** Lower-case hex. */
  readonly salt?: string;
  /** Content and salt were taken out. */
  readonly gone?: boolean;
}

/** A chain, each entry with its content; the first is of 9:01, the second of 9:02, … */
export function chainOf(engineer: string, made: readonly MadeEntry[]): EntryLine[] {
  let previous = genesisOf(engineer).toString('hex');
  return made.map((one, i) => {
    const seq = i + 1;
    const {
      kind = 'support.proposed',
      subject = 'evidence/e',
      actor = engineer,
      at = minute(seq),
      content = { n: seq },
      gone = false,
    } = one;
    const salt = one.salt ?? createHash('sha256').update(`${engineer} ${seq}`).digest('hex').slice(0, 32);
    const digest = saltedDigest(content, Buffer.from(salt, 'hex')).toString('hex');
    const fields = { seq, at, actor, kind, subject, digest, previous };
    previous = hashOf(fields).toString('hex');
    return { line: 'entry', ...fields, hash: previous, ...(gone ? {} : { salt, content }) };
  });
}

export interface MadeRecord {
  readonly engineer: string;
  readonly entries: readonly MadeEntry[];
  readonly rows?: readonly Omit<RowLine, 'line'>[];
}

export interface MadeLedger {
  readonly records: readonly MadeRecord[];
  /** For each checkpoint the heads that it adds: of whom, and which entry. */
  readonly checkpoints?: readonly (readonly (readonly [engineer: string, seq: number])[])[];
  readonly key?: KeyObject;
}

/** The lines of a ledger that fits. */
export function ledgerOf({ records, checkpoints = [], key = ledgerKey }: MadeLedger): LedgerLine[] {
  const chains = new Map(records.map(({ engineer, entries }) => [engineer, chainOf(engineer, entries)]));
  const tree = GrowingTree.empty();
  const leaves: LeafLine[] = [];
  const signed: SignedCheckpoint[] = [];
  for (const heads of checkpoints) {
    for (const [engineer, seq] of heads) {
      const head = { engineer, seq, hash: chains.get(engineer)?.[seq - 1]?.hash ?? '' };
      leaves.push({ line: 'leaf', index: tree.size, ...head });
      tree.append(headHash(head));
    }
    const last = signed.at(-1);
    const [number, at, root] = [signed.length + 1, minute(signed.length + 31), tree.root().toString('hex')];
    signed.push(signCheckpoint({ number, at, treeSize: tree.size, root, previous: last ? digestOfCheckpoint(last) : null }, key));
  }
  const body = records.flatMap(({ engineer, rows = [] }): LedgerLine[] => {
    const entries = chains.get(engineer) ?? [];
    const head = { seq: entries.length, hash: entries.at(-1)?.hash ?? genesisOf(engineer).toString('hex') };
    const contents = new Set(entries.filter(({ salt }) => salt !== undefined).map(({ digest }) => digest)).size;
    const record: RecordLine = { line: 'record', engineer, head, contents };
    return [record, ...entries, ...rows.map((row): RowLine => ({ line: 'row', ...row }))];
  });
  const counts = {
    checkpoints: signed.length,
    leaves: leaves.length,
    records: records.length,
    entries: body.filter(({ line }) => line === 'entry').length,
    contents: body.reduce((sum, line) => sum + (line.line === 'record' ? line.contents : 0), 0),
    rows: body.filter(({ line }) => line === 'row').length,
  };
  const header: HeaderLine = { line: 'header', format: ledgerFormat, at: readAt, keys: [jwkOf(createPublicKey(key))], counts };
  return [header, ...signed.map((one): CheckpointLine => ({ line: 'checkpoint', ...one })), ...leaves, ...body];
}

type LineOf<Sort extends LedgerLine['line']> = Extract<LedgerLine, { line: Sort }>;

/** The n-th line of a sort, from 1. */
export function lineOf<Sort extends LedgerLine['line']>(lines: readonly LedgerLine[], sort: Sort, n: number): LineOf<Sort> {
  const line = lines.filter((one): one is LineOf<Sort> => one.line === sort)[n - 1];
  if (line === undefined) throw new Error(`there is no ${sort} line ${n}`);
  return line;
}

/** The lines with others in place of the n-th of a sort. */
export function bent<Sort extends LedgerLine['line']>(
  lines: readonly LedgerLine[],
  sort: Sort,
  n: number,
  change: (line: LineOf<Sort>) => readonly LedgerLine[],
): LedgerLine[] {
  const line = lineOf(lines, sort, n);
  return lines.toSpliced(lines.indexOf(line), 1, ...change(line));
}

/** A checkpoint that says something else, signed again with the same key. */
export const signedAgain = (
  { number, at, treeSize, root, previous }: SignedCheckpoint,
  change: Partial<SignedCheckpoint>,
): CheckpointLine => ({
  line: 'checkpoint',
  ...signCheckpoint({ number, at, treeSize, root, previous, ...change }, ledgerKey),
});

/** What the verifier says of these lines: what it holds, or the first thing that does not fit. */
export function verdictOn(lines: readonly LedgerLine[], options?: VerifierOptions): LedgerSummary | LedgerMisfit {
  return misfitOf(() => {
    const verifier = new LedgerVerifier(options);
    for (const line of lines) verifier.take(line);
    return verifier.finish();
  });
}

/** What work answers, or the misfit that it finds. */
export function misfitOf<T>(work: () => T): T | LedgerMisfit {
  try {
    return work();
  } catch (error) {
    if (error instanceof MisfitFound) return error.misfit;
    throw error;
  }
}
