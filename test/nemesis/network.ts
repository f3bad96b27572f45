// Owns the three servers and every link of the run: of each contender to each server, and of the servers to each other.
// Faults of links may meet: when one ends, those of the same scope that last are imposed again.

import { TcpProxy } from '../support/proxy.js';
import { LinkedEnsemble } from '../ensemble/lease/links.js';
import type { ZooKeeperServer } from '../support/ensemble.js';
import type { ContenderId } from './plan.js';
import { CONTENDERS } from './plan.js';

type Scope = ContenderId | 'servers';

export class Network {
  readonly #linked: LinkedEnsemble;
  readonly #quorumLinks: readonly TcpProxy[];
  /** In the order of the servers. */
  readonly #links: Readonly<Record<ContenderId, readonly TcpProxy[]>>;
  readonly #imposed: Readonly<Record<Scope, Set<() => void>>> = {
    a: new Set(),
    b: new Set(),
    c: new Set(),
    servers: new Set(),
  };

  private constructor(
    linked: LinkedEnsemble,
    quorumLinks: readonly TcpProxy[],
    links: Readonly<Record<ContenderId, readonly TcpProxy[]>>,
  ) {
    this.#linked = linked;
    this.#quorumLinks = quorumLinks;
    this.#links = links;
  }

  /** Starts the servers and resolves once each of them serves. */
  static async start(): Promise<Network> {
    const quorumLinks: TcpProxy[] = [];
    const listen = TcpProxy.listen.bind(TcpProxy);
    TcpProxy.listen = async (...args) => {
      const link = await listen(...args);
      quorumLinks.push(link);
      return link;
    };
    let linked: LinkedEnsemble;
    try {
      linked = await LinkedEnsemble.start();
    } finally {
      TcpProxy.listen = listen;
    }
    const linksOf = (): Promise<TcpProxy[]> =>
      Promise.all(linked.ensemble.servers.map(({ port }) => TcpProxy.listen({ host: '127.0.0.1', port })));
    return new Network(linked, quorumLinks, { a: await linksOf(), b: await linksOf(), c: await linksOf() });
  }

  get servers(): readonly ZooKeeperServer[] {
    return this.#linked.ensemble.servers;
  }

  /** The servers as a contender reaches them. */
  connectString(id: ContenderId): string {
    return this.#links[id].map(({ address }) => address).join(',');
  }

  /** The links of a contender to every server, or to those alone that it is connected to (if it is to any). */
  linksOf(id: ContenderId, which: 'all' | 'serving'): readonly TcpProxy[] {
    const serving = this.#links[id].filter(({ connections }) => connections > 0);
    return which === 'serving' && serving.length > 0 ? serving : this.#links[id];
  }

  /** The server that the contender is connected to. */
  serving(id: ContenderId): ZooKeeperServer | undefined {
    return this.servers.find((_, index) => (this.#links[id][index]?.connections ?? 0) > 0);
  }

  /** Resets every connection between servers. */
  resetServers(): void {
    for (const link of this.#quorumLinks) link.resetAll();
  }

  isolate(server: ZooKeeperServer, way: 'both' | 'said' | 'heard'): void {
    this.#linked.isolate(server, way);
  }

  delay(server: ZooKeeperServer, delayMs: number): void {
    this.#linked.delay(server, delayMs);
  }

  /** Does something to the links of the scope, until the function returned is called. */
  impose(scope: Scope, fault: () => void): () => void {
    this.#imposed[scope].add(fault);
    fault();
    return () => {
      this.#imposed[scope].delete(fault);
      this.#pass(scope);
      for (const other of this.#imposed[scope]) other();
    };
  }

  /** Ends the servers and removes all they have written. */
  async stop(): Promise<void> {
    await Promise.all(CONTENDERS.flatMap((id) => this.#links[id].map((link) => link.close())));
    await this.#linked.ensemble.stop();
  }

  #pass(scope: Scope): void {
    if (scope === 'servers') this.#linked.heal();
    else for (const link of this.#links[scope]) link.pass();
  }
}
