// Owns what must come of it once all is calm: exactly one command, or a job that goes on, and is accounted for.

import type { Job } from '../../src/election/job.js';
import type { RunEntry } from '../../src/ledger/ledger.js';
import { Violation } from './checks.js';
import { INIT_LIMIT } from './ensemble.js';
import { FIRST_WALL_MS } from './machine.js';
import { askToRun } from './operator.js';
import type { Plan, Work } from './plan.js';
import type { World } from './world.js';

const STEADY_SESSIONS = 1.5;

/** Lets things settle, and looks. */
export function settle(world: World): void {
  const { queue, plan } = world;
  queue.runUntil(queue.now + settlingMs(plan));
  if (plan.work !== undefined) {
    seeJobGoOn(world, plan.work);
    return;
  }
  const before = onlyChild(world);
  queue.runUntil(queue.now + STEADY_SESSIONS * plan.timing.sessionTimeoutMs);
  const after = onlyChild(world);
  if (before !== after) throw new Violation('liveness', 'the command moved in calm weather');
}

function onlyChild(world: World): unknown {
  const { running } = world.checks;
  const [only] = running;
  if (only === undefined || running.length > 1)
    throw new Violation('liveness', `${running.length} commands run in calm weather: ${phasesOf(world)}`);
  return only.child;
}

function phasesOf(world: World): string {
  return world.contenders.map((contender) => contender?.state.phase.name ?? 'gone').join(', ');
}

/**
 * How long it may take from calm to a command that runs: the servers find each other, what was left behind expires,
 * whoever is asked to stop does, and a last session of a contender that had to end its command first.
 */
function settlingMs({ timing, syncLimit }: Plan): number {
  const ensembleMs = 2 * (syncLimit + INIT_LIMIT + 2) * timing.tickTimeMs + 1000;
  const stoppingMs = timing.stopTimeoutMs + timing.leaseGraceMs + 2 * timing.killBudgetMs;
  return ensembleMs + stoppingMs + 3 * timing.sessionTimeoutMs + 3000;
}

function seeJobGoOn(world: World, work: Work): void {
  const { queue, plan, ledger, ensemble } = world;
  const { job } = work;
  const tick = ledger?.ledger?.tick ?? 0;
  const runs = ledger?.runs ?? 0;
  const withinMs = roundMs(plan, work) + Math.max(0, tick - FIRST_WALL_MS - queue.now);
  if (job.oncePer === undefined) askToRun(ensemble, withinMs);
  queue.runUntil(queue.now + settlingMs(plan) + withinMs);
  if (job.oncePer !== undefined) {
    seeItDone(world, work);
    return;
  }
  const { request } = ensemble.committed;
  if (request !== undefined && ledger?.hasGranted(String(request)) !== true)
    throw new Violation('liveness', `nobody has granted request ${request}: ${phasesOf(world)}`);
  if (job.schedule !== undefined && (ledger?.ledger?.tick ?? 0) <= tick)
    throw new Violation('liveness', `no tick after ${tick}: ${phasesOf(world)}`);
  if (ledger?.runs === runs && world.checks.running.length === 0)
    throw new Violation('liveness', `no run after ${runs}: ${phasesOf(world)}`);
  seeRunsConcluded(world);
  ledger?.atRest();
}

/** From the start of a run to that of the one behind the next, at most. */
function roundMs({ timing }: Plan, { job, livesMs }: Work): number {
  const intervalMs = job.schedule?.next(0) ?? 0;
  const checksMs = job.check === undefined ? 0 : (job.check.rise + 1) * job.check.intervalMs;
  const runMs = livesMs.most + timing.stopTimeoutMs + timing.leaseGraceMs + 2 * timing.killBudgetMs;
  return 3 * intervalMs + 2 * (runMs + job.restartDelayMaxMs) + checksMs;
}

/** What was to be run once for all. */
function seeItDone({ ledger }: World, { job }: Work): void {
  const last = ledger?.ledger?.entries.findLast((entry) => entry.kind === 'run' && isOf(entry, job));
  if (last?.kind !== 'run') throw new Violation('liveness', 'nobody has run it');
  const isOpen = last.result === undefined || last.result === 'interrupted';
  if (job.rerunInterrupted && isOpen)
    throw new Violation('liveness', `nobody has run it again: ${last.result ?? 'no result'}`);
}

/** Not one that an operator has asked for. */
function isOf({ tick, name }: RunEntry, { oncePer }: Job): boolean {
  return oncePer?.kind === 'name' ? name === oncePer.name : tick === oncePer?.tick;
}

/** Whoever leads now has written down what became of the runs before. */
function seeRunsConcluded({ ledger, ensemble, queue, plan }: World): void {
  const isOver = (epoch: bigint): boolean =>
    ![...ensemble.committed.znodes.values()].some(({ czxid }) => BigInt(czxid) === epoch);
  // A term may be about to begin.
  if (ledger?.leftOpen(isOver) !== undefined) queue.runUntil(queue.now + plan.timing.sessionTimeoutMs);
  const left = ledger?.leftOpen(isOver);
  if (left !== undefined)
    throw new Violation('run left open', `${left.id} has no result, and its term is over`);
}
