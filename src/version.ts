// Owns the version number, which package.json alone states.
import { readFileSync } from 'node:fs';

/** Reads the version of this package from its package.json; throws when the installation lacks it. */
export function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) {
    if (typeof manifest.version === 'string') return manifest.version;
  }
  throw new Error('internal error: package.json states no version');
}
