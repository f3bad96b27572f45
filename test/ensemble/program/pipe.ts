// A pipe with both ends in this process, to be given to the program as below a shell: Node itself would give it sockets.
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from '../../support/temporary.js';
import { PATIENCE_MS } from '../../support/wait.js';

export class Pipe {
  readonly #reading: number;
  readonly writing: number;
  #open = true;

  constructor() {
    const path = join(temporaryFolder(), 'pipe');
    execFileSync('mkfifo', [path]);
    this.#reading = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    this.writing = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  }

  /** Fills it to the brim, and returns with how many bytes. */
  fill(): number {
    for (let bytes = 0; ;) {
      try {
        bytes += writeSync(this.writing, Buffer.alloc(4096, '.'));
      } catch {
        return bytes;
      }
    }
  }

  /** Leaves the writing to those that have inherited it: the end of them is the end of file. */
  handOver(): void {
    if (this.#open) closeSync(this.writing);
    this.#open = false;
  }

  /** What is there now, up to so many bytes; undefined at the end of file. */
  read(bytes: number): Buffer | undefined {
    const buffer = Buffer.alloc(bytes);
    try {
      const length = readSync(this.#reading, buffer);
      return length === 0 ? undefined : buffer.subarray(0, length);
    } catch {
      return Buffer.alloc(0);
    }
  }

  /** Everything up to the end of file, in pieces of so many bytes and with a pause behind each. */
  async readSlowly(bytes: number, pauseMs: number): Promise<Buffer> {
    const giveUpAt = performance.now() + 2 * PATIENCE_MS;
    const chunks: Buffer[] = [];
    for (let chunk = this.read(bytes); chunk !== undefined; chunk = this.read(bytes)) {
      chunks.push(chunk);
      if (performance.now() > giveUpAt) throw new Error('the pipe does not end');
      await sleep(pauseMs);
    }
    return Buffer.concat(chunks);
  }

  close(): void {
    this.handOver();
    closeSync(this.#reading);
  }
}
