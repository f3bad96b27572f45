// Owns the form of a file of credentials: SCHEME:CREDENTIAL on each line, as in digest:alice:secret.
// Must never put a credential into a message; the name of a digest's user is none.

import { readFileSync } from 'node:fs';

/** One credential, as the ensemble is shown it. */
export interface Credential {
  readonly scheme: string;
  readonly auth: string;
}

/** Settled by the connection itself, or granted by nobody: no credential is shown for these. */
const NOT_SHOWN = new Map([
  ['sasl', 'sasl, which zk-leader-run does not speak; use digest, or a client certificate'],
  ['x509', 'x509, which is shown by --tls-cert'],
  ['ip', 'ip, for which the address is enough'],
  ['world', 'world, which everybody is in'],
  ['auth', 'auth, which stands for whatever else is shown'],
]);

/** Reads the credentials in a file. Throws an error whose message follows "got FILE, ". */
export function readAuthFile(path: string): readonly Credential[] {
  return parseAuth(readFileSync(path, 'utf8'));
}

/** Parses the text of such a file; empty lines and those that begin with # do not count. */
export function parseAuth(text: string): readonly Credential[] {
  const credentials = text
    .split(/\r?\n/)
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line !== '' && !line.startsWith('#'))
    .map(({ line, number }) => parseLine(line, number));
  if (credentials.length === 0) throw new Error('in which there is none');
  return credentials;
}

/** Tells who the credentials say we are, without their secrets. */
export function identityOf({ scheme, auth }: Credential): string {
  return scheme === 'digest' ? `digest:${auth.slice(0, auth.indexOf(':'))}` : scheme;
}

function parseLine(line: string, number: number): Credential {
  const [, scheme, auth] = /^([a-z][a-z0-9]*):(.+)$/.exec(line) ?? [];
  if (scheme === undefined || auth === undefined) throw new Error(`whose line ${number} is not of that form`);
  const problem = NOT_SHOWN.get(scheme);
  if (problem !== undefined) throw new Error(`whose line ${number} is of the scheme ${problem}`);
  if (scheme === 'digest' && !/^[^:]+:./.test(auth)) {
    throw new Error(`whose line ${number} has no user and password behind digest:`);
  }
  return { scheme, auth };
}
