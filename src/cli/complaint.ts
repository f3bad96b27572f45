// Owns what a subcommand says when it cannot do, or answer, what it was asked.

/** Writes one line on stderr. */
export function complain(subcommand: string, text: string): void {
  try {
    process.stderr.write(`zk-leader-run: ${subcommand}: ${text}\n`);
  } catch {
    // Nobody reads it; the exit code is the answer.
  }
}
