import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { ledgerVerify } from '../src/commands/ledger-verify';
import { type Json, saltedDigest } from '../src/kernel/canonical-json';
import { type SignedCheckpoint, digestOfCheckpoint, headHash, jwkOf, keyIdOf, signCheckpoint } from '../src/ledger/checkpoint';
import { genesisOf, hashOf } from '../src/ledger/entry';
import { type LedgerLine, endBytes } from '../src/ledger/ledger-file';
import { verifyFile, writeLines } from '../src/ledger/ledger-lines-file';
import { GrowingTree } from '../src/ledger/merkle';

/*
 * An export made of nothing but the pure functions, and its verification. `npm test` makes a small one; ENTRIES=1000000 measures what
 * docs/trust.md says of a million entries.
 */
const entries = Number(process.env['ENTRIES'] ?? 1_000);
const perRecord = 100;
const folder = mkdtempSync(join(tmpdir(), 'touchstone-export-'));
const file = join(folder, 'ledger.jsonl');
const heldFile = join(folder, 'checkpoints.json');
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const at = '2026-11-02T09:30:00.000Z';
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const engineerOf = (record: number): string => `01931b2e-7c00-7000-8000-${record.toString(16).padStart(12, '0')}`;
/** Bytes that look random and are the same in every run. */
const bytes = (name: string): Buffer => createHash('sha256').update(name).digest();
const records = Math.ceil(entries / perRecord);

function* chainOf(record: number): Generator<Extract<LedgerLine, { line: 'entry' }>> {
  const engineer = engineerOf(record);
  let previous = genesisOf(engineer).toString('hex');
  for (let seq = 1; seq <= perRecord; seq += 1) {
    const salt = bytes(`${record} ${seq}`).subarray(0, 16);
    const content: Json = {
      title: 'Automated patching via IaC',
      description: 'Ansible playbooks driven from Terraform patch the Linux servers every month.',
      kind: 'work',
      number: seq,
    };
    const fields = {
      seq,
      at,
      actor: engineer,
      kind: 'support.proposed',
      subject: `evidence/${engineer}/supports/sfia-9:ITOP.3.${1 + (seq % 6)}`,
      digest: saltedDigest(content, salt).toString('hex'),
      previous,
    };
    previous = hashOf(fields).toString('hex');
    yield { line: 'entry', ...fields, hash: previous, salt: salt.toString('hex'), content };
  }
}

/** A checkpoint after each tenth of the records' heads. */
function* ledger(held: SignedCheckpoint[]): Generator<LedgerLine> {
  const heads = Array.from({ length: records }, (_, record) => {
    let hash = '';
    for (const entry of chainOf(record)) hash = entry.hash;
    return { engineer: engineerOf(record), seq: perRecord, hash };
  });
  const tree = GrowingTree.empty();
  for (const [i, head] of heads.entries()) {
    tree.append(headHash(head));
    if ((i + 1) % Math.ceil(records / 10) !== 0 && i + 1 !== records) continue;
    const newest = held.at(-1);
    const previous = newest === undefined ? null : digestOfCheckpoint(newest);
    const root = tree.root().toString('hex');
    held.push(signCheckpoint({ number: held.length + 1, at, treeSize: tree.size, root, previous }, privateKey));
  }
  const count = records * perRecord;
  const counts = { checkpoints: held.length, leaves: records, records, entries: count, contents: count, rows: 0 };
  yield { line: 'header', format: 'touchstone-ledger/1', at, keys: [jwkOf(publicKey)], counts };
  for (const checkpoint of held) yield { line: 'checkpoint', ...checkpoint };
  for (const [index, head] of heads.entries()) yield { line: 'leaf', index, ...head };
  for (const [record, { engineer, seq, hash }] of heads.entries()) {
    yield { line: 'record', engineer, head: { seq, hash }, contents: perRecord };
    yield* chainOf(record);
  }
}

async function* inTurn(lines: Iterable<LedgerLine>): AsyncGenerator<LedgerLine> {
  // a generator of this kind gives others a turn between lines
  await Promise.resolve();
  yield* lines;
}

const held: SignedCheckpoint[] = [];
beforeAll(async () => {
  const stream = createWriteStream(file);
  const written = finished(stream);
  await writeLines(inTurn(ledger(held)), stream, privateKey);
  stream.end();
  await written;
  writeFileSync(heldFile, JSON.stringify({ items: [held.at(-1), held[0]], nextCursor: null }));
}, 600_000);

test(`an export of ${entries} entries is verified offline`, async () => {
  const before = performance.now();
  const { ok, text } = await ledgerVerify([file, '--checkpoint', heldFile]);
  const seconds = (performance.now() - before) / 1000;
  if (entries > 100_000) {
    const { rss } = process.memoryUsage();
    process.stderr.write(
      `${entries} entries, ${Math.round(statSync(file).size / 2 ** 20)} MiB: ${seconds.toFixed(1)} s, ${Math.round(rss / 2 ** 20)} MiB resident\n`,
    );
  }
  expect(text).toContain(`Everything fits: ${records * perRecord} entries of ${records} records`);
  // as were all exports before there was one
  expect(text).toContain('made before there was an administration ledger');
  expect(ok).toBe(true);
  expect(seconds).toBeLessThan(60);
}, 600_000);

if (entries <= 10_000) {
  describe('a file', () => {
    const text = (): string => readFileSync(file, 'utf8');
    const verdict = async (content: string | Buffer, ...more: string[]): Promise<{ ok: boolean; text: string }> => {
      const bent = join(folder, 'bent.jsonl');
      writeFileSync(bent, content);
      return ledgerVerify([bent, ...more]);
    };
    /** Closes the file again, as somebody who may not sign: only the digest at its end. */
    const closed = (lines: string[]): string => {
      const body = lines.map((line) => `${line}\n`).join('');
      return `${body}${JSON.stringify({ line: 'end', digest: createHash('sha256').update(body).digest('hex') })}\n`;
    };

    test('of which any byte is changed, taken out or doubled is found', async () => {
      const whole = readFileSync(file);
      // all of the header and of the end, and places spread over what lies between
      const places = new Set<number>();
      for (let i = 0; i < 50; i += 1) places.add(Math.floor((i / 50) * whole.length));
      for (let i = 0; i < 40; i += 1) places.add(i * 12).add(whole.length - 1 - i * 7);
      const ways: ((at: number) => Buffer)[] = [
        (at) => Buffer.concat([whole.subarray(0, at), Buffer.from([(whole[at] ?? 0) ^ 1]), whole.subarray(at + 1)]),
        (at) => Buffer.concat([whole.subarray(0, at), whole.subarray(at + 1)]),
        (at) => Buffer.concat([whole.subarray(0, at), whole.subarray(at, at + 1), whole.subarray(at)]),
      ];
      const missed: string[] = [];
      let turn = 0;
      for (const at of places) {
        turn += 1;
        const bent = (ways[turn % ways.length] ?? ways[0])?.(at) ?? whole;
        if ((await verdict(bent)).ok)
          missed.push(`${turn % ways.length} at ${at}: ${JSON.stringify(whole.subarray(at - 20, at + 20).toString())}`);
      }
      expect(missed).toEqual([]);
    }, 120_000);

    test.each<[string, (lines: string[]) => string[], string]>([
      [
        'an entry that was changed',
        (lines) => lines.map((one, i) => (i === 500 ? one.replace('support.proposed', 'support.accepted') : one)),
        'its hash is not that of its fields',
      ],
      [
        'content that was changed',
        (lines) => lines.map((one, i) => (i === 500 ? one.replace('Terraform', 'hand') : one)),
        'its content is not that of its digest',
      ],
      [
        'content that was left out',
        (lines) => lines.map((one, i) => (i === 500 ? one.replace(/,"content":.*/, '}') : one)),
        'its content is gone',
      ],
      ['an entry that was left out', (lines) => lines.toSpliced(500, 1), 'is missing'],
      ['an entry that is there twice', (lines) => lines.toSpliced(500, 0, lines[500] ?? ''), 'stands in its place'],
      ['two entries in each other’s place', (lines) => lines.toSpliced(500, 2, lines[501] ?? '', lines[500] ?? ''), 'stands in its place'],
      ['a record whose last entry was left out', (lines) => lines.toSpliced(-1, 1), 'a checkpoint stands for it'],
      ['the last record left out', (lines) => lines.slice(0, -101), 'the record is gone'],
      ['a leaf left out', (lines) => lines.filter((one) => !one.startsWith('{"line":"leaf","index":3,')), 'leaf 3'],
      ['the last checkpoint left out', (lines) => lines.toSpliced(10, 1), 'no checkpoint stands for'],
      [
        'a checkpoint of another time',
        (lines) => lines.map((one, i) => (i === 4 ? one.replace(at, '2026-11-03T09:30:00.000Z') : one)),
        'checkpoint 4: its signature',
      ],
      ['a line of its own kind', (lines) => lines.toSpliced(5, 0, '{"line":"note"}'), 'no such line'],
      ['no header', (lines) => lines.slice(1), 'the header is not the first line'],
      [
        'another count in its header',
        (lines) => lines.map((one, i) => (i === 0 ? one.replace(/"entries":\d+/, '"entries":1') : one)),
        'the header says 1 entries',
      ],
    ])('closed again over %s is found, and the place is named', async (_, change, reason) => {
      const lines = text().trimEnd().split('\n').slice(0, -1);
      const { ok, text: said } = await verdict(closed(change(lines)));
      expect(said).toContain(reason);
      expect(ok).toBe(false);
    });

    test('names engineer and entry of the first thing that does not fit', async () => {
      const lines = text().trimEnd().split('\n').slice(0, -1);
      const place = lines.findIndex((one) => one.startsWith('{"line":"record"') && one.includes(engineerOf(3))) + 8;
      const { text: said } = await verdict(closed(lines.with(place, (lines[place] ?? '').replace('Ansible', 'Other'))));
      expect(said).toBe(`It does not fit: engineer ${engineerOf(3)}, entry 8: its content is not that of its digest.`);
    });

    test('that is cut, empty, or something else is found', async () => {
      expect((await verdict('')).text).toContain('the end of the file is missing');
      expect((await verdict(text().slice(0, -1))).text).toContain('in the middle of a line');
      expect((await verdict(text() + text())).text).toContain('comes after the end');
      expect((await verdict('not json\n')).text).toContain('line 1 is not JSON');
      expect((await verdict('null\n')).ok).toBe(false);
      expect((await verdict('{"line":"header"}\n')).ok).toBe(false);
      await expect(ledgerVerify([join(folder, 'nowhere')])).rejects.toThrow('is not there');
      await expect(ledgerVerify([])).rejects.toThrow('One file');
    });

    test('that somebody else signed all over is found against a checkpoint that was held, and by the key that is told', async () => {
      const other = generateKeyPairSync('ed25519');
      const theirs: SignedCheckpoint[] = [];
      for (const checkpoint of held) {
        const newest = theirs.at(-1);
        const previous = newest === undefined ? null : digestOfCheckpoint(newest);
        theirs.push(signCheckpoint({ ...checkpoint, previous }, other.privateKey));
      }
      const bent = text()
        .trimEnd()
        .split('\n')
        .slice(0, -1)
        .map((one) => {
          const line = JSON.parse(one) as LedgerLine;
          if (line.line === 'header') return JSON.stringify({ ...line, keys: [jwkOf(other.publicKey)] });
          return line.line === 'checkpoint' ? JSON.stringify({ line: 'checkpoint', ...theirs[line.number - 1] }) : one;
        });
      const alone = await verdict(closed(bent));
      expect(alone.ok).toBe(true);
      expect(alone.text).toContain(theirs[0]?.keyId);
      expect(alone.text).toContain('held against no checkpoint');
      const against = await verdict(closed(bent), '--checkpoint', heldFile);
      expect(against).toMatchObject({ ok: false });
      expect(against.text).toContain('checkpoint 1: it is not the one that is held');
    });

    test('whose header was changed and which was closed again by others than who signed the checkpoint that is held is refused', async () => {
      const lines = text().trimEnd().split('\n').slice(0, -1);
      const later = lines.with(0, (lines[0] ?? '').replace(at, '2031-01-01T00:00:00.000Z'));
      const unsigned = await verdict(closed(later), '--checkpoint', heldFile);
      expect(unsigned).toEqual({ ok: false, text: expect.stringContaining('the file is not signed') as string });
      const other = generateKeyPairSync('ed25519');
      const body = closed(later)
        .trimEnd()
        .split('\n')
        .slice(0, -1)
        .map((line) => `${line}\n`)
        .join('');
      const digest = createHash('sha256').update(body).digest('hex');
      const end = {
        line: 'end',
        digest,
        publicKey: jwkOf(other.publicKey),
        signature: sign(null, endBytes(digest), other.privateKey).toString('base64url'),
      };
      const foreign = await verdict(`${body}${JSON.stringify(end)}\n`, '--checkpoint', heldFile);
      expect(foreign).toEqual({
        ok: false,
        text: expect.stringContaining('which signed none of the checkpoints kept elsewhere') as string,
      });
      // without a checkpoint nobody can know whose key it is: it is told
      expect((await verdict(`${body}${JSON.stringify(end)}\n`)).text).toContain(`signed by key ${keyIdOf(jwkOf(other.publicKey))}`);
    });

    test('without line ends is refused before it fills the memory', async () => {
      expect((await verdict(Buffer.alloc(65 * 1024 * 1024, 'a'))).text).toContain('a line does not end');
      await expect(ledgerVerify([folder])).rejects.toThrow('is no file');
    });

    test('a checkpoint that is held must be right itself, and readable', async () => {
      const bentHeld = join(folder, 'bent-held.json');
      writeFileSync(bentHeld, JSON.stringify({ ...held[0], treeSize: 7 }));
      expect((await ledgerVerify([file, '--checkpoint', bentHeld])).text).toContain('the checkpoint that is held is not right');
      writeFileSync(bentHeld, '{}');
      await expect(ledgerVerify([file, '--checkpoint', bentHeld])).rejects.toThrow('holds no checkpoint');
    });

    test('says how far it is', async () => {
      const seen: number[] = [];
      await verifyFile(file, {}, (done) => seen.push(done));
      expect(seen.at(-1)).toBe(statSync(file).size);
    });
  });
}
