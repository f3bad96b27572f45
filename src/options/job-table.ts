// Owns the options of `run` that say what follows when the command ends, when it is run, and who is fit to run it.

import type { OptionTable } from './option.js';

export const FOLLOWING = ['exit', 'restart', 'resign'] as const;

export const jobTable = {
  'on-exit': {
    group: 'When the command ends',
    default: undefined,
    defaultInWords: 'exit; with a schedule, wait for the next tick',
    choices: FOLLOWING,
    meaning: 'After it has ended by itself: exit with it, restart it, or resign to the end of the line',
  },
  'on-failure': {
    group: 'When the command ends',
    default: undefined,
    defaultInWords: 'as --on-exit',
    choices: FOLLOWING,
    meaning:
      'After it has ended with anything but 0, or taken too long: exit, resign, or restart, which runs its tick again',
  },
  'restart-delay': {
    group: 'When the command ends',
    default: '1s',
    value: 'DURATION',
    meaning: 'Pause before a restart; doubled with each failure in a row',
  },
  'restart-delay-max': {
    group: 'When the command ends',
    default: '1m',
    value: 'DURATION',
    meaning: 'The longest pause before a restart',
  },
  'max-restarts': {
    group: 'When the command ends',
    default: undefined,
    defaultInWords: 'no limit',
    value: 'N/PERIOD',
    meaning: 'Resign rather than restart more often than this, such as 5/10m',
  },
  'max-runtime': {
    group: 'When the command ends',
    default: undefined,
    defaultInWords: 'none',
    value: 'DURATION',
    meaning: 'Stop a run that takes longer; it has failed',
  },
  every: {
    group: 'Schedule',
    default: undefined,
    defaultInWords: 'no schedule',
    value: 'DURATION',
    meaning: 'Run it at every multiple of this since 1970, in UTC, and stay the leader in between',
  },
  cron: {
    group: 'Schedule',
    default: undefined,
    defaultInWords: 'no schedule',
    value: 'EXPRESSION',
    meaning: 'Run it at these times: 5 fields, or 6 with seconds first, or a word such as @daily',
  },
  timezone: {
    group: 'Schedule',
    default: undefined,
    defaultInWords: "this machine's",
    value: 'ZONE',
    suggestions: ['UTC'],
    meaning: 'Time zone of --cron, such as Europe/Berlin; to be the same on all servers',
  },
  overlap: {
    group: 'Schedule',
    default: 'skip',
    choices: ['skip', 'queue', 'replace'],
    meaning: 'A tick that finds the last run still going: skip it, queue it behind, or replace that run',
  },
  jitter: {
    group: 'Schedule',
    default: '0s',
    value: 'DURATION',
    meaning:
      'Put each tick off by up to this, half-way to the next one at most; all servers agree by how much',
  },
  'catch-up': {
    group: 'Schedule',
    default: '10m',
    value: 'DURATION',
    meaning:
      'Run a tick that nobody could run in time up to this late, once for all of them; later, it is missed',
  },
  'rerun-interrupted': {
    group: 'Schedule',
    default: 'false',
    defaultInWords: 'it is only reported',
    isSwitch: true,
    meaning: 'Run a tick again whose run has died with its leader',
  },
  history: {
    group: 'Schedule',
    default: '50',
    value: 'NUMBER',
    meaning: 'How many runs are remembered, beside the election, from 1 to 500',
  },
  'once-per': {
    group: 'Schedule',
    default: undefined,
    defaultInWords: 'none',
    value: 'DURATION|TICK',
    meaning: 'One run in each such time, or one for each such name, then the end; for cron and CI',
  },
  'skip-code': {
    group: 'Schedule',
    default: '0',
    value: 'CODE',
    meaning: 'Exit code of whoever finds the run of --once-per done or under way',
  },
  check: {
    group: 'Fitness',
    default: undefined,
    defaultInWords: 'none',
    value: 'COMMAND',
    meaning: 'Stand for election only where this command ends with 0, and resign where it no longer does',
  },
  'check-interval': {
    group: 'Fitness',
    default: '5s',
    value: 'DURATION',
    meaning: 'Time between two checks',
  },
  'check-rise': {
    group: 'Fitness',
    default: '2',
    value: 'NUMBER',
    meaning: 'Stand for election once so many have passed in a row',
  },
  'check-fall': {
    group: 'Fitness',
    default: '3',
    value: 'NUMBER',
    meaning: 'Resign, or leave the line, once so many have failed in a row',
  },
} as const satisfies OptionTable;

export type JobOptionName = keyof typeof jobTable;
