// Owns the grammar of an address to listen on: [HOST:]PORT. Whether it can be had, only an attempt tells.
import { isIPv6 } from 'node:net';
import { quote, UsageError } from './usage-error.js';

/** What is listened on where only a port is given: nothing that other machines can reach. */
const LOOPBACK = '127.0.0.1';

export interface ListenAddress {
  /** A name or an IP address; an IPv6 literal stands here without its brackets. */
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** As the operator wrote it, and the option or the variable that it came from. */
  readonly text: string;
  readonly from: string;
}

/** Parses [HOST:]PORT; throws a UsageError that names the option and the part that is wrong. */
export function parseListenAddress(option: string, text: string): ListenAddress {
  const refuse = (problem: string): never => {
    throw new UsageError(
      option,
      `expected a port such as 8080, or HOST:PORT such as 0.0.0.0:8080 or [::1]:8080, got ${quote(text)}, ${problem}`,
    );
  };
  const colon = text.lastIndexOf(':');
  const host = colon === -1 ? LOOPBACK : parseHost(text.slice(0, colon), refuse);
  const digits = text.slice(colon + 1);
  const port = /^\d{1,5}$/.test(digits) ? Number(digits) : Infinity;
  if (port > 65535) return refuse(`where ${quote(digits)} is no port from 0 to 65535`);
  return { host, port, text, from: option };
}

function parseHost(text: string, refuse: (problem: string) => never): string {
  if (text === '') return refuse('which has no host; write 0.0.0.0 for every interface, or the port alone');
  const literal = /^\[(.*)\]$/.exec(text)?.[1];
  if (literal !== undefined && isIPv6(literal)) return literal;
  if (text.includes(':')) return refuse('whose host is no IPv6 address in brackets');
  return /^[\w.-]+$/.test(text) ? text : refuse(`where ${quote(text)} is no host`);
}
