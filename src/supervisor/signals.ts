// Owns where signals enter the program. Must never act on one: it hands them on, in order.

/** Forwarded or acted on in every phase, waiting included. */
const SIGNALS = [
  'SIGHUP',
  'SIGINT',
  'SIGTERM',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGWINCH',
  'SIGCONT',
] as const;

/** Sent by a terminal's Ctrl-Z, or for its use in the background: to stop us would leave the command running past its lease. */
const STOPS = ['SIGTSTP', 'SIGTTIN', 'SIGTTOU'] as const;

/** The signals that have come since the program began, and those to come. */
export class SignalSource {
  readonly #early: string[] = [];
  #receive: (signal: string) => void = (signal) => {
    this.#early.push(signal);
  };

  /** Takes the signals over at once; without it, SIGUSR1 would open Node's inspector, and the others end us. */
  constructor() {
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        this.#receive(signal);
      });
    }
    for (const signal of STOPS) process.on(signal, () => undefined);
  }

  /** Delivers what has come already, then everything to come. */
  deliverTo(receive: (signal: string) => void): void {
    this.#receive = receive;
    for (const signal of this.#early.splice(0)) receive(signal);
  }
}
