// Owns what the processes of the commands have written, and the judgement of it: never two runs at once, epochs that
// rise, no tick twice. Takes line after line in the order of the file, which is the kernel's order of the writes, and
// keeps no line.

import type { Line, RunId } from './line.js';
import { formatRunId, isOlder, parseLine } from './line.js';

export interface BeatingProcess {
  readonly pid: number;
  readonly role: string;
  readonly first: number;
  last: number;
}

/** What a run of a scheduled job is for. */
export interface Occasion {
  /** In milliseconds since the Unix epoch. */
  readonly tick: number;
  readonly attempt: number;
}

/** The command in one run, from the first sign of life to the last so far. */
export interface Life extends RunId {
  readonly contender: string;
  manner: string;
  /** Undefined for a command that lasts. */
  occasion: Occasion | undefined;
  /** Whether its main process has ended by itself, or on a signal that it heeds. */
  ended: boolean;
  readonly first: number;
  last: number;
  readonly processes: Map<number, BeatingProcess>;
}

export type Rule =
  | 'two at once'
  | 'epoch went back'
  | 'started twice'
  | 'tried again'
  | 'ledger'
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

/** A process of a run that was alive when a later run's command had begun. */
export interface Overlap {
  readonly older: Life;
  readonly newer: Life;
  readonly pid: number;
  readonly role: string;
  readonly from: number;
  /** The last time it was seen alive. */
  until: number;
  /** How it is known. */
  readonly by: 'beat' | 'sight';
}

export class History {
  /** In the order in which they began. */
  readonly lives: Life[] = [];
  readonly #byId = new Map<string, Life>();
  readonly #byOccasion = new Map<string, Life>();
  readonly #overlaps = new Map<string, Overlap>();
  readonly #others: Violation[] = [];
  /** Of the largest epoch and number seen, which is the only one that may go on. */
  #newest: Life | undefined;
  #latest: { readonly at: number; readonly life: Life; readonly process: BeatingProcess } | undefined;

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
    const known = this.life(line.run);
    const life = known ?? this.#begin(line);
    if (line.event === 'start') this.#start(line, life);
    if (line.event === 'end' && line.role === 'main') life.ended = true;
    const process = this.#process(line, life);
    this.#compare(line, life, process, known === undefined);
    if (line.event === 'saw') this.#sight(line, life);
    life.last = Math.max(life.last, line.at);
    process.last = Math.max(process.last, line.at);
    if (this.#latest === undefined || line.at >= this.#latest.at)
      this.#latest = { at: line.at, life, process };
  }

  /** The one that was seen alive last. */
  get latest(): Life | undefined {
    return this.#latest?.life;
  }

  life(id: RunId): Life | undefined {
    return this.#byId.get(formatRunId(id));
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

  #begin({ run, contender, at }: Line): Life {
    const life: Life = {
      ...run,
      contender,
      manner: '',
      occasion: undefined,
      ended: false,
      first: at,
      last: at,
      processes: new Map(),
    };
    this.#byId.set(formatRunId(run), life);
    this.lives.push(life);
    const newest = this.#newest;
    if (newest === undefined || isOlder(newest, life)) {
      this.#newest = life;
    } else {
      const message = `run ${formatRunId(life)} of ${contender} began after run ${formatRunId(newest)} of ${newest.contender}`;
      this.#note('epoch went back', at, message);
    }
    return life;
  }

  #start(line: Line, life: Life): void {
    if (life.manner !== '' || life.contender !== line.contender)
      this.#note('started twice', line.at, `the command of run ${formatRunId(life)} was started twice`);
    const [manner = '', tick, attempt] = line.more.split(' ');
    life.manner = manner;
    if (tick === undefined) return;
    life.occasion = { tick: Date.parse(tick), attempt: Number(attempt) };
    const occasion = `attempt ${attempt} at tick ${tick}`;
    const before = this.#byOccasion.get(occasion);
    if (before !== undefined && before !== life) {
      const both = `by run ${formatRunId(before)} of ${before.contender} and by run ${formatRunId(life)} of ${life.contender}`;
      this.#note('started twice', line.at, `${occasion} was made ${both}`);
    }
    this.#byOccasion.set(occasion, life);
  }

  #process({ pid, role, at }: Line, life: Life): BeatingProcess {
    const known = life.processes.get(pid);
    if (known?.role === role) return known;
    const process = { pid, role, first: at, last: at };
    life.processes.set(pid, process);
    return process;
  }

  #compare(line: Line, life: Life, process: BeatingProcess, isFirst: boolean): void {
    const newest = this.#newest;
    // Written behind the first line of a later run: alive then, whatever its own time stamp says.
    if (newest !== undefined && life !== newest)
      this.#overlap(life, newest, process.pid, process.role, line.at, 'beat');
    // A time stamp taken before the last one of the run before it, though written later.
    const latest = this.#latest;
    if (isFirst && latest !== undefined && latest.at >= line.at && latest.life !== life)
      this.#overlap(latest.life, life, latest.process.pid, latest.process.role, latest.at, 'beat');
  }

  #sight(line: Line, life: Life): void {
    const [run = '', pid = ''] = line.more.split(':');
    const seen = this.#byId.get(run);
    if (seen === undefined) {
      const message = `${line.contender} saw process ${pid} of run ${run}, which never beat, alive in run ${formatRunId(life)}`;
      this.#note('two at once', line.at, message);
      return;
    }
    const role = seen.processes.get(Number(pid))?.role ?? 'unknown';
    this.#overlap(seen, life, Number(pid), role, line.at, 'sight');
  }

  #overlap(older: Life, newer: Life, pid: number, role: string, at: number, by: Overlap['by']): void {
    const key = `${formatRunId(older)} ${pid} ${formatRunId(newer)}`;
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
  const who = `process ${pid} (${role}) of run ${formatRunId(older)} of ${older.contender}`;
  const lasted = ((until - from) / 1000).toFixed(1);
  const how = by === 'sight' ? 'was seen' : 'beat';
  return `${who} ${how} ${lasted} ms after the start of run ${formatRunId(newer)} of ${newer.contender}`;
}
