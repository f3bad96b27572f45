// Owns process.stdout and process.stderr: makes them harmless before anybody can touch them.
// Node opens them at the first look, and that alone sets O_NONBLOCK on a description that the command shares: its
// writes would fail with EAGAIN. Three dependencies look, if only to ask for colours: winston, yargs, node:assert.

import { writeSync } from 'node:fs';

/** Puts streams in place that open nothing, say they are no terminal, and write at once when somebody insists. */
export function replaceStandardStreams(): void {
  for (const [name, descriptor] of [
    ['stdout', 1],
    ['stderr', 2],
  ] as const) {
    const write = (text: string): boolean => {
      writeSync(descriptor, text);
      return true;
    };
    const inert = {
      isTTY: false,
      fd: descriptor,
      write,
      on: () => inert,
      once: () => inert,
      removeListener: () => inert,
      emit: () => false,
    };
    Object.defineProperty(process, name, { configurable: true, enumerable: true, value: inert });
  }
}
