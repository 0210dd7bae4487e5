import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isZip } from '../credentials/pack-check';
import { administrationId } from '../ledger/administration';
import type { SignedCheckpoint } from '../ledger/checkpoint';
import { type LedgerMisfit, MisfitFound } from '../ledger/ledger-file';
import { type FileSummary, verifyFile } from '../ledger/ledger-lines-file';
import { packVerify } from './pack-verify';

const USAGE = `Verifies an export of the ledger, or the pack of a sign-off (a zip), without database and application.

  npm run -s ledger:verify -- FILE [--checkpoint FILE]…

  --checkpoint FILE  a checkpoint that was kept elsewhere, or a page of them, as GET /api/v1/ledger/checkpoints answers (JSON)

It names the first thing that does not fit, and why. Exit status: 0 everything fits, 1 not.`;

class UsageProblem extends Error {}

/** Reads checkpoints as they were given out: one, or a page. */
function heldIn(file: string): SignedCheckpoint[] {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageProblem(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const items = (value as { items?: unknown } | null)?.items ?? value;
  const found = (Array.isArray(items) ? items : [items]) as (Partial<SignedCheckpoint> | null)[];
  const areAll = found.every(
    (one) => typeof one?.number === 'number' && typeof one.signature === 'string' && typeof one.publicKey === 'object',
  );
  if (found.length === 0 || !areAll) throw new UsageProblem(`${file} holds no checkpoint.`);
  return found as SignedCheckpoint[];
}

/**
 * Whether whoever closed a file is one of those who signed the checkpoints kept elsewhere: everybody can change what no checkpoint covers (the time in the
 * header, the entries that came after) and close the file again. What does not fit, or null.
 */
function closedByStranger({ signedBy }: FileSummary, held: readonly SignedCheckpoint[]): string | null {
  if (held.length === 0 || held.some(({ keyId }) => keyId === signedBy)) return null;
  return signedBy === null
    ? 'the file is not signed, so its time, and what came after the checkpoint kept elsewhere, may be anybody’s: export it with LEDGER_KEY_FILE'
    : `the file is signed by key ${signedBy}, which signed none of the checkpoints kept elsewhere: hold it against one that this key signed`;
}

/** A bar on the terminal, where there is one. */
function progressBar(total: number): { show: (bytes: number) => void; clear: () => void } {
  if (!process.stderr.isTTY) return { show: () => undefined, clear: () => undefined };
  const width = 40;
  const since = Date.now();
  let shown = -1;
  return {
    show: (bytes) => {
      const share = total === 0 ? 1 : Math.min(1, bytes / total);
      const permille = Math.floor(share * 1000);
      if (permille === shown) return;
      shown = permille;
      const full = Math.floor(share * width);
      const seconds = Math.round((Date.now() - since) / 1000);
      process.stderr.write(`\r[${'█'.repeat(full)}${' '.repeat(width - full)}] ${(permille / 10).toFixed(1)} % ${seconds} s`);
    },
    clear: () => process.stderr.write('\r\u001B[K'),
  };
}

function report(
  { counts, at, keyIds, newest, uncovered, heldInPart, administration, signedBy }: FileSummary,
  held: readonly SignedCheckpoint[],
): string {
  const { records, entries, contents, rows, checkpoints, leaves } = counts;
  return [
    `Everything fits: ${entries} entries of ${records} records, ${contents} contents, ${rows} rows; as of ${at}.`,
    administration === null
      ? 'It was made before there was an administration ledger: policies, accreditations and roles are not in it.'
      : `Policies, accreditations and roles are as ${administration.entries} entries of the administration ledger left them.`,
    newest === null
      ? 'No checkpoint was ever made: a chain that was written anew from its beginning would fit as well.'
      : `${checkpoints} checkpoints over ${leaves} heads, the newest is ${newest}; ${uncovered} entries came after it.`,
    ...(heldInPart === 0
      ? []
      : [`The content of ${heldInPart} rows was redacted or erased: of these it holds what the chain proves without it, and no more.`]),
    ...keyIds.map((id) => `Checkpoints are signed by key ${id}.`),
    signedBy === null ? 'The file itself is not signed.' : `The file is signed by key ${signedBy}.`,
    held.length > 0
      ? `It holds against the checkpoint${held.length > 1 ? 's' : ''} kept elsewhere: ${held.map(({ number }) => number).join(', ')}.`
      : 'It was held against no checkpoint kept elsewhere: whoever has the keys could have made all of it.',
  ].join('\n');
}

function place({ engineer, seq, checkpoint, reason }: LedgerMisfit): string {
  const where = [
    ...(engineer === undefined ? [] : [engineer === administrationId ? 'the administration ledger' : `engineer ${engineer}`]),
    ...(seq === undefined ? [] : [`entry ${seq}`]),
    ...(checkpoint === undefined ? [] : [`checkpoint ${checkpoint}`]),
  ];
  return `It does not fit: ${[where.join(', '), reason].filter((part) => part !== '').join(': ')}.`;
}

function beginning(file: string): Uint8Array {
  const bytes = new Uint8Array(4);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, bytes);
  } finally {
    closeSync(handle);
  }
  return bytes;
}

/** Runs the command; answers what to print and whether everything fits. */
export async function ledgerVerify(args: readonly string[]): Promise<{ ok: boolean; text: string }> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { checkpoint: { type: 'string', multiple: true } },
  });
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0)
    throw new UsageProblem(`One file is asked for, ${positionals.length} are given.\n\n${USAGE}`);
  const held = (values.checkpoint ?? []).flatMap(heldIn);
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) throw new UsageProblem(`${file} is ${stat === undefined ? 'not there' : 'no file'}.`);
  const { size } = stat;
  if (isZip(beginning(file))) return packVerify(readFileSync(file), held);
  const bar = progressBar(size);
  try {
    const summary = await verifyFile(file, { held }, bar.show);
    bar.clear();
    const stranger = closedByStranger(summary, held);
    return stranger === null ? { ok: true, text: report(summary, held) } : { ok: false, text: place({ reason: stranger }) };
  } catch (error) {
    bar.clear();
    if (error instanceof MisfitFound) return { ok: false, text: place(error.misfit) };
    throw error;
  }
}

async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help')) return console.log(USAGE);
  const { ok, text } = await ledgerVerify(args);
  (ok ? console.log : console.error)(text);
  if (!ok) process.exitCode = 1;
}

if (require.main === module) {
  main(process.argv.slice(2)).catch((error: unknown) => {
    const { code } = error as { code?: unknown };
    const isForeseen = error instanceof UsageProblem || String(code).startsWith('ERR_PARSE_ARGS');
    console.error(error instanceof Error ? (isForeseen ? error.message : (error.stack ?? error.message)) : error);
    process.exitCode = 1;
  });
}
