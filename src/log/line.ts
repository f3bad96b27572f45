// Owns what a line of our log is made of, and what takes lines.

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';
export type LogFormat = 'text' | 'json';
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** What is said: `event` and `codes` stand in JSON alone, where machines look for them. */
export interface Entry {
  readonly level: LogLevel;
  readonly event: string;
  readonly message: string;
  readonly fields: LogFields;
  readonly codes: LogFields;
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

/** Where lines go. `write` returns at once; a reader that does not read costs lines, never time. */
export interface Destination {
  write(line: string): void;
  /** Keeps this line below all others, or none; only a terminal has room for it. */
  show?(status: string | undefined): void;
  /** The last call: settles when everything is written, or after `limitMs`; never rejects. */
  flush(limitMs: number): Promise<void>;
}
