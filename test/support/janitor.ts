// Leaves no process and no folder behind, however this test process ends. A shell outside its process
// group holds the reading end of a pipe: when the pipe closes, be it by SIGKILL, it cleans up.
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { Socket } from 'node:net';

// A folder is removed only after its processes are gone, or they would write into it again. An init that
// is slow to reap leaves zombies, which can still be signalled; ps tells, where there is one, and the
// bound (5 s) helps elsewhere.
const SCRIPT = `
pids=
while read -r verb value; do
  case $verb in
    kill) pids="$pids $value" ;;
    spare) kept=; for pid in $pids; do [ "$pid" = "$value" ] || kept="$kept $pid"; done; pids=$kept ;;
    remove) set -- "$@" "$value" ;;
  esac
done
for pid in $pids; do kill -9 "$pid"; done
tries=0
for pid in $pids; do
  while [ $tries -lt 100 ] && kill -0 "$pid"; do
    case $(ps -o stat= -p "$pid") in Z*) break ;; esac
    tries=$((tries + 1))
    sleep 0.05
  done
done
[ $# -eq 0 ] || rm -rf "$@"
`;

const pids = new Set<number>();
const folders = new Set<string>();
let shell: ChildProcess | undefined;

/** Kills the process when this one ends. A negative id means its process group. */
export function killAtEnd(pid: number): void {
  pids.add(pid);
  tell(`kill ${String(pid)}`);
}

/** Takes back killAtEnd; to be called as soon as the process has ended, since its id may be used again. */
export function spareAtEnd(pid: number): void {
  if (pids.delete(pid)) tell(`spare ${String(pid)}`);
}

/** Removes the folder when this process ends. */
export function removeAtEnd(folder: string): void {
  folders.add(folder);
  tell(`remove ${folder}`);
}

function tell(line: string): void {
  shell ??= hire();
  shell.stdin?.write(`${line}\n`);
}

function hire(): ChildProcess {
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'janitor'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
    detached: true,
  });
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  // Without its shell a process still cleans up at a normal end.
  child.stdin.on('error', () => undefined);
  process.once('exit', cleanUp);
  return child;
}

// Whoever looks right after the end of this process finds nothing: the shell needs some milliseconds.
function cleanUp(): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
  for (const folder of folders) {
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
    } catch {
      // A dying process still wrote into it. The shell waits for the end of that process.
    }
  }
}
