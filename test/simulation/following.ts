// Owns what a follower does, and its link to the leader: one ordered way in each direction (Learner, Follower).

import { INIT_LIMIT } from './ensemble.js';
import type { Leading } from './leading.js';
import { Pipe } from './network.js';
import type { Appointment } from './queue.js';
import { cancel } from './queue.js';
import type { Request } from './server-connection.js';
import type { Server } from './server.js';
import type { Txn } from './tree.js';

/** The follower's state as it says hello. */
interface HelloState {
  readonly acceptedEpoch: number;
  readonly currentEpoch: number;
  readonly lastLogged: number;
  isAheadOf(other: Server): boolean;
}

/** The leader's end of a link is its LearnerHandler; its memory of the follower is kept here too. */
export class Link {
  readonly follower: Server;
  readonly state: HelloState;
  readonly toLeader: Pipe;
  readonly toFollower: Pipe;
  forwarding = false;
  synced = false;
  /** Whether UPTODATE has been sent: commits before it are part of it. */
  told = false;
  acked = 0;
  heardAt = 0;
  deadlineTick = 0;
  readonly #following: Following;

  constructor(following: Following, follower: Server, leader: Server) {
    const { network } = follower.ensemble.options.stage;
    const { acceptedEpoch, currentEpoch, lastLogged } = follower;
    this.#following = following;
    this.follower = follower;
    this.state = {
      acceptedEpoch,
      currentEpoch,
      lastLogged,
      isAheadOf: (other) =>
        currentEpoch === other.currentEpoch
          ? lastLogged > other.lastLogged
          : currentEpoch > other.currentEpoch,
    };
    this.toLeader = new Pipe(network, follower.id, leader.id);
    this.toFollower = new Pipe(network, leader.id, follower.id);
  }

  sync(log: readonly Txn[], epoch: number): void {
    this.toFollower.send(() => {
      this.#following.onSync(log, epoch);
    });
  }

  upToDate(committed: number): void {
    this.told = true;
    this.toFollower.send(() => {
      this.#following.onUpToDate(committed);
    });
  }

  propose(txn: Txn): void {
    this.toFollower.send(() => {
      this.#following.onProposal(txn);
    });
  }

  commit(count: number): void {
    this.toFollower.send(() => {
      this.#following.onCommit(count);
    });
  }

  ping(): void {
    this.toFollower.send(() => {
      this.#following.onPing();
    });
  }

  heardByFollower(): void {
    this.#following.heard();
  }

  closeAtLeader(silently: boolean): void {
    this.toLeader.drop();
    if (silently) this.toFollower.drop();
    else
      this.toFollower.send(() => {
        this.#following.onClosed();
      });
  }
}

export class Following {
  readonly leader: Server;
  readonly #server: Server;
  readonly #link: Link;
  readonly #leading: Leading | undefined;
  #established = false;
  #heardAt: number;
  /** The touches noted since the last ping (UpgradeableSessionTracker.touchTable). */
  #touched = new Set<number>();
  #alarm: Appointment | undefined;

  constructor(server: Server, leader: Server) {
    this.#server = server;
    this.leader = leader;
    this.#leading = leader.leading;
    this.#link = new Link(this, server, leader);
    this.#heardAt = server.clock.now;
    server.say(`follows s${leader.id}`);
    this.#link.toLeader.send(() => {
      const { leading } = leader;
      if (leading === undefined || leading !== this.#leading) this.#link.closeAtLeader(false);
      else leading.onHello(this.#link);
    });
    this.#watch();
  }

  get established(): boolean {
    return this.#established;
  }

  // What a server asks of its role.

  touch(session: number): boolean {
    this.#touched.add(session);
    return true;
  }

  submit(request: Request): void {
    this.#link.toLeader.send(() => {
      this.#leading?.onRequest(this.#link, request);
    });
  }

  /** Learner.validateSession. */
  validate(session: number, answer: (valid: boolean) => void): void {
    this.#link.toLeader.send(() => {
      this.#leading?.onRevalidate(this.#link, session, answer);
    });
  }

  stop(silently: boolean): void {
    cancel(this.#alarm);
    this.#link.toFollower.drop();
    if (silently) this.#link.toLeader.drop();
    else
      this.#link.toLeader.send(() => {
        this.#leading?.onClosed(this.#link);
      });
  }

  // What arrives from the leader.

  onSync(log: readonly Txn[], epoch: number): void {
    this.heard();
    this.#server.adopt(log, epoch);
    this.#ack();
  }

  onUpToDate(committed: number): void {
    this.heard();
    this.#established = true;
    this.#server.say(`serves under s${this.leader.id}`);
    this.#server.applyUpTo(committed);
    cancel(this.#alarm);
    this.#watch();
  }

  onProposal(txn: Txn): void {
    this.heard();
    this.#server.log.push(txn);
    this.#ack();
  }

  onCommit(count: number): void {
    this.heard();
    this.#server.applyUpTo(count);
  }

  /** Learner.ping: the notes go with the answer, and a new table is begun. */
  onPing(): void {
    this.heard();
    const touched = [...this.#touched];
    this.#touched = new Set();
    this.#link.toLeader.send(() => {
      this.#leading?.onPong(this.#link, touched);
    });
  }

  onClosed(): void {
    this.#server.abandonRole(`is left by s${this.leader.id}`);
  }

  heard(): void {
    this.#heardAt = this.#server.clock.now;
  }

  #ack(): void {
    const logged = this.#server.log.length;
    this.#link.toLeader.send(() => {
      this.#leading?.onAck(this.#link, logged);
    });
  }

  /** The read timeout of the socket to the leader (Learner.connectToLeader, syncWithLeader). */
  #watch(): void {
    const { syncLimit, tickTimeMs } = this.#server.ensemble.options;
    const limitMs = (this.#established ? syncLimit : INIT_LIMIT) * tickTimeMs;
    this.#alarm = this.#server.clock.at(this.#heardAt + limitMs, () => {
      if (this.#server.clock.now - this.#heardAt >= limitMs)
        this.#server.abandonRole(`hears nothing from s${this.leader.id}`);
      else this.#watch();
    });
  }
}
