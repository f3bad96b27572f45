// Owns what a hook, or the check, finds in its environment beside what the command finds there.
// Must never give the epoch to what has no term: whoever showed it to a fenced resource would lock the leader out.

import type { StopCause } from '../election/endings.js';
import type { HookName } from '../election/term.js';
import { describeCause } from '../supervisor/words.js';
import type { SideRole } from '../watchdog/protocol.js';

export const hookNames = ['elected', 'lost', 'standby'] as const satisfies readonly HookName[];

const OF_A_TERM = [
  'ZK_LEADER_EPOCH',
  'ZK_LEADER_ZNODE',
  'ZK_LEADER_REASON',
  'ZK_LEADER_RUN_ID',
  'ZK_LEADER_ATTEMPT',
  'ZK_LEADER_TICK',
];

/** What a hook is told by: the event and, for a term that ends, why, in one line. */
export function hookVariables(event: HookName | SideRole, cause?: StopCause): Record<string, string> {
  return {
    ZK_LEADER_EVENT: event,
    ...(cause === undefined ? {} : { ZK_LEADER_REASON: describeCause(cause).replaceAll(/\p{Cc}+/gu, ' ') }),
  };
}

/** What a standby hook or a check finds: of a term, even one that we were started in ourselves, nothing. */
export function sideEnvironment(
  role: SideRole,
  inherited: NodeJS.ProcessEnv,
  ofTheRun: Readonly<Record<string, string>>,
): NodeJS.ProcessEnv {
  const environment = { ...inherited, ...ofTheRun, ...hookVariables(role) };
  for (const ofATerm of OF_A_TERM) {
    Reflect.deleteProperty(environment, ofATerm);
  }
  return environment;
}
