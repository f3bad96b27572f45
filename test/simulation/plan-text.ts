// Owns the words for a plan, for a person who wants to know what went wrong.

import type { Fault, Plan, Work } from './plan.js';

export function describePlan(plan: Plan): string {
  const { timing: t } = plan;
  return [
    `seed ${plan.seed}, ${plan.contenders} contenders, wait ${plan.waitMs}ms, on lost ${plan.onLost}, sync limit ${plan.syncLimit}`,
    `session ${t.sessionTimeoutMs}ms, heartbeat ${t.heartbeatMs}ms, tick ${t.tickTimeMs}ms, margin ${t.marginMs}ms, kill ${t.killBudgetMs}ms, grace ${t.leaseGraceMs}ms, stop ${t.stopTimeoutMs}ms`,
    `clocks fast by ${plan.drifts.join(' ')} %, delays ${plan.delayMs.least} to ${plan.delayMs.most}ms, ping jitter ${plan.pingJitterMs}ms, stubborn ${plan.stubborn}, mortal ${plan.mortal}, ${plan.hooks ? 'hooks' : 'no hooks'}, watchdogs start in ${plan.watchdogStartMs}ms`,
    ...(plan.work === undefined ? [] : describeWork(plan.work, plan.wallsFastMs)),
    `${plan.calmMs}ms of calm, then:`,
    ...plan.faults.map((fault, index) => `${index + 1}. ${describeFault(fault)}`),
  ].join('\n');
}

function describeWork({ job, livesMs, failing, unfit }: Work, wallsFastMs: readonly number[]): string[] {
  return [
    `job ${JSON.stringify({ ...job, schedule: job.schedule?.text })}`,
    `commands live ${livesMs.least} to ${livesMs.most}ms, failing ${failing}, unfit ${unfit}, wall clocks fast by ${wallsFastMs.join(' ')}ms`,
  ];
}

export function describeFault({ gapMs, upon, deed: what }: Fault): string {
  const when = `after ${gapMs}ms${upon === undefined ? '' : `, upon the next ${upon}`}:`;
  switch (what.kind) {
    case 'cut': {
      const way = { both: '<->', there: '->', back: '<-' }[what.direction];
      return `${when} cut ${what.from} ${way} ${what.to} for ${what.forMs}ms`;
    }
    case 'reset':
      return `${when} reset the connection of ${what.who}`;
    case 'crash-server':
      return `${when} crash ${what.who}${what.power ? ' with its machine' : ''} for ${what.forMs}ms`;
    case 'crash-contender':
      return `${when} crash ${what.who} with its machine for ${what.forMs}ms`;
    case 'signal':
      return `${when} SIGTERM to ${what.who}${what.twice ? ', twice' : ''}, anew after ${what.forMs}ms`;
    case 'ask-to-resign':
      return `${when} ask ${what.who} to resign`;
    case 'stall':
      return `${when} stall the ${what.process} of ${what.who} for ${what.forMs}ms`;
    case 'kill-supervisor':
      return `${when} kill the supervisor of ${what.who}, anew after ${what.forMs}ms`;
    case 'kill-watchdog':
      return `${when} kill the watchdog of ${what.who}`;
    case 'suspend':
      return `${when} suspend the machine of ${what.who} for ${what.forMs}ms`;
    case 'none':
      return `${when} nothing`;
    case 'set-clock':
      return `${when} set the wall clock of ${what.who} by ${what.byMs}ms`;
    case 'remove-znode':
      return `${when} remove the znode of ${what.who}`;
    case 'ask-to-run':
      return `${when} ask for a run, for ${what.forMs}ms`;
  }
}
