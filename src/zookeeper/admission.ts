// Owns what is known of the servers that have not let a session in: why, and whether they ever will.
// Must never give up while one of them may still do.

import { speaksPlainly, speaksTls } from './port-kind.js';
import { describeEnd, isHangUp, refusalOf } from './refusal.js';
import { addressOf, type Ensemble, type Server } from './ensemble.js';

export interface AdmissionListener {
  /** A server has not let us in; `refused` if it never will, as we are. */
  failed(server: Server, reason: string, refused: boolean): void;
  /** None of all servers ever will; a sentence. */
  denied(message: string): void;
}

export class Admission {
  readonly #ensemble: Ensemble;
  readonly #listener: AdmissionListener;
  readonly #refusals = new Map<string, string>();
  readonly #lookedAt = new Set<string>();
  #server: Server | undefined;
  #settled = false;

  constructor(ensemble: Ensemble, listener: AdmissionListener) {
    this.#ensemble = ensemble;
    this.#listener = listener;
  }

  /** A server is about to be tried. */
  attempt(server: Server): void {
    this.#server = server;
  }

  /** It has let us in, or nobody wants to know any more: from now on failures are told, and none is looked into. */
  settle(): void {
    this.#settled = true;
  }

  /** The connection to the server tried last has ended before it let us in. */
  failed(error: Error | undefined): void {
    const server = this.#server;
    if (server === undefined) return;
    const name = addressOf(server);
    const hangUp = isHangUp(error);
    const refusal = refusalOf(error, this.#ensemble.tls) ?? (hangUp ? this.#refusals.get(name) : undefined);
    if (refusal !== undefined) {
      this.#refused(server, refusal);
      return;
    }
    this.#refusals.delete(name);
    this.#listener.failed(server, describeEnd(error), false);
    if (!hangUp || this.#settled || this.#lookedAt.has(name)) return;
    this.#lookedAt.add(name);
    void this.#lookAt(server);
  }

  #refused(server: Server, reason: string): void {
    this.#refusals.set(addressOf(server), reason);
    const names = this.#ensemble.servers.map(addressOf);
    if (this.#settled || !names.every((name) => this.#refusals.has(name))) {
      this.#listener.failed(server, reason, true);
      return;
    }
    this.#settled = true;
    this.#listener.denied(names.map((name) => `${name}: ${this.#refusals.get(name) ?? ''}`).join('; '));
  }

  /** A server without a quorum hangs up just as one does that expects TLS, or none. */
  async #lookAt(server: Server): Promise<void> {
    const reason = await otherKind(server, this.#ensemble.tls !== undefined);
    if (reason !== undefined && !this.#settled) this.#refused(server, reason);
  }
}

async function otherKind(server: Server, weSpeakTls: boolean): Promise<string | undefined> {
  if (weSpeakTls) {
    return (await speaksPlainly(server))
      ? 'it speaks without TLS at this port, and we with it; is it the secureClientPort?'
      : undefined;
  }
  return (await speaksTls(server))
    ? 'it speaks TLS at this port, and we without; pass --tls-ca FILE, or --tls'
    : undefined;
}
