// Owns the replicated state, changed by transactions: the sessions, the contender znodes under one election path, and
// beside it the ledger and an operator's request for a run.

import type { Ledger } from '../../src/ledger/ledger.js';

/** Beside the election path; no contender's name is like these. */
export const LEDGER = 'ledger';
export const RUN_REQUEST = 'run-now';

/** What a client asks to be written. */
export type Write =
  | { readonly kind: 'create-session' }
  | { readonly kind: 'close-session' }
  | { readonly kind: 'create'; readonly prefix: string }
  | { readonly kind: 'delete'; readonly name: string }
  /** `multi[check]`: changes nothing, and takes the way of every write. */
  | { readonly kind: 'check'; readonly name: string }
  /** `multi[check, setData]`, or with a create in place of the latter: writes as long as that znode stands. */
  | {
      readonly kind: 'put-ledger';
      readonly znode: string | undefined;
      readonly ledger: Ledger;
      readonly exists: boolean;
    }
  /** An operator's: an ephemeral znode is made, and goes again. */
  | { readonly kind: 'ask-to-run' }
  | { readonly kind: 'stop-asking' };

export type WriteResult =
  | { readonly kind: 'done'; readonly name: string }
  | { readonly kind: 'no-node' }
  | { readonly kind: 'ledger-gone' }
  | { readonly kind: 'ledger-exists' }
  /** Session expired or moved: the server hangs up. */
  | { readonly kind: 'session-refused' };

export type Effect =
  | { readonly kind: 'none' }
  | { readonly kind: 'session-opened' }
  | { readonly kind: 'session-closed' }
  | { readonly kind: 'created'; readonly name: string }
  | { readonly kind: 'deleted'; readonly name: string }
  | { readonly kind: 'ledger-put'; readonly ledger: Ledger }
  | { readonly kind: 'run-asked' }
  | { readonly kind: 'run-not-asked' };

/** One entry of the log. Errors are entries too: they wait for the quorum as well (PrepRequestProcessor). */
export interface Txn {
  /** The epoch in the upper 32 bits, a counter in the lower. */
  readonly zxid: number;
  readonly session: number;
  readonly effect: Effect;
  readonly result: WriteResult;
  /** Whoever waits for the commit, at the server that took the request. */
  readonly waiting: { readonly server: number; readonly answer: (result: WriteResult) => void } | undefined;
}

/** What a write will do, should it be committed. */
export type Prepared = Pick<Txn, 'effect' | 'result'>;

export interface StoredZnode {
  readonly session: number;
  readonly czxid: number;
}

export class Tree {
  readonly sessions = new Set<number>();
  readonly znodes = new Map<string, StoredZnode>();
  #ledger: Ledger | undefined;
  #request: number | undefined;
  /** The parent's counter: the next sequence number. */
  #created = 0;
  #lastZxid = 0;

  static copyOf(other: Tree): Tree {
    const copy = new Tree();
    for (const session of other.sessions) copy.sessions.add(session);
    for (const [name, znode] of other.znodes) copy.znodes.set(name, znode);
    copy.#ledger = other.#ledger;
    copy.#request = other.#request;
    copy.#created = other.#created;
    copy.#lastZxid = other.#lastZxid;
    return copy;
  }

  get lastZxid(): number {
    return this.#lastZxid;
  }

  get ledger(): Ledger | undefined {
    return this.#ledger;
  }

  /** The czxid of the request for a run, if there is one. */
  get request(): number | undefined {
    return this.#request;
  }

  /** Works out what a write will do, on top of everything proposed before it (PrepRequestProcessor.pRequest2Txn). */
  prepare(write: Write): Prepared {
    switch (write.kind) {
      case 'create-session':
        return { effect: { kind: 'session-opened' }, result: { kind: 'done', name: '' } };
      case 'close-session':
        return { effect: { kind: 'session-closed' }, result: { kind: 'done', name: '' } };
      case 'create': {
        const name = write.prefix + String(this.#created).padStart(10, '0');
        return { effect: { kind: 'created', name }, result: { kind: 'done', name } };
      }
      case 'delete':
      case 'check':
        if (!this.znodes.has(write.name)) return { effect: { kind: 'none' }, result: { kind: 'no-node' } };
        return {
          effect: write.kind === 'delete' ? { kind: 'deleted', name: write.name } : { kind: 'none' },
          result: { kind: 'done', name: write.name },
        };
      case 'put-ledger':
        return this.#preparePut(write);
      case 'ask-to-run':
        if (this.#request !== undefined)
          return { effect: { kind: 'none' }, result: { kind: 'done', name: RUN_REQUEST } };
        return { effect: { kind: 'run-asked' }, result: { kind: 'done', name: RUN_REQUEST } };
      case 'stop-asking':
        return { effect: { kind: 'run-not-asked' }, result: { kind: 'done', name: RUN_REQUEST } };
    }
  }

  #preparePut({ znode, ledger, exists }: Extract<Write, { kind: 'put-ledger' }>): Prepared {
    const refused = (kind: 'no-node' | 'ledger-gone' | 'ledger-exists'): Prepared => ({
      effect: { kind: 'none' },
      result: { kind },
    });
    if (znode !== undefined && !this.znodes.has(znode)) return refused('no-node');
    if (exists && this.#ledger === undefined) return refused('ledger-gone');
    if (!exists && this.#ledger !== undefined) return refused('ledger-exists');
    return { effect: { kind: 'ledger-put', ledger }, result: { kind: 'done', name: LEDGER } };
  }

  /** Applies one entry, and returns the names whose watches fire: of the contenders, those that went with it. */
  apply(txn: Txn): readonly string[] {
    this.#lastZxid = txn.zxid;
    const { effect } = txn;
    switch (effect.kind) {
      case 'none':
        return [];
      case 'session-opened':
        this.sessions.add(txn.session);
        return [];
      case 'session-closed': {
        this.sessions.delete(txn.session);
        const gone = [...this.znodes].filter(([, znode]) => znode.session === txn.session);
        for (const [name] of gone) this.znodes.delete(name);
        return gone.map(([name]) => name);
      }
      case 'created':
        this.#created += 1;
        this.znodes.set(effect.name, { session: txn.session, czxid: txn.zxid });
        return [];
      case 'deleted':
        this.znodes.delete(effect.name);
        return [effect.name];
      case 'ledger-put':
        this.#ledger = effect.ledger;
        return [LEDGER];
      case 'run-asked':
        this.#request = txn.zxid;
        return [RUN_REQUEST];
      case 'run-not-asked':
        this.#request = undefined;
        return [RUN_REQUEST];
    }
  }
}
