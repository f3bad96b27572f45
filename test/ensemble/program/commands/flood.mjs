// Writes so many bytes to stdout and as few newlines as possible: none. A descriptor that somebody has made
// non-blocking shows as an EAGAIN, and that as exit code 3.
import { writeSync } from 'node:fs';

let left = Number(process.argv[2]);
const piece = Buffer.alloc(64 * 1024, 'x');
try {
  while (left > 0) left -= writeSync(1, piece, 0, Math.min(left, piece.length));
} catch (error) {
  process.exit(error.code === 'EAGAIN' ? 3 : 4);
}
