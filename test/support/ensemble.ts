// A private ensemble of real ZooKeeper servers on loopback, with its data in a temporary folder. With
// quorum proxies the servers talk to each other through links that a test can cut, also one way.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { freePort } from './free-port.js';
import { TcpProxy } from './proxy.js';
import { temporaryFolder } from './temporary.js';
import { eventually } from './wait.js';
import { ZooKeeperServer } from './zookeeper-server.js';

export { ZooKeeperServer } from './zookeeper-server.js';

/** ZooKeeper's unit of time, unless a test asks for another. */
export const TICK_TIME_MS = 500;

export interface EnsembleOptions {
  servers?: 1 | 3;
  /** A session lasts 2 to 20 ticks unless the limits below say otherwise. */
  tickTimeMs?: number;
  /** Ticks after which a follower and its leader give each other up. */
  syncLimit?: number;
  /** Ticks a follower may take to connect to a leader and catch up. */
  initLimit?: number;
  minSessionTimeoutMs?: number;
  maxSessionTimeoutMs?: number;
  /** Whether every write waits for the disk. The tests never cut the power, so they do without. */
  forceSync?: boolean;
  /** Whether the servers reach each other through proxies, which cut() and cutOneWay() need. */
  quorumProxies?: boolean;
  /** More lines for zoo.cfg. */
  settings?: Record<string, string>;
}

interface Peer {
  id: number;
  quorumPort: number;
  electionPort: number;
}

/** The way from one server to another: the first dials, data flows both ways. */
interface Link {
  from: number;
  to: number;
  quorum: TcpProxy;
  election: TcpProxy;
}

export class Ensemble {
  readonly servers: readonly ZooKeeperServer[];
  readonly #folder: string;
  readonly #links: readonly Link[];

  private constructor(folder: string, servers: readonly ZooKeeperServer[], links: readonly Link[]) {
    this.#folder = folder;
    this.servers = servers;
    this.#links = links;
  }

  /** Starts the servers and resolves once every one of them serves. */
  static async start(options: EnsembleOptions = {}): Promise<Ensemble> {
    const folder = temporaryFolder();
    const peers: Peer[] = [];
    for (let id = 1; id <= (options.servers ?? 1); id++) {
      peers.push({ id, quorumPort: await freePort(), electionPort: await freePort() });
    }
    const links = options.quorumProxies === true ? await openLinks(peers) : [];
    const servers: ZooKeeperServer[] = [];
    for (const { id } of peers) {
      servers.push(
        new ZooKeeperServer({
          id,
          port: await freePort(),
          folder: join(folder, `server-${String(id)}`),
          settings: { ...commonSettings(options), ...quorumSettings(id, peers, links) },
        }),
      );
    }
    const ensemble = new Ensemble(folder, servers, links);
    try {
      for (const server of servers) server.launch();
      await Promise.all(servers.map((server) => server.serving()));
    } catch (error) {
      await ensemble.stop();
      throw error;
    }
    return ensemble;
  }

  /** All servers as a connect string. */
  get connectString(): string {
    return this.servers.map(({ address }) => address).join(',');
  }

  /** The server by the place it has in `servers`. */
  server(index: number): ZooKeeperServer {
    const server = this.servers[index];
    if (server === undefined) throw new Error(`the ensemble has no servers[${String(index)}]`);
    return server;
  }

  /** Waits until exactly one server says it leads (a single one: serves), and returns that one. */
  async leader(): Promise<ZooKeeperServer> {
    return await eventually('exactly one server to lead the ensemble', async () => {
      const leaders = await this.#inRole('leader', 'standalone');
      return leaders.length === 1 ? leaders[0] : undefined;
    });
  }

  /** Returns the servers that say now that they follow. */
  async followers(): Promise<ZooKeeperServer[]> {
    return await this.#inRole('follower');
  }

  /**
   * Withholds everything between the two servers, as a network does that lost its route: neither learns
   * of it but by its own timeout, and a cut shorter than that is survived.
   */
  cut(a: ZooKeeperServer, b: ZooKeeperServer): void {
    this.cutOneWay(a, b);
    this.cutOneWay(b, a);
  }

  /** Withholds only what the first server sends to the second, whoever of them has dialled. */
  cutOneWay(from: ZooKeeperServer, to: ZooKeeperServer): void {
    for (const proxy of this.#proxies(from, to)) proxy.stall('toServer');
    for (const proxy of this.#proxies(to, from)) proxy.stall('toClient');
  }

  /** Ends every cut. */
  heal(): void {
    for (const { quorum, election } of this.#links) {
      quorum.pass();
      election.pass();
    }
  }

  /** Has the test say, should it fail, what the servers have logged last: nothing else could tell. */
  explains(t: TestContext): void {
    t.after(() => {
      if (!('passed' in t) || t.passed === true) return;
      for (const server of this.servers) t.diagnostic(`server ${String(server.id)}:\n${server.logTail()}`);
    });
  }

  /** Kills the servers and removes all they have written. */
  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.kill()));
    await Promise.all(this.#links.flatMap(({ quorum, election }) => [quorum.close(), election.close()]));
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #inRole(...roles: string[]): Promise<ZooKeeperServer[]> {
    const said = await Promise.all(this.servers.map((server) => server.role()));
    return this.servers.filter((_, index) => roles.includes(said[index] ?? ''));
  }

  #proxies(from: ZooKeeperServer, to: ZooKeeperServer): TcpProxy[] {
    const link = this.#links.find((each) => each.from === from.id && each.to === to.id);
    if (link === undefined) throw new Error('only an ensemble with quorumProxies has links to cut');
    return [link.quorum, link.election];
  }
}

async function openLinks(peers: readonly Peer[]): Promise<Link[]> {
  const links: Link[] = [];
  for (const from of peers) {
    for (const to of peers.filter((peer) => peer !== from)) {
      const quorum = await listen(to.quorumPort);
      const election = await listen(to.electionPort);
      links.push({ from: from.id, to: to.id, quorum, election });
    }
  }
  for (const { from, to, election } of links) {
    const own = peers.find(({ id }) => id === from);
    const back = links.find((link) => link.from === to && link.to === from);
    if (own === undefined || back === undefined) throw new Error('internal error: a link without its ends');
    election.rewrite('toServer', (chunk) => replaceAddress(chunk, own.electionPort, back.election.port));
  }
  return links;
}

async function listen(port: number): Promise<TcpProxy> {
  // All free ports have five digits, which replaceAddress() relies on. A follower dials its new leader
  // before that one listens, and counts on being refused; once accepted and reset it is not so quick to
  // try again, and the leader waits for it until initLimit.
  return await TcpProxy.listen({ host: '127.0.0.1', port }, { port: await freePort(), dialForMs: 1000 });
}

// A server that dials another for an election says at which address it can be dialled itself, and the
// one with the higher id does dial back there (QuorumCnxManager.handleConnection), past the proxies.
function replaceAddress(chunk: Buffer, port: number, byPort: number): Buffer {
  const at = chunk.indexOf(`127.0.0.1:${String(port)}`);
  if (at === -1) return chunk;
  const replaced = Buffer.from(chunk);
  replaced.write(`127.0.0.1:${String(byPort)}`, at);
  return replaced;
}

function commonSettings({
  tickTimeMs = TICK_TIME_MS,
  syncLimit = 5,
  initLimit = 20,
  minSessionTimeoutMs,
  maxSessionTimeoutMs,
  forceSync = false,
  settings = {},
}: EnsembleOptions): Record<string, string> {
  return {
    tickTime: String(tickTimeMs),
    syncLimit: String(syncLimit),
    initLimit: String(initLimit),
    // A peer that is not up yet is asked again within half a second, not after up to a minute.
    'fastleader.maxNotificationInterval': '500',
    forceSync: forceSync ? 'yes' : 'no',
    ...(minSessionTimeoutMs === undefined ? {} : { minSessionTimeout: String(minSessionTimeoutMs) }),
    ...(maxSessionTimeoutMs === undefined ? {} : { maxSessionTimeout: String(maxSessionTimeoutMs) }),
    ...settings,
  };
}

// Each server has lines of its own: for itself the ports it binds, for its peers its links to them. The
// servers do not compare them as long as reconfiguration is off, which is the default.
function quorumSettings(id: number, peers: readonly Peer[], links: readonly Link[]): Record<string, string> {
  if (peers.length === 1) return {};
  return Object.fromEntries(
    peers.map((peer) => {
      const link = links.find(({ from, to }) => from === id && to === peer.id);
      const quorumPort = link?.quorum.port ?? peer.quorumPort;
      const electionPort = link?.election.port ?? peer.electionPort;
      return [`server.${String(peer.id)}`, `127.0.0.1:${String(quorumPort)}:${String(electionPort)}`];
    }),
  );
}
