// Owns a terminal as the log's destination: lines above, and below them one that tells how things stand and is redrawn
// in place. Must never write to it from the background: where `stty tostop` forbids that, the kernel would have a
// write that its SIGTTOU does not stop begin again, for ever.

import { printable } from '../printable.js';
import type { Place } from '../terminal.js';
import type { Destination } from './line.js';

export interface TerminalDestinationOptions {
  /** Writes at once, as long as we are not in the background. */
  readonly direct: Destination;
  /** Opens one that has a session of its own, which no terminal stops. */
  readonly openDetached: () => Destination;
  readonly place: () => Place;
  /** Whether the terminal understands more than lines. */
  readonly canRedraw: boolean;
}

const CLEAR = '\r\x1b[2K';
/** Without wrapping: what is wider than the terminal would take a second line, and stay there. */
const NO_WRAP = '\x1b[?7l';
const WRAP = '\x1b[?7h';

export class TerminalDestination implements Destination {
  readonly #options: TerminalDestinationOptions;
  #detached: Destination | undefined;
  #status: string | undefined;
  #shown: string | undefined;

  constructor(options: TerminalDestinationOptions) {
    this.#options = options;
  }

  write(line: string): void {
    if (this.#options.place() === 'background') {
      // Whoever is there now has drawn over it.
      this.#shown = undefined;
      this.#detached ??= this.#options.openDetached();
      this.#detached.write(line);
      return;
    }
    const clear = this.#shown === undefined ? '' : CLEAR;
    this.#shown = this.#status;
    this.#options.direct.write(clear + line + drawn(this.#status));
  }

  show(status: string | undefined): void {
    this.#status = this.#options.canRedraw ? status : undefined;
    if (this.#status === this.#shown) return;
    if (this.#options.place() !== 'foreground') {
      this.#shown = undefined;
      return;
    }
    this.#shown = this.#status;
    this.#options.direct.write(CLEAR + drawn(this.#status));
  }

  async flush(limitMs: number): Promise<void> {
    this.show(undefined);
    await Promise.all([this.#options.direct.flush(limitMs), this.#detached?.flush(limitMs)]);
  }
}

/** Names in it are anybody's: they give no orders to a terminal. */
function drawn(status: string | undefined): string {
  return status === undefined ? '' : `${NO_WRAP}${printable(status)}${WRAP}`;
}
