// Owns the names of the server's error codes that we tell apart.

/** Codes of `org.apache.zookeeper.KeeperException.Code`. */
export const CODE = {
  CONNECTION_LOSS: -4,
  UNIMPLEMENTED: -6,
  NO_NODE: -101,
  NO_AUTH: -102,
  NO_CHILDREN_FOR_EPHEMERALS: -108,
  NODE_EXISTS: -110,
  INVALID_ACL: -114,
  /** The ensemble enforces credentials of a scheme that we have shown none of. */
  AUTH_REQUIRED: -124,
} as const;

const MEANINGS = new Map<number, string>([
  [CODE.CONNECTION_LOSS, 'connection lost'],
  [CODE.NO_AUTH, 'the ensemble denies access (ACL)'],
  [CODE.AUTH_REQUIRED, 'the ensemble wants credentials'],
]);

/** A request that the server refused, or that was lost with its connection. */
export class EnsembleError extends Error {
  override readonly name = 'EnsembleError';
  /** What was asked, in words. */
  readonly what: string;
  readonly code: number;

  constructor(what: string, code: number) {
    super(`${what}: ${MEANINGS.get(code) ?? `server error ${code}`}`);
    this.what = what;
    this.code = code;
  }
}

export function hasCode(error: unknown, code: number): boolean {
  return error instanceof EnsembleError && error.code === code;
}
