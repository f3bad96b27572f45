// Owns what a run tells the command that it starts, as it is read again by subcommands that the command calls.

import { sequenceOf } from '../election/contenders.js';
import type { Ensemble } from './connect-string.js';
import type { Setting, Settings } from './option.js';

/** The variables, by the options that they stand in for. */
const VARIABLES = {
  zookeeper: 'ZK_LEADER_ZOOKEEPER',
  election: 'ZK_LEADER_ELECTION',
  epoch: 'ZK_LEADER_EPOCH',
  'auth-file': 'ZK_LEADER_AUTH_FILE',
  tls: 'ZK_LEADER_TLS',
  'tls-ca': 'ZK_LEADER_TLS_CA',
  'tls-cert': 'ZK_LEADER_TLS_CERT',
  'tls-key': 'ZK_LEADER_TLS_KEY',
  'tls-servername': 'ZK_LEADER_TLS_SERVERNAME',
} as const;

const ZNODE_VARIABLE = 'ZK_LEADER_ZNODE';

/**
 * Returns the variables that tell how the ensemble is reached: where its credentials lie, and never what they are. Those
 * without a value are to be unset, since an outer run may have set them.
 */
export function tellEnsemble({ text, authFile, tls }: Ensemble): Record<string, string | undefined> {
  return {
    [VARIABLES.zookeeper]: text,
    [VARIABLES['auth-file']]: authFile,
    [VARIABLES.tls]: tls && '1',
    [VARIABLES['tls-ca']]: tls?.caFile,
    [VARIABLES['tls-cert']]: tls?.certFile,
    [VARIABLES['tls-key']]: tls?.keyFile,
    [VARIABLES['tls-servername']]: tls?.serverName,
  };
}

/** Returns the settings of the run that has started us, if one has. */
export function toldSettings(env: NodeJS.ProcessEnv): Settings {
  const settings: Record<string, Setting> = {};
  for (const [option, from] of Object.entries(VARIABLES)) {
    const text = env[from];
    if (text !== undefined) settings[option] = { text, from };
  }
  const prefix = prefixOf(env[ZNODE_VARIABLE] ?? '');
  if (prefix !== undefined) settings['znode-prefix'] = { text: prefix, from: ZNODE_VARIABLE };
  return settings;
}

/** Whether the text is the id of the run that has started us: its variable is that of --id too, and then sets nothing. */
export function isToldRunId(text: string, env: NodeJS.ProcessEnv): boolean {
  const [, epoch] = /^(\d+)-\d+$/.exec(text) ?? [];
  return epoch !== undefined && epoch === env[VARIABLES.epoch];
}

/** What stands before a contender's number; undefined for a name of the default pattern. */
function prefixOf(znode: string): string | undefined {
  const name = znode.slice(znode.lastIndexOf('/') + 1);
  if (sequenceOf({ prefix: undefined }, name) !== undefined) return undefined;
  return /^(.+)(?:\d{10}|-\d{9,10})$/.exec(name)?.[1];
}

/**
 * Lays what was given over what was told. The epoch, the election and the ensemble of a term belong together: as
 * long as no other epoch is asked for, they count before variables that may have been inherited from the run itself,
 * whose command line said otherwise.
 */
export function withTold(words: Settings, variables: Settings, told: Settings): Settings {
  const laid =
    'epoch' in words || 'epoch' in variables
      ? { ...told, ...variables, ...words }
      : { ...variables, ...told, ...words };
  // The run's prefix is that of its own election, and says nothing of another.
  const { 'znode-prefix': prefix, ...rest } = laid;
  const isForeign = prefix?.from === ZNODE_VARIABLE && rest['election'] !== told['election'];
  return isForeign ? rest : laid;
}
