// Owns where signals enter the program, and its standing still. Must never act on a signal: it hands them on, in order.

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

/** Sent to us for somebody's use of a terminal in the background: stopped, we could not end a command in time. */
const STOPS_IN_BACKGROUND = ['SIGTTIN', 'SIGTTOU'] as const;

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
  }

  /** Delivers what has come already, then everything to come. */
  deliverTo(receive: (signal: string) => void): void {
    this.#receive = receive;
    for (const signal of this.#early.splice(0)) receive(signal);
  }

  /** From now on nothing but SIGSTOP stops us: Ctrl-Z is delivered like any other signal. */
  takeStops(): void {
    for (const signal of STOPS_IN_BACKGROUND) process.on(signal, ignore);
    process.on('SIGTSTP', this.#onStop);
  }

  readonly #onStop = (): void => {
    this.#receive('SIGTSTP');
  };

  /** Stops, as Ctrl-Z would have stopped us, so that a shell notices; returns when somebody has continued us. */
  halt(): void {
    process.off('SIGTSTP', this.#onStop);
    process.kill(process.pid, 'SIGTSTP');
    process.on('SIGTSTP', this.#onStop);
  }
}

function ignore(): void {
  return;
}
