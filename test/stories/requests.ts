// Owns what the core has asked of the ensemble and nobody has answered, and the ledger as the ensemble has it.
// Must never let a story answer what was not asked.
import assert from 'node:assert/strict';
import { keepsLedger } from '../../src/election/job.js';
import type { Command, Event } from '../../src/election/messages.js';
import type { Settings } from '../../src/election/model.js';
import type { FoundLedger } from '../../src/election/term.js';
import { formatMoment } from './words.js';

/** Of the present connection. */
export type Request = Extract<
  Command,
  { type: 'survey' | 'join' | 'read' | 'watch' | 'heartbeat' | 'remove' | 'write-ledger' }
>;

const ANSWERS: Partial<Record<Event['type'], Request['type']>> = {
  surveyed: 'survey',
  joined: 'join',
  contenders: 'read',
  watching: 'watch',
  heartbeat: 'heartbeat',
  removed: 'remove',
  'ledger-written': 'write-ledger',
};

export class Requests {
  readonly #keepsLedger: boolean;
  #open: { readonly request: Request; readonly sentAt: number }[] = [];
  #stored: FoundLedger = { ledger: undefined };

  constructor({ job }: Settings) {
    this.#keepsLedger = keepsLedger(job);
  }

  /** The ledger, as far as the story has told of it. */
  get stored(): FoundLedger {
    return this.#stored;
  }

  /** The one that is answered next, where nothing is out of order. */
  first(): { readonly request: Request; readonly sentAt: number } | undefined {
    return this.#open[0];
  }

  add(command: Command, sentAt: number): void {
    if (isRequest(command)) this.#open.push({ request: command, sentAt });
  }

  /** Takes an event of the ensemble's; an answer that leaves the ledger out has found the one that stands there. */
  take(event: Event): Event {
    if (event.type === 'connected' || event.type === 'suspended' || event.type === 'lost') this.#open = [];
    if (event.type === 'ledger-seen') this.#stored = event.ledger;
    const asked = ANSWERS[event.type];
    if (asked === undefined || !('sentAt' in event)) return event;
    const index = this.#open.findIndex(
      ({ request, sentAt }) => request.type === asked && Math.abs(sentAt - event.sentAt) < 1,
    );
    const request = this.#open[index]?.request;
    assert.ok(
      request !== undefined,
      `no ${asked} was sent at ${formatMoment(event.sentAt)}, or it is answered`,
    );
    this.#open.splice(index, 1);
    if (event.type === 'heartbeat' && request.type === 'heartbeat') {
      this.#stored = event.ledger ?? this.#stored;
      return request.looksAround && this.#keepsLedger ? { ...event, ledger: this.#stored } : event;
    }
    if (event.type === 'ledger-written' && request.type === 'write-ledger') {
      assert.equal(event.revision, request.revision, 'the answer to another revision');
      if (event.outcome === 'written') this.#stored = { ledger: request.ledger };
      if (event.outcome === 'ledger-gone') this.#stored = { ledger: undefined };
    }
    return event;
  }
}

function isRequest(command: Command): command is Request {
  return (Object.values(ANSWERS) as string[]).includes(command.type);
}
