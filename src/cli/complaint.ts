// Owns what a subcommand says beside its exit code: its answer, or when it cannot do, or answer, what it was asked.
// Must never fail: where nobody reads it, the exit code is the answer.

/** Says it on stdout, as it is. */
export function say(text: string): void {
  write(process.stdout, text);
}

/** Writes one line on stderr. */
export function complain(subcommand: string, text: string): void {
  report(`${subcommand}: ${text}`);
}

/** The same, for what is wrong whatever the subcommand is. */
export function report(text: string): void {
  write(process.stderr, `zk-leader-run: ${text}\n`);
}

function write(stream: NodeJS.WritableStream, text: string): void {
  try {
    stream.write(text);
  } catch {
    // Nobody reads it.
  }
}
