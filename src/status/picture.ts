// Owns how elections look to a person: for each a line on who leads, then the table of everybody in line.

import { printable } from '../printable.js';
import type { Election } from '../zookeeper/elections.js';
import { type Contender, contendersOf, leadingIn, nameOf } from './contender.js';
import { type Column, drawTable } from './table.js';
import {
  absenceInWords,
  ageInWords,
  leadershipInWords,
  pauseInWords,
  strangersInWords,
  watchedBy,
} from './words.js';

/** What a line is, so that a terminal may show it so. */
export type Look = 'plain' | 'title' | 'heading' | 'leader' | 'success' | 'warning' | 'failure';

export interface PictureLine {
  readonly text: string;
  readonly look: Look;
}

/** What is looked at, when, and how many columns there are for it. */
export interface Viewpoint {
  readonly path: string;
  readonly at: Date;
  readonly columns: number;
}

/** Draws all elections, with an empty line between them. */
export function drawElections(elections: readonly Election[], viewpoint: Viewpoint): PictureLine[] {
  if (elections.length === 0) return [{ text: absenceInWords(viewpoint.path), look: 'title' }];
  return elections.flatMap((election, index) => [
    ...(index === 0 ? [] : [{ text: '', look: 'plain' } as const]),
    ...drawElection(election, viewpoint),
  ]);
}

function drawElection(election: Election, { at, columns }: Viewpoint): PictureLine[] {
  const { strangers, pause } = election;
  const lines: PictureLine[] = [{ text: leadershipInWords(election), look: 'title' }];
  if (pause !== undefined) lines.push({ text: pauseInWords(pause), look: 'warning' });
  if (strangers.length > 0) lines.push({ text: strangersInWords(strangers), look: 'warning' });
  const contenders = contendersOf(election);
  if (contenders.length === 0) return lines;
  const [heading = '', ...rows] = drawTable(columnsOf(contenders, at), columns);
  const leader = leadingIn(election);
  const looks = contenders.map((contender) => (contender.place === leader?.place ? 'leader' : 'plain'));
  return [
    ...lines,
    { text: heading, look: 'heading' },
    ...rows.map((text, index): PictureLine => ({ text, look: looks[index] ?? 'plain' })),
  ];
}

function columnsOf(contenders: readonly Contender[], at: Date): Column[] {
  const fact = (name: 'host' | 'pid' | 'command'): string[] =>
    contenders.map(({ entry }) => printable(String(entry.facts[name] ?? '-')));
  return [
    { heading: 'place', cells: contenders.map(({ place }) => String(place)), align: 'right' },
    { heading: 'id', cells: contenders.map(({ entry }) => nameOf(entry)), isText: true },
    { heading: 'host', cells: fact('host'), isText: true, dispensable: 3 },
    { heading: 'pid', cells: fact('pid'), align: 'right', dispensable: 4 },
    { heading: 'command', cells: fact('command'), isText: true, dispensable: 5 },
    {
      heading: 'in line for',
      cells: contenders.map(({ entry }) => ageInWords(at.getTime() - entry.joinedAt.getTime())),
      dispensable: 1,
    },
    {
      heading: 'epoch',
      cells: contenders.map(({ entry }) => String(entry.epoch)),
      align: 'right',
      dispensable: 2,
    },
    { heading: 'session', cells: contenders.map(({ entry }) => `0x${entry.session}`), dispensable: 6 },
    { heading: 'watches', cells: contenders.map(watchedBy), isText: true },
  ];
}
