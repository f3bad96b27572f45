// Owns true time: what happens next, and nothing happens otherwise.

/** Something that will happen, unless it is cancelled. */
export interface Appointment {
  readonly at: number;
  readonly order: number;
  run: (() => void) | undefined;
}

/** The appointments of all, earliest first; those of the same moment in the order in which they were made. */
export class Queue {
  readonly #heap: Appointment[] = [];
  #order = 0;
  #now = 0;
  #taken = 0;

  /** Milliseconds of true time. */
  get now(): number {
    return this.#now;
  }

  get taken(): number {
    return this.#taken;
  }

  at(moment: number, run: () => void): Appointment {
    const appointment: Appointment = { at: Math.max(moment, this.#now), order: this.#order++, run };
    this.#rise(appointment);
    return appointment;
  }

  after(ms: number, run: () => void): Appointment {
    return this.at(this.#now + ms, run);
  }

  /** Lets everything happen that is due up to that moment. */
  runUntil(moment: number): void {
    for (let next = this.#heap[0]; next !== undefined && next.at <= moment; next = this.#heap[0]) {
      this.#removeFirst();
      if (next.run === undefined) continue;
      this.#now = next.at;
      this.#taken += 1;
      next.run();
    }
    this.#now = moment;
  }

  #rise(appointment: Appointment): void {
    const heap = this.#heap;
    let place = heap.length;
    heap.push(appointment);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (isEarlier(heap[parent]!, appointment)) break;
      heap[place] = heap[parent]!;
      place = parent;
    }
    heap[place] = appointment;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isEarlier(heap[child + 1]!, heap[child]!)) child += 1;
      if (isEarlier(last, heap[child]!)) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = last;
  }
}

export function cancel(appointment: Appointment | undefined): void {
  if (appointment !== undefined) appointment.run = undefined;
}

function isEarlier(a: Appointment, b: Appointment): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
