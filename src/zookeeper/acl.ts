// Owns what the znodes that we make permit, and to whom.

import zookeeper, { type AclEntry } from 'node-zookeeper-client';

/** One line of an ACL, as zkCli.sh writes it: world:anyone:r. */
export interface Grant {
  readonly scheme: string;
  readonly id: string;
  /** Of c, d, r, w and a, each at most once. */
  readonly permissions: string;
}

export type Acl = readonly Grant[];

/** Everybody may do everything: what an ensemble without credentials has. */
export const OPEN: Acl = [{ scheme: 'world', id: 'anyone', permissions: 'cdrwa' }];

const BITS = { r: 1, w: 2, c: 4, d: 8, a: 16 } as const;

/** In the client's own terms. */
export function toEntries(acl: Acl): AclEntry[] {
  return acl.map(({ scheme, id, permissions }) => {
    const sum = Object.entries(BITS).reduce(
      (bits, [letter, bit]) => bits | (permissions.includes(letter) ? bit : 0),
      0,
    );
    return new zookeeper.ACL(sum, new zookeeper.Id(scheme, id));
  });
}

/** What everybody may do to a znode beyond reading it, as world:anyone:cdwa; undefined if nothing. */
export function openTo(entries: readonly AclEntry[]): string | undefined {
  const sum = entries
    .filter(({ id }) => id.scheme === 'world')
    .reduce((bits, { permission }) => bits | permission, 0);
  const letters = 'cdwa'.split('').filter((letter) => (sum & BITS[letter as keyof typeof BITS]) !== 0);
  return letters.length === 0 ? undefined : `world:anyone:${letters.join('')}`;
}
