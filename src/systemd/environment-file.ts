// Owns the file in which a job of systemd's has its settings.

import { type Settings, variableName } from '../options/option.js';
import { quoteValue } from './quoting.js';
import { environmentPath, unitPath } from './unit-file.js';

/** Writes the settings as the variables that `run` reads. */
export function environmentFile(instance: string, settings: Settings): string {
  const lines = Object.entries(settings).flatMap(([name, setting]) =>
    setting === undefined ? [] : [`${variableName(name)}=${quoteValue(setting.text)}\n`],
  );
  return `# ${environmentPath(instance)}
# Settings of ${unitPath(instance)}; root alone need read it. Every option of
# zk-leader-run has a variable, and the command gets what else is set here.
${lines.join('')}`;
}
