// Owns the promise that arguments reach the command byte for byte, where Node cannot keep it.

import { readFileSync } from 'node:fs';
import { UsageError } from '../options/usage-error.js';

/** What Node puts in the place of bytes that are not UTF-8. */
const REPLACEMENT = '\ufffd';

/** Refuses arguments with bytes that are not UTF-8: Node can neither read nor pass them on. Linux alone can tell. */
export function checkArgumentBytes(
  argv: readonly string[],
  readCommandLine: () => Uint8Array = () => readFileSync('/proc/self/cmdline'),
): void {
  const changed = argv.find((word) => word.includes(REPLACEMENT));
  if (changed === undefined || isUtf8(readCommandLine)) return;
  throw new UsageError(
    'COMMAND',
    `expected arguments in UTF-8, got bytes that are not in ${JSON.stringify(changed)}; put them into a script or a file`,
  );
}

function isUtf8(readCommandLine: () => Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(readCommandLine());
    return true;
  } catch (error) {
    // A system that does not show the command line leaves the benefit of the doubt.
    return !(error instanceof TypeError);
  }
}
