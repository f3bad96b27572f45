// Owns by how much a tick is put off, so that the jobs of a fleet do not all begin on the hour. Must never be random:
// every server has to come to the same moment.

import type { Calendar, Schedule } from './schedule.js';

/**
 * Returns a schedule that puts each tick off by up to that much, and never more than half-way to the next one, so that
 * no two change places. The salt tells jobs apart.
 */
export function putOff(calendar: Calendar, jitterMs: number, salt: string): Schedule {
  const dueAt = (tick: number): number => {
    if (jitterMs === 0) return tick;
    const mostMs = Math.min(jitterMs, (calendar.next(tick) - tick) / 2);
    return tick + Math.floor((hashOf(`${salt} ${tick}`) / 2 ** 32) * mostMs);
  };
  return { ...calendar, dueAt };
}

/** Returns 32 bits: FNV-1a, and the last steps of MurmurHash3, since neighbours would stay neighbours without. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
