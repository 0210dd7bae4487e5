import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import type { Viewpoint } from '../kernel/actor';
import { raise } from '../kernel/refusal';
import { demandAdmin } from '../ledger/acting-admin.facts';
import { personSubject } from '../ledger/administration';
import { AdministrationLog } from '../ledger/administration.log';
import { LedgerLog } from '../ledger/ledger.log';
import { type CsvRow, csvHeader, csvLines } from '../platform/csv';
import { type Tx, Transactions, rowsOf } from '../platform/transaction';
import { Turns } from '../platform/turns';
import { ExportArchive } from './export-archive';
import { type ExportPart, exportParts } from './export-parts';
import { type ExportOccasion, exportReadme } from './export-readme';

/** Reading and packing a whole record keeps the process busy: one at a time, and no more waiting than have theirs soon. */
const [atOnce, mayWait, patienceMs] = [1, 10, 5_000];
/** How many rows are in memory at once. */
const batch = 100;

/** All that is kept of one engineer, as a zip. */
@Injectable()
export class ExportsService {
  private readonly turns = new Turns(atOnce, mayWait, patienceMs);

  constructor(
    private readonly transactions: Transactions,
    private readonly ledger: LedgerLog,
    private readonly administration: AdministrationLog,
    private readonly settings: Settings,
  ) {}

  /**
   * Notes the export in the engineer's ledger, and where it is somebody else's doing in the administration ledger too, and makes it: all of it or
   * nothing, before anything is sent. The record is locked meanwhile, so that all files say the same moment.
   * @param reason why; those who export another's record must say it
   * @returns the zip in pieces
   * @throws Refused `malformed` without a reason that is needed, `not-allowed` for whoever is no admin any more, `too-busy` where many ask at once
   */
  async make(caller: Viewpoint, engineerId: string, reason: string | null): Promise<readonly Uint8Array[]> {
    if (reason === null && caller.personId !== engineerId) {
      return raise('malformed', 'Say why: the engineer is told, and it stands in both ledgers.', [
        { pointer: '?reason', code: 'isText', detail: 'reason must be a text of 1 to 2000 characters' },
      ]);
    }
    const leave = await this.turns.take();
    try {
      return await this.transactions.run((tx) => this.export(tx, caller, engineerId, reason));
    } finally {
      leave();
    }
  }

  private async export(tx: Tx, { personId, name }: Viewpoint, engineerId: string, reason: string | null): Promise<readonly Uint8Array[]> {
    if (personId !== engineerId) await demandAdmin(tx, personId);
    const record = await this.ledger.lock(tx, engineerId);
    await this.ledger.append(tx, record, { kind: 'record.exported', subject: 'record', actor: personId, content: { reason } });
    const [engineer] = await rowsOf<{ name: string }>(tx, `SELECT name FROM person WHERE person_id = $1`, [engineerId]);
    const occasion: ExportOccasion = {
      engineer: { id: engineerId, name: engineer?.name ?? '' },
      by: { id: personId, name },
      reason,
      at: record.at,
      organisation: this.settings.ORGANISATION,
    };
    const archive = new ExportArchive(record.at);
    archive.add('README.txt', exportReadme(occasion, exportParts));
    for (const part of exportParts) await this.addPart(tx, archive, part, engineerId);
    archive.add('manifest.json', manifestOf(occasion, archive));
    if (personId !== engineerId) {
      const chain = await this.administration.lock(tx);
      const content = { act: 'export', reason };
      await this.administration.append(tx, chain, {
        kind: 'record.opened-by-admin',
        subject: personSubject(engineerId),
        actor: personId,
        content,
      });
    }
    return archive.finish();
  }

  /** Reads one part by a cursor, so that however much there is, only some rows of it are in memory. */
  private async addPart(tx: Tx, archive: ExportArchive, { name, columns, sql, zoned }: ExportPart, engineerId: string): Promise<void> {
    const [json, csv] = [archive.open(`${name}.json`), archive.open(`${name}.csv`)];
    json.write('[');
    csv.write(csvHeader(columns));
    await tx.query(`DECLARE part NO SCROLL CURSOR FOR ${sql}`, zoned === true ? [engineerId, this.settings.TIME_ZONE] : [engineerId]);
    let separator = '\n';
    for (;;) {
      const rows = await rowsOf<CsvRow>(tx, `FETCH ${batch} FROM part`);
      if (rows.length > 0) {
        json.write(separator + rows.map((row) => JSON.stringify(row)).join(',\n'));
        csv.write(csvLines(columns, rows));
        separator = ',\n';
      }
      if (rows.length < batch) break;
    }
    await tx.query(`CLOSE part`);
    json.write('\n]\n');
    json.close();
    csv.close();
  }
}

const manifestOf = ({ engineer, by, reason, at }: ExportOccasion, archive: ExportArchive): string =>
  `${JSON.stringify({ format: 'touchstone-export/1', engineer: engineer.id, at: at.toISOString(), by: by.id, reason, files: archive.files }, null, 2)}\n`;
