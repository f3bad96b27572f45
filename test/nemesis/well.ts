// Owns what it is for all to be well again: a lasting command goes on for a while, a scheduled one runs tick after tick.

import { eventually } from '../support/wait.js';
import type { History, Life } from './history.js';
import type { Job } from './job.js';
import { nowUs } from './record.js';

/** A lasting command has to go on for so long. */
const WELL_MS = 700;
/** A scheduled one has to be run for so many ticks. */
const WELL_TICKS = 2;

export interface Scene {
  readonly history: History;
  readonly members: readonly { readonly isRunning: boolean }[];
  /** Whether all of it is being ended. */
  readonly isOver: boolean;
  /** The run whose command is alive now. */
  current(): Life | undefined;
}

/** Resolves with the newest run once all is well; with none when there is nothing to wait for any more. */
export async function untilWell(scene: Scene, job: Job | undefined): Promise<Life | undefined> {
  const isFull = (): boolean => scene.members.every(({ isRunning }) => isRunning);
  const steady = steadiness(() => (isFull() ? scene.current() : undefined));
  const regular = regularity(scene.history.lives);
  const [what, well] =
    job === undefined
      ? ['exactly one contender to run a command, and go on', steady]
      : ['ticks to be run again', () => (isFull() ? regular() : undefined)];
  const answer = await eventually(what, () => (scene.isOver ? 'over' : well()));
  return answer === 'over' ? undefined : answer;
}

/** Asked again and again; answers with the command of the moment once the same one has been alive for a while. */
function steadiness(look: () => Life | undefined): () => Life | undefined {
  let well: { readonly life: Life; readonly at: number } | undefined;
  return () => {
    const life = look();
    if (life !== well?.life) well = life === undefined ? undefined : { life, at: nowUs() };
    return well !== undefined && nowUs() - well.at > WELL_MS * 1000 ? well.life : undefined;
  };
}

/** Asked again and again; answers with the newest run once runs for some ticks have begun since it was made. */
export function regularity(lives: readonly Life[]): () => Life | undefined {
  const from = nowUs();
  return () => {
    const since = lives.filter(({ first }) => first >= from);
    const ticks = new Set(since.map(({ occasion }) => occasion?.tick));
    return ticks.size >= WELL_TICKS ? since.at(-1) : undefined;
  };
}
