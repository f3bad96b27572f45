// Owns how the contenders are started: with which options, environment and command, and inside which cgroup.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROGRAM, SHORT_SESSION } from '../support/contender.js';
import { eventually, withDeadline } from '../support/wait.js';
import type { Enclosure } from './enclosure.js';
import { argumentsOf } from './job.js';
import { Member, type MemberOptions } from './member.js';
import type { Network } from './network.js';
import type { ContenderId, Level, Plan } from './plan.js';

const BEATER = fileURLToPath(new URL('../../../test/nemesis/commands/beater.pl', import.meta.url));
/** Commands that ignore SIGTERM should not hold up the run. */
const STOP_TIMEOUT = '--stop-timeout=1s';

export interface CastOptions {
  /** bin/zk-leader-run.js, or a copy that something was taken out of. */
  readonly program?: string;
  readonly containment?: string;
}

export interface Surroundings {
  readonly network: Network;
  readonly enclosure: Enclosure | undefined;
  readonly folder: string;
  readonly beatsFile: string;
  readonly election: string;
}

export class Cast {
  readonly #options: CastOptions;
  readonly #surroundings: Surroundings;

  constructor(options: CastOptions, surroundings: Surroundings) {
    this.#options = options;
    this.#surroundings = surroundings;
  }

  /** One of the contenders of the plan, not started yet. */
  member(
    id: ContenderId,
    { manners, seed, sharedRuntime, job }: Plan,
    listeners: Pick<MemberOptions, 'onStart' | 'onExit'>,
  ): Member {
    const { folder, beatsFile, election } = this.#surroundings;
    const command = ['perl', BEATER, beatsFile, String(seed >>> 0), manners[id].join(',')];
    return new Member({
      id,
      command: this.#commandLine(id, election, command, job && argumentsOf(job)),
      env: this.#environment(sharedRuntime ? 'shared' : id),
      folder,
      ...listeners,
    });
  }

  /** How the program contains a command here: found by running one. */
  async findLevel(): Promise<Level> {
    const { folder, election } = this.#surroundings;
    const probe = new Member({
      id: 'a',
      command: this.#commandLine('a', `${election}-probe`, ['true']),
      env: this.#environment('probe'),
      folder,
      onStart: () => undefined,
      onExit: () => undefined,
    });
    probe.start();
    try {
      return await eventually('a line of the log with "watchdog ready"', () => probe.level);
    } finally {
      await withDeadline('the end of the probe', probe.resign());
    }
  }

  #commandLine(
    id: ContenderId,
    election: string,
    command: readonly string[],
    more: readonly string[] = [],
  ): readonly string[] {
    const { program = PROGRAM, containment } = this.#options;
    const { network, enclosure } = this.#surroundings;
    const line = [
      ...[process.execPath, program, '--zookeeper', network.connectString(id), '--election', election],
      ...['--id', id, '--log-format', 'json', ...SHORT_SESSION, STOP_TIMEOUT],
      ...(containment === undefined ? [] : [`--containment=${containment}`]),
      ...more,
      ...['--', ...command],
    ];
    return enclosure?.enter(line) ?? line;
  }

  /** A folder of its own for runtime files, so that nobody sweeps what is another machine's. */
  #environment(runtime: string): NodeJS.ProcessEnv {
    const folder = join(this.#surroundings.folder, `runtime-${runtime}`);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return { ...process.env, XDG_RUNTIME_DIR: folder };
  }
}
