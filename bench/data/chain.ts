import { type Json, saltedDigest } from '../../src/kernel/canonical-json';
import { type EntryKind, genesisOf, hashOf } from '../../src/ledger/entry';
import type { Random } from './random';
import { type Rows, hex } from './rows';

/** The ledger of one engineer as rows to be written: the same entries, hashes and salted content as the application would have made. */
export class Chain {
  private seq = 0;
  private head: Buffer;

  constructor(
    readonly engineerId: string,
    private readonly random: Random,
    private readonly rows: Rows,
  ) {
    this.head = genesisOf(engineerId);
  }

  /** Stores content with a salt, and answers its digest. */
  keep(content: Json): Buffer {
    const salt = this.random.bytes(16);
    const digest = saltedDigest(content, salt);
    this.rows.add('record_content', { engineer_id: this.engineerId, digest: hex(digest), salt: hex(salt), body: content });
    return digest;
  }

  /** Appends what happened; `digest` names content that is kept already. Times must not run backwards. */
  append(kind: EntryKind, subject: string, actor: string, at: Date, digest: Buffer): void {
    const previous = this.head;
    this.seq += 1;
    this.head = hashOf({
      seq: this.seq,
      at: at.toISOString(),
      actor,
      kind,
      subject,
      digest: digest.toString('hex'),
      previous: previous.toString('hex'),
    });
    this.rows.add('ledger_entry', {
      engineer_id: this.engineerId,
      seq: this.seq,
      at: at.toISOString(),
      actor_id: actor,
      kind,
      subject,
      digest: hex(digest),
      previous: hex(previous),
      hash: hex(this.head),
    });
  }

  /** The record as it stands when everything has been appended. */
  close(): void {
    this.rows.add('record', { engineer_id: this.engineerId, version: this.seq, head_seq: this.seq, head_hash: hex(this.head) });
  }
}
