// Owns the replicated state: the sessions and the contender znodes under one election path, changed by transactions.

/** What a client asks to be written. */
export type Write =
  | { readonly kind: 'create-session' }
  | { readonly kind: 'close-session' }
  | { readonly kind: 'create'; readonly prefix: string }
  | { readonly kind: 'delete'; readonly name: string }
  /** `multi[check]`: changes nothing, and takes the way of every write. */
  | { readonly kind: 'check'; readonly name: string };

export type WriteResult =
  | { readonly kind: 'done'; readonly name: string }
  | { readonly kind: 'no-node' }
  /** Session expired or moved: the server hangs up. */
  | { readonly kind: 'session-refused' };

export type Effect =
  | { readonly kind: 'none' }
  | { readonly kind: 'session-opened' }
  | { readonly kind: 'session-closed' }
  | { readonly kind: 'created'; readonly name: string }
  | { readonly kind: 'deleted'; readonly name: string };

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

export interface StoredZnode {
  readonly session: number;
  readonly czxid: number;
}

export class Tree {
  readonly sessions = new Set<number>();
  readonly znodes = new Map<string, StoredZnode>();
  /** The parent's counter: the next sequence number. */
  #created = 0;
  #lastZxid = 0;

  static copyOf(other: Tree): Tree {
    const copy = new Tree();
    for (const session of other.sessions) copy.sessions.add(session);
    for (const [name, znode] of other.znodes) copy.znodes.set(name, znode);
    copy.#created = other.#created;
    copy.#lastZxid = other.#lastZxid;
    return copy;
  }

  get lastZxid(): number {
    return this.#lastZxid;
  }

  /** Works out what a write will do, on top of everything proposed before it (PrepRequestProcessor.pRequest2Txn). */
  prepare(write: Write): { readonly effect: Effect; readonly result: WriteResult } {
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
    }
  }

  /** Applies one entry, and returns the names that went with it. */
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
    }
  }
}
