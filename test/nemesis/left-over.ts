// Owns the search for what was left behind: processes of the commands, and whatever else is there at the end.

import { readFileSync } from 'node:fs';
import { processesOf } from '../ensemble/program/stage.js';
import type { Enclosure } from './enclosure.js';
import type { History, Term } from './history.js';
import { commandLine, identify } from './processes.js';

export interface Scene {
  readonly history: History;
  /** Named in the command line of every process that beats, whatever its environment. */
  readonly beatsFile: string;
  /** Named in the environment of every other process of a command. */
  readonly election: string;
  readonly enclosure: Enclosure | undefined;
}

/** The processes of the commands of these terms that are alive. */
export function commandsAlive(scene: Scene, isMeant: (term: Term) => boolean = () => true): number[] {
  const { history, beatsFile, election } = scene;
  const written = history.terms
    .filter(isMeant)
    .flatMap(({ processes }) => [...processes.keys()])
    .filter((pid) => commandLine(pid).includes(beatsFile));
  const marked = processesOf(election).filter((pid) => {
    const epoch = /(?:^|\0)ZK_LEADER_EPOCH=(\d+)/.exec(environmentOf(pid))?.[1];
    if (epoch === undefined) return false;
    const term = history.term(BigInt(epoch));
    return term === undefined || isMeant(term);
  });
  return [...new Set([...written, ...marked])];
}

/** Everything that a run has made and that is still there, in words: there should be nothing once all contenders ended. */
export function everythingLeft(scene: Scene, watchdogs: readonly number[]): string[] {
  const { election, enclosure } = scene;
  const pids = new Set([...processesOf(election), ...(enclosure?.pids() ?? []), ...watchdogs]);
  return [
    ...[...pids]
      .filter((pid) => identify(pid) !== undefined)
      .map((pid) => `process ${pid}: ${commandLine(pid)}`),
    ...(enclosure?.inner() ?? []).map((folder) => `folder ${folder}`),
  ];
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
}
