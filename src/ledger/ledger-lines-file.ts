import { type KeyObject, createHash, createPublicKey, sign } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { isSignedBy, jwkOf, keyIdOf } from './checkpoint';
import { type EndLine, type LedgerLine, MisfitFound, endBytes, misfit } from './ledger-file';
import { type LedgerSummary, LedgerVerifier, type VerifierOptions } from './ledger-verifier';

const newline = 0x0a;
/** No line of an export comes near; a file of another kind without line ends must not fill the memory. */
const longestLine = 64 * 1024 * 1024;
const chunkSize = 1024 * 1024;
const endBegins = Buffer.from('{"line":"end"');

/**
 * Writes lines as a file that proves itself whole.
 * @param key signs the end, so that nobody else can make such a file; null: not signed
 */
export async function writeLines(lines: AsyncIterable<LedgerLine>, out: Writable, key: KeyObject | null): Promise<void> {
  const digest = createHash('sha256');
  let pending: string[] = [];
  let size = 0;
  const flush = async (): Promise<void> => {
    const text = pending.join('');
    [pending, size] = [[], 0];
    digest.update(text, 'utf8');
    if (!out.write(text, 'utf8')) await once(out, 'drain');
  };
  for await (const line of lines) {
    const text = `${JSON.stringify(line)}\n`;
    pending.push(text);
    size += text.length;
    if (size > chunkSize) await flush();
  }
  await flush();
  const hex = digest.digest('hex');
  const signed =
    key === null ? {} : { publicKey: jwkOf(createPublicKey(key)), signature: sign(null, endBytes(hex), key).toString('base64url') };
  out.write(endText({ line: 'end', digest: hex, ...signed }));
}

/** The last line, as it is written. */
function endText({ digest, publicKey, signature }: EndLine): string {
  const signed = publicKey === undefined ? {} : { publicKey: { kty: publicKey.kty, crv: publicKey.crv, x: publicKey.x }, signature };
  return `${JSON.stringify({ line: 'end', digest, ...signed })}\n`;
}

/** The lines of a file as bytes, each with its line end. A last one without is cut off. */
async function* linesOf(file: string): AsyncGenerator<Buffer[]> {
  // what has come of a line that goes on, in pieces: put together once, however many there are
  let [rest, size]: [Buffer[], number] = [[], 0];
  for await (const chunk of createReadStream(file, { highWaterMark: chunkSize }) as AsyncIterable<Buffer>) {
    const lines: Buffer[] = [];
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      const piece = chunk.subarray(start, end + 1);
      lines.push(rest.length === 0 ? piece : Buffer.concat([...rest, piece]));
      [rest, size] = [[], 0];
      start = end + 1;
    }
    if (start < chunk.length) rest.push(chunk.subarray(start));
    size += chunk.length - start;
    if (size > longestLine) misfit('a line does not end: this is no export of the ledger');
    yield lines;
  }
  if (size > 0) misfit('the file ends in the middle of a line');
}

/** What a file that fits holds, and who signed its end (a key id); null: nobody. */
export interface FileSummary extends LedgerSummary {
  readonly signedBy: string | null;
}

/**
 * Verifies a file: every byte of it, then all that LedgerVerifier verifies.
 * @param progress is told how many bytes are done
 * @throws MisfitFound at the first thing that does not fit
 */
export async function verifyFile(file: string, options: VerifierOptions, progress: (bytes: number) => void): Promise<FileSummary> {
  const verifier = new LedgerVerifier(options);
  const digest = createHash('sha256');
  let [bytes, number] = [0, 0];
  let end: EndLine | undefined;
  for await (const lines of linesOf(file)) {
    for (const line of lines) {
      number += 1;
      bytes += line.length;
      if (end !== undefined) misfit(`line ${number} comes after the end`);
      if (line.subarray(0, endBegins.length).equals(endBegins)) {
        end = parsed(line, number) as EndLine;
        // one spelling of it only: nothing else guards its bytes
        if (line.toString('utf8') !== endText(end)) misfit('the last line is not of its form');
        continue;
      }
      digest.update(line);
      formed(`line ${number}`, () => verifier.take(parsed(line, number) as LedgerLine));
    }
    progress(bytes);
  }
  if (end === undefined) return misfit('the end of the file is missing: it was cut');
  const signedBy = checkEnd(end, digest.digest('hex'));
  return { ...formed('a line', () => verifier.finish()), signedBy };
}

/** What a line lacks or has of another sort shows itself where it is used: that is a line which does not fit, and no reason to stop without an answer. */
function formed<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof MisfitFound) throw error;
    return misfit(`${place} is not of its form (${error instanceof Error ? error.message : String(error)})`);
  }
}

function parsed(line: Buffer, number: number): unknown {
  let value: unknown;
  try {
    value = JSON.parse(line.toString('utf8'));
  } catch {
    return misfit(`line ${number} is not JSON`);
  }
  return typeof value === 'object' && value !== null ? value : misfit(`line ${number} is not a line of the ledger`);
}

function checkEnd({ digest, publicKey, signature }: EndLine, actual: string): string | null {
  if (digest !== actual) return misfit('the file’s digest is not that of its bytes: something in it was changed');
  if (publicKey === undefined) return null;
  if (!isSignedBy(publicKey, endBytes(digest), signature ?? ''))
    return misfit('the signature at the end of the file is not that of its key');
  return keyIdOf(publicKey);
}
