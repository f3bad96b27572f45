// Owns the way to the service manager: systemd-notify, one at a time, so that nothing overtakes and nothing piles up.
// Must never be waited for by the loop: what is told in one turn is sent after it, and one that hangs is killed.

import { type ChildProcess, spawn } from 'node:child_process';
import type { Manager } from './manager.js';

/** Variables of sd_notify(3). */
export type Message = Readonly<Record<string, string>>;

/** Said late they would be untrue: the loop may not have turned since. */
const MOMENTARY = new Set(['WATCHDOG', 'EXTEND_TIMEOUT_USEC']);

/** systemd-notify itself waits up to 5 s for systemd to have read it. */
const LIMIT_MS = 6000;
const RETRY_MS = 1000;

export interface NotifierOptions {
  readonly manager: Manager;
  /** Told why a message did not get through, once for each reason; it is tried again. */
  readonly onFailure: (reason: string) => void;
  readonly program?: string;
}

export class Notifier {
  readonly #options: NotifierOptions;
  readonly #limitMs: number;
  readonly #pending = new Map<string, string>();
  #sender: ChildProcess | undefined;
  #isScheduled = false;
  #failure: string | undefined;
  #settle: () => void = () => undefined;

  constructor(options: NotifierOptions) {
    this.#options = options;
    // Behind one that hangs, the next sign of life still comes in time.
    this.#limitMs = Math.min(LIMIT_MS, (options.manager.watchdogMs ?? Infinity) / 3);
  }

  /** Tells the manager soon; what is not sent yet is overridden by what is told later. */
  tell(message: Message): void {
    for (const [name, value] of Object.entries(message)) this.#pending.set(name, value);
    if (this.#sender === undefined) this.#schedule();
  }

  /** The last call: settles when everything has been said, or after `limitMs`; never rejects, and leaves no process. */
  flush(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#sender?.kill('SIGKILL');
        resolve();
      }, limitMs);
      this.#settle = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#isIdle) this.#settle();
    });
  }

  get #isIdle(): boolean {
    return this.#sender === undefined && this.#pending.size === 0;
  }

  #schedule(afterMs?: number): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const send = (): void => {
      this.#isScheduled = false;
      this.#send();
    };
    if (afterMs === undefined) setImmediate(send);
    else setTimeout(send, afterMs).unref();
  }

  #send(): void {
    const { manager, program = 'systemd-notify' } = this.#options;
    const message = Object.fromEntries(this.#pending);
    this.#pending.clear();
    const sender = spawn(
      program,
      Object.entries(message).map(([name, value]) => `${name}=${value}`),
      { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, NOTIFY_SOCKET: manager.socket } },
    );
    this.#sender = sender;
    sender.unref();
    let complaint = '';
    sender.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    const end = (failure: string | undefined): void => {
      if (this.#sender !== sender) return;
      clearTimeout(limit);
      this.#sender = undefined;
      this.#sent(message, failure === undefined ? undefined : `${program}: ${failure}`);
    };
    const limit = setTimeout(() => {
      sender.kill('SIGKILL');
      end(`it took longer than ${Math.round(this.#limitMs)}ms`);
    }, this.#limitMs);
    sender.once('error', (error) => {
      end(error.message);
    });
    sender.once('close', (code, signal) => {
      end(code === 0 ? undefined : complaint.trim() || `it ended with ${signal ?? String(code)}`);
    });
  }

  #sent(message: Message, failure: string | undefined): void {
    if (failure !== undefined) {
      for (const [name, value] of Object.entries(message)) {
        if (!MOMENTARY.has(name) && !this.#pending.has(name)) this.#pending.set(name, value);
      }
      if (failure !== this.#failure) this.#options.onFailure(failure);
    }
    this.#failure = failure;
    if (this.#pending.size === 0) this.#settle();
    else this.#schedule(failure === undefined ? undefined : RETRY_MS);
  }
}
