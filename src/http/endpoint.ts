// Owns what machines can ask us over HTTP. It looks on like the log does, and answers from what it has seen last and the
// clock. Must never be needed by anything, nor throw into the loop: a mistake here costs an answer, not a term.

import type { Clock } from '../clock.js';
import type { Settings, State } from '../election/model.js';
import { begin } from '../election/step.js';
import type { ListenAddress } from '../options/listen-address.js';
import type { Observer, Step } from '../supervisor/supervisor.js';
import { beginsTerm } from '../supervisor/terms.js';
import { readVersion } from '../version.js';
import { Metrics } from './metrics.js';
import { type Answer, HttpServer } from './server.js';
import { type Facts, type Status, statusOf } from './status.js';

export interface EndpointOptions {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly id: string;
  readonly electionPath: string;
}

type Question = (status: Status) => Answer | Promise<Answer>;

export class Endpoint implements Observer {
  readonly #options: EndpointOptions;
  readonly #metrics: Metrics;
  #state: State;
  #facts: Facts;
  /** Why the metrics are not to be trusted any more. */
  #fault: Error | undefined;
  readonly #questions: Readonly<Record<string, Question>> = {
    '/leader': ({ leading, id, epoch }) => json(leading ? 200 : 503, { leading, id, epoch }),
    // That it is answered is the answer: our loop turns.
    '/livez': () => json(200, { alive: true }),
    '/readyz': ({ ready, phase, connected }) => json(ready ? 200 : 503, { ready, phase, connected }),
    '/status': (status) => json(200, status),
    '/metrics': async (status) => {
      if (this.#fault !== undefined) throw this.#fault;
      return { status: 200, contentType: this.#metrics.contentType, body: await this.#metrics.text(status) };
    },
  };

  constructor(options: EndpointOptions) {
    const { settings, clock, id, electionPath } = options;
    const version = readVersion();
    this.#options = options;
    this.#state = begin(settings, clock()).state;
    this.#facts = { version, id, electionPath, watchdog: undefined, term: undefined };
    this.#metrics = new Metrics(settings, electionPath, version);
  }

  /** Answers at that address from now on. Rejects with a UsageError when it cannot be listened on. */
  listen(address: ListenAddress): Promise<HttpServer> {
    return HttpServer.listen(address, (method, path) => this.answer(method, path));
  }

  observe(step: Step): void {
    this.#state = step.after;
    this.#facts = { ...this.#facts, term: this.#termAfter(step) };
    this.#count((metrics) => {
      metrics.observe(step);
    });
  }

  watchdogReady(pid: number, containment: string): void {
    this.#facts = { ...this.#facts, watchdog: { pid, containment } };
  }

  commandStarted(pid: number): void {
    const { term } = this.#facts;
    if (term !== undefined) this.#facts = { ...this.#facts, term: { ...term, pid } };
    this.#count((metrics) => {
      metrics.commandStarted();
    });
  }

  answer(method: string, path: string): Answer | Promise<Answer> {
    const question = Object.hasOwn(this.#questions, path) ? this.#questions[path] : undefined;
    if (question === undefined) return json(404, { error: 'not found', paths: Object.keys(this.#questions) });
    if (method !== 'GET' && method !== 'HEAD') {
      return { ...json(405, { error: 'method not allowed' }), headers: { allow: 'GET, HEAD' } };
    }
    const { settings, clock } = this.#options;
    return question(statusOf(settings, this.#state, this.#facts, clock()));
  }

  #termAfter(step: Step): Facts['term'] {
    const { after } = step;
    if (!('term' in after.phase)) return undefined;
    const { term } = this.#facts;
    if (beginsTerm(step) || term === undefined) {
      return { since: new Date().toISOString(), pid: undefined };
    }
    return after.phase.name === 'idle' ? { ...term, pid: undefined } : term;
  }

  #count(change: (metrics: Metrics) => void): void {
    try {
      change(this.#metrics);
    } catch (error) {
      this.#fault ??= error instanceof Error ? error : new Error(String(error));
    }
  }
}

function json(status: number, body: unknown): Answer {
  return { status, contentType: 'application/json', body: `${JSON.stringify(body)}\n` };
}
