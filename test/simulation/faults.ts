// Owns the doing of a plan's faults, one behind the other.

import type { Deed, Fault, Place } from './plan.js';
import { describeFault } from './plan-text.js';
import type { Server } from './server.js';
import { SERVERS } from './stage.js';
import type { World } from './world.js';

/** Does the faults from the given one on; `done` follows the last. */
export function doFaults(world: World, done: () => void, index = 0): void {
  const fault = world.plan.faults[index];
  if (fault === undefined) {
    done();
    return;
  }
  const go = (): void => {
    world.stage.say(() => `--- ${describeFault(fault)}`);
    world.stage.count(`fault ${fault.deed.kind}`);
    perform(world, fault.deed);
    doFaults(world, done, index + 1);
  };
  world.queue.after(fault.gapMs, () => {
    wait(world, fault, go);
  });
}

function wait(world: World, { upon }: Fault, go: () => void): void {
  if (upon === undefined) go();
  else world.upon(upon, world.plan.timing.sessionTimeoutMs, go);
}

function perform(world: World, deed: Deed): void {
  switch (deed.kind) {
    case 'cut':
      cut(world, deed);
      return;
    case 'reset':
      for (const place of contendersAt(world, deed.who)) world.contenders[place]?.line.session?.reset();
      return;
    case 'crash-server':
      for (const server of serversAt(world, deed.who)) {
        server.crash(deed.power);
        world.queue.after(deed.forMs, () => {
          server.start();
        });
      }
      return;
    case 'crash-contender':
      for (const place of contendersAt(world, deed.who)) {
        world.crash(place);
        beginLater(world, place, deed.forMs);
      }
      return;
    case 'signal':
      for (const place of contendersAt(world, deed.who)) {
        world.contenders[place]?.push({ type: 'signal', signal: 'SIGTERM' });
        if (deed.twice) world.contenders[place]?.push({ type: 'signal', signal: 'SIGTERM' });
        beginLater(world, place, deed.forMs);
      }
      return;
    case 'stall':
      for (const place of contendersAt(world, deed.who)) world.contenders[place]?.stall(deed.forMs);
      return;
  }
}

function cut(world: World, { from, to, direction, forMs }: Extract<Deed, { kind: 'cut' }>): void {
  const ways: (readonly [number, number])[] = [];
  for (const a of machinesAt(world, from)) {
    for (const b of machinesAt(world, to)) {
      if (a === b) continue;
      if (direction !== 'back') ways.push([a, b]);
      if (direction !== 'there') ways.push([b, a]);
    }
  }
  for (const [a, b] of ways) world.network.cut(a, b);
  world.queue.after(forMs, () => {
    for (const [a, b] of ways) world.network.heal(a, b);
  });
}

/** Only if it has ended by then. */
function beginLater(world: World, place: number, ms: number): void {
  world.queue.after(ms, () => {
    world.begin(place);
  });
}

function machinesAt(world: World, place: Place): readonly number[] {
  return [
    ...serversAt(world, place).map((server) => server.id),
    ...contendersAt(world, place).map((contender) => SERVERS + contender),
  ];
}

function serversAt(world: World, place: Place): readonly Server[] {
  const { servers, leader } = world.ensemble;
  const { first } = world;
  const serving = first === undefined ? undefined : world.contenders[first]?.line.session?.server;
  switch (place) {
    case 's0':
    case 's1':
    case 's2':
      return servers.filter((server) => place === `s${server.id}`);
    case 'servers':
      return servers;
    case 'leader':
      return leader === undefined ? [] : [leader];
    case 'not-leader':
      return servers.filter((server) => server !== leader);
    case 'serving':
      return serving === undefined ? [] : [serving];
    case 'not-serving':
      return servers.filter((server) => server !== serving);
    case 'c0':
    case 'c1':
    case 'c2':
    case 'c3':
    case 'first':
    case 'contenders':
      return [];
  }
}

function contendersAt(world: World, place: Place): readonly number[] {
  const { first } = world;
  switch (place) {
    case 'c0':
    case 'c1':
    case 'c2':
    case 'c3':
      return [...world.contenders.keys()].filter((contender) => place === `c${contender}`);
    case 'contenders':
      return [...world.contenders.keys()];
    case 'first':
      return first === undefined ? [] : [first];
    case 's0':
    case 's1':
    case 's2':
    case 'servers':
    case 'leader':
    case 'not-leader':
    case 'serving':
    case 'not-serving':
      return [];
  }
}
