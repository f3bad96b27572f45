// Owns standard output where no command of ours shares it: everything is written, in order, and the loop never blocked.

import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { isatty, WriteStream } from 'node:tty';
import { isErrno } from '../errno.js';

const STDOUT = 1;
const RETRY_MS = 20;

/** What fits into a terminal. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

const USUAL_SIZE: Size = { columns: 80, rows: 24 };

export class Output {
  readonly #descriptor = openAgain();
  #backlog: Buffer[] = [];
  #broken: (error: unknown) => void = () => undefined;
  /** Settles with the error when nothing can be written any more: nobody reads (EPIPE), or there is no room. */
  readonly broken = new Promise<unknown>((resolve) => {
    this.#broken = resolve;
  });
  #written: () => void = () => undefined;

  /** Whether something waits for whoever reads. */
  get isBehind(): boolean {
    return this.#backlog.length > 0;
  }

  write(text: string): void {
    this.#backlog.push(Buffer.from(text));
    if (this.#backlog.length === 1) this.#drain();
  }

  /** The last call: settles when everything is written, or cannot be, or after `limitMs`. */
  async end(limitMs = Infinity): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#written = resolve;
      if (limitMs !== Infinity) timer = setTimeout(resolve, limitMs);
      if (!this.isBehind) resolve();
    });
    clearTimeout(timer);
  }

  #drain(): void {
    for (let [first] = this.#backlog; first !== undefined; [first] = this.#backlog) {
      const written = this.#tryWrite(first);
      if (written === undefined) {
        setTimeout(() => {
          this.#drain();
        }, RETRY_MS);
        return;
      }
      if (written === first.length) this.#backlog.shift();
      else this.#backlog[0] = first.subarray(written);
    }
    this.#written();
  }

  /** Returns the bytes written, or undefined when there is no room now. */
  #tryWrite(bytes: Buffer): number | undefined {
    try {
      return writeSync(this.#descriptor, bytes);
    } catch (error) {
      if (isErrno(error, 'EAGAIN')) return undefined;
      this.#backlog = [bytes];
      this.#broken(error);
      return bytes.length;
    }
  }
}

/** The size of the terminal that standard output is, or undefined where it is none. */
export function terminalSize(): Size | undefined {
  if (!isatty(STDOUT)) return undefined;
  // Node asks the terminal when a stream is made, and again only for process.stdout, which is none here.
  const stream = new WriteStream(STDOUT);
  const { columns, rows } = stream;
  stream.destroy();
  return columns > 0 && rows > 0 ? { columns, rows } : USUAL_SIZE;
}

/** A description of our own that does not block, where there can be one: of a terminal, a pipe, a device. */
function openAgain(): number {
  const stat = fstatSync(STDOUT);
  if (!stat.isFIFO() && !stat.isCharacterDevice()) return STDOUT;
  try {
    const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
    return openSync('/proc/self/fd/1', O_WRONLY | O_NONBLOCK | O_NOCTTY);
  } catch {
    return STDOUT;
  }
}
