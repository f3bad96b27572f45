// Owns the choice of a level: the strongest that works here, found out by trying. Must never guess.

import { tryCgroup } from './cgroup.js';
import { type Attempt, type Containment, type Level, levels } from './containment.js';
import { tryGroup } from './group.js';
import { trySubreaper } from './subreaper.js';

/** A level that would not do, and why, as the end of a sentence. */
export interface PassedOver {
  readonly level: Level;
  readonly because: string;
}

export type Choice =
  { readonly containment: Containment; readonly passedOver: PassedOver[] } | { readonly refused: string };

const attempts: Readonly<Record<Level, () => Attempt>> = {
  cgroup: tryCgroup,
  subreaper: trySubreaper,
  group: tryGroup,
};

const waysToGetOne: Readonly<Record<Level, string>> = {
  cgroup: 'set Delegate=yes in the systemd unit, or run as root where /sys/fs/cgroup can be written to',
  subreaper: 'install koffi on Linux',
  group: '',
};

/**
 * Tries the levels from the wanted one on, `auto` being the strongest, and returns the first that works. If it is
 * `required` then no weaker one will do; with `auto`, one that is certain is required: `group` is best effort.
 */
export function chooseContainment(wanted: 'auto' | Level, required: boolean): Choice {
  const passedOver: PassedOver[] = [];
  for (const level of acceptable(wanted, required)) {
    const attempt = attempts[level]();
    if ('containment' in attempt) return { containment: attempt.containment, passedOver };
    passedOver.push({ level, because: attempt.because });
  }
  return { refused: refusal(passedOver) };
}

function acceptable(wanted: 'auto' | Level, required: boolean): readonly Level[] {
  if (wanted === 'auto') return required ? levels.filter((level) => level !== 'group') : levels;
  return required ? [wanted] : levels.slice(levels.indexOf(wanted));
}

function refusal(passedOver: readonly PassedOver[]): string {
  const missing = passedOver.map(({ level, because }) => `no ${level}: ${because}`);
  const ways = passedOver.map(({ level }) => waysToGetOne[level]);
  return `the containment that is required is not to be had here; ${missing.join('; ')}. Ways out: ${ways.join('; ')}; or accept a weaker one without --containment-required`;
}
