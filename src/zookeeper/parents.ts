// Owns the znodes that outlive every contender: the election path, the path of its orders, and those above them.
// Must never change one that exists: whose it is, and what it permits, was somebody's decision.

import type { AclEntry } from 'node-zookeeper-client';
import zookeeper from 'node-zookeeper-client';
import { type Acl, openTo, toEntries } from './acl.js';
import { CODE, hasCode } from './errors.js';
import { createUnlessThere } from './requests.js';
import type { Session } from './session.js';

/** Makes the znode unless it exists, and whatever is missing above it. Rejects with an EnsembleError. */
export async function makePath(session: Session, path: string, acl: Acl): Promise<void> {
  try {
    const mode = zookeeper.CreateMode.PERSISTENT;
    await createUnlessThere(session, 'create of a parent', { path, data: null, acl, mode });
  } catch (error) {
    if (!hasCode(error, CODE.NO_NODE)) throw error;
    // From the deepest up: who may make an election need not have a right to anything above it.
    await makePath(session, path.slice(0, path.lastIndexOf('/')), acl);
    await makePath(session, path, acl);
  }
}

/**
 * Makes the znode unless it exists, and says what everybody may do to it if that is more than the ACL wants: whoever
 * may delete in an election path may end any term. Undefined if all is well.
 */
export async function secureParent(session: Session, path: string, acl: Acl): Promise<string | undefined> {
  if ((await readAcl(session, path)) === undefined) await makePath(session, path, acl);
  return opening(session, path, acl);
}

/** Says what everybody may do to the znode if that is more than the ACL wants. Undefined if all is well, or it is not there. */
export async function opening(session: Session, path: string, acl: Acl): Promise<string | undefined> {
  const open = openTo((await readAcl(session, path)) ?? []);
  return open === undefined || openTo(toEntries(acl)) !== undefined ? undefined : `${path} is ${open}`;
}

/**
 * Says what everybody may do to the znode's parent if that lets them replace the znode, or make what belongs beside it,
 * and the ACL wants none of it. Undefined if all is well.
 */
export async function openingAbove(session: Session, path: string, acl: Acl): Promise<string | undefined> {
  const parent = path.slice(0, path.lastIndexOf('/')) || '/';
  try {
    const open = openTo((await readAcl(session, parent)) ?? [], ['c', 'd', 'a']);
    return open === undefined || openTo(toEntries(acl)) !== undefined
      ? undefined
      : `${parent}, which it stands in, is ${open}`;
  } catch (error) {
    // Whoever makes elections need not have a right to anything above; what we may not look at is not open to everybody.
    if (hasCode(error, CODE.NO_AUTH)) return undefined;
    throw error;
  }
}

async function readAcl(session: Session, path: string): Promise<readonly AclEntry[] | undefined> {
  try {
    return await session.request<AclEntry[]>('read of an ACL', (client, done) => {
      client.getACL(path, done);
    });
  } catch (error) {
    if (hasCode(error, CODE.NO_NODE)) return undefined;
    throw error;
  }
}
