// A watchdog that confirms every order and obeys none. A command that it is to start has, it says, the number and the
// start time that LEADER holds.
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';

const pipe = new Socket({ fd: 3, readable: true, writable: true });

function say(report) {
  pipe.write(`${JSON.stringify(report)}\n`);
}

createInterface({ input: pipe }).on('line', (line) => {
  const { type, number, term } = JSON.parse(line);
  if (type === 'prepare') say({ type: 'ready', level: 'group', passedOver: [] });
  say({ type: 'taken', number });
  if (type === 'start') say({ type: 'started', term, leader: JSON.parse(process.env.LEADER) });
});
