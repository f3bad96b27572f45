// Owns what of a run's options reaches its znode, its watchdog, its command and its hooks.

import { hostname } from 'node:os';
import type { Run, Znode } from '../election/term.js';
import type { RunOptions } from '../options/options.js';
import { tellEnsemble } from '../options/told.js';
import type { Term, WatchdogOptions } from '../watchdog/client.js';
import type { Charge } from '../watchdog/protocol.js';
import type { ContenderData } from '../zookeeper/own-znode.js';

/** What our znode says of us. */
export function contenderData({ id, command }: RunOptions): ContenderData {
  return { id, host: hostname(), pid: process.pid, command: command.argv0, since: new Date().toISOString() };
}

/** What the watchdog has to know before a term. */
export function chargeOf({ command, stdin, containment, containmentRequired }: RunOptions): Charge {
  return { command: { ...command, args: [...command.args] }, stdin, containment, containmentRequired };
}

/** The hooks that run in the tree of a term. */
export function termHooksOf({ hooks: { elected, lost } }: RunOptions): WatchdogOptions['hooks'] {
  return {
    ...(elected && { elected: { ...elected, args: [...elected.args] } }),
    ...(lost && { lost: { ...lost, args: [...lost.args] } }),
  };
}

export function termOf(options: RunOptions, { name, epoch }: Znode, run: Run): Term {
  return {
    epoch,
    environment: {
      ...termlessEnvironment(options),
      ZK_LEADER_ZNODE: `${options.electionPath}/${name}`,
      ZK_LEADER_EPOCH: String(epoch),
      ...runVariables(run),
    },
    // The znode's name holds our guid and a number of the ensemble's.
    marker: 'ZK_LEADER_ZNODE',
  };
}

/** What the command is told of its run. Where nothing is due at any moment, the tick is that of the claim, or none. */
function runVariables({ id, tick, name, attempt, claimedAt }: Run): Record<string, string | undefined> {
  const moment = tick ?? claimedAt;
  return {
    ZK_LEADER_RUN_ID: id,
    ZK_LEADER_ATTEMPT: String(attempt),
    ZK_LEADER_TICK: name ?? (moment === undefined ? undefined : new Date(moment).toISOString()),
  };
}

/** What the command and every hook is told, whether there is a term or not. */
export function termlessEnvironment({ electionPath, ensemble, id }: RunOptions): Record<string, string> {
  return {
    ...tellEnsemble(ensemble),
    ZK_LEADER_ELECTION: electionPath,
    ZK_LEADER_ID: id,
  };
}
