import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

/** A line to a server that fails on command. */
export interface FaultyLine {
  /** The same address, reached over this line. */
  readonly url: string;
  /** Every connection breaks, and new ones are refused at once. */
  cut(): Promise<void>;
  /** Every connection stays and nothing comes through any more; new ones are taken and never answered. */
  silence(): void;
  /** The connections there are fall silent for good; new ones work. */
  silenceOld(): void;
  /** Every connection breaks; new ones work. */
  drop(): void;
  /** It works again: new connections do, and what was held up is lost. */
  mend(): Promise<void>;
  close(): Promise<void>;
}

/** Puts a line between a client and the server of a URL. */
export async function faultyLine(url: string): Promise<FaultyLine> {
  const target = new URL(url);
  const pairs = new Set<[Socket, Socket]>();
  let isSilent = false;
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    const pair: [Socket, Socket] = [near, far];
    pairs.add(pair);
    for (const [from, to] of [pair, [far, near]] as const) {
      from.on('error', () => undefined);
      from.on('close', () => {
        pairs.delete(pair);
        to.destroy();
      });
      if (!isSilent) from.pipe(to);
    }
  });
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const silenceOld = (): void => {
    for (const [near, far] of pairs) {
      near.unpipe(far);
      far.unpipe(near);
      // read and thrown away: neither side is to notice
      near.resume();
      far.resume();
    }
  };
  const drop = (): void => {
    for (const [near] of [...pairs]) near.destroy();
  };
  const port = await listen(0);
  const near = new URL(url);
  near.hostname = '127.0.0.1';
  near.port = String(port);
  return {
    url: near.href,
    cut: async () => {
      const closed = once(server, 'close');
      server.close();
      drop();
      await closed;
    },
    silence: () => {
      isSilent = true;
      silenceOld();
    },
    silenceOld,
    drop,
    mend: async () => {
      isSilent = false;
      drop();
      if (!server.listening) await listen(port);
    },
    close: async () => {
      drop();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}
