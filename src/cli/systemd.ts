// Owns one `systemd`: checked options in, the unit and its environment file on stdout.

import { resolve } from 'node:path';
import type { Command } from '../options/command.js';
import { hookText } from '../options/hooks.js';
import type { OptionEntry, Setting, Settings } from '../options/option.js';
import { optionTable } from '../options/option-table.js';
import type { RunOptions } from '../options/options.js';
import type { SystemdOptions } from '../options/systemd-options.js';
import { refuseContradiction } from '../options/timings.js';
import { environmentFile } from '../systemd/environment-file.js';
import { quoteWord } from '../systemd/quoting.js';
import { unitFile } from '../systemd/unit-file.js';

/**
 * Writes what is to be printed.
 * @throws {UsageError} when the timings contradict each other, as the run would.
 */
export function systemdFiles({ name, user, print, run, given }: SystemdOptions): string {
  const { timing, command, ensemble, electionPath } = run;
  refuseContradiction(timing);
  const unit = unitFile({
    instance: name,
    // Not as typed: systemd starts it in another folder, and with another PATH.
    command: [command.file, ...command.args].map(quoteWord),
    user,
    timing,
  });
  const environment = environmentFile(name, {
    zookeeper: { text: ensemble.text, from: '' },
    election: { text: electionPath, from: '' },
    ...ofTheRun(given, run),
  });
  return { unit, environment, both: `${unit}\n${environment}` }[print];
}

/** What was given of the options of `run`, wherever it came from; systemd starts us in another folder. */
function ofTheRun(given: Settings, { hooks, checkCommand }: RunOptions): Settings {
  const commands: Readonly<Record<string, Command | undefined>> = {
    'on-elected': hooks.elected,
    'on-standby': hooks.standby,
    // Undefined for a policy.
    'on-lost': hooks.lost,
    check: checkCommand,
  };
  const settings: Record<string, Setting> = {};
  for (const [name, { value }] of Object.entries<OptionEntry>(optionTable)) {
    const setting = given[name];
    if (setting === undefined) continue;
    const { [name]: command } = commands;
    const text = command === undefined ? setting.text : hookText(command);
    settings[name] = { ...setting, text: value === 'FILE' ? resolve(text) : text };
  }
  return settings;
}
