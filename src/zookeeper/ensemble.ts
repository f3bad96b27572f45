// Owns what it takes to reach an ensemble. Must never hold a secret: paths of files, which are read at every connect.

import type { Acl } from './acl.js';
import type { TlsFiles } from './tls.js';

/** One server of the ensemble; an IPv6 literal stands here without its brackets. */
export interface Server {
  readonly host: string;
  readonly port: number;
}

/** How the ensemble is reached, and what our znodes in it permit. */
export interface Ensemble {
  readonly servers: readonly Server[];
  /** Stands before every path; empty for none. */
  readonly chroot: string;
  /** The absolute path of a file of credentials, which is read at every connect. */
  readonly authFile?: string;
  /** How TLS is spoken; without it, none is. */
  readonly tls?: TlsFiles;
  /** Of the znodes that we make; everybody may do everything if there is none. */
  readonly acl?: Acl;
}

/** As in a connect string: host:port, an IPv6 literal in brackets. */
export function addressOf({ host, port }: Server): string {
  return host.includes(':') ? `[${host}]:${String(port)}` : `${host}:${String(port)}`;
}
