// Owns the three servers and every link of the run: of each contender to each server, and of the servers to each other.
// Faults of links may meet: when one ends, those of the same scope that last are imposed again.

import { Ensemble, type ZooKeeperServer } from '../support/ensemble.js';
import { TcpProxy } from '../support/proxy.js';
import type { ContenderId } from './plan.js';
import { CONTENDERS } from './plan.js';

type Scope = ContenderId | 'servers';

export class Network {
  readonly #ensemble: Ensemble;
  /** In the order of the servers. */
  readonly #links: Readonly<Record<ContenderId, readonly TcpProxy[]>>;
  readonly #imposed: Readonly<Record<Scope, Set<() => void>>> = {
    a: new Set(),
    b: new Set(),
    c: new Set(),
    servers: new Set(),
  };

  private constructor(ensemble: Ensemble, links: Readonly<Record<ContenderId, readonly TcpProxy[]>>) {
    this.#ensemble = ensemble;
    this.#links = links;
  }

  /** Starts the servers and resolves once each of them serves. */
  static async start(): Promise<Network> {
    return Network.#around(await Ensemble.start({ servers: 3, quorumProxies: true }));
  }

  /** Another network to the same servers, for a run beside this one's that does nothing to them. */
  async beside(): Promise<Network> {
    return Network.#around(this.#ensemble);
  }

  static async #around(ensemble: Ensemble): Promise<Network> {
    const linksOf = (): Promise<TcpProxy[]> =>
      Promise.all(ensemble.servers.map(({ port }) => TcpProxy.listen({ host: '127.0.0.1', port })));
    return new Network(ensemble, { a: await linksOf(), b: await linksOf(), c: await linksOf() });
  }

  get servers(): readonly ZooKeeperServer[] {
    return this.#ensemble.servers;
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
    this.#ensemble.resetLinks();
  }

  isolate(server: ZooKeeperServer, way: 'both' | 'said' | 'heard'): void {
    this.#ensemble.isolate(server, way);
  }

  delay(server: ZooKeeperServer, delayMs: number): void {
    this.#ensemble.delay(server, delayMs);
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

  /** Closes the links of the contenders; the servers go on. */
  async close(): Promise<void> {
    await Promise.all(CONTENDERS.flatMap((id) => this.#links[id].map((link) => link.close())));
  }

  /** Ends the servers and removes all they have written. */
  async stop(): Promise<void> {
    await this.close();
    await this.#ensemble.stop();
  }

  #pass(scope: Scope): void {
    if (scope === 'servers') this.#ensemble.heal();
    else for (const link of this.#links[scope]) link.pass();
  }
}
