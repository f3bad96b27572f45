// Owns what a line of our log is made of.

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';
export type LogFormat = 'text' | 'json';
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** What is said: `event` and `codes` stand in JSON alone, where machines look for them. */
export interface Entry {
  readonly level: LogLevel;
  readonly event: string;
  readonly message: string;
  readonly fields: LogFields;
  readonly codes?: LogFields;
}

export interface Line extends Entry {
  readonly time: string;
}

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Stands in every line. */
  readonly id: string;
}
