// Owns the reading of /zookeeper/config, where an ensemble says which servers it is made of.
// Must never guess: a server that cannot be told from another is none of those that it may be.

import type { Server } from './ensemble.js';

/** Outside every chroot. */
export const CONFIG_PATH = '/zookeeper/config';

/** One server of the ensemble, as its configuration has it. */
export interface Member {
  readonly id: number;
  readonly host: string;
  readonly role: 'participant' | 'observer';
  /** Where clients are served, where that is said. */
  readonly clientHost: string | undefined;
  readonly clientPort: number | undefined;
}

/** host:port:port, host in brackets if it is IPv6, then perhaps the role; further addresses stand behind a |. */
const ADDRESS = /^(?:\[([^\]]+)\]|([^:|]+)):\d+:\d+/;

/** Reads the lines server.N=...; none are there in a single server's configuration. */
export function parseMembers(text: string): Member[] {
  return text.split('\n').flatMap((line) => {
    const [, id, value] = /^server\.(\d+)=(.*)$/.exec(line.trim()) ?? [];
    if (id === undefined || value === undefined) return [];
    const [address = '', client = ''] = value.split(';');
    const [, bracketed, plain] = ADDRESS.exec(address) ?? [];
    const host = bracketed ?? plain;
    if (host === undefined) return [];
    const [, clientHost, clientPort] = /^(?:(.*):)?(\d+)$/.exec(client) ?? [];
    return [
      {
        id: Number(id),
        host,
        role: address.endsWith(':observer') ? 'observer' : 'participant',
        clientHost: clientHost?.replace(/^\[(.*)\]$/, '$1'),
        clientPort: clientPort === undefined ? undefined : Number(clientPort),
      },
    ];
  });
}

/** Returns the member that a connect string names so; undefined where its name or port say nothing, or not enough. */
export function memberAt(members: readonly Member[], { host, port }: Server): Member | undefined {
  const there = members.filter(
    (member) =>
      (member.host === host || member.clientHost === host) &&
      (member.clientPort === undefined || member.clientPort === port),
  );
  return there.length === 1 ? there[0] : undefined;
}
