// Owns the search for what was left behind: processes of the commands, and whatever else is there at the end.

import { readFileSync } from 'node:fs';
import { processesOf } from '../ensemble/program/stage.js';
import type { Enclosure } from './enclosure.js';
import type { History } from './history.js';
import type { RunId } from './line.js';
import { parseRunId } from './line.js';
import { commandLine, identify } from './processes.js';

export interface Scene {
  readonly history: History;
  /** Named in the command line of every process that beats, whatever its environment. */
  readonly beatsFile: string;
  /** Named in the environment of every other process of a command. */
  readonly election: string;
  readonly enclosure: Enclosure | undefined;
}

/** The processes of the commands of these runs that are alive. */
export function commandsAlive(scene: Scene, isMeant: (run: RunId) => boolean = () => true): number[] {
  const { history, beatsFile, election } = scene;
  const others = new Set(
    history.lives.filter((life) => !isMeant(life)).flatMap(({ processes }) => [...processes.keys()]),
  );
  const written = history.lives
    .filter(isMeant)
    .flatMap(({ processes }) => [...processes.keys()])
    // A number that the kernel has given away again is another's.
    .filter((pid) => !others.has(pid) && commandLine(pid).includes(beatsFile));
  const marked = processesOf(election).filter((pid) => {
    const run = parseRunId(/(?:^|\0)ZK_LEADER_RUN_ID=([^\0]*)/.exec(environmentOf(pid))?.[1] ?? '');
    return run !== undefined && isMeant(run);
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
