// Owns which hand performs which command of the core: the line to the ensemble, the watchdog, the standby hook.
// Must never decide anything, nor leave a command undone.

import type { Ending, StopCause } from '../election/endings.js';
import type { Command } from '../election/messages.js';
import type { Run, TermHook, Znode } from '../election/term.js';

/** The ledger as it is to stand, as long as our znode of that name does. */
export type LedgerWrite = Omit<Extract<Command, { type: 'write-ledger' }>, 'type'>;

/** The requests to the ensemble; answers come back as events. */
export interface Line {
  openSession(): void;
  survey(sentAt: number): void;
  join(sentAt: number): void;
  read(sentAt: number): void;
  watch(name: string, leader: string, sentAt: number): void;
  heartbeat(name: string, looksAround: boolean, sentAt: number): void;
  listen(name: string): void;
  listenForRuns(): void;
  watchLedger(): void;
  writeLedger(request: LedgerWrite, sentAt: number): void;
  remove(name: string, sentAt: number): void;
}

/** The watchdog, and the command that it holds; what becomes of them comes back as events. */
export interface Watchdog {
  launch(): void;
  start(znode: Znode, run: Run, killAt: number): void;
  setDeadline(killAt: number): void;
  signal(signal: string, to: 'group' | 'tree'): void;
  kill(): void;
  /** In the tree of the command; for a lost hook, why its term has ended. */
  runHook(hook: TermHook, cause: StopCause | undefined): void;
  skipHook(hook: TermHook): void;
}

/** The hook of a standby, in nobody's tree. */
export interface StandbyHook {
  run(): void;
  /** Asks it to end, and kills it if that takes too long; waits for nothing. */
  end(): void;
}

export interface Hands {
  readonly line: Line;
  readonly watchdog: Watchdog;
  readonly standbyHook: StandbyHook;
  /** Runs the check; its result comes back as an event. */
  readonly runCheck: () => void;
  /** Stops this process; returns when somebody has continued it. */
  readonly halt: () => void;
  readonly end: (ending: Ending) => void;
}

/** Performs a command that the core has given at `now`. */
export function perform(command: Command, now: number, hands: Hands): void {
  const { line, watchdog, standbyHook } = hands;
  switch (command.type) {
    case 'open-session':
      line.openSession();
      return;
    case 'survey':
      line.survey(now);
      return;
    case 'join':
      line.join(now);
      return;
    case 'read':
      line.read(now);
      return;
    case 'watch':
      line.watch(command.name, command.leader, now);
      return;
    case 'heartbeat':
      line.heartbeat(command.name, command.looksAround, now);
      return;
    case 'listen':
      line.listen(command.name);
      return;
    case 'listen-for-runs':
      line.listenForRuns();
      return;
    case 'watch-ledger':
      line.watchLedger();
      return;
    case 'write-ledger':
      line.writeLedger(command, now);
      return;
    case 'run-check':
      hands.runCheck();
      return;
    case 'remove':
      line.remove(command.name, now);
      return;
    case 'start-watchdog':
      watchdog.launch();
      return;
    case 'start-child':
      watchdog.start(command.znode, command.run, command.killAt);
      return;
    case 'set-deadline':
      watchdog.setDeadline(command.killAt);
      return;
    case 'signal-child':
      watchdog.signal(command.signal, command.to);
      return;
    case 'kill-child':
      watchdog.kill();
      return;
    case 'run-hook':
      if (command.hook === 'standby') standbyHook.run();
      else watchdog.runHook(command.hook, command.hook === 'lost' ? command.cause : undefined);
      return;
    case 'skip-hook':
      watchdog.skipHook(command.hook);
      return;
    case 'end-hook':
      standbyHook.end();
      return;
    case 'halt':
      hands.halt();
      return;
    case 'end':
      hands.end(command.ending);
      return;
  }
}
