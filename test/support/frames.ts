// Splits a byte stream into ZooKeeper's frames (a 4-byte big-endian length, then that many bytes), and
// keeps count of where the next one begins while nobody wants them.

export interface Piece {
  bytes: Buffer;
  /** Whether the bytes are one whole frame, its length included, and not just some part of the stream. */
  whole: boolean;
}

const HEADER_BYTES = 4;

export class FrameSplitter {
  /** Bytes held back until their frame is complete. */
  #pending: Buffer = Buffer.alloc(0);
  /** The first bytes of a length that was let through before it was complete. */
  #header: Buffer = Buffer.alloc(0);
  /** How many bytes of a frame already begun are still to be let through. */
  #restBytes = 0;

  /** Takes what arrived and gives back what may go on: whole frames if they are wanted, else everything. */
  push(chunk: Buffer, wantFrames: boolean): Piece[] {
    let input = Buffer.concat([this.#pending, chunk]);
    this.#pending = Buffer.alloc(0);
    if (!wantFrames) {
      this.#count(input);
      return input.length === 0 ? [] : [{ bytes: input, whole: false }];
    }
    const pieces: Piece[] = [];
    const begunBytes = this.#bytesOfBegunFrame(input);
    if (begunBytes > 0) {
      const bytes = input.subarray(0, begunBytes);
      this.#count(bytes);
      pieces.push({ bytes, whole: false });
      input = input.subarray(begunBytes);
    }
    for (;;) {
      const frameBytes = input.length < HEADER_BYTES ? Infinity : HEADER_BYTES + bodyBytes(input);
      if (input.length < frameBytes) break;
      pieces.push({ bytes: input.subarray(0, frameBytes), whole: true });
      input = input.subarray(frameBytes);
    }
    this.#pending = input;
    return pieces;
  }

  #bytesOfBegunFrame(input: Buffer): number {
    if (this.#header.length === 0) return Math.min(this.#restBytes, input.length);
    const missingBytes = HEADER_BYTES - this.#header.length;
    if (input.length < missingBytes) return input.length;
    const header = Buffer.concat([this.#header, input.subarray(0, missingBytes)]);
    return Math.min(missingBytes + bodyBytes(header), input.length);
  }

  #count(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      const passedBytes = Math.min(this.#restBytes, bytes.length - at);
      this.#restBytes -= passedBytes;
      at += passedBytes;
      if (this.#restBytes > 0) return;
      const header = Buffer.concat([
        this.#header,
        bytes.subarray(at, at + HEADER_BYTES - this.#header.length),
      ]);
      at += header.length - this.#header.length;
      this.#header = header.length < HEADER_BYTES ? header : Buffer.alloc(0);
      if (header.length === HEADER_BYTES) this.#restBytes = bodyBytes(header);
    }
  }
}

// A stream of something else has lengths without sense. They only must not stop the counting.
function bodyBytes(header: Buffer): number {
  return Math.max(0, header.readInt32BE(0));
}
