// Owns requests that a session makes whoever asks: what is sent, and which refusals are answers.

import type { Stat } from 'node-zookeeper-client';
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

/** Reads the id in a contender's znode; undefined when the znode has gone, is another program's, or may not be read. */
export async function readContenderId(
  session: Session,
  what: string,
  path: string,
): Promise<string | undefined> {
  try {
    const data = await session.request<Buffer | undefined>(what, (client, done) => {
      client.getData(path, undefined, done);
    });
    return data === undefined ? undefined : idIn(data);
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
