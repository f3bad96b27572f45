// Owns the picture of an election: who stands in line, who watches whom, and how a lost leader is followed by the next.
import { arrow, type Box, box, labelled, picture, type Point, words } from './svg.js';

const WIDTH = 915;
const MARGIN = 15;
const MACHINE = { width: 285, height: 112, gap: 15 };
const FRAME_HEIGHT = 268;
const SMALL = 'class="pale" font-size="11"';

/** What a znode shows of its contender. */
interface Znode {
  readonly number: number;
  readonly look: 'part' | 'good' | 'bad' | 'none';
}

/** One machine, with its contender's znode above it. */
interface Machine {
  readonly name: string;
  readonly znode: Znode;
  /** Whose znode it watches: that of the machine so many columns to the left. */
  readonly watches?: number;
  readonly heartbeats?: 'live' | 'dead';
  readonly supervisor: 'part' | 'bad';
  readonly command: { readonly word: string; readonly look: 'good' | 'bad' | 'none' };
  readonly lines: readonly [string, string];
}

interface Frame {
  readonly title: string;
  readonly machines: readonly [Machine, Machine, Machine];
}

const NO_COMMAND = { word: 'not yet', look: 'none' } as const;

const WEB3: Machine = {
  name: 'web3',
  znode: { number: 19, look: 'part' },
  watches: 1,
  supervisor: 'part',
  command: NO_COMMAND,
  lines: ['stands by: watches number 18 alone', 'and is not woken when number 17 goes'],
};

const FRAMES: readonly Frame[] = [
  {
    title: '1. The lowest number leads; everybody else watches only the next one ahead',
    machines: [
      {
        name: 'web1',
        znode: { number: 17, look: 'good' },
        heartbeats: 'live',
        supervisor: 'part',
        command: { word: 'command', look: 'good' },
        lines: ['leads: heartbeats extend its lease,', 'and with it the deadline of its watchdog'],
      },
      {
        name: 'web2',
        znode: { number: 18, look: 'part' },
        watches: 1,
        supervisor: 'part',
        command: NO_COMMAND,
        lines: ['stands by: watches number 17', 'its watchdog is ready'],
      },
      WEB3,
    ],
  },
  {
    title: '2. web1 is cut off: its command is ended while its znode still stands, and all others wait',
    machines: [
      {
        name: 'web1',
        znode: { number: 17, look: 'bad' },
        heartbeats: 'dead',
        supervisor: 'bad',
        command: { word: 'killed', look: 'bad' },
        lines: ['SIGTERM, then SIGKILL by the deadline,', 'even if zk-leader-run itself stands still'],
      },
      {
        name: 'web2',
        znode: { number: 18, look: 'part' },
        watches: 1,
        supervisor: 'part',
        command: NO_COMMAND,
        lines: ['waits: number 17 stands for as long', 'as the session of web1 lives'],
      },
      WEB3,
    ],
  },
  {
    title: '3. The session of web1 has ended, and number 17 with it: web2 is told, and leads',
    machines: [
      {
        name: 'web2',
        znode: { number: 18, look: 'good' },
        heartbeats: 'live',
        supervisor: 'part',
        command: { word: 'command', look: 'good' },
        lines: ['leads: starts its command, with a larger', 'epoch, behind a heartbeat of its own'],
      },
      { ...WEB3, lines: ['stands by: watches number 18,', 'as before'] },
      {
        name: 'web1',
        znode: { number: 20, look: 'part' },
        watches: 1,
        supervisor: 'part',
        command: NO_COMMAND,
        lines: ['is back, at the end of the line', 'under a new number'],
      },
    ],
  },
];

/** The whole picture. */
export function drawElection(): string {
  const parts = FRAMES.flatMap((frame, index) => drawFrame(frame, index * FRAME_HEIGHT));
  return picture(
    WIDTH,
    FRAMES.length * FRAME_HEIGHT,
    'How zk-leader-run elects a leader and hands over',
    parts,
  );
}

function drawFrame({ title, machines }: Frame, top: number): string[] {
  const ensemble: Box = { x: MARGIN, y: top + 36, width: WIDTH - 2 * MARGIN, height: 64 };
  return [
    words({ x: MARGIN, y: top + 24 }, title, 'class="ink" font-size="15" font-weight="600"'),
    box('zone', ensemble),
    words({ x: MARGIN + 10, y: top + 53 }, 'ZooKeeper ensemble: /zk-leader-run/sync-job.sh', SMALL),
    ...machines.flatMap((machine, column) => drawMachine(machine, column, top)),
  ];
}

function drawMachine(machine: Machine, column: number, top: number): string[] {
  const x = MARGIN + column * (MACHINE.width + MACHINE.gap);
  const znode: Box = { x: x + 10, y: top + 62, width: 150, height: 28 };
  const whole: Box = { x, y: top + 140, width: MACHINE.width, height: MACHINE.height };
  const part = (offset: number, width: number): Box => ({
    x: x + offset,
    y: whole.y + 28,
    width,
    height: 34,
  });
  const supervisor = part(10, 94);
  const watchdog = part(122, 68);
  const command = part(208, 68);
  const middle = supervisor.y + supervisor.height / 2;
  return [
    labelled(machine.znode.look, znode, `...-lock-00000000${machine.znode.number}`),
    box('zone', whole),
    words(
      { x: x + MACHINE.width - 10, y: whole.y + 19 },
      machine.name,
      'class="ink" font-weight="600" text-anchor="end"',
    ),
    labelled(machine.supervisor, supervisor, 'zk-leader-run'),
    labelled('part', watchdog, 'watchdog'),
    labelled(machine.command.look, command, machine.command.word),
    arrow('line', { x: supervisor.x + supervisor.width, y: middle }, { x: watchdog.x, y: middle }),
    ...(machine.command.look === 'none'
      ? []
      : [arrow('line', { x: watchdog.x + watchdog.width, y: middle }, { x: command.x, y: middle })]),
    ...machine.lines.map((line, row) => words({ x: x + 10, y: whole.y + 80 + 16 * row }, line, SMALL)),
    ...drawLinks(machine, { x: supervisor.x, y: supervisor.y }, znode),
  ];
}

/** To its own znode, and to the one that it watches. */
function drawLinks({ heartbeats, watches }: Machine, supervisor: Point, znode: Box): string[] {
  const from = { x: supervisor.x + 64, y: supervisor.y };
  const bottom = znode.y + znode.height;
  const links: string[] = [];
  if (heartbeats !== undefined) {
    const what = heartbeats === 'live' ? 'heartbeats' : 'cut off';
    links.push(arrow(heartbeats, from, { x: from.x, y: bottom }));
    links.push(words({ x: from.x + 8, y: bottom + 34 }, what, SMALL));
  }
  if (watches !== undefined) {
    const to = { x: znode.x - watches * (MACHINE.width + MACHINE.gap) + znode.width, y: bottom };
    links.push(arrow('line', from, to));
    links.push(words({ x: (from.x + to.x) / 2 + 12, y: (from.y + to.y) / 2 - 4 }, 'watches', SMALL));
  }
  return links;
}
