import { Readable } from 'node:stream';

/** How long a reader may take over one piece, and over all of them: what is held for an answer under way is not held for ever. */
export const patience = { pieceMs: 10_000, wholeMs: 300_000 } as const;

/** An answer that is made while it is sent, since it is large: texts that follow one another, and what is to be given back when it is over. */
export class Pieces {
  private constructor(
    private readonly first: IteratorResult<string, void>,
    private readonly rest: AsyncGenerator<string, void>,
    private readonly end: () => Promise<void>,
  ) {}

  /** Makes the first piece, so that what cannot be answered at all is refused as usual. @param end is called once, whatever happens; it must not fail */
  static async begin(texts: AsyncGenerator<string, void>, end: () => Promise<void>): Promise<Pieces> {
    try {
      return new Pieces(await texts.next(), texts, end);
    } catch (error) {
      await end();
      throw error;
    }
  }

  /**
   * The answer as a stream; pieces are made as they are taken. It fails where one cannot be made, or is not taken in time: then the connection is cut
   * off, and nobody takes half an answer for a whole one.
   */
  stream({ pieceMs, wholeMs }: Readonly<Record<keyof typeof patience, number>> = patience): Readable {
    const { first, rest, end } = this;
    let timer: NodeJS.Timeout | undefined;
    const giveUp = (): void => void stream.destroy(new Error('the answer was not read in time'));
    const whole = setTimeout(giveUp, wholeMs);
    const expectReader = (): void => {
      timer = setTimeout(giveUp, pieceMs);
    };
    async function* taken(): AsyncGenerator<string, void> {
      for (let next = first; next.done !== true; next = await rest.next()) {
        clearTimeout(timer);
        expectReader();
        yield next.value;
        clearTimeout(timer);
      }
    }
    const stream = Readable.from(taken(), { objectMode: false });
    expectReader();
    stream.once('close', () => {
      clearTimeout(timer);
      clearTimeout(whole);
      void end();
    });
    return stream;
  }
}
