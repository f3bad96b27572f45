// Owns the names of everything we log: of each line its event, which machines go by, its message, which people read,
// its levels and its fields. docs/EVENTS.md tells the same, and a test compares the two. A name that has been released
// never changes its meaning; a message may be put into better words.

import type { Entry, LogFields, LogLevel } from './line.js';

/** The types that fields have; those with a question mark are left out where there is nothing to say. */
interface FieldTypes {
  string: string;
  'string?': string | undefined;
  number: number;
  'number?': number | undefined;
}

type Fields = Readonly<Record<string, keyof FieldTypes>>;

interface EventEntry {
  readonly levels: readonly LogLevel[];
  readonly message: string;
  readonly fields: Fields;
  /** For machines alone: a person reads the same in the words of another field. */
  readonly codes?: Fields;
}

export const events = {
  // The way to the ensemble.
  'trying-server': { levels: ['debug'], message: 'trying a server', fields: { server: 'string' } },
  'still-waiting': {
    levels: ['warn'],
    message: 'still waiting for the ensemble',
    fields: { zookeeper: 'string', attempts: 'number', last: 'string', because: 'string?' },
  },
  'turned-away': {
    levels: ['warn'],
    message: 'turned away by a server',
    fields: { because: 'string', server: 'string' },
  },
  'waiting-for-ensemble': {
    levels: ['info'],
    message: 'waiting for the ensemble',
    fields: { because: 'string', zookeeper: 'string' },
  },
  connected: {
    levels: ['info'],
    message: 'connected',
    fields: { session: 'string', session_timeout_ms: 'number' },
  },
  'connected-again': {
    levels: ['info'],
    message: 'connected again',
    fields: { session: 'string', session_timeout_ms: 'number' },
  },
  'connection-lost': {
    levels: ['warn'],
    message: 'connection lost',
    fields: { because: 'string', lease_left_ms: 'number?' },
  },
  'session-lost': { levels: ['warn'], message: 'session lost', fields: { because: 'string' } },
  'request-refused': {
    levels: ['error'],
    message: 'the ensemble refused a request',
    fields: { because: 'string' },
  },
  'tick-time-doubted': {
    levels: ['warn'],
    message: 'is --tick-time the tickTime of the ensemble?',
    fields: { because: 'string', granted_ms: 'number', tick_time_ms: 'number' },
  },
  // The line.
  joining: {
    levels: ['debug'],
    message: 'joining the election',
    fields: { because: 'string', election: 'string' },
  },
  'in-line': { levels: ['debug'], message: 'in line', fields: { because: 'string', znode: 'string' } },
  'standing-by': {
    levels: ['info'],
    message: 'standing by',
    fields: { leader: 'string?', place: 'number', watching: 'string', behind: 'string', znode: 'string' },
  },
  'strangers-seen': {
    levels: ['error'],
    message: 'strangers stand under the election path',
    fields: { strangers: 'string', expected: 'string', danger: 'string' },
  },
  'strangers-gone': {
    levels: ['info'],
    message: 'no stranger stands under the election path any more',
    fields: {},
  },
  barred: {
    levels: ['error'],
    message: 'first in line, and not leading while strangers stand there',
    fields: { because: 'string' },
  },
  // The term.
  elected: {
    levels: ['debug'],
    message: 'elected, waiting for a lease with room',
    fields: { because: 'string' },
  },
  leading: {
    levels: ['info'],
    message: 'leading',
    fields: { because: 'string', election: 'string', epoch: 'string', znode: 'string', waited_ms: 'number' },
  },
  paused: {
    levels: ['info'],
    message: 'first in line, and not leading: the election is paused',
    fields: { because: 'string', since: 'string' },
  },
  'command-started': { levels: ['info'], message: 'command started', fields: { pid: 'number' } },
  'hook-started': { levels: ['info'], message: 'hook started', fields: { hook: 'string', pid: 'number' } },
  'hook-ended': { levels: ['debug'], message: 'hook ended', fields: { hook: 'string' } },
  'hook-failed': {
    levels: ['warn'],
    message: 'hook failed',
    fields: { hook: 'string', because: 'string' },
    codes: { exit_code: 'number?', exit_signal: 'string?', start_error: 'string?' },
  },
  'hook-skipped': {
    levels: ['warn', 'debug'],
    message: 'hook skipped',
    fields: { hook: 'string', because: 'string' },
  },
  'ending-command': {
    levels: ['info', 'warn', 'debug'],
    message: 'ending the command',
    fields: { because: 'string', epoch: 'string', kill_in_ms: 'number' },
    codes: { cause: 'string', exit_code: 'number?', exit_signal: 'string?', start_error: 'string?' },
  },
  'killing-command': { levels: ['warn'], message: 'killing the command', fields: { because: 'string' } },
  'command-outlives-kill': {
    levels: ['error'],
    message: 'the command outlives SIGKILL: leadership is not let go',
    fields: { because: 'string' },
  },
  resigning: { levels: ['info'], message: 'resigning', fields: { because: 'string', znode: 'string' } },
  'removal-unconfirmed': {
    levels: ['warn'],
    message: 'the ensemble did not confirm that our znode is gone',
    fields: { danger: 'string' },
  },
  'term-lost': {
    levels: ['warn'],
    message: 'the term is lost between two runs',
    fields: { because: 'string', epoch: 'string' },
  },
  // The runs of a job.
  'following-schedule': {
    levels: ['info'],
    message: 'following a schedule',
    fields: { because: 'string?', schedule: 'string', next: 'string' },
    codes: { next_tick: 'string?' },
  },
  'waiting-for-restart': {
    levels: ['info'],
    message: 'waiting before the command is started again',
    fields: { because: 'string', failures: 'number', next: 'string' },
    codes: { pause_ms: 'number' },
  },
  'run-started': {
    levels: ['info'],
    message: 'run started',
    fields: { run: 'string', tick: 'string?', because: 'string', attempt: 'number', pid: 'number' },
    codes: { reason: 'string' },
  },
  'run-ended': {
    levels: ['info', 'warn'],
    message: 'run ended',
    fields: {
      run: 'string',
      tick: 'string?',
      result: 'string',
      because: 'string',
      duration_ms: 'number',
      failures: 'number?',
      skipped: 'number?',
      next: 'string',
    },
    codes: {
      exit_code: 'number?',
      exit_signal: 'string?',
      start_error: 'string?',
      next_tick: 'string?',
      pause_ms: 'number?',
    },
  },
  'run-asked': {
    levels: ['info'],
    message: 'somebody asks for a run',
    fields: { because: 'string', next: 'string' },
    codes: { request: 'string' },
  },
  'run-withdrawn': {
    levels: ['info'],
    message: 'nobody asks for a run any more',
    fields: { because: 'string', next: 'string' },
    codes: { request: 'string' },
  },
  'run-interrupted': {
    levels: ['warn'],
    message: 'an earlier run was interrupted',
    fields: { run: 'string', tick: 'string?', by: 'string', host: 'string', next: 'string' },
  },
  'ticks-missed': {
    levels: ['warn'],
    message: 'ticks were missed',
    fields: { count: 'number', first_tick: 'string', last_tick: 'string', because: 'string', next: 'string' },
  },
  'ticks-skipped': {
    levels: ['info', 'debug'],
    message: 'ticks are skipped',
    fields: { count: 'number', first_tick: 'string', last_tick: 'string', because: 'string' },
    codes: { run: 'string?' },
  },
  'too-many-restarts': {
    levels: ['warn'],
    message: 'restarted too often',
    fields: { restarts: 'number', period_ms: 'number', next: 'string' },
  },
  'records-removed': {
    levels: ['info'],
    message: 'somebody has removed the records of the job',
    fields: { next: 'string' },
  },
  // The wall clock.
  'wall-clock-set': {
    levels: ['warn'],
    message: 'the wall clock was set',
    fields: { was: 'string', is: 'string', ahead_ms: 'number', next: 'string' },
  },
  'wall-clock-differs': {
    levels: ['warn'],
    message: 'the wall clock differs from that of the ensemble',
    fields: { ours: 'string', theirs: 'string', ahead_ms: 'number', danger: 'string' },
  },
  'tick-in-future': {
    levels: ['warn'],
    message: 'the last tick that was claimed lies in the future',
    fields: { tick: 'string', by: 'string?', ours: 'string', next: 'string', instead: 'string' },
  },
  // The fitness of this server.
  'check-failed': {
    levels: ['warn', 'debug'],
    message: 'the check failed',
    fields: { because: 'string', in_a_row: 'number?', needed: 'number?' },
  },
  'check-passed': {
    levels: ['info', 'debug'],
    message: 'the check passed',
    fields: { in_a_row: 'number?', needed: 'number?' },
  },
  unfit: {
    levels: ['warn'],
    message: 'this server is not fit to lead',
    fields: { because: 'string', next: 'string' },
  },
  fit: {
    levels: ['info'],
    message: 'this server is fit to lead',
    fields: { because: 'string', next: 'string' },
  },
  away: {
    levels: ['info'],
    message: 'out of the line',
    fields: { because: 'string', next: 'string' },
    codes: { pause_ms: 'number?' },
  },
  'back-in-line': {
    levels: ['info'],
    message: 'no longer out of the line',
    fields: { because: 'string', away_ms: 'number' },
  },
  // The watchdog.
  'waiting-for-watchdog': {
    levels: ['info'],
    message: 'waiting for a watchdog',
    fields: { because: 'string' },
  },
  'watchdog-ready': {
    levels: ['info', 'warn'],
    message: 'watchdog ready',
    fields: { containment: 'string', watchdog_pid: 'number', passed_over: 'string?', danger: 'string?' },
  },
  'watchdog-kills-command': {
    levels: ['warn'],
    message: 'the watchdog kills the command',
    fields: { because: 'string' },
  },
  'watchdog-lost': { levels: ['error'], message: 'watchdog lost', fields: { because: 'string' } },
  'sweeping-left-overs': {
    levels: ['warn'],
    message: 'ending what an earlier run has left behind',
    fields: { what: 'string' },
  },
  'left-overs-unrecorded': {
    levels: ['warn'],
    message: 'left-overs of this run could not be swept by a later one',
    fields: { because: 'string' },
  },
  // The terminal, and PID 1.
  halted: { levels: ['info'], message: 'stopped until continued', fields: { because: 'string' } },
  'not-halted': {
    levels: ['warn'],
    message: 'not stopped',
    fields: { because: 'string', instead: 'string' },
  },
  'orphans-stay': {
    levels: ['warn'],
    message: 'whoever is orphaned stays a zombie',
    fields: { because: 'string', instead: 'string' },
  },
  // The program.
  'serving-http': { levels: ['info'], message: 'serving http', fields: { address: 'string' } },
  refused: { levels: ['error'], message: 'refused to stand for election', fields: { because: 'string' } },
  denied: { levels: ['error'], message: 'denied by the ensemble', fields: { because: 'string' } },
  ended: {
    levels: ['info', 'warn'],
    message: 'ended',
    fields: { because: 'string' },
    codes: { cause: 'string', exit_code: 'number?', exit_signal: 'string?', start_error: 'string?' },
  },
  'manager-not-told': {
    levels: ['warn'],
    message: 'systemd could not be told',
    fields: { because: 'string' },
  },
  'node-warning': { levels: ['warn'], message: 'warning of Node', fields: { because: 'string' } },
  'internal-error': { levels: ['error'], message: 'internal error', fields: { because: 'string' } },
  'lines-left-out': {
    levels: ['warn'],
    message: 'log lines were left out',
    fields: { because: 'string', lines: 'number' },
  },
} as const satisfies Readonly<Record<string, EventEntry>>;

export type EventName = keyof typeof events;

type EventOf<Name extends EventName> = (typeof events)[Name];
type Values<Declared> = {
  readonly [Field in keyof Declared]: FieldTypes[Declared[Field] & keyof FieldTypes];
};

export type LevelOf<Name extends EventName> = EventOf<Name>['levels'][number];
export type FieldsOf<Name extends EventName> = Values<EventOf<Name>['fields']> &
  (EventOf<Name> extends { readonly codes: infer Codes } ? Values<Codes> : unknown);

/** Makes what the log writes of an event: nothing else is ever logged, so that each line has a name and its fields. */
export function entryOf<Name extends EventName>(
  level: LevelOf<Name>,
  event: Name,
  fields: FieldsOf<Name>,
): Entry {
  const { message, codes = {} }: EventEntry = events[event];
  const isCode = ([name]: readonly [string, unknown]): boolean => Object.hasOwn(codes, name);
  const all = Object.entries<LogFields[string]>(fields);
  return {
    level,
    event,
    message,
    fields: Object.fromEntries(all.filter((field) => !isCode(field))),
    codes: Object.fromEntries(all.filter(isCode)),
  };
}
