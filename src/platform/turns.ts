import { Refused, refuse } from '../kernel/refusal';

interface Waiting {
  readonly goOn: () => void;
  readonly timer: NodeJS.Timeout;
}

/** Gives a place back; called again it does nothing. */
export type Leave = () => void;

/**
 * Lets so many do something at once and some more wait, in order and not for long. Who finds the queue full is refused at once: work that is taken on is
 * finished in time, whatever else is asked for.
 */
export class Turns {
  private taken = 0;
  private readonly queue: Waiting[] = [];

  /**
   * @param places how many have their turn at once
   * @param seats how many may wait for one
   * @param patienceMs how long, in milliseconds
   */
  constructor(
    private readonly places: number,
    private readonly seats: number,
    private readonly patienceMs: number,
  ) {}

  /** Whether whoever came now would be refused at once. */
  get isFull(): boolean {
    return this.taken >= this.places && this.queue.length >= this.seats;
  }

  /**
   * Waits for a place.
   * @throws Refused `too-busy`
   */
  async take(): Promise<Leave> {
    if (this.isFull) throw new Refused(tooBusy);
    if (this.taken < this.places) this.taken += 1;
    else await this.wait();
    let isMine = true;
    return () => {
      if (isMine) this.pass();
      isMine = false;
    };
  }

  /** A place that is left goes to the first in the queue. */
  private pass(): void {
    const next = this.queue.shift();
    if (next === undefined) {
      this.taken -= 1;
      return;
    }
    clearTimeout(next.timer);
    next.goOn();
  }

  private wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.queue.splice(this.queue.indexOf(waiting), 1);
        reject(new Refused(tooBusy));
      };
      const waiting: Waiting = { goOn: resolve, timer: setTimeout(giveUp, this.patienceMs) };
      this.queue.push(waiting);
    });
  }
}

/** The refusal of those who come when everything is taken. */
export const tooBusy = { ...refuse('too-busy'), retryAfter: 1 };
