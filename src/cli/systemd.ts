// Owns one `systemd`: checked options in, the unit and its environment file on stdout.

import { resolve } from 'node:path';
import type { OptionEntry, Setting, Settings } from '../options/option.js';
import { optionTable } from '../options/option-table.js';
import type { SystemdOptions } from '../options/systemd-options.js';
import { refuseContradiction } from '../options/timings.js';
import { UsageError } from '../options/usage-error.js';
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
    ...ofTheRun(given),
  });
  return { unit, environment, both: `${unit}\n${environment}` }[print];
}

/** What was given of the options of `run`, wherever it came from; systemd starts us in another folder. */
function ofTheRun(given: Settings): Settings {
  const settings: Record<string, Setting> = {};
  for (const [name, { value }] of Object.entries<OptionEntry>(optionTable)) {
    const setting = given[name];
    if (setting === undefined) continue;
    if (setting.also !== undefined) {
      throw new UsageError(
        setting.from,
        'expected one value, since an environment file has one line for it, got two; ' +
          'keep the hook, and write the policy into a file for --config',
      );
    }
    settings[name] = value === 'FILE' ? { ...setting, text: resolve(setting.text) } : setting;
  }
  return settings;
}
