// Owns being stopped by a terminal. The program keeps itself from that for the sake of a running command; a subcommand
// that runs none obeys.

/** Stops at Ctrl-Z, and when the terminal wants nothing from the background; `leave` comes before, `comeBack` after. */
export function obeyJobControl(leave: () => void, comeBack: () => void): void {
  for (const signal of ['SIGTTIN', 'SIGTTOU']) process.removeAllListeners(signal);
  const stop = (): void => {
    leave();
    // Not SIGSTOP: a job without a shell to continue it is not stopped by this one.
    process.removeAllListeners('SIGTSTP');
    process.kill(process.pid, 'SIGTSTP');
    process.on('SIGTSTP', stop);
    comeBack();
  };
  process.removeAllListeners('SIGTSTP').on('SIGTSTP', stop);
}
