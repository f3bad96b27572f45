// Owns how our contender znode comes to be: what may be ours already, and the making of one, with what stands above it.
// Must never take a znode for ours by its name alone: the core looks at whose session it is of.

import { randomUUID } from 'node:crypto';
import zookeeper from 'node-zookeeper-client';
import { type NamePattern, namePrefix } from '../election/contenders.js';
import type { Event } from '../election/messages.js';
import type { Znode } from '../election/term.js';
import { type Acl, OPEN, toEntries } from './acl.js';
import { controlPath, ledgerPath } from './control-path.js';
import type { Ensemble } from './ensemble.js';
import { CODE, EnsembleError, hasCode } from './errors.js';
import { makePath, opening, openingAbove, secureParent } from './parents.js';
import { readChildren, readStat } from './requests.js';
import type { Session } from './session.js';

/** What a contender znode holds, as JSON in UTF-8: who we are, for people and other programs to read. */
export interface ContenderData {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  /** The command, as typed. */
  readonly command: string;
  /** When this contender was started, by its wall clock (RFC 3339). */
  readonly since: string;
}

export interface OwnZnodeOptions {
  readonly ensemble: Ensemble;
  readonly electionPath: string;
  readonly pattern: NamePattern;
  readonly keepsLedger: boolean;
  readonly data: ContenderData;
}

export class OwnZnode {
  readonly #options: OwnZnodeOptions;
  readonly #root: string;
  readonly #acl: Acl;
  /** One for the life of this process: whatever bears it and is not our present znode is a left-over of ours. */
  readonly #guid = randomUUID();
  #mayHaveCreated = false;

  constructor(options: OwnZnodeOptions) {
    this.#options = options;
    this.#root = options.ensemble.chroot + options.electionPath;
    this.#acl = options.ensemble.acl ?? OPEN;
  }

  /** Reads the names under the election path, and whatever of it may be ours. */
  async survey(session: Session, sentAt: number): Promise<Event> {
    const names = await readChildren(session, 'read of the contenders', this.#root);
    const candidates = this.#mayHaveCreated ? names.filter((name) => this.#mayBeOurs(name)) : [];
    const own: (Znode & { ephemeralOwner: string })[] = [];
    for (const name of candidates) {
      const stat = await this.#exists(session, name);
      if (stat === null) continue;
      const ephemeralOwner = stat.ephemeralOwner.toString('hex');
      // A bare prefix does not tell whose it is; only the owner does.
      if (this.#options.pattern.prefix !== undefined && ephemeralOwner !== session.id) continue;
      own.push({ name, epoch: stat.czxid.readBigInt64BE(), ephemeralOwner });
    }
    return { type: 'surveyed', sentAt, names, own };
  }

  /** Makes the contender znode, and its missing parents. */
  async join(session: Session, sentAt: number): Promise<Event> {
    const createdBefore = this.#mayHaveCreated;
    this.#mayHaveCreated = true;
    const open = await this.#secureParents(session);
    if (open !== undefined) return open;
    const path = await this.#create(session).catch(async (error: unknown) => {
      if (!hasCode(error, CODE.NO_NODE)) throw error;
      await makePath(session, this.#root, this.#acl);
      return this.#create(session);
    });
    // A create of an earlier connection may have been proposed while there was no quorum, and show only now: this
    // one's answer means that everything before it has been applied where we look.
    if (createdBefore) return this.survey(session, sentAt);
    const name = path.slice(this.#root.length + 1);
    const stat = await this.#exists(session, name);
    if (stat === null) throw new EnsembleError(`the new znode ${name} has gone`, CODE.NO_NODE);
    const znode = { name, epoch: stat.czxid.readBigInt64BE() };
    return { type: 'joined', sentAt, znode, createdAt: Number(stat.ctime.readBigInt64BE()) };
  }

  #mayBeOurs(name: string): boolean {
    const { prefix } = this.#options.pattern;
    return prefix === undefined ? name.includes(this.#guid) : name.startsWith(prefix);
  }

  #exists(session: Session, name: string) {
    return readStat(session, 'look at a contender', `${this.#root}/${name}`);
  }

  #create(session: Session): Promise<string> {
    return session.request('create of our znode', (client, done) => {
      client.create(
        `${this.#root}/${namePrefix(this.#options.pattern, this.#guid)}`,
        Buffer.from(JSON.stringify(this.#options.data)),
        toEntries(this.#acl),
        zookeeper.CreateMode.EPHEMERAL_SEQUENTIAL,
        done,
      );
    });
  }

  /** Where an ACL is wanted, nobody else may be able to change the line, to give it orders, or to forge a claim. */
  async #secureParents(session: Session): Promise<Event | undefined> {
    if (this.#options.ensemble.acl === undefined) return undefined;
    const open =
      (await secureParent(session, this.#root, this.#acl)) ??
      (await secureParent(session, controlPath(this.#root), this.#acl)) ??
      (this.#options.keepsLedger ? await opening(session, ledgerPath(this.#root), this.#acl) : undefined) ??
      (await openingAbove(session, this.#root, this.#acl));
    if (open === undefined) return undefined;
    const message =
      `--acl: expected that nobody but us may change the election, and ${open}; ` +
      'change that with setAcl of zkCli.sh, or choose an --election in a path of ours, which is made if it is missing';
    return { type: 'refused', message };
  }
}
