// Owns the wait between two looks at what may have changed. Watches are hints: it ends without one as well.

const LOOK_AGAIN_MS = 1000;

export class Alarm {
  #rung = false;
  #wake: () => void = () => undefined;

  /** One function for all watches: the client keeps it for each path until it fires, and knows it by identity. */
  readonly watcher = (): void => {
    this.#rung = true;
    this.#wake();
  };

  /** Settles once the watcher has been called since it settled last, or after a second. */
  async woken(): Promise<void> {
    if (!this.#rung) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        timer = setTimeout(resolve, LOOK_AGAIN_MS);
      });
      clearTimeout(timer);
    }
    this.#rung = false;
  }
}
