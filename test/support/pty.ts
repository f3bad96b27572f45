// A real pseudo-terminal with the test at its other end: what is typed and shown, its size and modes, and the hang-up
// when its window is closed.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { ReadStream } from 'node:tty';
import type * as Koffi from 'koffi';
import type { Exit } from './contender.js';
import { killAtEnd, spareAtEnd } from './janitor.js';
import { eventually, withDeadline } from './wait.js';

/** One program that was started on a terminal. */
export interface OnPty {
  readonly pid: number;
  readonly exited: Promise<Exit>;
}

/** Makes the terminal a program's controlling one, as a terminal's window or sshd does for a shell. */
export const IN_ITS_SESSION = ['setsid', '--ctty'] as const;

const { O_RDWR, O_NOCTTY } = constants;
/** Else whoever is started would hold our end too, and nothing could hang up. */
const O_CLOEXEC = 0o2_000_000;

export class Pty {
  readonly #master: number;
  readonly #reader: ReadStream;
  readonly #slave: number;
  readonly #children: ChildProcess[] = [];
  #shown = '';

  constructor() {
    const { master, path } = openMaster();
    this.#master = master;
    this.#slave = openSync(path, O_RDWR | O_NOCTTY);
    this.#reader = new ReadStream(master);
    this.#reader.setEncoding('utf8').on('data', (text: string) => (this.#shown += text));
    // Nobody holds the other end any more.
    this.#reader.on('error', () => undefined);
    this.stty('cols', '160', 'rows', '40');
  }

  /** Starts words on the terminal; whether it becomes their controlling one is for them to see to. */
  start(words: readonly string[], env: NodeJS.ProcessEnv = {}): OnPty {
    const [file = '', ...rest] = words;
    const child = spawn(file, rest, {
      stdio: [this.#slave, this.#slave, this.#slave],
      env: { ...process.env, TERM: 'xterm', ...env },
    });
    const { pid } = child;
    if (pid === undefined) throw new Error(`${file} could not be started`);
    killAtEnd(pid);
    this.#children.push(child);
    const exited = new Promise<Exit>((resolve) => {
      child.once('exit', (code, signal) => {
        spareAtEnd(pid);
        resolve({ code, signal });
      });
    });
    return { pid, exited: withDeadline(`the end of ${file}`, exited) };
  }

  /** Everything that was shown so far, as it was sent. */
  get shown(): string {
    return this.#shown;
  }

  /** Presses keys: \x03 is Ctrl-C, \x1a is Ctrl-Z. */
  type(keys: string): void {
    writeSync(this.#master, keys);
  }

  /** Waits until something that matches was shown, behind the first `since` characters. */
  async showed(pattern: RegExp, since = 0): Promise<RegExpExecArray> {
    try {
      return await eventually(`${String(pattern)} on the terminal`, () =>
        pattern.exec(this.#shown.slice(since)),
      );
    } catch (cause) {
      throw new Error(`on the terminal:\n${JSON.stringify(this.#shown)}`, { cause });
    }
  }

  /** Sets or tells modes and size, in the words of stty(1). */
  stty(...words: readonly string[]): string {
    return execFileSync('stty', words, { stdio: [this.#slave, 'pipe', 'inherit'], encoding: 'utf8' });
  }

  /** Closes the window. */
  hangUp(): void {
    this.#reader.destroy();
  }

  /** Closes the window, and ends what was started here and is still there. */
  async end(): Promise<void> {
    this.hangUp();
    for (const child of this.#children) child.kill('SIGKILL');
    await eventually('the end of all on the terminal', () =>
      this.#children.every(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null),
    );
    closeSync(this.#slave);
  }
}

/** Why there are no pseudo-terminals here, or false. */
export function reasonToSkipPty(): string | false {
  if (process.platform !== 'linux') return 'needs Linux';
  try {
    loadKoffi();
    return false;
  } catch {
    return 'needs koffi';
  }
}

function openMaster(): { readonly master: number; readonly path: string } {
  const libc = loadKoffi().load(null);
  const master = libc.func('int posix_openpt(int)')(O_RDWR | O_NOCTTY | O_CLOEXEC) as number;
  const path = Buffer.alloc(64);
  for (const failed of [
    libc.func('int grantpt(int)')(master),
    libc.func('int unlockpt(int)')(master),
    libc.func('int ptsname_r(int, _Out_ char *, size_t)')(master, path, path.length),
  ]) {
    if (master < 0 || failed !== 0) throw new Error('no pseudo-terminal is to be had');
  }
  return { master, path: path.toString('latin1').replace(/\0.*$/s, '') };
}

function loadKoffi(): typeof Koffi {
  return createRequire(import.meta.url)('koffi') as typeof Koffi;
}
