// Owns what an option is, whichever subcommand it belongs to, and how the environment names it.

export interface OptionEntry {
  /** The heading it stands under in the help. */
  readonly group: string;
  readonly alias?: string;
  /** The text that is parsed when nothing is given; undefined where the default depends on the run. */
  readonly default: string | undefined;
  /** The default in words, where it is not a text. */
  readonly defaultInWords?: string;
  /** Kept out of the help, and of the guesses at what was meant. */
  readonly hidden?: true;
  /** Takes no value on the command line. */
  readonly isSwitch?: true;
  /** Every value there can be. */
  readonly choices?: readonly [string, ...string[]];
  /** Values worth suggesting, among others. */
  readonly suggestions?: readonly string[];
  /** What a value is, where it is no choice: the man page says so, and a shell completes a FILE. */
  readonly value?:
    | 'ACL'
    | 'ADDRESS'
    | 'CODE'
    | 'COMMAND'
    | 'rejoin|exit|COMMAND'
    | 'DURATION'
    | 'DURATION|TICK'
    | 'EXPRESSION'
    | 'FILE'
    | 'N/PERIOD'
    | 'NAME'
    | 'NUMBER'
    | 'PATH'
    | 'SERVERS'
    | 'SIGNAL'
    | 'ZONE';
  /** The command line may have it twice, each time for something else. */
  readonly mayBeTwice?: true;
  readonly meaning: string;
}

/** The options of a subcommand, in the order of its help. */
export type OptionTable = Readonly<Record<string, OptionEntry>>;

/** What was given for one option, and the name to blame: `--wait`, its variable, or its line in a file. */
export interface Setting {
  readonly text: string;
  readonly from: string;
  /** What it says the second time, where it may be given twice. */
  readonly also?: string;
}

export type Settings<Name extends string = string> = Readonly<Partial<Record<Name, Setting>>>;

/** Begins the name of every variable that sets an option; of those that the command is given, ZK_LEADER_RUN_ID alone. */
export const VARIABLE_PREFIX = 'ZK_LEADER_RUN_';

/** Returns the environment variable of an option: ZK_LEADER_RUN_SESSION_TIMEOUT for session-timeout. */
export function variableName(option: string): string {
  return VARIABLE_PREFIX + option.toUpperCase().replaceAll('-', '_');
}

/** The options of a table that have a text for a default. */
type WithDefault<Table extends OptionTable> = {
  [Name in keyof Table & string]: Table[Name]['default'] extends string ? Name : never;
}[keyof Table & string];

type Parse<Name extends string> = <Value>(
  name: Name,
  parser: (option: string, text: string) => Value,
) => Value;

/** Returns what parses the text that was given for an option, or its default. */
export function given<Table extends OptionTable>(
  table: Table,
  settings: Settings<WithDefault<Table>>,
): Parse<WithDefault<Table>>;
export function given<Name extends string>(
  table: Readonly<Record<Name, OptionEntry & { readonly default: string }>>,
  settings: Settings<Name>,
): Parse<Name> {
  return (name, parser) => {
    const { from, text } = settings[name] ?? { from: `--${name}`, text: table[name].default };
    return parser(from, text);
  };
}
