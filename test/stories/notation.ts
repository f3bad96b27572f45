// Owns how a story writes settings, events and endings; notation in, values of the core out, and back.
// Must never know what an event leads to.
import type { Ending } from '../../src/election/endings.js';
import type { Event } from '../../src/election/messages.js';
import type { Settings } from '../../src/election/model.js';
import type { Instruction, LedgerOutcome } from '../../src/election/term.js';
import { hookNames } from '../../src/cli/hook-environment.js';
import { optionTable } from '../../src/options/option-table.js';
import { parseDuration } from '../../src/options/duration.js';
import { foundFrom, jobFrom } from './job-notation.js';
import {
  exitFrom,
  type Fields,
  fieldsFrom,
  formatExit,
  instructionFrom,
  listFrom,
  momentFrom,
  nameFrom,
  wallFrom,
} from './words.js';

const LEDGER_OUTCOMES: readonly LedgerOutcome[] = ['written', 'znode-gone', 'ledger-gone', 'ledger-exists'];

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
    job: jobFrom(given),
    claimant: { by: 'us', host: 'here' },
  };
  given.finish();
  return settings;
}

/** Reads an event that is taken at `now`: its type, then fields, or the rest of the line where it is prose. */
export function eventFrom(text: string, now: number): Event {
  const [type = '', ...words] = text.split(' ');
  const prose = words.join(' ');
  switch (type) {
    case 'clock':
    case 'hangup':
    case 'tree-empty':
    case 'watchdog-ready':
    case 'watchdog-expired':
    case 'run-request-fired':
    case 'run-not-asked':
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
    case 'wall-clock':
      return { type, offsetMs: wallFrom(prose) - now };
    case 'checked':
      return prose === 'passed'
        ? { type, passed: true, because: 'its check passed' }
        : { type, passed: false, because: prose };
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
        ledger: foundFrom(fields),
      };
    case 'run-asked':
      return {
        type,
        request: { id: fields.required('id'), instruction: instructionFrom(fields.required('by')) },
      };
    case 'ledger-seen':
      return { type, ledger: foundFrom(fields) ?? { ledger: undefined } };
    case 'ledger-written':
      return {
        type,
        sentAt: sentAt(),
        revision: Number(fields.required('revision')),
        outcome: writtenFrom(fields.optional('outcome')),
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

function writtenFrom(text = 'written'): LedgerOutcome {
  const found = LEDGER_OUTCOMES.find((outcome) => outcome === text);
  if (found === undefined) throw new Error(`expected one of ${LEDGER_OUTCOMES.join(', ')}, got "${text}"`);
  return found;
}

function pauseFrom(by: string | undefined): Instruction | undefined {
  return by === undefined ? undefined : instructionFrom(by);
}

/** `us#3/17/a`: name, epoch, and the session that owns it. */
function ownFrom(text: string): { name: string; epoch: bigint; ephemeralOwner: string } {
  const [name = '', epoch = '', ephemeralOwner = ''] = text.split('/');
  return { name: nameFrom(name), epoch: BigInt(epoch), ephemeralOwner };
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
