// Plays one scenario with the classes of the folder it is given, in a process of its own: a crash later than the
// scenario counts, and so does whatever keeps the process from ending by itself.
import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import type * as supervisors from '../../../src/supervisor/supervisor.js';
import type * as lines from '../../../src/zookeeper/election-line.js';
import type * as sessions from '../../../src/zookeeper/session.js';
import { SCENARIOS, type ScenarioName } from './scenarios.js';
import { onStage } from './stage.js';

const [folder, scenario, port] = process.argv.slice(2);
assert.ok(folder !== undefined && isScenario(scenario) && port !== undefined);
const { ElectionLine } = await load<typeof lines>('zookeeper/election-line.js');
const { Session } = await load<typeof sessions>('zookeeper/session.js');
const { Supervisor } = await load<typeof supervisors>('supervisor/supervisor.js');
await onStage(
  { ElectionLine, Session, Supervisor },
  { host: '127.0.0.1', port: Number(port) },
  SCENARIOS[scenario],
);

async function load<T>(file: string): Promise<T> {
  return (await import(pathToFileURL(`${folder}/${file}`).href)) as T;
}

function isScenario(name: string | undefined): name is ScenarioName {
  return name !== undefined && Object.hasOwn(SCENARIOS, name);
}
