// Owns how a ledger is written: JSON that people can read, with moments and epochs as texts.
// Must never guess: what is malformed, or of a newer format, is an error that says where.

import * as v from 'valibot';
import type { Entry, Ledger } from './ledger.js';

/** Grows when older programs would misread what is written; fields that they may ignore do not count. */
const VERSION = 1;

/** A ledger that cannot be read: its message says why, in words that follow its path. */
export class LedgerFormatError extends Error {
  override readonly name = 'LedgerFormatError';
  /** Whether a newer version of this program has written it. */
  readonly isNewer: boolean;

  constructor(problem: string, isNewer = false) {
    super(problem);
    this.isNewer = isNewer;
  }
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** Milliseconds since the Unix epoch, as RFC 3339. */
const moment = v.pipe(v.string(), v.isoTimestamp(), v.transform(Date.parse), v.number());

const epoch = v.pipe(
  v.string(),
  v.digits(),
  v.transform((digits) => BigInt(digits)),
);

const result = v.picklist(['succeeded', 'failed', 'timed-out', 'replaced', 'interrupted']);

const reason = v.picklist(['tick', 'late', 'queued', 'start', 'restart', 'rerun', 'request']);

const exit = v.variant('kind', [
  v.object({ kind: v.literal('code'), code: count }),
  v.object({ kind: v.literal('signal'), signal: v.string() }),
  v.object({ kind: v.literal('not-started'), errno: v.string() }),
]);

const run = v.object({
  kind: v.literal('run'),
  id: v.string(),
  reason,
  tick: v.optional(moment),
  name: v.optional(v.string()),
  attempt: count,
  request: v.optional(v.string()),
  by: v.string(),
  host: v.string(),
  epoch,
  claimedAt: moment,
  startedAt: v.optional(moment),
  endedAt: v.optional(moment),
  result: v.optional(result),
  exit: v.optional(exit),
});

const gap = v.object({
  kind: v.picklist(['missed', 'skipped']),
  first: moment,
  last: moment,
  count,
  atLeast: v.optional(v.literal(true)),
  by: v.string(),
});

const ledgerText = v.object({
  version: v.literal(VERSION),
  schedule: v.optional(v.string()),
  tick: v.optional(moment),
  failures: count,
  entries: v.array(v.variant('kind', [run, gap])),
});

const anyVersion = v.object({ version: v.pipe(v.number(), v.safeInteger(), v.minValue(1)) });

/** Writes the ledger as the data of a znode. */
export function encodeLedger({ schedule, tick, failures, entries }: Ledger): Buffer {
  const text: v.InferInput<typeof ledgerText> = {
    version: VERSION,
    ...(schedule !== undefined && { schedule }),
    ...(tick !== undefined && { tick: timestamp(tick) }),
    failures,
    entries: entries.map(inText),
  };
  return Buffer.from(JSON.stringify(text));
}

/** Reads what encodeLedger() has written; throws a LedgerFormatError for anything else. */
export function decodeLedger(data: Buffer): Ledger {
  const value = parseJson(data);
  const versioned = v.safeParse(anyVersion, value);
  if (!versioned.success) throw new LedgerFormatError('it is no ledger of zk-leader-run');
  const { version } = versioned.output;
  if (version > VERSION) {
    throw new LedgerFormatError(
      `its format is ${String(version)}, and this zk-leader-run reads none newer than ${String(VERSION)}; update it`,
      true,
    );
  }
  const parsed = v.safeParse(ledgerText, value);
  if (!parsed.success) throw new LedgerFormatError(problemOf(parsed.issues[0]));
  const { schedule, tick, failures, entries } = parsed.output;
  return { schedule, tick, failures, entries };
}

function inText(entry: Entry): v.InferInput<typeof run> | v.InferInput<typeof gap> {
  if (entry.kind !== 'run') {
    return { ...entry, first: timestamp(entry.first), last: timestamp(entry.last) };
  }
  const { tick, claimedAt, startedAt, endedAt } = entry;
  return {
    ...entry,
    epoch: String(entry.epoch),
    tick: tick === undefined ? undefined : timestamp(tick),
    claimedAt: timestamp(claimedAt),
    startedAt: startedAt === undefined ? undefined : timestamp(startedAt),
    endedAt: endedAt === undefined ? undefined : timestamp(endedAt),
  };
}

function timestamp(at: number): string {
  return new Date(at).toISOString();
}

function parseJson(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString());
  } catch {
    return undefined;
  }
}

function problemOf(issue: v.BaseIssue<unknown>): string {
  return `it is malformed at ${v.getDotPath(issue) ?? 'its top'}: ${issue.message}`;
}
