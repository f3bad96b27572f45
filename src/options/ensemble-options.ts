// Owns the options that say how the ensemble is reached, which every subcommand has that asks it anything.

import { parseAuth } from '../zookeeper/auth-file.js';
import { parseAcl } from './acl.js';
import { type Ensemble, parseEnsemble } from './connect-string.js';
import { given, type OptionTable, type Setting, type Settings } from './option.js';
import { readSecretFile } from './secret-file.js';
import { parseTlsOptions, tlsTable } from './tls-options.js';
import { quote, UsageError } from './usage-error.js';

export const securityTable = {
  'auth-file': {
    group: 'Security',
    default: undefined,
    defaultInWords: 'none',
    value: 'FILE',
    meaning: 'File of credentials for the ensemble, each on a line: digest:USER:PASSWORD',
  },
  ...tlsTable,
} as const satisfies OptionTable;

export const ensembleTable = {
  zookeeper: {
    group: 'Election',
    alias: 'z',
    default: '127.0.0.1:2181',
    value: 'SERVERS',
    meaning: 'Connect string: host[:port],...[/chroot], IPv6 addresses in brackets',
  },
  ...securityTable,
} as const satisfies OptionTable;

/** For the subcommands that make znodes, beside the options above. */
export const aclTable = {
  acl: {
    group: 'Security',
    default: 'open',
    value: 'ACL',
    suggestions: ['open', 'creator', 'private'],
    meaning: 'Who may change our znodes: open, creator (others read), private, or an ACL as in zkCli.sh',
  },
} as const satisfies OptionTable;

type EnsembleOptionName = keyof typeof ensembleTable | keyof typeof aclTable;

/** Checks every setting that has to do with the ensemble, and the files; throws a UsageError at the first mistake. */
export function parseEnsembleOptions(settings: Settings<EnsembleOptionName>): Ensemble {
  const { acl } = settings;
  const authFile = settings['auth-file'] && parseAuthFile(settings['auth-file']);
  const tls = parseTlsOptions(settings);
  const hasCredentials = authFile !== undefined || tls?.certFile !== undefined;
  const grants = acl && parseAcl(acl.from, acl.text, hasCredentials);
  return {
    ...given(ensembleTable, settings)('zookeeper', parseEnsemble),
    ...(authFile !== undefined && { authFile }),
    ...(tls !== undefined && { tls }),
    ...(grants !== undefined && { acl: grants }),
  };
}

function parseAuthFile({ from, text }: Setting): string {
  const what = 'a file with credentials such as digest:alice:secret, one on each line';
  const file = readSecretFile(from, text, what);
  try {
    parseAuth(file.text);
    return file.path;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new UsageError(from, `expected ${what}, got ${quote(text)}, ${problem}`);
  }
}
