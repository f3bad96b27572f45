// Three servers whose links to each other can be slow. Ensemble can cut its links and keeps them to itself; they are
// found here by the ports that each server was told to dial.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ensemble, type EnsembleOptions, type ZooKeeperServer } from '../../support/ensemble.js';
import { TcpProxy } from '../../support/proxy.js';

export class LinkedEnsemble {
  readonly ensemble: Ensemble;
  readonly #links: readonly TcpProxy[];

  private constructor(ensemble: Ensemble, links: readonly TcpProxy[]) {
    this.ensemble = ensemble;
    this.#links = links;
  }

  static async start(options: EnsembleOptions = {}): Promise<LinkedEnsemble> {
    const links: TcpProxy[] = [];
    const listen = TcpProxy.listen.bind(TcpProxy);
    TcpProxy.listen = async (...args) => {
      const link = await listen(...args);
      links.push(link);
      return link;
    };
    try {
      const ensemble = await Ensemble.start({ ...options, servers: 3, quorumProxies: true });
      return new LinkedEnsemble(ensemble, links);
    } finally {
      TcpProxy.listen = listen;
    }
  }

  /** Cuts the server off from the two others: in both directions, or only what it says, or only what it hears. */
  isolate(server: ZooKeeperServer, direction: 'both' | 'said' | 'heard' = 'both'): void {
    for (const other of this.ensemble.servers) {
      if (other === server) continue;
      if (direction !== 'heard') this.ensemble.cutOneWay(server, other);
      if (direction !== 'said') this.ensemble.cutOneWay(other, server);
    }
  }

  /** Makes everything between the server and the two others so much slower each way, until heal(). */
  delay(server: ZooKeeperServer, delayMs: number): void {
    const ports = this.ensemble.servers.flatMap((from) =>
      dialled(from).filter(({ to }) => from === server || to === server.id),
    );
    for (const link of this.#links) {
      if (ports.some(({ port }) => port === link.port)) link.delay(delayMs);
    }
  }

  heal(): void {
    this.ensemble.heal();
  }
}

/** The ports that the server's configuration has for each of its peers, for the quorum and for elections. */
function dialled(server: ZooKeeperServer): { to: number; port: number }[] {
  const config = readFileSync(join(server.folder, 'zoo.cfg'), 'utf8');
  return [...config.matchAll(/^server\.(\d+)=127\.0\.0\.1:(\d+):(\d+)$/gm)].flatMap(
    ([, to, quorumPort, electionPort]) =>
      [quorumPort, electionPort].map((port) => ({ to: Number(to), port: Number(port) })),
  );
}
