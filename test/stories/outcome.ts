// Owns how a story shows what a step led to: the phase, the session, the commands, the lease, the next wake.
// Must never show a line that says the same as the one before it of its kind.
import { exitStatusOf } from '../../src/cli/exit-status.js';
import type { Fitness } from '../../src/election/fitness.js';
import { keepsLedger } from '../../src/election/job.js';
import type { Next, StopCause } from '../../src/election/endings.js';
import type { Command } from '../../src/election/messages.js';
import type { Phase, Session, Settings, State } from '../../src/election/model.js';
import { wakeAt } from '../../src/election/passing-time.js';
import { comesBack, leaseOf } from '../../src/election/transitions.js';
import type { Ledger } from '../../src/ledger/ledger.js';
import { describeChanges, describeIntentions, describeOccasion } from './job-notation.js';
import { formatEnding } from './notation.js';
import { formatExit, formatMoment, formatName } from './words.js';

/** What a line of a story has led to. */
interface Told {
  readonly before: State | undefined;
  readonly after: State;
  readonly commands: readonly Command[];
  /** As it stood before these commands. */
  readonly ledger: Ledger;
}

/** Lists what changed between two states, and the commands, which are shown in their order. */
export function outcomeLines(
  settings: Settings,
  { before, after, commands, ledger }: Told,
): readonly string[] {
  const show = (describe: (state: State) => string): readonly string[] => {
    const text = describe(after);
    return before !== undefined && describe(before) === text ? [] : [text];
  };
  return [
    ...show((state) => describePhase(state, keepsLedger(settings.job))),
    ...show(describeWork).filter((line) => line !== ''),
    ...show(({ session }) => describeSession(session)),
    ...(settings.job.check === undefined ? [] : show(({ fitness }) => describeFitness(fitness))),
    ...show(({ watchdog }) => `watchdog ${watchdog === 'ready' ? 'ready' : 'starting'}`).filter(
      (line) => before !== undefined || line !== 'watchdog ready',
    ),
    ...collapsed(describeCommands(commands, ledger, keepsLedger(settings.job)).map((line) => `> ${line}`)),
    ...show((state) => describeLease(settings, state)).filter(
      (line) => before !== undefined || line !== 'no lease',
    ),
    ...(after.phase.name === 'ended' ? [] : show((state) => describeWake(settings, state))),
  ];
}

/** Writes each line once, in the order of its first appearance, with the number of times. */
function collapsed(lines: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return [...counts].map(([line, count]) => (count === 1 ? line : `${line}, ${count} times`));
}

function describePhase({ phase, fitness, awayUntil }: State, hasLedger: boolean): string {
  switch (phase.name) {
    case 'connecting':
      return 'connecting';
    case 'away':
      return fitness.status === 'fit' ? `away until ${formatMoment(awayUntil)}` : 'away';
    case 'joining':
      return `joining, ${phase.step}`;
    case 'standby': {
      const { standing } = phase;
      if (standing.kind === 'unknown') return `standby ${describeZnode(phase)}, place unknown`;
      if (standing.kind === 'barred') return `standby ${describeZnode(phase)}, barred by a stranger`;
      const watch = standing.watched ? '' : ', watch used up';
      return `standby ${describeZnode(phase)}, place ${standing.place} behind ${formatName(standing.predecessor)}${watch}`;
    }
    case 'elected':
      return `elected ${describeZnode(phase)} since ${formatMoment(phase.since)}`;
    case 'idle': {
      const claim = phase.claim === undefined ? '' : `, claims run ${phase.claim.run.id}`;
      return `idle ${describeZnode(phase)}${claim}`;
    }
    case 'leading':
      return `leading ${describeZnode(phase)}${hasLedger ? `, run ${phase.run.id}` : ''}`;
    case 'stopping': {
      const killed = phase.killedAt === undefined ? '' : `, killed at ${formatMoment(phase.killedAt)}`;
      const gone = phase.znodeHeld ? '' : ', znode gone';
      const stays = phase.stays ? ', the term goes on' : '';
      return `stopping ${describeZnode(phase)}, ${describeCause(phase.cause)}${stays}, kill at ${formatMoment(phase.killAt)}${killed}${gone}`;
    }
    case 'resigning': {
      const { next } = phase;
      // The message comes with the end.
      const then = comesBack(next)
        ? describeReturn(next)
        : 'message' in next
          ? next.kind
          : formatEnding(next);
      const limit = phase.giveUpAt === Infinity ? '' : `, give up at ${formatMoment(phase.giveUpAt)}`;
      return `resigning ${describeZnode(phase)}, then ${then}${limit}`;
    }
    case 'ended': {
      const status = exitStatusOf(phase.ending, { pid: ORDINARY_PID });
      return `ended, ${status.kind === 'code' ? `exit code ${status.code}` : `by ${status.signal}`}`;
    }
  }
}

function describeReturn(next: Extract<Next, { kind: 'rejoin' | 'halt' }>): string {
  return next.kind === 'rejoin' && next.because !== undefined ? `rejoin, ${next.because}` : next.kind;
}

/** What a leader without a command is to do; a plan that is dropped is seen as well. */
function describeWork({ phase }: State): string {
  if (!('term' in phase)) return '';
  const intentions = describeIntentions(phase.term);
  return intentions === '' && phase.name === 'idle' && phase.claim === undefined && phase.term.runs > 0
    ? 'nothing waits'
    : intentions;
}

function describeFitness({ status, because }: Fitness): string {
  return because === undefined ? `server ${status}` : `server ${status}: ${because}`;
}

/** As PID 1 we would end with a code where others end by a signal. */
const ORDINARY_PID = 4711;

function describeZnode({ znode }: Extract<Phase, { znode: unknown }>): string {
  return `${formatName(znode.name)} epoch=${znode.epoch}`;
}

function describeCause(cause: StopCause): string {
  switch (cause.kind) {
    case 'asked':
      return `asked by ${cause.signal}`;
    case 'resign':
      return `asked to resign by ${cause.request.by}`;
    case 'lease':
      return 'the lease runs out';
    case 'lost':
    case 'unwatched':
      return `${cause.kind}: ${cause.reason}`;
    case 'exited':
      return `child-exited ${formatExit(cause.exit)}`;
    case 'overran':
    case 'replaced':
      return cause.kind;
    case 'unfit':
      return `unfit: ${cause.because}`;
  }
}

function describeSession(session: Session): string {
  if (session.status === 'opening') return 'session opening';
  const { id, timeoutMs, link } = session;
  const again = link.status === 'connected' && link.readAgain ? ', to read again' : '';
  const paused =
    link.status === 'connected' && link.pause !== undefined ? `, paused by ${link.pause.by}` : '';
  return `session ${id} timeout=${formatMoment(timeoutMs)} ${link.status}${again}${paused}`;
}

function describeCommands(commands: readonly Command[], found: Ledger, hasLedger: boolean): string[] {
  let ledger = found;
  return commands.map((command) => {
    if (command.type === 'start-child' && hasLedger)
      return `${describeCommand(command)}, run ${command.run.id}: ${describeOccasion(command.run)}`;
    if (command.type !== 'write-ledger') return describeCommand(command);
    const changes = describeChanges(ledger, command.ledger);
    ledger = command.ledger;
    return `${describeCommand(command)}: ${changes}`;
  });
}

/** The moment of a deadline is checked by the story itself: it is the lease's, or the one that the phase shows. */
function describeCommand(command: Command): string {
  switch (command.type) {
    case 'open-session':
    case 'survey':
    case 'join':
    case 'read':
    case 'start-watchdog':
    case 'set-deadline':
    case 'kill-child':
    case 'halt':
    case 'listen-for-runs':
    case 'watch-ledger':
    case 'run-check':
      return command.type;
    case 'write-ledger':
      return `${command.exists ? 'write' : 'make'}-ledger ${command.revision}`;
    case 'watch':
    case 'heartbeat':
    case 'listen':
    case 'remove':
      return `${command.type} ${formatName(command.name)}`;
    case 'start-child':
      return `start-child ${formatName(command.znode.name)} epoch=${command.znode.epoch}`;
    case 'signal-child':
      return `signal-child ${command.signal} to=${command.to}`;
    case 'run-hook':
      return command.hook === 'lost'
        ? `run-hook lost, ${describeCause(command.cause)}`
        : `run-hook ${command.hook}`;
    case 'skip-hook':
      return `skip-hook ${command.hook}, ${command.because}`;
    case 'end-hook':
      return `end-hook ${command.hook}`;
    case 'end':
      return `end ${formatEnding(command.ending)}`;
  }
}

function describeLease(settings: Settings, state: State): string {
  const lease = leaseOf(settings, state);
  if (lease === undefined) return 'no lease';
  const { terminateAt, killAt, leaseUntil } = lease;
  return `lease TERM at=${formatMoment(terminateAt)} KILL at=${formatMoment(killAt)} until=${formatMoment(leaseUntil)}`;
}

function describeWake(settings: Settings, state: State): string {
  const moment = wakeAt(settings, state);
  return moment === Infinity ? 'wakes never' : `wakes at ${formatMoment(moment)}`;
}
