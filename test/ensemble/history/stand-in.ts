// Stands in for a leader: joins the line, and writes by hand the ledger that a leader would.
import { encodeLedger } from '../../../src/ledger/format.js';
import { claim, conclude, EMPTY_LEDGER, type Ledger, type RunEntry } from '../../../src/ledger/ledger.js';
import { ledgerPath, runRequestPath } from '../../../src/zookeeper/control-path.js';
import { eventually } from '../../support/wait.js';
import type { RawSession } from '../program/raw-session.js';
import { Line } from '../status/line.js';

/** How a run ends. */
type End = Pick<RunEntry, 'endedAt' | 'result' | 'exit'>;

export class StandIn {
  readonly line: Line;
  readonly #raw: RawSession;
  #ledger: Ledger = EMPTY_LEDGER;
  #znode = '';
  #epoch = 0n;
  #runs = 0;

  private constructor(raw: RawSession, line: Line) {
    this.#raw = raw;
    this.line = line;
  }

  /** Makes an election, and leads in it unless told otherwise. */
  static async at(raw: RawSession, { leads = true } = {}): Promise<StandIn> {
    const standIn = new StandIn(raw, await new Line(raw).make());
    if (leads) await standIn.lead();
    return standIn;
  }

  get path(): string {
    return this.line.path;
  }

  async lead(): Promise<void> {
    this.#znode = await this.line.join('web1');
    this.#epoch = BigInt(await this.line.epoch(this.#znode));
  }

  async leave(): Promise<void> {
    await this.line.leave(this.#znode);
  }

  async write(change: Partial<Ledger> = {}): Promise<void> {
    this.#ledger = { ...this.#ledger, ...change };
    const path = ledgerPath(this.path);
    const data = encodeLedger(this.#ledger).toString();
    if ((await this.#raw.stat(path)) === undefined) await this.#raw.create(path, 'persistent', data);
    else await this.#raw.write(path, data);
  }

  /** Begins a run, and returns its name. */
  async begin(request?: string): Promise<string> {
    this.#runs += 1;
    const at = Date.now();
    const occasion = { reason: request === undefined ? 'restart' : 'request', attempt: 1 } as const;
    const { ledger, run } = claim(this.#ledger, {
      occasion: request === undefined ? occasion : { ...occasion, request },
      runs: this.#runs,
      claimant: { by: 'web1', host: 'host1', epoch: this.#epoch },
      at,
    });
    await this.write(conclude(ledger, run.id, { startedAt: at }));
    return run.id;
  }

  /** Ends a run, after 90 s as the ledger has it. */
  async end(id: string, end: Omit<End, 'endedAt'>): Promise<void> {
    const run = this.#ledger.entries.find((entry) => entry.kind === 'run' && entry.id === id);
    const startedAt = (run as RunEntry).startedAt ?? 0;
    await this.write(conclude(this.#ledger, id, { startedAt, endedAt: startedAt + 90_000, ...end }));
  }

  /** Waits for a request, and returns what it is known by. */
  async asked(): Promise<string> {
    const stat = await eventually('a request', () => this.#raw.stat(runRequestPath(this.path)));
    return String(stat.czxid);
  }

  async hasRequest(): Promise<boolean> {
    return (await this.#raw.stat(runRequestPath(this.path))) !== undefined;
  }
}
