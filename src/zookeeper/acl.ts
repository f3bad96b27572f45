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

type Permission = keyof typeof BITS;

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

/** Which of these things everybody may do to a znode, as world:anyone:cdwa; undefined if none. */
export function openTo(
  entries: readonly AclEntry[],
  letters: readonly Permission[] = ['c', 'd', 'w', 'a'],
): string | undefined {
  const sum = entries
    .filter(({ id }) => id.scheme === 'world')
    .reduce((bits, { permission }) => bits | permission, 0);
  const open = letters.filter((letter) => (sum & BITS[letter]) !== 0);
  return open.length === 0 ? undefined : `world:anyone:${open.join('')}`;
}
