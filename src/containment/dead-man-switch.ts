// Owns the process that ends a cgroup when this one has gone without a word, be it by SIGKILL.
// Must never be in the cgroup itself, nor share a process group with us.

import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';

// What comes through the pipe is its end. Then it kills until the folder is gone, which alone proves that nobody is in
// it or about to enter it. The bound (1000 looks, 50 s) is for processes that the kernel cannot end.
const SCRIPT = `
trap '' HUP INT QUIT TERM TSTP TTIN TTOU USR1 USR2 ALRM PIPE
remove() {
  for nested in "$1"/*/ "$1"/.[!.]*/; do [ ! -d "$nested" ] || remove "\${nested%/}"; done
  rmdir "$1"
}
read -r _
looks=0
while [ -d "$0" ] && [ $looks -lt 1000 ]; do
  echo 1 >"$0/cgroup.kill"
  remove "$0" && break
  looks=$((looks + 1))
  sleep 0.05 || sleep 1
done
`;

/** A shell that waits for the end of a pipe which only this process holds. */
export class DeadManSwitch {
  readonly #shell: ChildProcess;

  constructor(cgroup: string) {
    this.#shell = spawn('/bin/sh', ['-c', SCRIPT, cgroup], {
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
      detached: true,
    });
    // It neither keeps our loop going, nor ends us by failing: then the supervisor sweeps.
    this.#shell.on('error', () => undefined);
    this.#shell.stdin?.on('error', () => undefined);
    this.#shell.unref();
    if (this.#shell.stdin instanceof Socket) this.#shell.stdin.unref();
  }

  /** Lets it go: it ends, finding the folder gone, or else makes it go. */
  release(): void {
    this.#shell.stdin?.destroy();
  }
}
