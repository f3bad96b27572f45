// Owns the doing of a plan's faults, one behind the other.

import type { Contender } from './contender.js';
import { askToRun, removeZnode } from './operator.js';
import type { Deed, Fault, Part, Place } from './plan.js';
import { describeFault } from './plan-text.js';
import type { Process } from './process.js';
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
    case 'ask-to-resign':
      for (const asked of present(world, deed.who)) askToResign(asked);
      return;
    case 'stall':
      for (const contender of present(world, deed.who)) stall(world, contender, deed.process, deed.forMs);
      return;
    case 'kill-supervisor':
      for (const place of contendersAt(world, deed.who)) {
        const contender = world.contenders[place];
        if (contender !== undefined && mayTrouble(world, contender, 'supervisor')) world.kill(place);
        beginLater(world, place, deed.forMs);
      }
      return;
    case 'kill-watchdog':
      for (const contender of present(world, deed.who))
        if (mayTrouble(world, contender, 'watchdog')) contender.client.watchdog?.kill();
      return;
    case 'suspend':
      for (const place of contendersAt(world, deed.who)) suspend(world, place, deed.forMs);
      return;
    case 'none':
      return;
    case 'set-clock':
      for (const place of contendersAt(world, deed.who)) {
        const machine = world.machines[place]!;
        machine.setWallClock(machine.wallMs + deed.byMs);
      }
      return;
    case 'remove-znode':
      for (const { state } of present(world, deed.who))
        if (state.phase.name === 'idle' && state.phase.claim === undefined)
          removeZnode(world.ensemble, state.phase.znode.name);
      return;
    case 'ask-to-run':
      askToRun(world.ensemble, deed.forMs);
      return;
  }
}

/** It hears of a request for the place that it has now. */
function askToResign(contender: Contender): void {
  const { phase } = contender.state;
  if (!('znode' in phase)) return;
  const request = { by: 'operator', host: 'somewhere', since: '2001-01-01T00:00:00Z' };
  contender.push({ type: 'resign-asked', name: phase.znode.name, request });
}

function stall(world: World, contender: Contender, part: Part, forMs: number): void {
  const process = part === 'supervisor' ? contender.process : contender.client.watchdog?.process;
  if (process === undefined || !mayTrouble(world, contender, part)) return;
  process.stop();
  world.queue.after(forMs, () => {
    process.continue();
  });
}

/** What was on its way to the machine is sent again when it is awake. */
function suspend(world: World, place: number, forMs: number): void {
  const machine = world.machines[place]!;
  const all = world.ensemble.servers.map((server) => server.id);
  for (const server of all) {
    world.network.cut(server, machine.id);
    world.network.cut(machine.id, server);
  }
  machine.suspend();
  world.queue.after(forMs, () => {
    machine.resume();
    for (const server of all) {
      world.network.heal(server, machine.id);
      world.network.heal(machine.id, server);
    }
  });
}

/** What the one of the two may need to do the other's work, once it is well again or the other has noticed its end. */
const RECOVERY_MS = 50;

/** Premise: of a contender's two processes one is always well. */
function mayTrouble(world: World, { process, client }: Contender, part: Part): boolean {
  const recoveryMs = world.plan.timing.killBudgetMs + RECOVERY_MS;
  const isWell = (other: Process | undefined): boolean =>
    other === undefined || world.queue.now - other.untroubledSince >= recoveryMs;
  return part === 'watchdog'
    ? isWell(process)
    : isWell(client.watchdog?.process) && isWell(client.former?.process);
}

function present(world: World, place: Place): readonly Contender[] {
  return contendersAt(world, place).flatMap((contender) => world.contenders[contender] ?? []);
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
