/** Says how far something has come: a bar on a terminal, else a line for each tenth. */
export class ProgressBar {
  private readonly since = Date.now();
  private shown = '';

  show(what: string, done: number, of: number): void {
    const share = of === 0 ? 1 : Math.min(1, done / of);
    const seconds = Math.round((Date.now() - this.since) / 1000);
    if (process.stderr.isTTY) {
      const width = 30;
      const full = Math.floor(share * width);
      const text = `[${'█'.repeat(full)}${' '.repeat(width - full)}] ${(share * 100).toFixed(1).padStart(5)} % ${seconds} s  ${what}`;
      if (text === this.shown) return;
      this.shown = text;
      process.stderr.write(`\r\u001B[K${text}`);
      return;
    }
    const text = `${what.split(' (')[0]} ${Math.floor(share * 10)}`;
    if (text === this.shown) return;
    this.shown = text;
    console.error(`${String(seconds).padStart(5)} s  ${(share * 100).toFixed(0).padStart(3)} %  ${what}`);
  }

  clear(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
  }
}
