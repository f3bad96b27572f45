// Owns which process faults of one contender may meet, so that a plan stays within the premises of the guarantee:
// one of supervisor and watchdog is awake, or the cgroup's dead-man switch is there and the other is not merely frozen.

import type { Kind, Level } from './plan.js';

/** What is going on at a contender when a fault is to come. */
export interface Plight {
  readonly supervisorStopped: boolean;
  readonly watchdogStopped: boolean;
  /** It was killed, or not started yet. */
  readonly watchdogMissing: boolean;
}

/** Whether the guarantee still holds if this comes now; if not, it has to wait. */
export function mayCome(kind: Kind, plight: Plight, level: Level): boolean {
  const { supervisorStopped, watchdogStopped, watchdogMissing } = plight;
  switch (kind) {
    // A supervisor that is killed or frozen needs a watchdog; where that is missing, the dead-man switch has acted.
    case 'kill-supervisor':
    case 'stop-supervisor':
    case 'slow-supervisor':
      return (
        !watchdogStopped && (!watchdogMissing || level === 'cgroup') && !stopsTwice(kind, supervisorStopped)
      );
    case 'kill-watchdog':
      return !watchdogMissing && (!supervisorStopped || level === 'cgroup');
    case 'stop-watchdog':
    case 'slow-watchdog':
      return !watchdogMissing && !watchdogStopped && !supervisorStopped;
    case 'kill-both':
      return !watchdogMissing && level === 'cgroup';
    case 'terminate-supervisor':
    case 'ask-to-resign':
    case 'kill-command':
    case 'cut-client':
    case 'refuse-client':
    case 'blackhole-client':
    case 'delay-client':
    case 'reset-client':
    case 'kill-server':
    case 'stop-server':
    case 'cut-server':
    case 'delay-server':
    case 'reset-servers':
      return true;
  }
}

/** Two stops at once would end with the first SIGCONT: not what the plan says. */
function stopsTwice(kind: Kind, supervisorStopped: boolean): boolean {
  return kind !== 'kill-supervisor' && supervisorStopped;
}
