// Owns the explanation as a person reads it, at three in the morning: short lines, aligned, the gravest first.

import { CLOCK_RATE } from '../election/timing.js';
import { formatDuration } from '../options/duration.js';
import { about } from './about.js';
import { drawMoments } from './drawing.js';
import type { Explanation } from './explanation.js';
import type { Fate, Fault } from './faults.js';

const WIDTH = 100;

/** The explanation, in lines of at most a hundred columns but for words that are longer themselves. */
export function toText(explanation: Explanation): string {
  const { refusal, warnings } = explanation;
  const paragraphs = [
    wrap(summary(explanation)),
    ...(refusal === undefined ? [] : [wrap(`A run would be refused: ${refusal}.`)]),
    ...(warnings.length === 0
      ? []
      : [['Warnings', ...warnings.flatMap(({ text }) => wrap(`${text}.`, '  ! '))]]),
    ...(refusal === undefined ? [describeMoments(explanation), describeFaults(explanation.faults)] : []),
    describeAdvice(explanation),
    wrap(
      `All this holds as long as clocks run at the same rate within ${String(100 * CLOCK_RATE)} %, every process is ` +
        `gone ${formatDuration(explanation.timing.killBudgetMs)} after SIGKILL (--kill-budget), and the tickTime of the ` +
        `ensemble is no longer than ${formatDuration(explanation.timing.tickTimeMs)} (--tick-time).`,
    ),
  ];
  return `${paragraphs
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function summary({ answer, ensemble, timing, sessionTimeoutMs }: Explanation): string {
  const asked = formatDuration(timing.sessionTimeoutMs);
  if ('because' in answer) {
    return (
      `The ensemble at ${ensemble.text} has not answered: ${answer.because}. ` +
      `What follows holds if it grants a session of ${asked}, as it is asked to.`
    );
  }
  const { members = [] } = answer.facts;
  const voters = members.filter(({ role }) => role === 'participant').length;
  const servers = ` (voting servers: ${String(voters)}, observers: ${String(members.length - voters)})`;
  const otherwise = sessionTimeoutMs === timing.sessionTimeoutMs ? '' : `, not the ${asked} asked for`;
  return (
    `The ensemble at ${ensemble.text}${members.length === 0 ? '' : servers} ` +
    `grants a session of ${formatDuration(sessionTimeoutMs)}${otherwise}.`
  );
}

function describeMoments({ moments }: Explanation): string[] {
  const rows = [
    [0, 'the last heartbeat that will be answered is sent'],
    [
      moments.noticedMs,
      'silence is noticed at the latest, a closed connection at once: other servers are tried',
    ],
    [moments.terminateMs, 'SIGTERM to the command'],
    [moments.killMs, 'SIGKILL to all that it has started'],
    [moments.leaseEndsMs, 'nothing of it is left: the lease ends'],
    [moments.sessionMayEndMs, 'from now on the session may end, and the next in line lead'],
    [moments.sessionEndsMs, 'the session has ended, at the latest'],
  ] as const;
  return [
    'A leader that is cut off',
    ...rows.toSorted(([a], [b]) => a - b).map(([ms, what]) => `${about(ms).padStart(8)}  ${what}`),
    '',
    ...drawMoments(moments).map((line) => `  ${line}`),
  ];
}

function describeFaults(faults: readonly Fault[]): string[] {
  const row = (first: string, ...others: readonly string[]): string =>
    `  ${first.padEnd(50)}${others.map((cell) => cell.padStart(15)).join('')}`.trimEnd();
  return [
    'What can happen to a leader, and for how long nobody leads then',
    row('', 'it goes on', 'the next one', 'at the'),
    row('', 'if shorter than', 'leads after', 'longest'),
    ...faults.map(({ what, fate }) => row(what, ...cells(fate))),
    '  At once: milliseconds after the command has ended. *: from the return of a quorum on.',
    '  Each fault comes alone; the next in line stands there, well and connected.',
  ];
}

function cells(fate: Fate): readonly string[] {
  switch (fate.kind) {
    case 'goes-on':
      return ['goes on'];
    case 'ends':
    case 'goes-on-if-short': {
      const from = fate.countedFrom === 'quorum' ? '*' : ' ';
      const endured = fate.kind === 'ends' ? '-' : about(fate.enduredMs, Math.floor);
      return [
        endured,
        `${fate.typicalMs === 0 ? 'at once' : about(fate.typicalMs)}${from}`,
        `${about(fate.longestMs, Math.ceil)}${from}`,
      ];
    }
  }
}

function describeAdvice({ advice, refusal, endurance, faults }: Explanation): string[] {
  if (advice.length === 0) return [];
  const lost = faults.find(({ name }) => name === 'machine-lost')?.fate;
  const now = (figure: string): string => (refusal === undefined ? ` (now ${figure})` : '');
  const failoverNow = lost !== undefined && 'longestMs' in lost ? now(about(lost.longestMs, Math.ceil)) : '';
  return [
    'What could be changed',
    ...advice.flatMap(({ purpose, first, options, failoverMs, silenceMs }) => [
      `  ${purpose}:${first === undefined ? '' : ` ${first}, then`}`,
      `      ${options}`,
      `    machine lost: ${about(failoverMs, Math.ceil)} at the longest${failoverNow}; ` +
        `silence outlasted: ${silence(silenceMs)}${now(silence(endurance.silenceMs))}`,
    ]),
  ];
}

function silence(ms: number): string {
  return ms === 0 ? 'none' : about(ms, Math.floor);
}

/** Breaks the text between words; the first line begins so, and the others are indented as far. */
function wrap(text: string, first = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && first.length + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((each, index) => (index === 0 ? first : ' '.repeat(first.length)) + each);
}
