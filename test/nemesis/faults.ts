// Owns what each fault does, to whom, and its end. Waits first until somebody fits the plan's words, and until the
// premises of the guarantee allow it.

import type { ZooKeeperServer } from '../support/ensemble.js';
import type { TcpProxy } from '../support/proxy.js';
import { eventually } from '../support/wait.js';
import type { Member } from './member.js';
import type { ContenderId, Fault, FaultOf, Kind, Plan } from './plan.js';
import { mayCome } from './premises.js';
import { commandLine, identify, signalProcess } from './processes.js';
import type { Lane } from './record.js';
import { LANES, nowUs } from './record.js';
import { pause, type Stage } from './stage.js';

export interface Performed {
  /** Whom it hit. */
  readonly lanes: readonly Lane[];
  readonly at: number;
  /** Settles when it is over. */
  readonly over: Promise<void>;
}

type FaultWith<Field extends string> = Extract<Fault, Readonly<Record<Field, unknown>>>;

/** How long a fault waits for somebody to lead; then it takes whoever is there. */
const LEADER_WITHIN_MS = 4000;
/** After a watchdog was stopped: by then it has caught up, or was replaced. */
const WATCHDOG_SETTLES_MS = 500;
const ANSWER_MS = 300;

const PROXY_WAY = { both: 'both', said: 'toServer', heard: 'toClient' } as const;

export class Faults {
  readonly #stage: Stage;
  readonly #plan: Plan;
  /** The end of the last fault of each server's process: two at once would meet a process that is not there. */
  readonly #servers = new Map<ZooKeeperServer, Promise<void>>();

  constructor(stage: Stage, plan: Plan) {
    this.#stage = stage;
    this.#plan = plan;
  }

  /** Resolves when the fault has begun. */
  async perform(fault: Fault): Promise<Performed> {
    if ('server' in fault) return this.#onServer(fault, await this.#findServer(fault.server));
    if (fault.kind === 'reset-servers') {
      this.#stage.network.resetServers();
      const lanes = LANES.filter((lane) => lane.startsWith('server'));
      return { lanes, at: nowUs(), over: Promise.resolve() };
    }
    const member = await this.#findMember(fault.who);
    await this.#premises(fault.kind, member);
    const at = nowUs();
    return { lanes: [member.id], at, over: this.#onMember(fault, member) };
  }

  async #findMember(who: FaultWith<'who'>['who']): Promise<Member> {
    if (who !== 'leading' && who !== 'standby') return this.#stage.member(who);
    const search = (): Member | undefined => {
      const leading = this.#stage.leading();
      if (who === 'leading') return leading;
      return this.#stage.members.find((member) => member !== leading && member.isRunning);
    };
    try {
      return await eventually(`somebody ${who}`, search, { withinMs: LEADER_WITHIN_MS });
    } catch {
      return this.#stage.members.find(({ isRunning }) => isRunning) ?? this.#stage.member('a');
    }
  }

  async #premises(kind: Kind, member: Member): Promise<void> {
    await eventually(`${member.id} to be ready for ${kind}`, () => {
      const { isRunning, isSupervisorStopped, isWatchdogStopped, watchdog } = member;
      const plight = {
        supervisorStopped: isSupervisorStopped,
        watchdogStopped: isWatchdogStopped,
        watchdogMissing: watchdog === undefined,
      };
      return isRunning && mayCome(kind, plight, this.#plan.level);
    });
  }

  /** Begins before it returns. */
  async #onMember(fault: FaultWith<'who'>, member: Member): Promise<void> {
    switch (fault.kind) {
      case 'kill-supervisor':
        member.expectEnd(fault.restartMs);
        member.signal('SIGKILL');
        return;
      case 'terminate-supervisor':
        member.expectEnd(fault.restartMs);
        member.signal('SIGTERM');
        return;
      case 'ask-to-resign':
        await this.#stage.askToResign(member);
        return;
      case 'kill-both':
        member.expectEnd(fault.restartMs);
        member.killWatchdog();
        member.signal('SIGKILL');
        return;
      case 'kill-watchdog':
        member.killWatchdog();
        return;
      case 'kill-command':
        this.#killCommand(member, fault);
        return;
      case 'stop-supervisor':
        await during(fault.forMs, member.stopSupervisor());
        return;
      case 'slow-supervisor':
        await repeatedly(fault, () => member.stopSupervisor());
        return;
      case 'stop-watchdog': {
        const settled = member.noteWatchdogStop();
        await during(fault.forMs, member.stopWatchdog());
        await during(WATCHDOG_SETTLES_MS, settled);
        return;
      }
      case 'slow-watchdog': {
        const settled = member.noteWatchdogStop();
        await repeatedly(fault, () => member.stopWatchdog());
        await during(WATCHDOG_SETTLES_MS, settled);
        return;
      }
      case 'reset-client':
        for (const link of this.#stage.network.linksOf(member.id, 'all')) link.resetAll();
        return;
      case 'cut-client':
        await this.#onLinks(member.id, fault, (link) => {
          const way = PROXY_WAY[fault.way];
          if (fault.loss === 'stalled') link.stall(way);
          else link.drop(way);
        });
        return;
      case 'refuse-client':
        await this.#onLinks(member.id, fault, (link) => {
          link.refuse();
        });
        return;
      case 'blackhole-client':
        await this.#onLinks(member.id, fault, (link) => {
          link.blackhole();
          link.resetAll();
        });
        return;
      case 'delay-client':
        await this.#onLinks(member.id, { ...fault, links: 'all' }, (link) => {
          link.delay(fault.delayMs);
        });
        return;
    }
  }

  /** The main process; what it has brought is left to its supervisor, which ends with it unless it has a schedule. */
  #killCommand(member: Member, { restartMs }: FaultOf<'kill-command'>): void {
    const life = this.#stage.current();
    if (life?.contender !== member.id) return;
    const pid = [...life.processes.values()].find(({ role }) => role === 'main')?.pid;
    const main = pid === undefined ? undefined : identify(pid);
    if (main === undefined || !commandLine(main.pid).includes(this.#stage.beatsFile)) return;
    if (this.#plan.job === undefined) member.expectEnd(restartMs);
    signalProcess(main, 'SIGKILL');
  }

  async #onLinks(
    id: ContenderId,
    { links: which, forMs }: { readonly links: 'all' | 'serving'; readonly forMs: number },
    impose: (link: TcpProxy) => void,
  ): Promise<void> {
    const links = this.#stage.network.linksOf(id, which);
    const lift = this.#stage.network.impose(id, () => {
      for (const link of links) impose(link);
    });
    await during(forMs, lift);
  }

  async #findServer(which: FaultWith<'server'>['server']): Promise<ZooKeeperServer> {
    const { servers } = this.#stage.network;
    const [first] = servers;
    if (first === undefined) throw new Error('internal error: no servers');
    switch (which) {
      case '1':
      case '2':
      case '3':
        return servers[Number(which) - 1] ?? first;
      case 'serving': {
        const leading = this.#stage.leading();
        return (leading === undefined ? undefined : this.#stage.network.serving(leading.id)) ?? first;
      }
      case 'leader':
      case 'follower': {
        const roles = await Promise.all(servers.map((server) => server.role({ withinMs: ANSWER_MS })));
        return servers[roles.indexOf(which)] ?? first;
      }
    }
  }

  async #onServer(fault: FaultWith<'server'>, server: ZooKeeperServer): Promise<Performed> {
    const lane = `server ${server.id}` as Lane;
    const isOfProcess = fault.kind === 'kill-server' || fault.kind === 'stop-server';
    if (isOfProcess) await this.#servers.get(server);
    const at = nowUs();
    const over = this.#performOnServer(fault, server, lane);
    if (isOfProcess) {
      const settled = over.catch(() => undefined);
      this.#servers.set(server, settled);
    }
    return { lanes: [lane], at, over };
  }

  async #performOnServer(fault: FaultWith<'server'>, server: ZooKeeperServer, lane: Lane): Promise<void> {
    const { network } = this.#stage;
    switch (fault.kind) {
      case 'kill-server':
        await server.kill();
        this.#stage.noteEnd(lane);
        await pause(fault.forMs);
        if (this.#stage.isOver) return;
        server.launch();
        this.#stage.noteStart(lane);
        return;
      case 'stop-server':
        await server.pause();
        await pause(fault.forMs);
        if (!this.#stage.isOver) server.resume();
        return;
      case 'cut-server':
        await during(
          fault.forMs,
          network.impose('servers', () => {
            network.isolate(server, fault.way);
          }),
        );
        return;
      case 'delay-server':
        await during(
          fault.forMs,
          network.impose('servers', () => {
            network.delay(server, fault.delayMs);
          }),
        );
        return;
    }
  }
}

async function during(forMs: number, end: () => void): Promise<void> {
  await pause(forMs);
  end();
}

async function repeatedly(
  { times, stopMs, goMs }: { readonly times: number; readonly stopMs: number; readonly goMs: number },
  stop: () => () => void,
): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    await during(stopMs, stop());
    await pause(goMs);
  }
}
