import { Socket } from 'node:net';
import { setImmediate as nextRound, setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { Client, PoolClient, PoolConfig } from 'pg';

/** While something is asked of it, the database may be silent for so long before it is asked for a sign of life. */
const silenceMs = 200;
/** How long that sign may take in all, and how much of it on the connection kept for it before a new one is tried. Together with the silence less than a second: nobody waits longer. */
const signMs = 650;
const keptMs = 300;
const tickMs = 50;
/** How often a database that is away is tried, and how long one try may take. */
const retryMs = 250;
const returnMs = 2_000;

type Connected = (error: Error | undefined, client: PoolClient | undefined, release: (broken?: unknown) => void) => void;

const awayError = (): Error => Object.assign(new Error('the database does not answer'), { code: 'ETIMEDOUT' });

/** Whether a promise comes to something in time. A timer that fires late, after this process was busy itself, lets what has arrived meanwhile be read first. */
async function within(ms: number, work: Promise<boolean>): Promise<boolean> {
  const tooLate = delay(ms, false, { ref: false }).then(async (late) => {
    await nextRound();
    await nextRound();
    return late;
  });
  return Promise.race([work, tooLate]);
}

/**
 * Notices that the database no longer answers. A server that is gone refuses at once, but one behind a cut line, or one that hangs, says nothing at
 * all: without this, every request would wait until its statement times out. When there is no sign of life, all connections are cut, what waits for one
 * is refused, and so is what comes, until a connection of the watch's own is answered again.
 */
class DatabaseWatch {
  private readonly sockets = new Set<Socket>();
  private readonly waiting = new Set<() => void>();
  private probe: Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** How many connections are handed out. */
  private out = 0;
  private bytes = 0;
  private heardAt = 0;
  private isAsking = false;
  private isAway = false;
  private isOver = false;

  constructor(
    private readonly newClient: () => Client,
    private readonly report: (text: string) => void,
  ) {}

  /** Makes the socket of a connection of the pool. */
  readonly newSocket = (): Socket => {
    const socket = new Socket();
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    return socket;
  };

  /** Hands out a connection by `connect`, unless the database is away or goes away meanwhile. */
  handOut(connect: (connected: Connected) => void, connected: Connected): void {
    const refuseIt = (): void => {
      this.waiting.delete(refuseIt);
      connected(awayError(), undefined, () => undefined);
    };
    if (this.isAway) return refuseIt();
    this.begin();
    this.waiting.add(refuseIt);
    connect((error, client, release) => {
      if (!this.waiting.delete(refuseIt)) {
        if (client !== undefined) release();
      } else if (client === undefined) connected(error, client, release);
      else {
        this.out += 1;
        connected(undefined, client, (broken) => {
          this.out -= 1;
          release(broken);
        });
      }
    });
  }

  end(): void {
    this.isOver = true;
    clearInterval(this.timer);
    this.dropProbe();
  }

  private begin(): void {
    if (this.timer !== undefined || this.isOver) return;
    this.heardAt = performance.now();
    this.timer = setInterval(() => this.tick(), tickMs);
    this.timer.unref();
  }

  private tick(): void {
    if (this.out + this.waiting.size === 0 || this.isAway) {
      clearInterval(this.timer);
      this.timer = undefined;
    } else if (!this.hasSpoken() && !this.isAsking && performance.now() - this.heardAt > silenceMs) void this.ask();
  }

  /** Whether anything was read on any connection since this was asked last. */
  private hasSpoken(): boolean {
    let bytes = 0;
    for (const socket of this.sockets) bytes += socket.bytesRead;
    if (bytes === this.bytes) return false;
    this.bytes = bytes;
    this.heardAt = performance.now();
    return true;
  }

  private async ask(): Promise<void> {
    this.isAsking = true;
    const began = performance.now();
    const gaveSign = (await this.asksKept()) || (await this.asksNew(signMs - (performance.now() - began)));
    this.isAsking = false;
    if (gaveSign) this.heardAt = performance.now();
    else if (!this.hasSpoken() && !this.isOver) this.goneAway();
  }

  private async asksKept(): Promise<boolean> {
    const { probe } = this;
    if (probe === undefined) return false;
    const gaveSign = await within(
      keptMs,
      probe.query('SELECT 1').then(
        () => true,
        () => false,
      ),
    );
    if (!gaveSign) this.dropProbe();
    return gaveSign;
  }

  /** Asks on a new connection, which is kept if it is answered. A server that has no room for it has given a sign too. */
  private async asksNew(ms: number): Promise<boolean> {
    const probe = this.newClient();
    probe.on('error', () => this.dropProbe());
    this.probe = probe;
    const connected = probe.connect().then(
      () => true,
      (error: unknown) => (error as { code?: unknown }).code === '53300',
    );
    const gaveSign = await within(ms, connected);
    if (!gaveSign || this.isOver) this.dropProbe();
    return gaveSign;
  }

  private dropProbe(): void {
    const { probe } = this;
    this.probe = undefined;
    // nobody answers the farewell of a connection that hangs
    if (probe !== undefined) void Promise.race([probe.end().catch(() => undefined), delay(keptMs, undefined, { ref: false })]);
  }

  private goneAway(): void {
    this.isAway = true;
    this.report('the database does not answer: its connections are cut');
    for (const refuseIt of [...this.waiting]) refuseIt();
    for (const socket of [...this.sockets]) socket.destroy(awayError());
    void this.untilItReturns();
  }

  private async untilItReturns(): Promise<void> {
    while (!this.isOver && !(await this.asksNew(returnMs))) await delay(retryMs, undefined, { ref: false });
    this.isAway = false;
    if (!this.isOver) this.report('the database answers again');
  }
}

/** A statement that is never answered leaves its connection of no use: it is ended, which ends what waits behind that statement too. */
function endWhenStuck(client: PoolClient): void {
  const query = client.query.bind(client) as (...parts: unknown[]) => Promise<unknown>;
  const endingQuery: typeof query = async (...parts) => {
    try {
      return await query(...parts);
    } catch (error) {
      if ((error as Error).message === 'Query read timeout') void (client as PoolClient & Pick<Client, 'end'>).end().catch(() => undefined);
      throw error;
    }
  };
  client.query = endingQuery as typeof client.query;
}

/**
 * A driver whose pools are watched; TypeORM takes it as its `driver`.
 * @param driver `pg`, or what stands for it
 * @param report hears when the database goes away and when it is back
 */
export function watchedDriver(driver: typeof pg, report: (text: string) => void): typeof pg {
  class WatchedPool extends driver.Pool {
    constructor(config: PoolConfig) {
      const watch = new DatabaseWatch(() => new driver.Client(config), report);
      super({ ...config, stream: watch.newSocket });
      this.on('connect', endWhenStuck);
      const connect = super.connect.bind(this) as (connected: Connected) => void;
      const handOut = (connected: Connected): void => watch.handOut(connect, connected);
      this.connect = handOut as typeof this.connect;
      const end = super.end.bind(this) as (ended: () => void) => void;
      const endBoth = (ended: () => void): void => {
        watch.end();
        end(ended);
      };
      this.end = endBoth as typeof this.end;
    }
  }
  return Object.assign(Object.create(driver) as typeof pg, { Pool: WatchedPool });
}
