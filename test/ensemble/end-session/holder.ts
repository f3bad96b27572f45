// A process that holds a session until a test kills it, and what the ensemble has of that session.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { killAtEnd, spareAtEnd } from '../../support/janitor.js';
import { withDeadline } from '../../support/wait.js';
import type { Held } from './commands/hold.js';

let znodes = 0;

export class Holder {
  readonly session: Held;
  /** Of its ephemeral znode. */
  readonly path: string;
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess, path: string, session: Held) {
    this.#process = child;
    this.path = path;
    this.session = session;
  }

  /** Opens a session at that server, in a process of its own that ends with the test. */
  static async start(t: TestContext, address: string, sessionTimeoutMs = 10_000): Promise<Holder> {
    znodes += 1;
    const path = `/held-${process.pid}-${znodes}`;
    const script = fileURLToPath(new URL('commands/hold.js', import.meta.url));
    const child = spawn(process.execPath, [script, address, path, String(sessionTimeoutMs)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { pid } = child;
    if (pid === undefined) throw new Error('the holder could not be started');
    killAtEnd(pid);
    child.once('exit', () => {
      spareAtEnd(pid);
    });
    t.after(() => child.kill('SIGKILL'));
    const lines = await withDeadline('a session', once(createInterface(child.stdout), 'line'));
    return new Holder(child, path, JSON.parse(String(lines[0])) as Held);
  }

  /** Ends the process without a word to any server. */
  async kill(): Promise<void> {
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await withDeadline('the end of the holder', exited);
  }
}
