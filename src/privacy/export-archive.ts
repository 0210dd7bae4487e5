import { type Hash, createHash } from 'node:crypto';
import { Zip, ZipDeflate } from 'fflate';

/** What the manifest says of one file. */
export interface ArchivedFile {
  readonly sha256: string;
  readonly bytes: number;
}

/** A file of the archive that is being written. */
export interface OpenFile {
  write(text: string): void;
  close(): void;
}

/** A zip that is written piece by piece: of what was written only its compressed form is kept. Several files may be open at once. */
export class ExportArchive {
  private readonly chunks: Uint8Array[] = [];
  private readonly written = new Map<string, ArchivedFile>();
  private readonly zip: Zip;

  /** @param at the time that its files carry */
  constructor(private readonly at: Date) {
    this.zip = new Zip((error, chunk) => {
      if (error !== null) throw error;
      this.chunks.push(chunk);
    });
  }

  /** The files that are closed, by name. */
  get files(): Readonly<Record<string, ArchivedFile>> {
    return Object.fromEntries(this.written);
  }

  open(name: string): OpenFile {
    const digest: Hash = createHash('sha256');
    let bytes = 0;
    const file = new ZipDeflate(name, { level: 6 });
    file.mtime = this.at;
    this.zip.add(file);
    return {
      write: (text) => {
        const encoded = Buffer.from(text, 'utf8');
        digest.update(encoded);
        bytes += encoded.length;
        file.push(encoded);
      },
      close: () => {
        file.push(new Uint8Array(0), true);
        this.written.set(name, { sha256: digest.digest('hex'), bytes });
      },
    };
  }

  /** Adds a whole file. */
  add(name: string, text: string): void {
    const file = this.open(name);
    file.write(text);
    file.close();
  }

  /** The zip, when every file is closed. */
  finish(): readonly Uint8Array[] {
    this.zip.end();
    return this.chunks;
  }
}
