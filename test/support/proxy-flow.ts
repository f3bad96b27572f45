// One direction of one connection through a TcpProxy: what arrives waits here, in order, until the mode
// of the proxy lets it out. The end of a stream and its reset wait in the same line, as packets would.
import type { Socket } from 'node:net';
import { FrameSplitter } from './frames.js';

export type Direction = 'toServer' | 'toClient';
export type FrameVerdict = 'pass' | 'drop' | 'hold' | Buffer;

/** What a proxy does to everything flowing in one direction; shared by its connections, read at each step. */
export interface Lane {
  action: 'pass' | 'drop' | 'stall';
  delayMs: number;
  rewrite: ((chunk: Buffer) => Buffer | undefined) | undefined;
  onFrame: ((frame: Buffer) => FrameVerdict) | undefined;
  /** How many more bytes go through before the connection is reset. */
  bytesUntilReset: number | undefined;
}

/** Makes a lane that lets everything through. */
export function freeLane(): Lane {
  return { action: 'pass', delayMs: 0, rewrite: undefined, onFrame: undefined, bytesUntilReset: undefined };
}

/** Resets the connection of the socket, or destroys the socket if there is nothing to reset. */
export function resetSocket(socket: Socket): void {
  if (socket.destroyed) return;
  // libuv refuses to reset while a shutdown is under way; Node then takes the handle for closed, and the
  // process turns in a circle for ever at its end.
  const shuttingDown = socket.writableEnded && !socket.writableFinished;
  if (socket.pending || shuttingDown) socket.destroy();
  else socket.resetAndDestroy();
}

type Event = { kind: 'bytes'; bytes: Buffer } | { kind: 'end' } | { kind: 'reset' };
type Item = Event & { dueAt: number; held: boolean };

// A sender that goes on for ever against a stalled lane must feel it in the end, as it does with a real
// network, instead of filling the memory of the test.
const WAITING_BYTES = 1024 * 1024;

export interface FlowEvents {
  seen: (chunk: Buffer) => void;
  cut: () => void;
}

export class Flow {
  readonly #lane: Lane;
  readonly #events: FlowEvents;
  readonly #splitter = new FrameSplitter();
  #items: Item[] = [];
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #source: Socket | undefined;
  #sink: Socket | undefined;
  #lost = false;

  constructor(lane: Lane, events: FlowEvents) {
    this.#lane = lane;
    this.#events = events;
  }

  /** Takes in what comes from the socket. */
  drain(source: Socket): void {
    this.#source = source;
    source.on('data', (chunk) => {
      this.#arrived(chunk);
    });
    source.on('end', () => {
      this.#push({ kind: 'end' });
    });
    source.on('error', () => {
      this.#push({ kind: 'reset' });
    });
    source.on('close', () => {
      if (!source.readableEnded) this.#push({ kind: 'reset' });
    });
  }

  /** Ends the flow as a connection that failed does. */
  fail(): void {
    this.#push({ kind: 'reset' });
  }

  /** Whether something was dropped: a stream with a hole in it is good for nothing but a reset. */
  get lost(): boolean {
    return this.#lost;
  }

  /** Begins to hand on to the socket, which is connected. */
  open(sink: Socket): void {
    this.#sink = sink;
    this.#pump();
  }

  /** Hands on what the lane lets through by now, without what is left of a delay, and the frames held. */
  release(): void {
    for (const item of this.#items) {
      item.held = false;
      item.dueAt = 0;
    }
    this.#pump();
  }

  /** Hands on nothing any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#items = [];
    this.#sink = undefined;
  }

  #arrived(chunk: Buffer): void {
    this.#events.seen(chunk);
    if (this.#lane.action === 'drop') {
      this.#lost = true;
      return;
    }
    const { rewrite, onFrame } = this.#lane;
    const rewritten = rewrite === undefined ? chunk : rewrite(chunk);
    if (rewritten === undefined) return;
    for (const { bytes, whole } of this.#splitter.push(rewritten, onFrame !== undefined)) {
      const verdict = whole && onFrame !== undefined ? onFrame(bytes) : 'pass';
      if (verdict === 'drop') continue;
      this.#push({ kind: 'bytes', bytes: Buffer.isBuffer(verdict) ? verdict : bytes }, verdict === 'hold');
    }
  }

  #dueAt(): number {
    const own = this.#lane.delayMs === 0 ? 0 : performance.now() + this.#lane.delayMs;
    return Math.max(own, this.#items.at(-1)?.dueAt ?? 0);
  }

  #push(event: Event, held = false): void {
    if (this.#lane.action === 'drop') {
      this.#lost = true;
      return;
    }
    this.#items.push({ ...event, dueAt: this.#dueAt(), held });
    if (event.kind === 'bytes') {
      this.#waitingBytes += event.bytes.length;
      if (this.#waitingBytes > WAITING_BYTES) this.#source?.pause();
    }
    this.#pump();
  }

  #pump(): void {
    clearTimeout(this.#timer);
    for (;;) {
      const item = this.#items[0];
      const sink = this.#sink;
      if (item === undefined || item.held || sink === undefined || this.#lane.action !== 'pass') return;
      const waitMs = item.dueAt - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => {
          this.#pump();
        }, Math.ceil(waitMs)).unref();
        return;
      }
      this.#items.shift();
      this.#handOn(item, sink);
    }
  }

  #handOn(item: Item, sink: Socket): void {
    switch (item.kind) {
      case 'bytes':
        this.#waitingBytes -= item.bytes.length;
        if (this.#waitingBytes <= WAITING_BYTES) this.#source?.resume();
        this.#write(item.bytes, sink);
        return;
      case 'end':
        if (!sink.destroyed) sink.end();
        return;
      case 'reset':
        resetSocket(sink);
        return;
      default:
        item satisfies never;
    }
  }

  #write(bytes: Buffer, sink: Socket): void {
    if (sink.destroyed) return;
    const budgetBytes = this.#lane.bytesUntilReset;
    if (budgetBytes === undefined) {
      sink.write(bytes);
      return;
    }
    if (bytes.length < budgetBytes) {
      this.#lane.bytesUntilReset = budgetBytes - bytes.length;
      sink.write(bytes);
      return;
    }
    // The reset must not overtake the bytes before it.
    this.#lane.bytesUntilReset = undefined;
    this.#sink = undefined;
    sink.write(bytes.subarray(0, budgetBytes), () => {
      this.#events.cut();
    });
  }
}
