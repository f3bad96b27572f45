// Owns which ends of a connection mean that trying again will not mend it, and how each is told.
// Must never take a network that fails for a refusal: that one is waited out.

import type { TlsFiles } from './tls.js';
import { AuthRefused } from './workarounds/d12-auth.js';

const NOT_OURS = "its certificate does not lead to an authority that we trust; is --tls-ca its ensemble's?";

/** The verdicts of OpenSSL and Node on a server's certificate. */
const VERDICTS = new Map([
  ['CERT_HAS_EXPIRED', 'its certificate, or one above it, has expired'],
  ['CERT_NOT_YET_VALID', 'its certificate, or one above it, is not valid yet; is our clock right?'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', NOT_OURS],
  ['SELF_SIGNED_CERT_IN_CHAIN', NOT_OURS],
  ['UNABLE_TO_GET_ISSUER_CERT', NOT_OURS],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', NOT_OURS],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', NOT_OURS],
]);

/** As ECONNREFUSED and EAI_AGAIN: the names of errors of the system, while those of TLS are ERR_SSL_... and the like. */
const SYSTEM_ERROR = /^E(?:AI_)?[A-Z0-9]+$/;

/** Says why the server will not let us in as we are; undefined where the next attempt may succeed. */
export function refusalOf(error: Error | undefined, files: TlsFiles | undefined): string | undefined {
  if (error instanceof AuthRefused) return 'it refuses a credential of --auth-file';
  const code = codeOf(error);
  if (error === undefined || files === undefined || code === undefined || SYSTEM_ERROR.test(code)) {
    return undefined;
  }
  const verdict = VERDICTS.get(code);
  if (verdict !== undefined) return verdict;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return wrongName(error);
  const alert = /^ERR_SSL_.*ALERT_(.+)$/.exec(code)?.[1]?.toLowerCase().replaceAll('_', ' ');
  if (alert !== undefined) return refusedByServer(alert, files);
  return /^ERR_(?:SSL|TLS)_/.test(code) ? `TLS fails: ${code}` : `its certificate will not do: ${code}`;
}

/** Says how a connection has ended that may succeed the next time. */
export function describeEnd(error: Error | undefined): string {
  if (error === undefined) return 'it hangs up';
  const [line = ''] = error.message.split('\n');
  return line === '' ? (codeOf(error) ?? 'it fails') : line;
}

/** Whether the other side has ended the connection without a word. */
export function isHangUp(error: Error | undefined): boolean {
  return error === undefined || ['ECONNRESET', 'EPIPE'].includes(codeOf(error) ?? '');
}

function wrongName(error: Error): string {
  const names = 'cert' in error ? (error.cert as { readonly subjectaltname?: string }).subjectaltname : '';
  return (
    `its certificate is made out to ${names === undefined || names === '' ? 'nobody' : names}; ` +
    'call it so in --zookeeper, or pass that name as --tls-servername'
  );
}

function refusedByServer(alert: string, { certFile }: TlsFiles): string {
  if (!/certificate|unknown ca|access denied|handshake failure/.test(alert)) return `it ends TLS: ${alert}`;
  return certFile === undefined
    ? `it wants a certificate of ours (${alert}); pass --tls-cert and --tls-key`
    : `it does not accept our certificate (${alert}); did an authority sign --tls-cert that it trusts?`;
}

function codeOf(error: Error | undefined): string | undefined {
  return error !== undefined && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
