import type { Json } from '../kernel/canonical-json';
import { type SignedCheckpoint, checkpointProblem, digestOfCheckpoint, headHash, keyIdOf, signedBytes } from './checkpoint';
import { administrationId } from './administration';
import { AdministrationFacts } from './administration-facts';
import { AdministrationRows } from './administration-rows';
import { ChainContent } from './chain-content';
import { type Entry, genesisOf, hashOf } from './entry';
import {
  type CheckpointLine,
  type EntryLine,
  type HeaderLine,
  type LeafLine,
  type LedgerCounts,
  type LedgerLine,
  type RecordLine,
  type Row,
  type RowLine,
  type RowTable,
  ledgerFormat,
  misfit,
} from './ledger-file';
import { GrowingTree } from './merkle';
import { RecordRows } from './record-rows';

/** What a ledger that fits holds. */
export interface LedgerSummary {
  readonly at: string;
  readonly counts: LedgerCounts;
  /** The ids of the keys that signed its checkpoints. */
  readonly keyIds: readonly string[];
  /** The newest checkpoint's number; null if there is none. */
  readonly newest: number | null;
  /** Entries after the newest checkpoint: their chains fit, but no checkpoint stands for them yet. */
  readonly uncovered: number;
  /** Rows whose content was redacted or erased: they are held against what is left of their entries, and not against words. */
  readonly heldInPart: number;
  /** The administration ledger's end; null in a file made before there was one. */
  readonly administration: { readonly entries: number; readonly head: string } | null;
}

export interface VerifierOptions {
  /** Checkpoints that were given out and kept elsewhere. */
  readonly held?: readonly SignedCheckpoint[];
  /** Ids of the keys that checkpoints may be signed by; left out, whichever key it is, is told. */
  readonly trusted?: ReadonlySet<string>;
}

/** Holds rows elsewhere against the entries of one chain: entries first, then the rows. */
interface RowsOfChain {
  entry(entry: Entry, content: Json | undefined): void;
  row(table: RowTable, row: Row): void;
  finish(): void;
  readonly heldInPart: number;
}

interface OpenRecord {
  readonly line: RecordLine;
  readonly rows: RowsOfChain;
  readonly content: ChainContent;
  seq: number;
  hash: string;
  at: string;
  leaves: number;
}

/** The order in which sorts of lines come; rows and entries belong to the record before them. */
const turns = { header: 0, checkpoint: 1, leaf: 2, record: 3, entry: 3, row: 3 } as const;

/**
 * Verifies a ledger line by line, holding one record and the tree's leaves in memory: chains, hashes, content digests, rows that point to them,
 * every checkpoint's signature and tree, and (since each tree is built from the leaves of the one before) that they only ever added to each other.
 */
export class LedgerVerifier {
  private header: HeaderLine | undefined;
  private turn = 0;
  private readonly seen = { checkpoints: 0, leaves: 0, records: 0, entries: 0, contents: 0, rows: 0 };
  private readonly keyIds = new Set<string>();
  private readonly tree = GrowingTree.empty();
  private newest: SignedCheckpoint | undefined;
  /** Checkpoints whose tree size the leaves have not come to yet, smallest first. */
  private ahead: { checkpoint: SignedCheckpoint; isHeld: boolean }[] = [];
  private readonly leavesOf = new Map<string, { seq: number; hash: string; index: number }[]>();
  /** Tree sizes of checkpoints, to say which one covers a leaf. */
  private readonly sizes: number[] = [];
  private record: OpenRecord | undefined;
  private covered = 0;
  private lastEngineer = '';
  private administration: LedgerSummary['administration'] = null;
  private readonly facts = new AdministrationFacts();
  private heldInPart = 0;

  constructor(private readonly options: VerifierOptions = {}) {
    for (const checkpoint of options.held ?? []) {
      const problem = checkpointProblem(checkpoint);
      if (problem !== null) misfit(`the checkpoint that is held is not right: ${problem}`, { checkpoint: checkpoint.number });
      this.ahead.push({ checkpoint, isHeld: true });
    }
  }

  /** Takes the next line. @throws MisfitFound at the first thing that does not fit */
  take(line: LedgerLine): void {
    const turn = turns[line.line] as number | undefined;
    if (turn === undefined) return misfit(`there is no such line as ${JSON.stringify(line.line)}`);
    if ((this.header === undefined) !== (line.line === 'header')) return misfit('the header is not the first line, or not the only one');
    if (turn < this.turn) return misfit(`a ${line.line} line stands where none belongs`);
    if (turn > 2 && this.turn <= 2) this.treeIsComplete();
    this.turn = turn;
    switch (line.line) {
      case 'header':
        return this.takeHeader(line);
      case 'checkpoint':
        return this.takeCheckpoint(line);
      case 'leaf':
        return this.takeLeaf(line);
      case 'record':
        return this.takeRecord(line);
      case 'entry':
        return this.takeEntry(line);
      case 'row':
        return this.takeRow(line);
    }
  }

  /** When all lines have come. @throws MisfitFound for what is missing */
  finish(): LedgerSummary {
    if (this.header === undefined) return misfit('there is no header');
    if (this.turn <= 2) this.treeIsComplete();
    this.closeRecord();
    this.heldAreHere();
    const [orphan] = this.leavesOf.entries();
    if (orphan !== undefined) {
      const [engineer, leaves] = orphan;
      misfit('the record is gone: a checkpoint stands for its head', {
        engineer,
        seq: leaves[0]?.seq ?? 1,
        ...this.checkpointOver(leaves[0]?.index ?? 0),
      });
    }
    const { counts, at } = this.header;
    for (const name of Object.keys(this.seen) as (keyof LedgerCounts)[]) {
      if (counts[name] !== this.seen[name]) misfit(`the header says ${counts[name]} ${name}, there are ${this.seen[name]}`);
    }
    const uncovered = this.seen.entries - this.covered;
    return {
      at,
      counts: { ...this.seen },
      keyIds: [...this.keyIds],
      newest: this.newest?.number ?? null,
      uncovered,
      heldInPart: this.heldInPart,
      administration: this.administration,
    };
  }

  private takeHeader(header: HeaderLine): void {
    if (header.format !== ledgerFormat) misfit(`the format is not ${ledgerFormat}`);
    this.header = header;
  }

  private takeCheckpoint(line: CheckpointLine): void {
    const where = { checkpoint: line.number };
    const { newest } = this;
    const problem = checkpointProblem(line);
    if (problem !== null) misfit(problem, where);
    if (this.options.trusted !== undefined && !this.options.trusted.has(line.keyId)) {
      misfit(`it is signed by key ${line.keyId}, which is neither in use nor in LEDGER_PUBLIC_KEYS_DIR`, where);
    }
    if (!(this.header?.keys ?? []).some((key) => keyIdOf(key) === line.keyId)) misfit('its key is not in the header', where);
    if (line.number !== (newest?.number ?? 0) + 1) misfit(`checkpoint ${(newest?.number ?? 0) + 1} is missing`, where);
    if (line.previous !== (newest === undefined ? null : digestOfCheckpoint(newest))) {
      misfit('it does not follow the checkpoint before it', where);
    }
    if (newest !== undefined && (line.treeSize <= newest.treeSize || line.at < newest.at)) {
      misfit('its tree is not larger, or it is older, than the checkpoint before it', where);
    }
    for (const held of this.options.held ?? []) {
      if (held.number === line.number && !signedBytes(held).equals(signedBytes(line))) {
        const differs = (['keyId', 'at', 'treeSize', 'previous', 'root'] as const).filter((name) => held[name] !== line[name]);
        misfit(`it is not the one that is held: another ${differs.join(', ')}`, where);
      }
    }
    this.newest = line;
    this.keyIds.add(line.keyId);
    this.sizes.push(line.treeSize);
    this.ahead.push({ checkpoint: line, isHeld: false });
    this.seen.checkpoints += 1;
  }

  private takeLeaf({ index, engineer, seq, hash }: LeafLine): void {
    if (this.seen.leaves === 0) this.sortAhead();
    if (index !== this.seen.leaves)
      misfit(`leaf ${this.seen.leaves} of the checkpoints' tree is missing`, this.checkpointOver(this.seen.leaves));
    this.tree.append(headHash({ engineer, seq, hash }));
    const known = this.leavesOf.get(engineer);
    if (known === undefined) this.leavesOf.set(engineer, [{ seq, hash, index }]);
    else if ((known.at(-1)?.seq ?? 0) < seq) known.push({ seq, hash, index });
    else misfit('its leaf comes after one of a later head', { engineer, seq, ...this.checkpointOver(index) });
    this.seen.leaves += 1;
    while (this.ahead[0]?.checkpoint.treeSize === this.tree.size) {
      const { checkpoint, isHeld } = this.ahead.shift() as { checkpoint: SignedCheckpoint; isHeld: boolean };
      if (this.tree.root().toString('hex') !== checkpoint.root) {
        misfit(`the leaves do not add up to the root of the checkpoint${isHeld ? ' that is held' : ''}`, { checkpoint: checkpoint.number });
      }
    }
  }

  /** A checkpoint that was given out stands in the ledger as it was given out: the same leaves under other numbers and times are another history. */
  private heldAreHere(): void {
    for (const held of this.options.held ?? []) {
      if (held.number > (this.newest?.number ?? 0)) misfit('the checkpoint that is held is not in the ledger', { checkpoint: held.number });
    }
  }

  private sortAhead(): void {
    this.ahead.sort((a, b) => a.checkpoint.treeSize - b.checkpoint.treeSize || a.checkpoint.number - b.checkpoint.number);
  }

  private treeIsComplete(): void {
    this.sortAhead();
    const [next] = this.ahead;
    if (next === undefined) {
      if (this.tree.size !== (this.newest?.treeSize ?? 0)) misfit('there are leaves that no checkpoint stands for');
      return;
    }
    misfit(
      `the checkpoint${next.isHeld ? ' that is held' : ''} stands for ${next.checkpoint.treeSize} leaves, there are ${this.tree.size}: the end was cut`,
      { checkpoint: next.checkpoint.number },
    );
  }

  private takeRecord(line: RecordLine): void {
    this.closeRecord();
    const { engineer, head } = line;
    if (engineer <= this.lastEngineer) misfit('the record does not follow the one before it', { engineer });
    this.lastEngineer = engineer;
    if (head === null) misfit('the record’s own row is gone', { engineer });
    const genesis = genesisOf(engineer).toString('hex');
    this.record = {
      line,
      rows: engineer === administrationId ? new AdministrationRows(this.facts) : new RecordRows(engineer, this.facts),
      content: new ChainContent(engineer, this.facts),
      seq: 0,
      hash: genesis,
      at: '',
      leaves: 0,
    };
    this.seen.records += 1;
  }

  private takeEntry(line: EntryLine): void {
    const { record } = this;
    if (record === undefined) return misfit('an entry stands before any record');
    const { engineer } = record.line;
    const where = { engineer, seq: record.seq + 1 };
    if (line.seq !== record.seq + 1) misfit(`entry ${record.seq + 1} is missing: ${line.seq} stands in its place`, where);
    if (line.previous !== record.hash) misfit('it does not follow the entry before it', where);
    if (hashOf(line).toString('hex') !== line.hash) misfit('its hash is not that of its fields', where);
    if (line.at < record.at) misfit('it is older than the entry before it', where);
    record.seq = line.seq;
    record.hash = line.hash;
    record.at = line.at;
    this.seen.entries += 1;
    this.checkLeaf(record);
    record.content.entry(line);
    record.rows.entry(line, line.content);
  }

  private checkLeaf(record: OpenRecord): void {
    const { engineer } = record.line;
    const leaf = this.leavesOf.get(engineer)?.[record.leaves];
    if (leaf?.seq !== record.seq) return;
    if (leaf.hash !== record.hash) {
      const since = (this.leavesOf.get(engineer)?.[record.leaves - 1]?.seq ?? 0) + 1;
      const which = since === leaf.seq ? 'it is' : `this entry, or one from ${since} on, is`;
      misfit(`${which} not what the checkpoint stands for`, { engineer, seq: leaf.seq, ...this.checkpointOver(leaf.index) });
    }
    record.leaves += 1;
  }

  private takeRow({ table, row }: RowLine): void {
    if (this.record === undefined) return misfit(`a row of ${table} stands before any record`);
    this.record.rows.row(table, row);
    this.seen.rows += 1;
  }

  private closeRecord(): void {
    const { record } = this;
    if (record === undefined) return;
    this.record = undefined;
    const { engineer, head, contents } = record.line;
    const leaf = this.leavesOf.get(engineer)?.[record.leaves];
    if (leaf !== undefined) {
      misfit(`entry ${leaf.seq} is missing: a checkpoint stands for it, the chain ends with ${record.seq}`, {
        engineer,
        seq: record.seq + 1,
        ...this.checkpointOver(leaf.index),
      });
    }
    if (head?.seq !== record.seq || head.hash !== record.hash) {
      misfit(`the record's head names entry ${head?.seq ?? 0}, the chain ends with ${record.seq}`, { engineer, seq: record.seq + 1 });
    }
    record.content.finish();
    const { size } = record.content;
    this.seen.contents += size;
    if (contents !== size) misfit(`the record keeps ${contents - size} pieces of content that no entry names`, { engineer });
    record.rows.finish();
    this.heldInPart += record.rows.heldInPart;
    if (engineer === administrationId) this.administration = { entries: record.seq, head: record.hash };
    this.covered += this.leavesOf.get(engineer)?.at(-1)?.seq ?? 0;
    this.leavesOf.delete(engineer);
  }

  /** The first checkpoint that stands for a leaf. */
  private checkpointOver(index: number): { checkpoint?: number } {
    const place = this.sizes.findIndex((size) => size > index);
    return place === -1 ? {} : { checkpoint: place + 1 };
  }
}
