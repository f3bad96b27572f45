// Owns requests that a session makes whoever asks: what is sent, and which refusals are answers.

import type { Stat } from 'node-zookeeper-client';
import { type Acl, toEntries } from './acl.js';
import { CODE, hasCode } from './errors.js';
import type { Session } from './session.js';

/**
 * Tells whether the znode exists, on the word of a quorum: `multi[check(path)]` is a write that changes nothing and
 * wakes no watch. What is read afterwards over the same connection is at least as new.
 */
export async function checkExists(session: Session, what: string, path: string): Promise<boolean> {
  try {
    await session.request<undefined>(what, (client, done) => {
      client
        .transaction()
        .check(path)
        .commit((error) => {
          done(error, undefined);
        });
    });
    return true;
  } catch (error) {
    if (hasCode(error, CODE.NO_NODE)) return false;
    throw error;
  }
}

/** Has a quorum confirm that the server we ask knows all there is to know; changes nothing, whatever stands there. */
export async function confirm(session: Session, path: string): Promise<void> {
  await checkExists(session, 'sync with a quorum', path);
}

/** Reads the names of the children, none where the znode does not exist, and sets a watch if there is a watcher. */
export async function readChildren(
  session: Session,
  what: string,
  path: string,
  watcher?: () => void,
): Promise<string[]> {
  try {
    return await session.request<string[]>(what, (client, done) => {
      client.getChildren(path, watcher, done);
    });
  } catch (error) {
    if (hasCode(error, CODE.NO_NODE)) return [];
    throw error;
  }
}

/** Reads the stat of a znode, or null where it does not exist, and sets a watch if there is a watcher. */
export async function readStat(
  session: Session,
  what: string,
  path: string,
  watcher?: () => void,
): Promise<Stat | null> {
  return session.request(what, (client, done) => {
    client.exists(path, watcher, done);
  });
}

/** What stands at a path; data that were never written are empty. */
interface Znode {
  readonly data: Buffer;
  readonly stat: Stat;
}

/** Reads a znode, or undefined where it does not exist. */
export async function readZnode(session: Session, what: string, path: string): Promise<Znode | undefined> {
  try {
    return await session.request<Znode>(what, (client, done) => {
      client.getData(path, undefined, (error, data = Buffer.alloc(0), stat) => {
        done(error, { data, stat });
      });
    });
  } catch (error) {
    if (hasCode(error, CODE.NO_NODE)) return undefined;
    throw error;
  }
}

/** What a znode is made of. */
interface NewZnode {
  readonly path: string;
  readonly data: Buffer | null;
  readonly acl: Acl;
  readonly mode: number;
}

/** Makes a znode; settles with whether it has, or it was there. */
export async function createUnlessThere(
  session: Session,
  what: string,
  { path, data, acl, mode }: NewZnode,
): Promise<boolean> {
  try {
    await session.request<string>(what, (client, done) => {
      client.create(path, data, toEntries(acl), mode, done);
    });
    return true;
  } catch (error) {
    if (hasCode(error, CODE.NODE_EXISTS)) return false;
    throw error;
  }
}

/** Removes a znode; settles with whether it was there. */
export async function removeZnode(session: Session, what: string, path: string): Promise<boolean> {
  try {
    await session.request<undefined>(what, (client, done) => {
      client.remove(path, (error) => {
        done(error, undefined);
      });
    });
    return true;
  } catch (error) {
    if (hasCode(error, CODE.NO_NODE)) return false;
    throw error;
  }
}

/** Reads the id in a contender's znode; undefined when the znode has gone, is another program's, or may not be read. */
export async function readContenderId(
  session: Session,
  what: string,
  path: string,
): Promise<string | undefined> {
  try {
    const znode = await readZnode(session, what, path);
    return znode && idIn(znode.data);
  } catch (error) {
    if (hasCode(error, CODE.CONNECTION_LOSS)) throw error;
    return undefined;
  }
}

function idIn(data: Buffer): string | undefined {
  try {
    const facts: unknown = JSON.parse(data.toString());
    return typeof facts === 'object' && facts !== null && 'id' in facts && typeof facts.id === 'string'
      ? facts.id
      : undefined;
  } catch {
    return undefined;
  }
}
