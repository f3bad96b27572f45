// Owns what the leader of an epoch does: proposals, pings, sessions, and stepping down (Leader, LearnerHandler).

import { INIT_LIMIT } from './ensemble.js';
import type { Link } from './following.js';
import type { Appointment } from './queue.js';
import { cancel } from './queue.js';
import type { Request } from './server-connection.js';
import type { Server } from './server.js';
import { SessionTracker } from './session-tracker.js';
import { MAJORITY, OPERATOR } from './stage.js';
import { Tree } from './tree.js';
import type { Prepared, Txn } from './tree.js';

const COUNTERS = 2 ** 32;

export class Leading {
  readonly #server: Server;
  readonly #sessions: SessionTracker;
  readonly #links = new Set<Link>();
  #established = false;
  #epoch = 0;
  #counter = 0;
  /** The state with every proposal in it, committed or not (ZooKeeperServer.outstandingChanges). */
  #proposed = new Tree();
  #committed = 0;
  #tick = 0;
  #tickSkip = true;
  #alarm: Appointment;

  constructor(server: Server) {
    const { stage, sessionTimeoutMs, tickTimeMs } = server.ensemble.options;
    this.#server = server;
    this.#sessions = new SessionTracker(server.clock, sessionTimeoutMs, (session) => {
      server.say(`finds session ${session} expired`);
      stage.cue('expiry');
      stage.count('expiries');
      this.#propose(session, undefined);
    });
    server.say('is elected');
    this.#alarm = server.clock.after(INIT_LIMIT * tickTimeMs, () => {
      server.abandonRole('gets no quorum together');
    });
  }

  get established(): boolean {
    return this.#established;
  }

  get epoch(): number {
    return this.#epoch;
  }

  // What a server asks of its role.

  touch(session: number): boolean {
    return this.#sessions.touch(session);
  }

  submit(request: Request): void {
    this.#propose(request.session, request);
  }

  validate(session: number, answer: (valid: boolean) => void): void {
    answer(this.#sessions.revalidate(session, this.#server.id));
  }

  forget(session: number): void {
    this.#sessions.remove(session);
  }

  stop(silently: boolean): void {
    cancel(this.#alarm);
    this.#sessions.stop();
    for (const link of this.#links) link.closeAtLeader(silently);
    this.#links.clear();
  }

  // What arrives from a follower.

  /** FOLLOWERINFO and ACKEPOCH in one. */
  onHello(link: Link): void {
    if (this.#established || this.#epoch > 0) {
      this.#links.add(link);
      this.#sync(link);
      return;
    }
    if (link.state.isAheadOf(this.#server)) {
      // Leader.waitForEpochAck: "Follower is ahead of the leader".
      this.#links.add(link);
      this.#server.abandonRole('finds a follower ahead of it');
      return;
    }
    this.#links.add(link);
    if (this.#links.size + 1 < MAJORITY) return;
    this.#epoch =
      1 + Math.max(this.#server.acceptedEpoch, ...[...this.#links].map((each) => each.state.acceptedEpoch));
    this.#server.acceptedEpoch = this.#epoch;
    this.#server.currentEpoch = this.#epoch;
    for (const each of this.#links) this.#sync(each);
  }

  /** To NEWLEADER, and to every proposal from then on. */
  onAck(link: Link, logged: number): void {
    this.#heard(link);
    link.acked = logged;
    if (!link.synced) {
      link.synced = true;
      if (this.#established) link.upToDate(this.#committed);
      else this.#establish();
    }
    this.#advance();
  }

  onRequest(link: Link, request: Request): void {
    this.#heard(link);
    if (this.#established) this.#propose(request.session, request);
  }

  onRevalidate(link: Link, session: number, answer: (valid: boolean) => void): void {
    this.#heard(link);
    const valid = this.#sessions.revalidate(session, link.follower.id);
    link.toFollower.send(() => {
      link.heardByFollower();
      answer(valid);
    });
  }

  /** The notes come with the answer to a ping (LearnerHandler.run, case PING). */
  onPong(link: Link, touched: readonly number[]): void {
    this.#heard(link);
    for (const session of touched) this.#sessions.touch(session);
    if (touched.length > 0) this.#server.ensemble.options.stage.cue('ping');
  }

  onClosed(link: Link): void {
    this.#links.delete(link);
  }

  // What it does by itself.

  #heard(link: Link): void {
    const { syncLimit } = this.#server.ensemble.options;
    link.heardAt = this.#server.clock.now;
    link.deadlineTick = this.#tick + syncLimit;
  }

  /** The log as a whole stands for DIFF, TRUNC or SNAP; proposals made from now on follow it on the link. */
  #sync(link: Link): void {
    this.#heard(link);
    link.forwarding = true;
    link.sync([...this.#server.log], this.#epoch);
  }

  /** A quorum has taken over the log, so all of it is committed; sessions begin anew (Leader.startZkServer). */
  #establish(): void {
    const { stage } = this.#server.ensemble.options;
    this.#established = true;
    this.#server.say(`leads epoch ${this.#epoch}`);
    this.#proposed = Tree.copyOf(this.#server.tree);
    for (const txn of this.#server.log) if (txn.zxid > this.#server.tree.lastZxid) this.#proposed.apply(txn);
    for (const session of this.#proposed.sessions) this.#sessions.track(session, undefined);
    this.#commitUpTo(this.#server.log.length);
    for (const link of this.#links) if (link.synced) link.upToDate(this.#committed);
    cancel(this.#alarm);
    this.#scheduleHalfTick();
    stage.count('epochs');
    stage.cue('leader');
  }

  #propose(session: number, request: Request | undefined): void {
    const { result, effect } = this.#prepare(session, request);
    this.#counter += 1;
    const txn: Txn = {
      zxid: this.#epoch * COUNTERS + this.#counter,
      session,
      effect,
      result,
      waiting: request === undefined ? undefined : { server: request.server, answer: request.answer },
    };
    this.#proposed.apply(txn);
    this.#server.log.push(txn);
    for (const link of this.#links) if (link.forwarding) link.propose(txn);
  }

  /** PrepRequestProcessor: the session is checked for every write but the two that open and close it. */
  #prepare(session: number, request: Request | undefined): Prepared {
    const write = request?.write ?? { kind: 'close-session' };
    if (session === OPERATOR) return this.#proposed.prepare(write);
    if (write.kind === 'create-session') this.#sessions.track(session, request?.server);
    else if (write.kind === 'close-session') this.#sessions.setClosing(session);
    else if (!this.#sessions.allows(session, request!.server))
      return { effect: { kind: 'none' }, result: { kind: 'session-refused' } };
    return this.#proposed.prepare(write);
  }

  #advance(): void {
    if (!this.#established) return;
    const logged = [this.#server.log.length, ...[...this.#links].map((link) => link.acked)].sort(
      (a, b) => b - a,
    );
    const byMajority = logged[MAJORITY - 1] ?? 0;
    if (byMajority > this.#committed) this.#commitUpTo(byMajority);
  }

  #commitUpTo(count: number): void {
    this.#committed = count;
    this.#server.ensemble.commit(this.#server.log, count);
    for (const link of this.#links) if (link.synced && link.told) link.commit(count);
    this.#server.applyUpTo(count);
  }

  /** Leader.lead: every half tick a ping; every tick a look at who has been heard of. */
  #scheduleHalfTick(): void {
    const { stage, tickTimeMs, pingJitterMs } = this.#server.ensemble.options;
    this.#alarm = this.#server.clock.after(tickTimeMs / 2 + stage.random.between(0, pingJitterMs), () => {
      if (!this.#tickSkip) {
        this.#tick += 1;
        const inSync = [...this.#links].filter((link) => link.synced && this.#tick <= link.deadlineTick);
        if (inSync.length + 1 < MAJORITY) {
          this.#server.abandonRole('has lost its quorum');
          return;
        }
      }
      this.#tickSkip = !this.#tickSkip;
      for (const link of this.#links) this.#ping(link);
      this.#scheduleHalfTick();
    });
  }

  #ping(link: Link): void {
    const { syncLimit, tickTimeMs } = this.#server.ensemble.options;
    // The handler's own read timeout, and its SyncLimitCheck for proposals without an answer.
    if (this.#server.clock.now - link.heardAt > syncLimit * tickTimeMs) {
      this.#links.delete(link);
      link.closeAtLeader(false);
    } else if (link.synced) link.ping();
  }
}
