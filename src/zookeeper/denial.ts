// Owns the sentences about requests that the ensemble denies to us, as we have shown ourselves.

import { identityOf, readAuthFile } from './auth-file.js';
import { CODE, type EnsembleError } from './errors.js';
import type { Ensemble } from './ensemble.js';

/** Says what has failed, and why; with a way out where the ensemble denies it to us. */
export function describeFailure(error: EnsembleError, ensemble: Ensemble): string {
  const denial = denialOf(error, ensemble);
  return denial === undefined ? error.message : `${error.what}: ${denial}`;
}

/** Says what the ensemble denies to whom, and a way out; undefined for an error that is no denial. */
export function denialOf(error: EnsembleError, ensemble: Ensemble): string | undefined {
  const who = whoWeAre(ensemble);
  const shown = who.join(' and ');
  switch (error.code) {
    case CODE.NO_AUTH:
      return who.length === 0
        ? 'the ensemble denies access (ACL) to whoever shows no credentials; pass --auth-file'
        : `the ensemble denies access (ACL) to ${shown}; are these the credentials, and the password, that its znodes were made with?`;
    case CODE.AUTH_REQUIRED:
      return who.length === 0
        ? 'the ensemble lets nobody in without credentials; pass --auth-file, or --tls-cert'
        : `the ensemble wants other credentials than ${shown}`;
    default:
      return undefined;
  }
}

function whoWeAre({ authFile, tls }: Ensemble): string[] {
  return [
    ...(authFile === undefined ? [] : identitiesIn(authFile)),
    ...(tls?.certFile === undefined ? [] : ['the certificate of --tls-cert']),
  ];
}

function identitiesIn(authFile: string): string[] {
  try {
    return readAuthFile(authFile).map(identityOf);
  } catch {
    // It has been changed since it was shown.
    return ['the credentials of --auth-file'];
  }
}
