// Owns how a story writes moments, names, settings and events; notation in, values of the core out, and back.
// Must never know what an event leads to.
import { RUN_ONCE } from '../../src/election/job.js';
import type { ChildExit, Ending, Event, Instruction, Settings } from '../../src/election/model.js';
import { hookNames } from '../../src/cli/hook-environment.js';
import { optionTable } from '../../src/options/option-table.js';
import { parseDuration } from '../../src/options/duration.js';

/** `us#3` stands for `_c_us-lock-0000000003`; any other text for itself. */
export function nameFrom(text: string): string {
  const [, owner, sequence] = /^(\w+)#(-?\d+)$/.exec(text) ?? [];
  if (owner === undefined || sequence === undefined) return text;
  return `_c_${owner}-lock-${sequence.startsWith('-') ? sequence : sequence.padStart(10, '0')}`;
}

export function formatName(name: string): string {
  const [, owner, sequence] = /^_c_(\w+)-lock-(-?\d+)$/.exec(name) ?? [];
  return owner === undefined ? name : `${owner}#${Number(sequence)}`;
}

export function momentFrom(text: string): number {
  return parseDuration('a moment', text);
}

/** Milliseconds below a second, else seconds; rounded to a millisecond, as no story depends on less. */
export function formatMoment(ms: number): string {
  const whole = Math.round(ms);
  return Math.abs(whole) < 1000 ? `${whole}ms` : `${whole / 1000}s`;
}

/** Reads `name=value` words; the options are those of the command line, and so are their defaults. */
export function settingsFrom(words: readonly string[]): Settings {
  const given = fieldsFrom(words);
  const textOf = (name: keyof typeof optionTable): string =>
    given.optional(name) ?? optionTable[name].default ?? '';
  const duration = (name: keyof typeof optionTable): number => parseDuration(name, textOf(name));
  const wait = textOf('wait');
  const hooks = listFrom(given.optional('hooks'));
  const settings: Settings = {
    timing: {
      sessionTimeoutMs: duration('session-timeout'),
      heartbeatMs: duration('heartbeat'),
      tickTimeMs: duration('tick-time'),
      leaseGraceMs: duration('lease-grace'),
      killBudgetMs: duration('kill-budget'),
      marginMs: duration('margin'),
      stopTimeoutMs: duration('stop-timeout'),
    },
    pattern: { prefix: given.optional('znode-prefix') },
    waitMs: wait === 'forever' ? Infinity : wait === '0' ? 0 : parseDuration('wait', wait),
    onLost: textOf('on-lost') === 'exit' ? 'exit' : 'rejoin',
    hooks: hookNames.filter((hook) => hooks.includes(hook)),
    stopSignal: textOf('stop-signal'),
    hangupEnds: given.optional('terminal') === 'yes',
    job: RUN_ONCE,
    claimant: { by: 'us', host: 'here' },
  };
  given.finish();
  return settings;
}

/** Reads an event without its moment: its type, then fields, or the rest of the line where it is prose. */
export function eventFrom(text: string): Event {
  const [type = '', ...words] = text.split(' ');
  const prose = words.join(' ');
  switch (type) {
    case 'clock':
    case 'hangup':
    case 'tree-empty':
    case 'watchdog-ready':
    case 'watchdog-expired':
      if (prose !== '') throw new Error(`expected nothing behind "${type}", got "${prose}"`);
      return { type };
    case 'signal':
      return { type, signal: prose };
    case 'suspended':
    case 'lost':
    case 'watchdog-lost':
      return { type, reason: prose };
    case 'refused':
    case 'denied':
      return { type, message: prose };
    case 'watch-fired':
    case 'request-fired':
      return { type, name: nameFrom(prose) };
  }
  const fields = fieldsFrom(words);
  const event = eventWithFields(type, fields);
  fields.finish();
  return event;
}

function eventWithFields(type: string, fields: Fields): Event {
  const names = (): string[] => listFrom(fields.optional('names')).map(nameFrom);
  const sentAt = (): number => momentFrom(fields.required('sent'));
  switch (type) {
    case 'connected':
      return {
        type,
        sessionId: fields.required('session'),
        sessionTimeoutMs: momentFrom(fields.required('timeout')),
        sentAt: sentAt(),
      };
    case 'surveyed':
      return { type, sentAt: sentAt(), names: names(), own: listFrom(fields.optional('own')).map(ownFrom) };
    case 'joined':
      return {
        type,
        sentAt: sentAt(),
        znode: { name: nameFrom(fields.required('znode')), epoch: BigInt(fields.required('epoch')) },
      };
    case 'contenders':
      return { type, sentAt: sentAt(), names: names() };
    case 'watching':
      return {
        type,
        sentAt: sentAt(),
        name: nameFrom(fields.required('name')),
        exists: fields.required('exists') === 'yes',
      };
    case 'heartbeat':
      return {
        type,
        sentAt: sentAt(),
        znodeExists: fields.required('znode') === 'exists',
        pause: pauseFrom(fields.optional('paused-by')),
      };
    case 'resign-asked':
      return {
        type,
        name: nameFrom(fields.required('name')),
        request: instructionFrom(fields.required('by')),
      };
    case 'removed':
      return { type, sentAt: sentAt(), name: nameFrom(fields.required('name')) };
    case 'child-exited':
      return { type, exit: exitFrom(fields) };
    default:
      throw new Error(`expected an event, got "${type}"`);
  }
}

function pauseFrom(by: string | undefined): Instruction | undefined {
  return by === undefined ? undefined : instructionFrom(by);
}

function instructionFrom(by: string): Instruction {
  return { by, host: 'somewhere', since: '2001-01-01T00:00:00Z' };
}

/** `us#3/17/a`: name, epoch, and the session that owns it. */
function ownFrom(text: string): { name: string; epoch: bigint; ephemeralOwner: string } {
  const [name = '', epoch = '', ephemeralOwner = ''] = text.split('/');
  return { name: nameFrom(name), epoch: BigInt(epoch), ephemeralOwner };
}

function exitFrom(fields: Fields): ChildExit {
  const code = fields.optional('code');
  if (code !== undefined) return { kind: 'code', code: Number(code) };
  const signal = fields.optional('signal');
  if (signal !== undefined) return { kind: 'signal', signal };
  return { kind: 'not-started', errno: fields.required('not-started') };
}

export function formatExit(exit: ChildExit): string {
  switch (exit.kind) {
    case 'code':
      return `code=${exit.code}`;
    case 'signal':
      return `signal=${exit.signal}`;
    case 'not-started':
      return `not-started=${exit.errno}`;
  }
}

export function formatEnding(ending: Ending): string {
  switch (ending.kind) {
    case 'child-exited':
      return `child-exited ${formatExit(ending.exit)}`;
    case 'asked':
      return `asked by ${ending.signal}`;
    case 'refused':
    case 'denied':
      return `${ending.kind}: ${ending.message}`;
    case 'overran':
    case 'already-run':
    case 'not-elected':
    case 'no-ensemble':
    case 'leadership-lost':
      return ending.kind;
  }
}

interface Fields {
  optional(name: string): string | undefined;
  required(name: string): string;
  /** Throws when a field was given that nobody asked for. */
  finish(): void;
}

/** Reads `name=value` words. A misspelt one is an error, or a story would tell something else than it says. */
export function fieldsFrom(words: readonly string[]): Fields {
  const given = new Map<string, string>();
  for (const word of words) {
    const [, name, value] = /^([a-z-]+)=(\S+)$/.exec(word) ?? [];
    if (name === undefined || value === undefined) throw new Error(`expected name=value, got "${word}"`);
    given.set(name, value);
  }
  const optional = (name: string): string | undefined => {
    const value = given.get(name);
    given.delete(name);
    return value;
  };
  return {
    optional,
    required: (name) => {
      const value = optional(name);
      if (value === undefined) throw new Error(`expected ${name}=...`);
      return value;
    },
    finish: () => {
      const [unknown] = given.keys();
      if (unknown !== undefined) throw new Error(`nothing is called "${unknown}" here`);
    },
  };
}

function listFrom(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(',');
}
