// Owns everything that runs, and the judgement of what the commands do. Knows when all is well again. Leaves nothing
// behind itself.

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Ledger, unfinished } from '../../src/ledger/ledger.js';
import type { Exit } from '../support/contender.js';
import { temporaryFolder } from '../support/temporary.js';
import { Subcommand } from '../support/subcommand.js';
import { eventually, PATIENCE_MS, withDeadline } from '../support/wait.js';
import { Beats } from './beats.js';
import { Cast, type CastOptions } from './cast.js';
import { Enclosure } from './enclosure.js';
import type { Life, Rule, Violation } from './history.js';
import { History } from './history.js';
import type { RunId } from './line.js';
import { formatRunId, isOlder } from './line.js';
import { ledgerOf } from './ledger-reading.js';
import { judgeLedger } from './ledger-rules.js';
import type { Scene } from './left-over.js';
import { commandsAlive, everythingLeft } from './left-over.js';
import type { Member } from './member.js';
import { Network } from './network.js';
import type { ContenderId, Level, Plan } from './plan.js';
import { CONTENDERS } from './plan.js';
import { commandLine } from './processes.js';
import type { Lane, Presence } from './record.js';
import { nowUs } from './record.js';
import { TermTeller } from './term-teller.js';
import { untilWell } from './well.js';

const FOLLOW_MS = 20;
/** A tree that has not beaten for so long is taken for dead. */
const SILENT_US = 150_000;
/** A watchdog, and what it has made, may end this much later than its supervisor; its command must not. */
const AFTERMATH_MS = PATIENCE_MS / 10;

export interface StageOptions extends CastOptions {
  /** Servers that somebody else starts and stops; otherwise they are the run's own. */
  readonly network?: Network;
  /** Takes a line for whoever watches. */
  readonly say: (line: string) => void;
}

export class Stage {
  readonly network: Network;
  readonly history = new History();
  readonly presences: Presence[] = [];
  readonly folder = temporaryFolder();
  readonly from = nowUs();
  /** Settles when the first rule is broken. */
  readonly broken: Promise<void>;
  readonly #options: StageOptions;
  readonly #election: string;
  readonly #enclosure: Enclosure | undefined;
  readonly #terms: TermTeller;
  readonly #cast: Cast;
  readonly #beats = new Beats(join(this.folder, 'beats'));
  readonly #members: Partial<Record<ContenderId, Member>> = {};
  /** Of rules that are not the history's. */
  readonly #violations: Violation[] = [];
  #job: Plan['job'];
  #ledger: Ledger | undefined;
  #break: () => void = () => undefined;
  #follower: NodeJS.Timeout | undefined;
  #saidViolations = 0;
  #over = false;

  static #count = 0;

  private constructor(options: StageOptions, network: Network, enclosure: Enclosure | undefined) {
    this.#options = options;
    this.#terms = new TermTeller(this.history, options.say);
    Stage.#count += 1;
    this.#election = `/nemesis-${process.pid}-${Stage.#count}`;
    const { folder, beatsFile } = this;
    this.#cast = new Cast(options, { network, enclosure, folder, beatsFile, election: this.#election });
    this.network = network;
    this.#enclosure = enclosure;
    this.broken = new Promise((resolve) => {
      this.#break = resolve;
    });
    for (const { id } of network.servers) this.noteStart(`server ${id}` as Lane);
  }

  /** Starts the servers, unless there are some. */
  static async start(options: StageOptions): Promise<Stage> {
    return new Stage(options, options.network ?? (await Network.start()), Enclosure.open());
  }

  get beatsFile(): string {
    return this.#beats.file;
  }

  /** Whether all of it is being ended. */
  get isOver(): boolean {
    return this.#over;
  }

  /** Everything that broke a rule so far. */
  get violations(): Violation[] {
    return [...this.history.violations, ...this.#violations].sort((a, b) => a.at - b.at);
  }

  /** As it was read last, if there was one. */
  get ledger(): Ledger | undefined {
    return this.#ledger;
  }

  get members(): Member[] {
    return CONTENDERS.map((id) => this.member(id));
  }

  member(id: ContenderId): Member {
    const member = this.#members[id];
    if (member === undefined) throw new Error('internal error: nobody was started yet');
    return member;
  }

  /** Asks a contender to go to the end of the line, as an operator does; settles when that has had an answer. */
  async askToResign({ id }: Member): Promise<void> {
    const words = ['resign', '-z', this.#servers, '-e', this.#election, '--id', id, '--timeout', '3s'];
    await new Subcommand(words).answer;
  }

  /** How the program contains a command here: found by running one. */
  findLevel(): Promise<Level> {
    return this.#cast.findLevel();
  }

  /** Starts the contenders, and resolves when one of them leads and all stand. */
  async populate(plan: Plan): Promise<void> {
    this.#job = plan.job;
    for (const id of CONTENDERS) {
      this.#members[id] = this.#cast.member(id, plan, {
        onStart: () => {
          this.noteStart(id);
        },
        onExit: (exit, wasExpected) => {
          this.noteEnd(id);
          if (!wasExpected) this.#noteEndOf(id, exit);
        },
      });
    }
    this.#follower = setInterval(() => {
      this.#follow();
    }, FOLLOW_MS);
    for (const member of this.members) member.start();
    await this.wellAgain();
  }

  noteStart(lane: Lane): void {
    this.presences.push({ lane, from: nowUs() });
  }

  noteEnd(lane: Lane): void {
    const presence = this.presences.findLast((each) => each.lane === lane && each.to === undefined);
    if (presence !== undefined) presence.to = nowUs();
  }

  note(rule: Rule, message: string): void {
    if (this.#over) return;
    this.#violations.push({ rule, at: nowUs(), message });
    this.#report();
  }

  /** The run whose command is alive now, as far as can be seen. */
  current(): Life | undefined {
    return this.#latest(SILENT_US);
  }

  /** The contender whose command is alive now, or was when its last tick came. */
  leading(): Member | undefined {
    const id = this.#latest(SILENT_US + (this.#job?.everyMs ?? 0) * 1000)?.contender as
      ContenderId | undefined;
    return id === undefined ? undefined : this.#members[id];
  }

  /** Waits until every server serves, every contender runs, and the command does as it should. */
  async wellAgain(): Promise<void> {
    let well: Life | undefined;
    try {
      await Promise.all(this.network.servers.map((server) => server.serving()));
      well = await untilWell(this, this.#job);
    } catch (error) {
      this.note('nobody leads', error instanceof Error ? error.message : String(error));
    }
    if (well === undefined) return;
    const newest = well;
    this.#noteCommandsLeft((run) => isOlder(run, newest), `in spite of run ${formatRunId(newest)}`);
    await this.#judgeLedger({ isOver: false });
  }

  /** Asks every contender to end, and looks at what is left, and at what they have written down. */
  async finish(): Promise<void> {
    const ends = Promise.all(this.members.map((member) => member.resign()));
    await withDeadline('the end of all contenders', ends);
    await this.#settleLastRun();
    this.#noteCommandsLeft(() => true, 'after the end of all contenders');
    const left = (): string[] =>
      everythingLeft(
        this.#scene,
        this.members.flatMap(({ watchdog }) => (watchdog === undefined ? [] : [watchdog.pid])),
      );
    try {
      await eventually('the end of everything', () => left().length === 0, { withinMs: AFTERMATH_MS });
    } catch {
      for (const what of left()) this.note('left over', `at the end there is still ${what}`);
    }
    this.#follow();
    await this.#judgeLedger({ isOver: true });
  }

  /** Kills everything at once and waits for nothing: the janitor ends the servers and removes the folders. */
  abandon(): void {
    this.#over = true;
    clearInterval(this.#follower);
    for (const id of CONTENDERS) this.#members[id]?.kill();
    this.#enclosure?.kill();
    for (const pid of commandsAlive(this.#scene)) kill(pid);
  }

  /** Ends whatever still runs, the servers too if they are ours. */
  async stop(): Promise<void> {
    this.abandon();
    if (this.#options.network === undefined) await this.network.stop();
    await this.#enclosure?.close();
    this.#beats.close();
  }

  get #servers(): string {
    return this.network.servers.map(({ address }) => address).join(',');
  }

  get #scene(): Scene {
    return {
      history: this.history,
      beatsFile: this.beatsFile,
      election: this.#election,
      enclosure: this.#enclosure,
    };
  }

  #latest(silentUs: number): Life | undefined {
    const { latest } = this.history;
    return latest !== undefined && nowUs() - latest.last < silentUs ? latest : undefined;
  }

  async #judgeLedger({ isOver }: { readonly isOver: boolean }): Promise<void> {
    const job = this.#job;
    if (job === undefined) return;
    // A new session is a write at the quorum, so what it reads is newer than whatever has begun by now.
    const lives = [...this.history.lives];
    const ledger = await ledgerOf(this.#election, this.#servers);
    this.#follow();
    this.#ledger = ledger;
    for (const { rule, message } of judgeLedger({ ledger, isOver, lives, job })) this.note(rule, message);
  }

  /** A leader that loses its session on its way out writes nothing: the next one says what has become of its run. */
  async #settleLastRun(): Promise<void> {
    if (this.#job === undefined) return;
    const ledger = await ledgerOf(this.#election, this.#servers);
    const [next] = this.members;
    if (next === undefined || ledger === undefined || unfinished(ledger).length === 0) return;
    const { lives } = this.history;
    const before = lives.length;
    next.comeBack();
    await eventually('another run behind the last one', () => lives.length > before);
    await withDeadline('the end of its leader', next.resign());
  }

  #follow(): void {
    this.#beats.follow((line) => {
      this.history.add(line);
    });
    this.#report();
  }

  /** A contender ends when its command ends by itself; for any other reason somebody has to have asked it to. */
  #noteEndOf(id: ContenderId, { code, signal }: Exit): void {
    const life = this.history.lives.findLast(({ contender }) => contender === id);
    if (code === 0 && life?.manner.split('+').includes('mortal') === true) return;
    this.note('unexpected end', `${id} ended, and nobody had asked it to: ${signal ?? `exit code ${code}`}`);
  }

  /** Says who leads, and what was broken. */
  #report(): void {
    this.#terms.tell();
    const { violations } = this;
    for (const { rule, message } of violations.slice(this.#saidViolations))
      this.#options.say(`BROKEN: ${rule}: ${message}`);
    this.#saidViolations = violations.length;
    if (violations.length > 0) this.#break();
  }

  #noteCommandsLeft(isMeant: (run: RunId) => boolean, when: string): void {
    this.#follow();
    for (const pid of commandsAlive(this.#scene, isMeant))
      this.note('left over', `process ${pid} is alive ${when}: ${commandLine(pid)}`);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** Waits a time that the plan names. */
export async function pause(ms: number): Promise<void> {
  if (ms > 0) await sleep(ms);
}
