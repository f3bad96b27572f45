// Owns the descriptor our log is written through: never the one the command shares, and never one that blocks.
// Must never touch process.stderr: Node would make the shared description non-blocking, and the command see EAGAIN.

import { type ChildProcess, spawn } from 'node:child_process';
import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { place } from '../terminal.js';
import type { Destination } from './line.js';
import { TerminalDestination } from './terminal-destination.js';

/** What a reader who has stopped reading may cost us in memory before lines are left out. */
const BACKLOG_LIMIT_BYTES = 256 * 1024;
const RETRY_MS = 50;
/** Somebody may have ended the `cat`, or it ends each time because nobody reads it any more. */
const REOPEN_MS = 1000;

const STDERR = 2;

/** Makes the line, with its end, that tells how many others were left out. */
export type LeftOutLine = (lines: number) => string;

/** Opens the log's destination: whatever stderr is, but by a description of our own. */
export function openDestination(leftOutLine: LeftOutLine): Destination {
  const stat = fstatSync(STDERR);
  // A file never blocks, and a second description of it would overwrite what the command writes.
  if (stat.isFile()) return new DescriptorDestination(STDERR, leftOutLine);
  try {
    const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
    const descriptor = openSync('/proc/self/fd/2', O_WRONLY | O_NONBLOCK | O_NOCTTY);
    return isatty(STDERR)
      ? onTerminal(descriptor, leftOutLine)
      : new DescriptorDestination(descriptor, leftOutLine);
  } catch {
    // A socket (journald's) cannot be opened again, and there is no /proc on macOS: `cat` writes for us.
    return new PumpDestination(leftOutLine);
  }
}

function onTerminal(descriptor: number, leftOutLine: LeftOutLine): Destination {
  return new TerminalDestination({
    direct: new DescriptorDestination(descriptor, leftOutLine, () => place() !== 'background'),
    openDetached: () => new PumpDestination(leftOutLine),
    place,
    canRedraw: (process.env['TERM'] ?? 'dumb') !== 'dumb',
  });
}

/** Counts what is left out while nobody reads, and says so as soon as there is room again. */
class LeftOut {
  readonly #line: LeftOutLine;
  #lines = 0;

  constructor(line: LeftOutLine) {
    this.#line = line;
  }

  count(): void {
    this.#lines += 1;
  }

  /** The line that tells, or undefined when nothing was left out since it was told last. */
  tell(): string | undefined {
    if (this.#lines === 0) return undefined;
    const lines = this.#lines;
    this.#lines = 0;
    return this.#line(lines);
  }
}

/** Writes what the descriptor takes at once, and keeps the rest for later, up to a limit. */
class DescriptorDestination implements Destination {
  readonly #descriptor: number;
  readonly #mayWrite: () => boolean;
  #backlog: Buffer[] = [];
  #backlogBytes = 0;
  readonly #leftOut: LeftOut;
  #timer: NodeJS.Timeout | undefined;

  constructor(descriptor: number, leftOutLine: LeftOutLine, mayWrite: () => boolean = () => true) {
    this.#descriptor = descriptor;
    this.#leftOut = new LeftOut(leftOutLine);
    this.#mayWrite = mayWrite;
  }

  write(line: string): void {
    const bytes = Buffer.from(line);
    if (this.#backlogBytes + bytes.length > BACKLOG_LIMIT_BYTES) {
      this.#leftOut.count();
      return;
    }
    this.#keep(this.#leftOut.tell());
    this.#keep(bytes);
    this.#drain();
  }

  async flush(limitMs: number): Promise<void> {
    const until = performance.now() + limitMs;
    this.#keep(this.#leftOut.tell());
    while (this.#backlog.length > 0 && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS / 5));
      this.#drain();
    }
  }

  #keep(text: Buffer | string | undefined): void {
    if (text === undefined) return;
    const bytes = Buffer.from(text);
    this.#backlog.push(bytes);
    this.#backlogBytes += bytes.length;
  }

  #drain(): void {
    clearTimeout(this.#timer);
    for (let [first] = this.#backlog; first !== undefined; [first] = this.#backlog) {
      const written = this.#tryWrite(first);
      if (written === undefined) return;
      this.#backlogBytes -= written;
      if (written === first.length) this.#backlog.shift();
      else this.#backlog[0] = first.subarray(written);
    }
  }

  /** Returns the bytes written, or undefined when there is no room now. */
  #tryWrite(bytes: Buffer): number | undefined {
    if (!this.#mayWrite()) {
      this.#retry();
      return undefined;
    }
    try {
      return writeSync(this.#descriptor, bytes);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') {
        this.#retry();
        return undefined;
      }
      // The reader has gone (EPIPE, EIO): the log is lost, the job is not.
      return bytes.length;
    }
  }

  #retry(): void {
    this.#timer = setTimeout(() => {
      this.#drain();
    }, RETRY_MS);
    this.#timer.unref();
  }
}

/** One `cat`, which ends with its input. */
interface Pump {
  readonly input: Writable;
  readonly ended: Promise<void>;
}

/** Hands the lines to a `cat` that writes to our stderr, so that only `cat` ever waits for its reader. */
class PumpDestination implements Destination {
  readonly #leftOut: LeftOut;
  #pump: Pump | undefined;
  #openedAt = -Infinity;

  constructor(leftOutLine: LeftOutLine) {
    this.#leftOut = new LeftOut(leftOutLine);
  }

  write(line: string): void {
    const input = this.#open()?.input;
    if (input === undefined || input.writableLength > BACKLOG_LIMIT_BYTES) {
      this.#leftOut.count();
      return;
    }
    input.write((this.#leftOut.tell() ?? '') + line, (error) => {
      if (error) this.#leftOut.count();
    });
  }

  async flush(limitMs: number): Promise<void> {
    const told = this.#leftOut.tell();
    const pump = told === undefined ? this.#pump : this.#open();
    if (pump === undefined) return;
    pump.input.end(told);
    await Promise.race([pump.ended, new Promise((resolve) => setTimeout(resolve, limitMs))]);
  }

  /** Returns the pump that runs, or another in place of one that was ended; undefined while none can be had. */
  #open(): Pump | undefined {
    if (this.#pump?.input.destroyed === false) return this.#pump;
    const now = performance.now();
    if (now - this.#openedAt < REOPEN_MS) return undefined;
    this.#openedAt = now;
    this.#pump = startPump();
    return this.#pump;
  }
}

/** Returns undefined when no process can be started now. */
function startPump(): Pump | undefined {
  let cat: ChildProcess;
  try {
    cat = spawn('cat', [], { stdio: ['pipe', STDERR, 'ignore'], detached: true });
  } catch {
    return undefined;
  }
  const ended = new Promise<void>((resolve) => {
    cat.on('error', () => {
      resolve();
    });
    cat.on('exit', () => {
      resolve();
    });
  });
  cat.unref();
  const input = cat.stdin;
  input?.on('error', () => undefined);
  return input ? { input, ended } : undefined;
}
