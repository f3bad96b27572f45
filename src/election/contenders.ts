// Owns the order of the line: which names under the election path are contenders, who leads, whom we watch.
// Must never order a name of another pattern: every recipe sorts strangers by their letters, and two leaders come of it.

/** How the contender znodes of one election path are named; one pattern per path. */
export interface NamePattern {
  /** Undefined: `_c_<guid>-lock-NNNNNNNNNN`, which Curator, go-zookeeper and kazoo order rightly beside theirs. */
  readonly prefix: string | undefined;
}

/** A place behind others. */
export interface Behind {
  readonly kind: 'behind';
  /** The one next ahead of us. */
  readonly predecessor: string;
  /** The first in line. */
  readonly leader: string;
  /** 2 for the next in line. */
  readonly place: number;
}

/** Our place in the line, as one read of the children shows it. */
export type Standing = { readonly kind: 'leads' } | Behind | { readonly kind: 'absent' };

const PROTECTED = /^.+-lock-(\d{10}|-\d{9,10})$/;
const SEQUENCE = /^(\d{10}|-\d{9,10})$/;

/** Describes the pattern in the words of an error message. */
export function describePattern(pattern: NamePattern): string {
  return pattern.prefix === undefined ? '_c_<guid>-lock-NNNNNNNNNN' : `${pattern.prefix}NNNNNNNNNN`;
}

/** The name given to the sequential create; ZooKeeper appends the sequence number. */
export function namePrefix(pattern: NamePattern, guid: string): string {
  return pattern.prefix ?? `_c_${guid}-lock-`;
}

/** Tells the sequence number of a contender's name, or undefined for a stranger's. */
export function sequenceOf(pattern: NamePattern, name: string): number | undefined {
  const digits =
    pattern.prefix === undefined
      ? PROTECTED.exec(name)?.[1]
      : name.startsWith(pattern.prefix)
        ? SEQUENCE.exec(name.slice(pattern.prefix.length))?.[1]
        : undefined;
  return digits === undefined ? undefined : Number(digits);
}

/** Lists the names that are of another pattern than ours. */
export function strangers(pattern: NamePattern, names: readonly string[]): readonly string[] {
  return names.filter((name) => sequenceOf(pattern, name) === undefined);
}

/** Finds our place among the names; strangers have none. */
export function standing(pattern: NamePattern, names: readonly string[], own: string): Standing {
  const ownSequence = sequenceOf(pattern, own);
  if (ownSequence === undefined || !names.includes(own)) return { kind: 'absent' };
  const ahead: { readonly name: string; readonly distance: number }[] = [];
  for (const name of names) {
    const sequence = sequenceOf(pattern, name);
    if (sequence === undefined) continue;
    const distance = serialDistance(ownSequence, sequence);
    if (distance > 0) ahead.push({ name, distance });
  }
  ahead.sort((one, other) => one.distance - other.distance);
  const [predecessor] = ahead;
  const leader = ahead.at(-1);
  return predecessor === undefined || leader === undefined
    ? { kind: 'leads' }
    : { kind: 'behind', predecessor: predecessor.name, leader: leader.name, place: ahead.length + 1 };
}

/** Returns the contenders among the names, the first in line first. */
export function lineOf(pattern: NamePattern, names: readonly string[]): string[] {
  return names
    .flatMap((name) => {
      const sequence = sequenceOf(pattern, name);
      return sequence === undefined ? [] : [{ name, sequence }];
    })
    .sort((one, other) => serialDistance(one.sequence, other.sequence))
    .map(({ name }) => name);
}

/**
 * How far `other` lies ahead of `own` in the line, negative when it lies behind. The counter is a signed 32-bit
 * number that goes on at -2147483648 after 2147483647 (kazoo#730), so the difference is taken modulo 2^32.
 */
function serialDistance(own: number, other: number): number {
  return (own - other) | 0;
}
