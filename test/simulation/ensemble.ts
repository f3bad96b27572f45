// Owns the three servers together: how they find a leader, and what has been committed once and for all.

import type { MachineClock } from './clock.js';
import { Server } from './server.js';
import type { Stage } from './stage.js';
import { MAJORITY } from './stage.js';
import type { Txn } from './tree.js';
import { Tree } from './tree.js';

export interface EnsembleOptions {
  readonly stage: Stage;
  readonly clocks: readonly MachineClock[];
  readonly tickTimeMs: number;
  /** In ticks, as in zoo.cfg. */
  readonly syncLimit: number;
  readonly sessionTimeoutMs: number;
  /** A leader's ping comes half a tick after the last one, and up to this much later. */
  readonly pingJitterMs: number;
  /** Called at the moment of the commit, with the names that have changed: of the contenders, those that are gone. */
  readonly onCommit: (txn: Txn, changed: readonly string[]) => void;
}

/** In ticks: what a new leader and its followers may take to find each other (QuorumPeerConfig.initLimit). */
export const INIT_LIMIT = 5;

const LONGEST_LOOK_MS = 60;
const LONGEST_ELECTION_MS = 250;

export class Ensemble {
  readonly options: EnsembleOptions;
  readonly servers: readonly Server[];
  readonly #committed: Txn[] = [];
  readonly #tree = new Tree();
  readonly #looks = new Map<Server, number>();
  #sessions = 0;

  constructor(options: EnsembleOptions) {
    this.options = options;
    this.servers = options.clocks.map((clock, id) => new Server(this, id, clock));
    for (const server of this.servers) server.start();
  }

  /** The state that every new leader will begin with, at least. */
  get committed(): Tree {
    return this.#tree;
  }

  /** The leader of the newest epoch. A deposed one may stand beside it. */
  get leader(): Server | undefined {
    let newest: Server | undefined;
    for (const server of this.servers) {
      const epoch = server.leading?.established === true ? server.leading.epoch : 0;
      if (epoch > (newest?.leading?.epoch ?? 0)) newest = server;
    }
    return newest;
  }

  nextSession(): number {
    this.#sessions += 1;
    return this.#sessions;
  }

  /** Takes note that a leader has committed its log up to `count` entries. Two leaders must never differ there. */
  commit(log: readonly Txn[], count: number): void {
    const known = this.#committed.length;
    const last = this.#committed.at(-1);
    if (last !== undefined && log.length >= known && log[known - 1] !== last)
      throw new Error(`model: a leader's log has lost the committed entry ${last.zxid}`);
    if (count < known) return;
    for (const txn of log.slice(known, count)) {
      this.#committed.push(txn);
      this.options.onCommit(txn, this.#tree.apply(txn));
    }
  }

  /** Lets a server look for a leader until it has one (FastLeaderElection, much shortened). */
  look(server: Server): void {
    const { stage } = this.options;
    const patienceMs = stage.random.between(0, LONGEST_ELECTION_MS);
    const since = stage.queue.now;
    const look = (this.#looks.get(server) ?? 0) + 1;
    this.#looks.set(server, look);
    const again = (): void => {
      stage.queue.after(stage.random.between(1, LONGEST_LOOK_MS), () => {
        if (server.role !== 'looking' || this.#looks.get(server) !== look) return;
        const leader = this.#existingLeader(server);
        if (leader !== undefined) server.follow(leader);
        else if (stage.queue.now - since >= patienceMs) this.#elect(server);
        again();
      });
    };
    again();
  }

  /** A leader is believed only when a majority says that it follows it: a deposed one finds nobody. */
  #existingLeader(server: Server): Server | undefined {
    return this.servers.find((other) => {
      if (other.leading === undefined || !this.#canTalk(server, other)) return false;
      const supporters = this.servers.filter(
        (peer) => peer === other || (peer.following?.leader === other && this.#canTalk(server, peer)),
      );
      return supporters.length >= MAJORITY;
    });
  }

  /** The newest log wins, compared as in FastLeaderElection.totalOrderPredicate. */
  #elect(server: Server): void {
    const group = this.servers.filter(
      (peer) => peer === server || (peer.role === 'looking' && this.#canTalk(server, peer)),
    );
    const [winner] = [...group].sort((a, b) => (a.isAheadOf(b) ? -1 : b.isAheadOf(a) ? 1 : b.id - a.id));
    if (winner === undefined) return;
    const followers = group.filter((peer) => peer !== winner && this.#canTalk(peer, winner));
    if (followers.length + 1 < MAJORITY) return;
    winner.lead();
    for (const follower of followers) follower.follow(winner);
  }

  #canTalk(a: Server, b: Server): boolean {
    return a.role !== 'down' && b.role !== 'down' && this.options.stage.network.areConnected(a.id, b.id);
  }
}
