// Owns the settings that come from ZK_LEADER_RUN_ variables. yargs could read them too, but would blame an
// option that nobody wrote, and name no variable.
import { type Setting, type Settings, VARIABLE_PREFIX, variableName } from '../options/option.js';
import { isToldRunId } from '../options/told.js';
import { UsageError } from '../options/usage-error.js';
import { everyOption, optionsOf, shownOptions, type SubcommandName } from './subcommands.js';
import { nearest } from './suggestion.js';

const namesByVariable = new Map([...everyOption.keys()].map((name) => [variableName(name), name]));

// Kubernetes sets these in every pod of a namespace with a Service called zk-leader-run or zk-leader-run-...
// (enableServiceLinks, and Docker's links before it): nobody wrote them, so they are nobody's mistake.
const SERVICE_LINK =
  /^(?:.+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_.+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)$/;

/**
 * Returns the settings that the environment holds for the subcommand; a command inherits those of its run, so others'
 * are no mistake. Throws a UsageError for a variable of our prefix that is no option, since a misspelt setting must
 * not be ignored silently, and for an empty one.
 */
export function readSettings(env: NodeJS.ProcessEnv, subcommand: SubcommandName): Settings {
  const settings: Record<string, Setting> = {};
  for (const [variable, text] of Object.entries(env)) {
    if (text === undefined || !variable.startsWith(VARIABLE_PREFIX)) continue;
    const name = namesByVariable.get(variable);
    if (name !== undefined) {
      if (!Object.hasOwn(optionsOf(subcommand), name)) continue;
      if (name === 'id' && isToldRunId(text, env)) continue;
      if (text === '')
        throw new UsageError(variable, 'expected a value, got an empty one; unset it, or set it');
      settings[name] = { text, from: variable };
    } else if (!SERVICE_LINK.test(variable.slice(VARIABLE_PREFIX.length))) {
      throw unknownVariable(variable);
    }
  }
  return settings;
}

function unknownVariable(variable: string): UsageError {
  const typed = variable.slice(VARIABLE_PREFIX.length).toLowerCase().replaceAll('_', '-');
  const meant = nearest(typed, shownOptions(everyOption));
  return new UsageError(
    variable,
    'expected the variable of an option, got an unknown one; ' +
      (meant === undefined
        ? 'unset it, or see zk-leader-run --help'
        : `did you mean ${variableName(meant)}?`),
  );
}
