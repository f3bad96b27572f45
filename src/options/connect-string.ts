// Owns the grammar of a connect string: host[:port][,host[:port]...][/chroot]. The client's own parser takes
// almost anything and fails later, or never, so nothing reaches it unchecked.
import { isIPv6 } from 'node:net';
import type { Ensemble as ReachedEnsemble, Server } from '../zookeeper/ensemble.js';
import { znodePathProblem } from './election-path.js';
import { quote, UsageError } from './usage-error.js';

const DEFAULT_PORT = 2181;

export interface ConnectString {
  readonly servers: readonly Server[];
  /** The path that every path of ours is relative to, or '' for none. */
  readonly chroot: string;
}

/** The ensemble as parsed, and as the operator wrote it. */
export interface Ensemble extends ReachedEnsemble {
  readonly text: string;
}

/** Parses a connect string, and keeps it; throws a UsageError as parseConnectString does. */
export function parseEnsemble(option: string, text: string): Ensemble {
  return { ...parseConnectString(option, text), text };
}

/** Parses a connect string; throws a UsageError that names the option and the part that is wrong. */
export function parseConnectString(option: string, text: string): ConnectString {
  const refuse = (problem: string): never => {
    throw new UsageError(
      option,
      `expected host[:port][,host[:port]...][/chroot], got ${quote(text)}${problem}`,
    );
  };
  if (/\s/.test(text)) return refuse(', which has a space in it');
  const slash = text.indexOf('/');
  const list = slash === -1 ? text : text.slice(0, slash);
  const chroot = slash === -1 ? '' : text.slice(slash);
  if (chroot.includes(',')) return refuse('; the chroot is written once, after the last server');
  const servers = list.split(',').map((member) => parseServer(member, refuse));
  // "host:2181/" is what the clients of ZooKeeper itself take as no chroot.
  if (chroot === '' || chroot === '/') return { servers, chroot: '' };
  const problem = znodePathProblem(chroot);
  if (problem !== undefined) return refuse(`, with the chroot ${quote(chroot)}, ${problem}`);
  return { servers, chroot };
}

function parseServer(member: string, refuse: (problem: string) => never): Server {
  if (member === '') return refuse(', where a server is missing');
  if (member.startsWith('[')) return parseBracketed(member, refuse);
  const colon = member.indexOf(':');
  if (colon !== member.lastIndexOf(':')) {
    return refuse(
      `, where ${quote(member)} has no brackets; write an IPv6 address as in [::1]:${String(DEFAULT_PORT)}`,
    );
  }
  const host = colon === -1 ? member : member.slice(0, colon);
  if (!/^[\w.-]+$/.test(host)) return refuse(`, where ${quote(host)} is no host name`);
  return { host, port: parsePort(member, colon === -1 ? undefined : member.slice(colon + 1), refuse) };
}

function parseBracketed(member: string, refuse: (problem: string) => never): Server {
  const [, host, port] = /^\[([^\]]*)\](?::(.*))?$/.exec(member) ?? [];
  if (host === undefined || !isIPv6(host)) {
    return refuse(
      `, where ${quote(member)} is no IPv6 address in brackets such as [::1]:${String(DEFAULT_PORT)}`,
    );
  }
  return { host, port: parsePort(member, port, refuse) };
}

function parsePort(member: string, text: string | undefined, refuse: (problem: string) => never): number {
  if (text === undefined) return DEFAULT_PORT;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65535) return port;
  return refuse(`, where the port of ${quote(member)} is not one from 1 to 65535`);
}
