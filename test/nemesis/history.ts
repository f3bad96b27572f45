// Owns what the processes of the commands have written, and the judgement of it: never two terms at once, epochs that
// rise. Takes line after line in the order of the file, which is the kernel's order of the writes, and keeps no line.

export interface Line {
  /** Microseconds of CLOCK_MONOTONIC, taken just before the line was written. */
  readonly at: number;
  readonly event: 'start' | 'beat' | 'saw' | 'end';
  readonly contender: string;
  readonly epoch: bigint;
  readonly role: string;
  readonly pid: number;
  /** `start`: the manner; `saw`: EPOCH:PID of the other process. */
  readonly more: string;
}

export interface BeatingProcess {
  readonly pid: number;
  readonly role: string;
  readonly first: number;
  last: number;
}

/** One term's command, from the first sign of life to the last so far. */
export interface Term {
  readonly epoch: bigint;
  readonly contender: string;
  manner: string;
  readonly first: number;
  last: number;
  readonly processes: Map<number, BeatingProcess>;
}

export type Rule =
  | 'two at once'
  | 'epoch went back'
  | 'started twice'
  | 'unreadable line'
  | 'left over'
  | 'nobody leads'
  | 'unexpected end'
  | 'stuck';

export interface Violation {
  readonly rule: Rule;
  /** Microseconds, as in Line. */
  readonly at: number;
  readonly message: string;
}

/** A process of a term that was alive when a later term's command had begun. */
export interface Overlap {
  readonly older: Term;
  readonly newer: Term;
  readonly pid: number;
  readonly role: string;
  readonly from: number;
  /** The last time it was seen alive. */
  until: number;
  /** How it is known. */
  readonly by: 'beat' | 'sight';
}

const EVENTS: readonly string[] = ['start', 'beat', 'saw', 'end'];

/** Reads one line without its newline; undefined if it is none of ours. */
export function parseLine(text: string): Line | undefined {
  const [at = '', event = '', contender = '', epoch = '', role = '', pid = '', ...more] = text.split(' ');
  if (!EVENTS.includes(event) || ![at, epoch, pid].every((word) => /^\d+$/.test(word))) return undefined;
  if (contender === '' || role === '') return undefined;
  return {
    at: Number(at),
    event: event as Line['event'],
    contender,
    epoch: BigInt(epoch),
    role,
    pid: Number(pid),
    more: more.join(' '),
  };
}

export class History {
  /** In the order in which they began. */
  readonly terms: Term[] = [];
  readonly #byEpoch = new Map<bigint, Term>();
  readonly #overlaps = new Map<string, Overlap>();
  readonly #others: Violation[] = [];
  /** Of the largest epoch seen, which is the only one that may go on. */
  #newest: Term | undefined;
  #latest: { readonly at: number; readonly term: Term; readonly process: BeatingProcess } | undefined;

  /** Takes the next line of the file. */
  add(text: string): void {
    const line = parseLine(text);
    if (line === undefined) {
      this.#note(
        'unreadable line',
        this.#latest?.at ?? 0,
        `this is no line of a command: ${JSON.stringify(text)}`,
      );
      return;
    }
    const known = this.#byEpoch.get(line.epoch);
    const term = known ?? this.#begin(line);
    if (line.event === 'start') this.#start(line, term);
    const process = this.#process(line, term);
    this.#compare(line, term, process, known === undefined);
    if (line.event === 'saw') this.#sight(line, term);
    term.last = Math.max(term.last, line.at);
    process.last = Math.max(process.last, line.at);
    if (this.#latest === undefined || line.at >= this.#latest.at)
      this.#latest = { at: line.at, term, process };
  }

  /** The term that was seen alive last. */
  get latest(): Term | undefined {
    return this.#latest?.term;
  }

  term(epoch: bigint): Term | undefined {
    return this.#byEpoch.get(epoch);
  }

  get overlaps(): readonly Overlap[] {
    return [...this.#overlaps.values()];
  }

  /** Everything that broke a rule, in the order in which it began. */
  get violations(): Violation[] {
    const overlaps = this.overlaps.map((overlap) => ({
      rule: 'two at once' as const,
      at: overlap.from,
      message: describeOverlap(overlap),
    }));
    return [...overlaps, ...this.#others].sort((a, b) => a.at - b.at);
  }

  #begin(line: Line): Term {
    const { epoch, contender, at } = line;
    const term: Term = { epoch, contender, manner: '', first: at, last: at, processes: new Map() };
    this.#byEpoch.set(epoch, term);
    this.terms.push(term);
    const newest = this.#newest;
    if (newest === undefined || epoch > newest.epoch) {
      this.#newest = term;
    } else {
      const message = `epoch ${epoch} of ${contender} began after epoch ${newest.epoch} of ${newest.contender}`;
      this.#note('epoch went back', at, message);
    }
    return term;
  }

  #start(line: Line, term: Term): void {
    if (term.manner !== '' || term.contender !== line.contender)
      this.#note('started twice', line.at, `the command of epoch ${term.epoch} was started twice`);
    term.manner = line.more;
  }

  #process({ pid, role, at }: Line, term: Term): BeatingProcess {
    const known = term.processes.get(pid);
    if (known?.role === role) return known;
    const process = { pid, role, first: at, last: at };
    term.processes.set(pid, process);
    return process;
  }

  #compare(line: Line, term: Term, process: BeatingProcess, isFirst: boolean): void {
    const newest = this.#newest;
    // Written behind the first line of a later term: alive then, whatever its own time stamp says.
    if (newest !== undefined && term !== newest)
      this.#overlap(term, newest, process.pid, process.role, line.at, 'beat');
    // A time stamp taken before the last one of the term before it, though written later.
    const latest = this.#latest;
    if (isFirst && latest !== undefined && latest.at >= line.at && latest.term !== term)
      this.#overlap(latest.term, term, latest.process.pid, latest.process.role, latest.at, 'beat');
  }

  #sight(line: Line, term: Term): void {
    const [epoch = '', pid = ''] = line.more.split(':');
    const seen = this.#byEpoch.get(BigInt(epoch));
    if (seen === undefined) {
      const message = `${line.contender} saw process ${pid} of epoch ${epoch}, which never beat, alive in epoch ${term.epoch}`;
      this.#note('two at once', line.at, message);
      return;
    }
    const role = seen.processes.get(Number(pid))?.role ?? 'unknown';
    this.#overlap(seen, term, Number(pid), role, line.at, 'sight');
  }

  #overlap(older: Term, newer: Term, pid: number, role: string, at: number, by: Overlap['by']): void {
    const key = `${older.epoch} ${pid} ${newer.epoch}`;
    const overlap = this.#overlaps.get(key);
    if (overlap === undefined)
      this.#overlaps.set(key, { older, newer, pid, role, from: newer.first, until: at, by });
    else overlap.until = Math.max(overlap.until, at);
  }

  #note(rule: Rule, at: number, message: string): void {
    this.#others.push({ rule, at, message });
  }
}

function describeOverlap({ older, newer, pid, role, from, until, by }: Overlap): string {
  const who = `process ${pid} (${role}) of epoch ${older.epoch} of ${older.contender}`;
  const lasted = ((until - from) / 1000).toFixed(1);
  const how = by === 'sight' ? 'was seen' : 'beat';
  return `${who} ${how} ${lasted} ms after the start of epoch ${newer.epoch} of ${newer.contender}`;
}
