import { v7 } from 'uuid';

/** Random numbers that a seed determines (mulberry32): the same seed makes the same data. Nothing here is fit for secrets. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** Numbers of their own under the same seed: what is drawn from one branch moves nothing that is drawn from another. */
  branch(number: number): Random {
    const branch = new Random(this.state ^ Math.imul(number + 1, 0x9e3779b1));
    branch.word();
    return branch;
  }

  /** Any 32 bits. */
  private word(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** From 0, up to but not 1. */
  next(): number {
    return this.word() / 4_294_967_296;
  }

  /** A whole number between two others, both included. */
  int(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** True so often of a hundred times. */
  percent(share: number): boolean {
    return this.next() * 100 < share;
  }

  pick<T>(from: readonly T[]): T {
    const chosen = from[this.int(0, from.length - 1)];
    if (chosen === undefined) throw new Error('there is nothing to choose from');
    return chosen;
  }

  /** So many different ones, in an order of chance; all, where there are fewer. */
  some<T>(from: readonly T[], count: number): T[] {
    const left = [...from];
    return Array.from({ length: Math.min(count, left.length) }, () => left.splice(this.int(0, left.length - 1), 1)).flat();
  }

  /** One of several, each so often as its weight says. */
  weighted<T extends string>(weights: Readonly<Record<T, number>>): T {
    const entries = Object.entries(weights) as [T, number][];
    let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    return (entries.find(([, weight]) => (left -= weight) < 0) ?? entries.at(-1) ?? this.pick(entries))[0];
  }

  /** @param length a multiple of four */
  bytes(length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    for (let at = 0; at < length; at += 4) bytes.writeUInt32LE(this.word(), at);
    return bytes;
  }

  /** The id of something that was made at that time (UUIDv7). */
  id(made: Date): string {
    return v7({ msecs: made.getTime(), random: this.bytes(16) });
  }
}
