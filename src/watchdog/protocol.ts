// Owns what the supervisor and its watchdog say to each other, and how it is written: one JSON object a line.
// Must never pass on what is malformed: a line that is not an order, or not a report, is an error.

import * as v from 'valibot';
import { levels } from '../containment/containment.js';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** A moment by the two clocks of the machine, as `clock.ts` says. */
const moment = v.object({
  monotonicMs: v.pipe(v.number(), v.finite()),
  uptimeMs: v.pipe(v.number(), v.finite()),
});

/** The epoch, in decimal digits. */
const term = v.pipe(v.string(), v.digits());

function isEnvironment(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((text) => typeof text === 'string')
  );
}

const childExit = v.variant('kind', [
  v.object({ kind: v.literal('code'), code: count }),
  v.object({ kind: v.literal('signal'), signal: v.string() }),
  v.object({ kind: v.literal('not-started'), errno: v.string() }),
]);

const program = v.object({ file: v.string(), argv0: v.string(), args: v.array(v.string()) });

// A record of valibot's would drop variables called __proto__ and the like.
const environment = v.custom<Readonly<Record<string, string>>>(isEnvironment);

/** A hook that runs in the tree of the term's command. */
const hook = v.picklist(['elected', 'lost']);

/** The processes that the supervisor runs itself, outside the tree of any term: at most one of each. */
const sideRole = v.picklist(['standby', 'check']);

/** Everything a watchdog has to know before it can hold a command. */
const charge = v.object({
  command: program,
  /** Whether the command reads the standard input of the supervisor. */
  stdin: v.boolean(),
  containment: v.picklist(['auto', ...levels]),
  containmentRequired: v.boolean(),
});

/** A process group that its leader has made; the start time tells that one from a later one of its number. */
const processGroup = v.object({
  pid: v.pipe(count, v.minValue(2)),
  startedAt: v.optional(v.string()),
});

/** What it takes to end a ZooKeeper session from outside. */
const sessionKey = v.object({
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
  /** 16 bytes, in hexadecimal digits. */
  password: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  timeoutMs: count,
  servers: v.array(v.object({ host: v.string(), port: count })),
  /** Paths, which are no secret; what stands there is read when it is needed. */
  authFile: v.optional(v.string()),
  tls: v.optional(
    v.object({
      caFile: v.optional(v.string()),
      certFile: v.optional(v.string()),
      keyFile: v.optional(v.string()),
      serverName: v.optional(v.string()),
    }),
  ),
});

/** What the supervisor wants, each with a number larger than any before it. */
const order = v.variant('type', [
  /** The first, and only once. */
  v.object({ type: v.literal('prepare'), number: count, charge }),
  /** Should the supervisor die, this session is to be ended behind the last process of the command. */
  v.object({ type: v.literal('session'), number: count, key: sessionKey }),
  v.object({
    type: v.literal('start'),
    number: count,
    term,
    environment,
    /** `NAME=value`: the variable by which the processes of this term are known. */
    marker: v.pipe(v.string(), v.includes('=')),
    killAt: moment,
    /** For each of them `run-hook` or `skip-hook` will come: an empty tree is no end before that. */
    hooks: v.array(hook),
  }),
  v.object({ type: v.literal('run-hook'), number: count, term, hook, command: program, environment }),
  v.object({ type: v.literal('skip-hook'), number: count, term, hook }),
  /** Should the supervisor die, this process group is to be killed; without a leader none of that role any more. */
  v.object({
    type: v.literal('side-process'),
    number: count,
    role: sideRole,
    leader: v.optional(processGroup),
  }),
  v.object({ type: v.literal('set-deadline'), number: count, term, killAt: moment }),
  v.object({
    type: v.literal('signal'),
    number: count,
    term,
    signal: v.pipe(v.string(), v.startsWith('SIG')),
    to: v.picklist(['group', 'tree']),
  }),
  v.object({ type: v.literal('kill'), number: count, term }),
  /** There is time to prepare for the next command: the end of the last one is known here. */
  v.object({ type: v.literal('stand-by'), number: count }),
  /** The supervisor ends in an orderly way: its session is its own business. */
  v.object({ type: v.literal('leave'), number: count }),
]);

/** What the watchdog answers. */
const report = v.variant('type', [
  v.object({
    type: v.literal('ready'),
    level: v.picklist(levels),
    cgroup: v.optional(v.string()),
    /** The stronger levels, and why none of them would do. */
    passedOver: v.array(v.object({ level: v.picklist(levels), because: v.string() })),
  }),
  /** No containment that would do; a sentence. */
  v.object({ type: v.literal('refused'), message: v.string() }),
  /** Processes of an earlier run are being ended, before anything else. */
  v.object({ type: v.literal('sweeping'), what: v.string() }),
  /** A later run on this machine could not sweep what we leave, and why. */
  v.object({ type: v.literal('unrecorded'), because: v.string() }),
  /** The order of this number has been taken. */
  v.object({ type: v.literal('taken'), number: count }),
  v.object({ type: v.literal('started'), term, leader: processGroup }),
  /** The deadline of the term has passed: its command is being killed, whatever comes later. */
  v.object({ type: v.literal('expired'), term }),
  v.object({ type: v.literal('exited'), term, exit: childExit }),
  v.object({ type: v.literal('hook-started'), term, hook, pid: v.pipe(count, v.minValue(1)) }),
  v.object({ type: v.literal('hook-ended'), term, hook, exit: childExit }),
  /** No process of the term's command is left. */
  v.object({ type: v.literal('empty'), term }),
]);

export type Charge = v.InferOutput<typeof charge>;
export type SessionKey = v.InferOutput<typeof sessionKey>;
export type ProcessGroup = v.InferOutput<typeof processGroup>;
export type SideRole = v.InferOutput<typeof sideRole>;
export type Order = v.InferOutput<typeof order>;
export type Report = v.InferOutput<typeof report>;

/** The order of that type. */
export type OrderOf<Type extends Order['type']> = Extract<Order, { type: Type }>;

/** The report of that type. */
export type ReportOf<Type extends Report['type']> = Extract<Report, { type: Type }>;

/** What came through the pipe cannot be understood: whoever wrote it is not to be trusted any more. */
export class ProtocolError extends Error {}

/** Writes one message. */
export function encode(message: Order | Report): string {
  return `${JSON.stringify(message)}\n`;
}

/** The kernel bounds arguments and environment together at 6 MiB; JSON may write a byte as six. */
const LONGEST_LINE = 40 * 1024 * 1024;

/** Cuts what comes through the pipe into messages. */
class Decoder<Message> {
  readonly #parse: (value: unknown) => Message;
  #rest = '';

  constructor(parse: (value: unknown) => Message) {
    this.#parse = parse;
  }

  /**
   * Takes the next piece of text, and yields the messages that it completes.
   * @throws {ProtocolError} at the first line that is no message; those before it have been yielded.
   */
  *feed(text: string): Generator<Message> {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) yield this.#message(line);
    if (this.#rest.length > LONGEST_LINE) throw new ProtocolError('a line without an end');
  }

  #message(line: string): Message {
    try {
      return this.#parse(JSON.parse(line));
    } catch (error) {
      throw new ProtocolError(`not understood: ${line.slice(0, 200)}`, { cause: error });
    }
  }
}

export type { Decoder };

export function orderDecoder(): Decoder<Order> {
  return new Decoder((value) => v.parse(order, value));
}

export function reportDecoder(): Decoder<Report> {
  return new Decoder((value) => v.parse(report, value));
}
