import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { Pieces } from './pieces';

const long = 60_000;

async function* counting(made: number[], upTo = 5): AsyncGenerator<string, void> {
  for (let i = 1; i <= upTo; i += 1) {
    await delay(0);
    made.push(i);
    yield String(i).repeat(100_000);
  }
}

describe('an answer in pieces', () => {
  it('is sent whole, and is over once', async () => {
    const end = jest.fn(() => Promise.resolve());
    const pieces = await Pieces.begin(counting([]), end);
    expect(end).not.toHaveBeenCalled();
    expect(await text(pieces.stream())).toBe([1, 2, 3, 4, 5].map((i) => String(i).repeat(100_000)).join(''));
    expect(end).toHaveBeenCalledTimes(1);
  });

  it('fails at once where its first piece cannot be made', async () => {
    const end = jest.fn(() => Promise.resolve());
    async function* broken(): AsyncGenerator<string, void> {
      await delay(0);
      throw new Error('no');
      yield '';
    }
    await expect(Pieces.begin(broken(), end)).rejects.toThrow('no');
    expect(end).toHaveBeenCalledTimes(1);
  });

  it('breaks off where a later piece cannot be made', async () => {
    const end = jest.fn(() => Promise.resolve());
    async function* broken(): AsyncGenerator<string, void> {
      yield* counting([], 2);
      throw new Error('no');
    }
    const stream = (await Pieces.begin(broken(), end)).stream();
    await expect(text(stream)).rejects.toThrow('no');
    expect(end).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['a piece is not taken in time', { pieceMs: 20, wholeMs: long }],
    ['all of it is not', { pieceMs: long, wholeMs: 20 }],
  ])('breaks off where %s, and makes no more than was taken', async (_, limits) => {
    const end = jest.fn(() => Promise.resolve());
    const made: number[] = [];
    const stream = (await Pieces.begin(counting(made), end)).stream(limits);
    stream.once('readable', () => undefined);
    const [error] = (await once(stream, 'error')) as [Error];
    expect(error.message).toBe('the answer was not read in time');
    if (!stream.closed) await once(stream, 'close');
    expect(end).toHaveBeenCalledTimes(1);
    expect(made.length).toBeLessThan(4);
  });

  it('that nobody begins to read is over too', async () => {
    const end = jest.fn(() => Promise.resolve());
    const stream = (await Pieces.begin(counting([]), end)).stream({ pieceMs: 20, wholeMs: long });
    await once(stream, 'error');
    if (!stream.closed) await once(stream, 'close');
    expect(end).toHaveBeenCalledTimes(1);
  });
});
