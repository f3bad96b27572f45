// Owns the requests of one contender, as src/zookeeper/election-line.ts makes them: every answer becomes an event,
// and the answers of a dead connection never come.

import type { Event } from '../../src/election/messages.js';
import type { FoundLedger, LedgerOutcome } from '../../src/election/term.js';
import type { LedgerWrite } from '../../src/supervisor/hands.js';
import { ClientSession } from './client-session.js';
import type { ClientSessionOptions } from './client-session.js';
import type { Answer } from './server-connection.js';
import { LEDGER, RUN_REQUEST, type Write } from './tree.js';

export interface LineOptions extends ClientSessionOptions {
  readonly guid: string;
  /** Whether a ledger is read behind the heartbeats that look around. */
  readonly keepsLedger: boolean;
  readonly writesUnchecked: boolean;
  readonly push: (event: Event) => void;
  /** Told of every connect, before the event. */
  readonly onSession: (id: string) => void;
}

export class Line {
  readonly #options: LineOptions;
  #session: ClientSession | undefined;
  #mayHaveCreated = false;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  get session(): ClientSession | undefined {
    return this.#session;
  }

  openSession(): void {
    const { push, stage, sessionTimeoutMs, onSession } = this.#options;
    this.#session?.abandon();
    this.#session = new ClientSession(this.#options, {
      connected: (session, sentAt) => {
        stage.count('connects');
        stage.cue('connect');
        onSession(nameOf(session));
        push({ type: 'connected', sessionId: nameOf(session), sessionTimeoutMs, sentAt });
      },
      suspended: (reason) => {
        push({ type: 'suspended', reason });
      },
      lost: (reason) => {
        push({ type: 'lost', reason });
      },
      watchFired: (name) => {
        if (name === LEDGER) this.watchLedger();
        else if (name === RUN_REQUEST) push({ type: 'run-request-fired' });
        else push({ type: 'watch-fired', name });
      },
    });
  }

  survey(sentAt: number): void {
    this.#children((names) => {
      const own: Extract<Event, { type: 'surveyed' }>['own'][number][] = [];
      const candidates = this.#mayHaveCreated
        ? names.filter((name) => name.includes(this.#options.guid))
        : [];
      const lookAtNext = (): void => {
        const name = candidates.shift();
        if (name === undefined) {
          this.#options.push({ type: 'surveyed', sentAt, names, own });
          return;
        }
        this.#exists(name, false, (znode) => {
          if (znode !== undefined)
            own.push({ name, epoch: BigInt(znode.czxid), ephemeralOwner: nameOf(znode.session) });
          lookAtNext();
        });
      };
      lookAtNext();
    });
  }

  /**
   * After a create whose answer was lost, the survey may have come too early to see what it made: that one commits
   * when the quorum is back, ahead of the next. So behind a second create there is a second look.
   */
  join(sentAt: number): void {
    const lookAgain = this.#mayHaveCreated;
    this.#mayHaveCreated = true;
    const session = this.#session;
    this.#options.stage.cue('create');
    this.#write({ kind: 'create', prefix: `_c_${this.#options.guid}-lock-` }, 'create', (answer) => {
      const { name } = answer;
      if (lookAgain) {
        this.survey(sentAt);
        return;
      }
      this.#exists(name, false, (znode) => {
        if (znode === undefined) session?.drop('the new znode has gone');
        else this.#options.push({ type: 'joined', sentAt, znode: { name, epoch: BigInt(znode.czxid) } });
      });
    });
  }

  read(sentAt: number): void {
    this.#children((names) => {
      this.#options.push({ type: 'contenders', sentAt, names });
    });
  }

  /** The two looks behind the first ask for the ids, which nothing is decided by. */
  watch(name: string, leader: string, sentAt: number): void {
    let exists = false;
    this.#exists(name, true, (znode) => {
      exists = znode !== undefined;
    });
    this.#exists(name, false, () => undefined);
    this.#exists(leader, false, () => {
      this.#options.push({ type: 'watching', sentAt, name, exists });
    });
  }

  heartbeat(name: string, looksAround: boolean, sentAt: number): void {
    const { push, stage, keepsLedger } = this.#options;
    const looks = looksAround && keepsLedger;
    let znodeExists = false;
    this.#session?.request({ kind: 'check', name }, 'heartbeat', (answer) => {
      stage.count('heartbeats');
      znodeExists = answer.kind === 'done';
      if (!looks) push({ type: 'heartbeat', sentAt, znodeExists });
    });
    if (!looks) return;
    this.#readLedger(false, (ledger) => {
      push({ type: 'heartbeat', sentAt, znodeExists, ledger });
    });
  }

  /** Requests to resign come from the plan. */
  listen(): void {
    return;
  }

  listenForRuns(): void {
    this.#session?.request({ kind: 'request' }, 'look for a wanted run', (answer) => {
      const { czxid } = expect(answer, 'request');
      if (czxid === undefined) {
        this.#options.push({ type: 'run-not-asked' });
        return;
      }
      const instruction = { by: 'operator', host: 'somewhere', since: '2001-01-01T00:00:00Z' };
      this.#options.push({ type: 'run-asked', request: { id: String(czxid), instruction } });
    });
  }

  watchLedger(): void {
    this.#readLedger(true, (ledger) => {
      this.#options.push({ type: 'ledger-seen', ledger });
    });
  }

  writeLedger({ name, ledger, exists, revision }: LedgerWrite, sentAt: number): void {
    const { push, stage, writesUnchecked } = this.#options;
    stage.count('ledger writes');
    const znode = writesUnchecked ? undefined : name;
    this.#session?.request({ kind: 'put-ledger', znode, ledger, exists }, 'write of the ledger', (answer) => {
      push({ type: 'ledger-written', sentAt, revision, outcome: outcomeOf(answer) });
    });
  }

  remove(name: string, sentAt: number): void {
    this.#session?.request({ kind: 'delete', name }, 'removal', () => {
      this.#options.push({ type: 'removed', sentAt, name });
    });
  }

  #readLedger(watch: boolean, answered: (found: FoundLedger) => void): void {
    this.#session?.request({ kind: 'ledger', watch }, 'look at the ledger', (answer) => {
      answered({ ledger: expect(answer, 'ledger').ledger });
    });
  }

  #children(answered: (names: readonly string[]) => void): void {
    this.#session?.request({ kind: 'children' }, 'read of the contenders', (answer) => {
      answered(expect(answer, 'names').names);
    });
  }

  #exists(
    name: string,
    watch: boolean,
    answered: (znode: Extract<Answer, { kind: 'znode' }>['znode']) => void,
  ): void {
    this.#session?.request({ kind: 'exists', name, watch }, 'look at a contender', (answer) => {
      answered(expect(answer, 'znode').znode);
    });
  }

  #write(write: Write, what: string, answered: (answer: Extract<Answer, { kind: 'done' }>) => void): void {
    this.#session?.request(write, what, (answer) => {
      answered(expect(answer, 'done'));
    });
  }
}

function nameOf(session: number): string {
  return session.toString(16).padStart(16, '0');
}

function outcomeOf({ kind }: Answer): LedgerOutcome {
  switch (kind) {
    case 'done':
      return 'written';
    case 'no-node':
      return 'znode-gone';
    case 'ledger-gone':
    case 'ledger-exists':
      return kind;
    default:
      throw new Error(`model: answered with ${kind} for a write of the ledger`);
  }
}

function expect<K extends Answer['kind']>(answer: Answer, kind: K): Extract<Answer, { kind: K }> {
  if (answer.kind !== kind) throw new Error(`model: answered with ${answer.kind} for ${kind}`);
  return answer as Extract<Answer, { kind: K }>;
}
