// Owns a line that a process of a command has written, and what tells one run from another. commands/beater.pl writes
// them; must never make anything of them.

/** What tells the runs of all contenders apart: the epoch, and the number of the run in its term. */
export interface RunId {
  readonly epoch: bigint;
  /** From 1; a command that lasts has but one run in each term. */
  readonly number: number;
}

export interface Line {
  /** Microseconds of CLOCK_MONOTONIC, taken just before the line was written. */
  readonly at: number;
  readonly event: 'start' | 'beat' | 'saw' | 'end';
  readonly contender: string;
  readonly run: RunId;
  readonly role: string;
  readonly pid: number;
  /** `start`: the manner, and of a scheduled job tick and attempt; `saw`: RUN:PID of the other process. */
  readonly more: string;
}

const EVENTS: readonly string[] = ['start', 'beat', 'saw', 'end'];

/** Reads one line without its newline; undefined if it is none of ours. */
export function parseLine(text: string): Line | undefined {
  const [at = '', event = '', contender = '', id = '', role = '', pid = '', ...more] = text.split(' ');
  const run = parseRunId(id);
  if (!EVENTS.includes(event) || ![at, pid].every((word) => /^\d+$/.test(word))) return undefined;
  if (contender === '' || run === undefined || role === '') return undefined;
  return {
    at: Number(at),
    event: event as Line['event'],
    contender,
    run,
    role,
    pid: Number(pid),
    more: more.join(' '),
  };
}

/** Reads an id as the command is given it; undefined if it is none. */
export function parseRunId(text: string): RunId | undefined {
  const [, epoch, number] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  return epoch === undefined ? undefined : { epoch: BigInt(epoch), number: Number(number) };
}

export function formatRunId({ epoch, number }: RunId): string {
  return `${epoch}-${number}`;
}

export function isOlder(one: RunId, other: RunId): boolean {
  return one.epoch === other.epoch ? one.number < other.number : one.epoch < other.epoch;
}
