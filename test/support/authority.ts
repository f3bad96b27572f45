// An authority of the test's own that signs certificates, in a temporary folder. Needs openssl, which the packages of
// Java and of most systems bring along.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from './temporary.js';
import { PATIENCE_MS } from './wait.js';

const run = promisify(execFile);

/** A certificate and its key, each in a file of its own, in PEM. */
export interface Identity {
  readonly certFile: string;
  readonly keyFile: string;
}

export class Authority {
  readonly folder: string;
  /** Its own certificate. */
  readonly caFile: string;
  readonly #keyFile: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.caFile = join(folder, 'ca.crt');
    this.#keyFile = join(folder, 'ca.key');
  }

  static async make(name: string): Promise<Authority> {
    const authority = new Authority(temporaryFolder());
    const { caFile } = authority;
    await openssl('req', '-x509', ...newKey(authority.#keyFile), '-subj', `/CN=${name}`, '-out', caFile);
    return authority;
  }

  /** Signs a certificate for whoever has one of these names, as DNS:zk.test or IP:127.0.0.1; -1 days: expired. */
  async issue(name: string, subjectAltName: string, days = 7): Promise<Identity> {
    const file = (ending: string): string => join(this.folder, `${name}.${ending}`);
    const [certFile, keyFile, request, extensions] = ['crt', 'key', 'csr', 'ext'].map(file) as [
      string,
      string,
      string,
      string,
    ];
    writeFileSync(extensions, `subjectAltName=${subjectAltName}\n`);
    await openssl('req', '-new', ...newKey(keyFile), '-subj', `/CN=${name}`, '-out', request);
    await openssl(
      ...['x509', '-req', '-in', request, '-CA', this.caFile, '-CAkey', this.#keyFile],
      ...['-set_serial', String(process.hrtime.bigint()), '-days', String(days)],
      ...['-extfile', extensions, '-out', certFile],
    );
    return { certFile, keyFile };
  }
}

function newKey(keyFile: string): string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile];
}

async function openssl(...args: readonly string[]): Promise<void> {
  await run('openssl', args, { timeout: PATIENCE_MS });
}
