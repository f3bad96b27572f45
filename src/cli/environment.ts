// Owns the settings that come from ZK_LEADER_RUN_ variables. yargs could read them too, but would blame an
// option that nobody wrote, and name no variable.
import {
  optionNames,
  shownNames,
  VARIABLE_PREFIX,
  variableName,
  type OptionName,
  type Setting,
} from '../options/option-table.js';
import { UsageError } from '../options/usage-error.js';
import { nearest } from './suggestion.js';

const namesByVariable = new Map(optionNames.map((name) => [variableName(name), name]));

// Kubernetes sets these in every pod of a namespace with a Service called zk-leader-run or zk-leader-run-...
// (enableServiceLinks, and Docker's links before it): nobody wrote them, so they are nobody's mistake.
const SERVICE_LINK =
  /^(?:.+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_.+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)$/;

/**
 * Returns the settings that the environment holds. Throws a UsageError for a variable of our prefix that is no
 * option, since a misspelt setting must not be ignored silently, and for an empty one.
 */
export function readSettings(env: NodeJS.ProcessEnv): Map<OptionName, Setting> {
  const settings = new Map<OptionName, Setting>();
  for (const [variable, text] of Object.entries(env)) {
    if (text === undefined || !variable.startsWith(VARIABLE_PREFIX)) continue;
    const name = namesByVariable.get(variable);
    if (name !== undefined) {
      if (text === '')
        throw new UsageError(variable, 'expected a value, got an empty one; unset it, or set it');
      settings.set(name, { text, from: variable });
    } else if (!SERVICE_LINK.test(variable.slice(VARIABLE_PREFIX.length))) {
      throw unknownVariable(variable);
    }
  }
  return settings;
}

function unknownVariable(variable: string): UsageError {
  const typed = variable.slice(VARIABLE_PREFIX.length).toLowerCase().replaceAll('_', '-');
  const meant = nearest(typed, shownNames);
  return new UsageError(
    variable,
    'expected the variable of an option, got an unknown one; ' +
      (meant === undefined
        ? 'unset it, or see zk-leader-run --help'
        : `did you mean ${variableName(meant)}?`),
  );
}
