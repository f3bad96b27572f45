// Owns the file that all commands beat into: hands on, line by line and in order, what was written to it since.

import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';

const CHUNK_BYTES = 256 * 1024;

export class Beats {
  readonly file: string;
  readonly #descriptor: number;
  readonly #chunk = Buffer.alloc(CHUNK_BYTES);
  /** Of a line that was not whole when it was read. */
  #begun = '';

  constructor(file: string) {
    this.file = file;
    writeFileSync(file, '');
    this.#descriptor = openSync(file, 'r');
  }

  follow(take: (line: string) => void): void {
    for (;;) {
      const bytes = readSync(this.#descriptor, this.#chunk, 0, CHUNK_BYTES, null);
      if (bytes === 0) return;
      const lines = (this.#begun + this.#chunk.toString('latin1', 0, bytes)).split('\n');
      this.#begun = lines.pop() ?? '';
      for (const line of lines) take(line);
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
