// Owns what a line of our log is made of.

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';
export type LogFormat = 'text' | 'json';
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Line {
  readonly time: string;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Stands in every line. */
  readonly id: string;
}
