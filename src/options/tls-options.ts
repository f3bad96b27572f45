// Owns what TLS takes, as the options name it: every file is looked at before anything is tried.
// Must never keep what is in them: they are read again at every connect.

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { exitCodes } from '../exit-codes.js';
import type { TlsFiles } from '../zookeeper/tls.js';
import type { OptionTable, Setting, Settings } from './option.js';
import { readNamedFile, readSecretFile } from './secret-file.js';
import { quote, UsageError } from './usage-error.js';
import { parseSwitch } from './values.js';

const GROUP = 'Security';

export const tlsTable = {
  tls: {
    group: GROUP,
    default: 'false',
    defaultInWords: 'with any other --tls option',
    isSwitch: true,
    meaning: 'Speak TLS with the ensemble',
  },
  'tls-ca': {
    group: GROUP,
    default: undefined,
    defaultInWords: 'those that Node trusts',
    meaning: "File of the authorities that may have signed a server's certificate, in PEM",
  },
  'tls-cert': {
    group: GROUP,
    default: undefined,
    defaultInWords: 'none',
    meaning: 'File of our own certificate and those above it, in PEM',
  },
  'tls-key': {
    group: GROUP,
    default: undefined,
    defaultInWords: 'none',
    meaning: 'File of its private key, in PEM, unencrypted',
  },
  'tls-servername': {
    group: GROUP,
    default: undefined,
    defaultInWords: 'as in the connect string',
    meaning: "Name that every server's certificate is made out to",
  },
} as const satisfies OptionTable;

type TlsOptionName = keyof typeof tlsTable;

/** Checks the files; undefined without TLS. Throws a UsageError at the first mistake. */
export function parseTlsOptions(settings: Settings<TlsOptionName>, now = new Date()): TlsFiles | undefined {
  const { tls, 'tls-ca': ca, 'tls-cert': cert, 'tls-key': key, 'tls-servername': serverName } = settings;
  const others = [ca, cert, key, serverName].filter((setting) => setting !== undefined);
  // A switch that is turned off outweighs what an environment may have set beside it.
  const wanted = tls === undefined ? others.length > 0 : parseSwitch(tls.from, tls.text);
  if (!wanted) return undefined;
  return {
    ...(ca !== undefined && { caFile: parseAuthorities(ca) }),
    ...parsePair(cert, key, now),
    ...(serverName !== undefined && { serverName: parseServerName(serverName) }),
  };
}

function parseAuthorities({ from, text }: Setting): string {
  const file = readNamedFile(from, text, 'a file of certificates in PEM');
  certificatesIn(from, text, file.text);
  return file.path;
}

function parsePair(
  cert: Setting | undefined,
  key: Setting | undefined,
  now: Date,
): Pick<TlsFiles, 'certFile' | 'keyFile'> {
  if (cert === undefined && key === undefined) return {};
  if (cert === undefined || key === undefined) {
    const [given, missing] = cert === undefined ? [key, '--tls-cert'] : [cert, '--tls-key'];
    throw new UsageError(
      missing,
      `expected a file, got none beside ${given?.from ?? ''}; a certificate and its key are of no use without each other`,
    );
  }
  const certFile = readNamedFile(cert.from, cert.text, 'a file with our certificate in PEM');
  const keyFile = readSecretFile(key.from, key.text, 'a file with the private key in PEM');
  const [certificate] = certificatesIn(cert.from, cert.text, certFile.text);
  const privateKey = keyIn(key, keyFile.text);
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new UsageError(
      key.from,
      `expected the key of the certificate in ${cert.text}, got ${quote(key.text)}, which is another one's`,
    );
  }
  checkDates(cert, certificate, now);
  return { certFile: certFile.path, keyFile: keyFile.path };
}

function certificatesIn(option: string, name: string, text: string): [X509Certificate, ...X509Certificate[]] {
  const refuse = (problem: string): never => {
    throw new UsageError(option, `expected a file of certificates in PEM, got ${quote(name)}, ${problem}`);
  };
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g) ?? [];
  const [first, ...others] = blocks.map((block) => {
    try {
      return new X509Certificate(block);
    } catch {
      return refuse('in which one cannot be read');
    }
  });
  return first === undefined ? refuse('in which there is none') : [first, ...others];
}

function keyIn({ from, text }: Setting, pem: string): KeyObject {
  const encrypted = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem);
  try {
    if (!encrypted) return createPrivateKey(pem);
  } catch {
    // Told below.
  }
  throw new UsageError(
    from,
    `expected a file with the private key in PEM, got ${quote(text)}, ` +
      (encrypted
        ? 'in which it is encrypted; decrypt it with openssl pkey, and let nobody else read it'
        : 'in which there is none'),
  );
}

/** No mistake on the command line, but a state of things that will change: the exit code is that of other such. */
function checkDates({ from, text }: Setting, { validFrom, validTo }: X509Certificate, now: Date): void {
  const refuse = (problem: string): never => {
    throw new UsageError(
      from,
      `expected a certificate that is valid now, got ${quote(text)}, ${problem}`,
      exitCodes.unavailable,
    );
  };
  if (now.getTime() > Date.parse(validTo)) refuse(`which has expired on ${iso(validTo)}; renew it`);
  if (now.getTime() < Date.parse(validFrom)) {
    refuse(`which is valid from ${iso(validFrom)} on; is the clock of this machine right?`);
  }
}

function iso(date: string): string {
  return new Date(date).toISOString();
}

function parseServerName({ from, text }: Setting): string {
  if (/^[\w.:-]+$/.test(text)) return text;
  throw new UsageError(from, `expected a host name such as zk.example.com, got ${quote(text)}`);
}
