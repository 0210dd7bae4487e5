import { type Json, saltedDigest } from '../kernel/canonical-json';
import { administrationId } from './administration';
import type { AdministrationFacts } from './administration-facts';
import type { Misfit } from './entry';
import { type EntryLine, MisfitFound, fieldsOf, misfit } from './ledger-file';
import { ErasuresOfPeople, type Place, RedactionsOfRecord, type WhatMayGo } from './what-may-go';

/** The content of one chain: what is there is that of its digest, and what is missing was taken out as the chain says, and as it may be. */
export class ChainContent {
  private readonly kept = new Set<string>();
  /** Digests without content, each with the last entry that names it. */
  private readonly missing = new Map<string, number>();
  /** Digests that were taken out, each with the last entry that did. */
  private readonly taken = new Map<string, number>();
  private readonly places = new Map<string, Place[]>();
  private readonly whatMayGo: WhatMayGo;
  private erasedBefore = 0;

  constructor(
    private readonly engineer: string,
    private readonly facts: AdministrationFacts,
  ) {
    this.whatMayGo = engineer === administrationId ? new ErasuresOfPeople() : new RedactionsOfRecord(engineer, facts);
  }

  /** How many pieces are there. */
  get size(): number {
    return this.kept.size;
  }

  /** Takes an entry; entries come in their order. */
  entry(line: EntryLine): void {
    const { seq, kind, digest, salt, content } = line;
    const { engineer } = this;
    if (kind === 'record.erased') this.erase(seq);
    if (salt === undefined || content === undefined) {
      if (!this.kept.has(digest)) this.missing.set(digest, seq);
    } else {
      if (saltedDigest(content, Buffer.from(salt, 'hex')).toString('hex') !== digest) {
        misfit('its content is not that of its digest', { engineer, seq });
      }
      this.kept.add(digest);
      if (this.whatMayGo.names(kind)) for (const one of digestsIn(content)) this.take(line, content, one);
    }
    const place = this.whatMayGo.place(line, content);
    const known = this.places.get(digest);
    if (known === undefined) this.places.set(digest, [place]);
    else known.push(place);
  }

  /** When all entries have come: what is missing may be missing. */
  finish(): void {
    const { engineer } = this;
    for (const [digest, seq] of this.missing) {
      if (seq >= this.erasedBefore && seq >= (this.taken.get(digest) ?? 0)) misfit('its content is gone', { engineer, seq });
    }
  }

  private erase(seq: number): void {
    const { engineer, facts } = this;
    if (!facts.isSilent && !facts.isErased(engineer)) {
      misfit('it erases the record of somebody who is not erased by the administration ledger', { engineer, seq });
    }
    this.erasedBefore = seq;
  }

  private take(line: EntryLine, content: Json, digest: string): void {
    const { engineer } = this;
    const { seq } = line;
    const places = this.places.get(digest) ?? misfit('it takes out content that no entry before it has', { engineer, seq });
    for (const place of places) {
      const problem = this.whatMayGo.problem(line, content, place);
      if (problem !== null) misfit(`it ${problem}`, { engineer, seq });
    }
    this.taken.set(digest, seq);
  }
}

/** The content of one chain, entry by entry: the first whose content is not that of its digest, or is gone and may not be. After it the others say nothing. */
export class ContentWalk {
  private readonly content: ChainContent;
  private misfit: Misfit | null = null;

  constructor(engineerId: string, facts: AdministrationFacts) {
    this.content = new ChainContent(engineerId, facts);
  }

  /** Takes an entry; entries come in their order. */
  take(line: EntryLine): void {
    this.unlessFound(() => this.content.entry(line));
  }

  /** The first that does not fit, or null; to be asked when all have come. */
  finish(): Misfit | null {
    this.unlessFound(() => this.content.finish());
    return this.misfit;
  }

  private unlessFound(work: () => void): void {
    if (this.misfit !== null) return;
    try {
      work();
    } catch (error) {
      if (!(error instanceof MisfitFound)) throw error;
      this.misfit = { seq: error.misfit.seq ?? 0, reason: error.misfit.reason };
    }
  }
}

/** The digests that an entry says were taken out: its content is `{digests: [hex, …], …}`. */
function digestsIn(content: Json): string[] {
  const { digests } = fieldsOf(content);
  return Array.isArray(digests) ? (digests as readonly Json[]).filter((one): one is string => typeof one === 'string') : [];
}
