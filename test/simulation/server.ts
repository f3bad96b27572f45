// Owns one ZooKeeper server: its log, the state it has applied, its role, and the clients connected to it.

import type { MachineClock } from './clock.js';
import type { Ensemble } from './ensemble.js';
import { Following } from './following.js';
import { Leading } from './leading.js';
import type { ServerConnection } from './server-connection.js';
import type { Txn } from './tree.js';
import { Tree } from './tree.js';

export type Role = 'down' | 'looking' | 'following' | 'leading';

export class Server {
  readonly ensemble: Ensemble;
  readonly id: number;
  readonly clock: MachineClock;
  /** On disk: survives a crash. */
  log: Txn[] = [];
  acceptedEpoch = 0;
  currentEpoch = 0;

  readonly connections = new Set<ServerConnection>();
  #tree = new Tree();
  #applied = 0;
  #up = false;
  #hasPower = true;
  #leading: Leading | undefined;
  #following: Following | undefined;
  /** After a power cut: those who believe that they are still connected learn better once it is up again. */
  #orphans: ServerConnection[] = [];

  constructor(ensemble: Ensemble, id: number, clock: MachineClock) {
    this.ensemble = ensemble;
    this.id = id;
    this.clock = clock;
  }

  get leading(): Leading | undefined {
    return this.#leading;
  }

  get following(): Following | undefined {
    return this.#following;
  }

  get role(): Role {
    if (!this.#up) return 'down';
    if (this.#leading !== undefined) return 'leading';
    return this.#following === undefined ? 'looking' : 'following';
  }

  /** Whoever answers for this server, or undefined while it serves nobody (QuorumPeer, ZooKeeperServer.State). */
  get serving(): Leading | Following | undefined {
    const role = this.#leading ?? this.#following;
    return role?.established === true ? role : undefined;
  }

  /** Whether the machine is there to refuse a connection. */
  get hasPower(): boolean {
    return this.#hasPower;
  }

  get tree(): Tree {
    return this.#tree;
  }

  get lastLogged(): number {
    return this.log.at(-1)?.zxid ?? 0;
  }

  isAheadOf(other: { readonly currentEpoch: number; readonly lastLogged: number }): boolean {
    return this.currentEpoch === other.currentEpoch
      ? this.lastLogged > other.lastLogged
      : this.currentEpoch > other.currentEpoch;
  }

  start(): void {
    if (this.#up) return;
    this.#up = true;
    this.#hasPower = true;
    for (const orphan of this.#orphans) orphan.reset();
    this.#orphans = [];
    this.#look();
  }

  /** Log and epochs are kept. When the power fails, nobody is told. */
  crash(power: boolean): void {
    if (!this.#up) return;
    this.say('crashes');
    if (power) {
      for (const connection of this.connections) connection.vanish();
      this.#orphans.push(...this.connections);
      this.connections.clear();
    }
    this.#leave(power);
    this.#up = false;
    this.#hasPower = !power;
  }

  lead(): void {
    this.#leading = new Leading(this);
  }

  follow(leader: Server): void {
    this.#following = new Following(this, leader);
  }

  /** Gives up its role: hangs up on its clients (FollowerZooKeeperServer.shutdown) and looks for a leader. */
  abandonRole(why: string): void {
    this.say(why);
    this.#leave(false);
    this.#look();
  }

  /** Takes over the leader's log; what was never committed is forgotten (Learner.syncWithLeader: DIFF, TRUNC, SNAP). */
  adopt(log: readonly Txn[], epoch: number): void {
    const last = this.log[this.#applied - 1];
    if (last !== log[this.#applied - 1]) throw new Error('model: an applied entry was truncated');
    this.log = [...log];
    this.acceptedEpoch = epoch;
    this.currentEpoch = epoch;
  }

  /** Applies what is committed, in order, and answers those who wait here (FinalRequestProcessor). */
  applyUpTo(count: number): void {
    while (this.#applied < count) {
      const txn = this.log[this.#applied]!;
      this.#applied += 1;
      const changed = this.#tree.apply(txn);
      if (txn.effect.kind === 'session-closed') this.#leading?.forget(txn.session);
      for (const name of changed) for (const connection of this.connections) connection.fire(name);
      if (txn.waiting?.server === this.id) txn.waiting.answer(txn.result);
      if (txn.effect.kind === 'session-closed') this.hangUp(txn.session);
    }
  }

  /** One session has one connection at a server (ServerCnxnFactory.closeSession). */
  hangUp(session: number, except?: ServerConnection): void {
    for (const connection of this.connections)
      if (connection.session === session && connection !== except) connection.close();
  }

  say(what: string): void {
    this.ensemble.options.stage.say(() => `s${this.id} ${what}`);
  }

  #look(): void {
    this.ensemble.look(this);
  }

  #leave(silently: boolean): void {
    this.#leading?.stop(silently);
    this.#following?.stop(silently);
    this.#leading = undefined;
    this.#following = undefined;
    for (const connection of this.connections) connection.close();
  }
}
