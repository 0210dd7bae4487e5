import { hash } from 'node:crypto';
import { type Json, saltedDigest } from '../../src/kernel/canonical-json';
import { type EntryFields, type EntryKind, genesisOf, hashOf } from '../../src/ledger/entry';
import type { Random } from './random';
import { type Rows, hex } from './rows';

/** The ledger of one engineer as rows to be written: the same entries, hashes and salted content as the application would have made. */
export class Chain {
  private seq = 0;
  private head: string;
  private headAt: string | null = null;
  private kept = 0;

  constructor(
    readonly engineerId: string,
    private readonly random: Random,
    private readonly rows: Rows,
  ) {
    this.head = genesisOf(engineerId).toString('hex');
  }

  /** Stores content with a salt, and answers its digest. */
  keep(content: Json): Buffer {
    const salt = this.random.bytes(16);
    return this.store(saltedDigest(content, salt), salt, JSON.stringify(content));
  }

  /** As keep(), of content whose names are in the order of the alphabet: its JSON is canonical as it is. Every thousandth digest is held against the original. */
  keepSorted(content: Json): Buffer {
    const salt = this.random.bytes(16);
    const body = JSON.stringify(content);
    const digest = hash('sha256', `{"content":${body},"salt":"${salt.toString('hex')}"}`, 'buffer');
    this.kept += 1;
    if (this.kept % 1000 === 1 && !digest.equals(saltedDigest(content, salt)))
      throw new Error('content is not hashed here as the application hashes it');
    return this.store(digest, salt, body);
  }

  private store(digest: Buffer, salt: Buffer, body: string): Buffer {
    this.rows.add('record_content', { engineer_id: this.engineerId, digest: hex(digest), salt: hex(salt), body });
    return digest;
  }

  /** Appends what happened; `digest` names content that is kept already. Times must not run backwards. */
  append(kind: EntryKind, subject: string, actor: string, moment: Date, digest: Buffer): void {
    const at = moment.toISOString();
    if (this.headAt !== null && at < this.headAt) throw new Error(`${kind} of ${subject} is older than the entry before it`);
    const previous = this.head;
    this.seq += 1;
    this.head = hashOfEntry({ seq: this.seq, at, actor, kind, subject, digest: digest.toString('hex'), previous });
    this.headAt = at;
    this.rows.add('ledger_entry', {
      engineer_id: this.engineerId,
      seq: this.seq,
      at,
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
    this.rows.add('record', {
      engineer_id: this.engineerId,
      version: this.seq,
      head_seq: this.seq,
      head_hash: hex(this.head),
      head_at: this.headAt,
    });
  }
}

/**
 * hashOf() for entries whose texts need no escaping, as all of those here: it is computed thirty million times. The first entry of each chain is held
 * against the original.
 */
function hashOfEntry(entry: EntryFields): string {
  const { seq, at, actor, kind, subject, digest, previous } = entry;
  const text = `{"actor":"${actor}","at":"${at}","digest":"${digest}","kind":"${kind}","previous":"${previous}","seq":${seq},"subject":"${subject}"}`;
  const own = hash('sha256', text, 'hex');
  if (seq === 1 && own !== hashOf(entry).toString('hex')) throw new Error('an entry is not hashed here as the application hashes it');
  return own;
}
