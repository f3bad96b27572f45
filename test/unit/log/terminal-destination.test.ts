// Proves what is written to a terminal, and when, by the bytes of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Destination } from '../../../src/log/line.js';
import type { LogOptions } from '../../../src/log/line.js';
import { createLog } from '../../../src/log/log.js';
import { TerminalDestination } from '../../../src/log/terminal-destination.js';
import type { Place } from '../../../src/terminal.js';

const CLEAR = '\r\x1b[2K';

/** What comes without wrapping, so that it is one line on any terminal. */
function unwrapped(text: string): string {
  return `\x1b[?7l${text}\x1b[?7h`;
}

function sink(): Destination & { readonly take: () => string; flushed: number } {
  let text = '';
  return {
    flushed: 0,
    write: (line) => {
      text += line;
    },
    flush() {
      this.flushed += 1;
      return Promise.resolve();
    },
    take: () => {
      const taken = text;
      text = '';
      return taken;
    },
  };
}

function onTerminal(canRedraw = true) {
  const direct = sink();
  const detached = sink();
  let now: Place = 'foreground';
  let opened = 0;
  const destination = new TerminalDestination({
    direct,
    openDetached: () => {
      opened += 1;
      return detached;
    },
    place: () => now,
    canRedraw,
  });
  const move = (place: Place): void => {
    now = place;
  };
  return { destination, direct, detached, move, opened: () => opened };
}

test('draws the status in place, and nothing when it has not changed', () => {
  const { destination, direct } = onTerminal();
  destination.show('place 3');
  assert.equal(direct.take(), CLEAR + unwrapped('place 3'));
  destination.show('place 3');
  assert.equal(direct.take(), '');
  destination.show('place 2');
  assert.equal(direct.take(), CLEAR + unwrapped('place 2'));
  destination.show(undefined);
  destination.show(undefined);
  assert.equal(direct.take(), CLEAR);
});

test('keeps the status below the lines, and out of them', () => {
  const { destination, direct } = onTerminal();
  destination.write('one\n');
  assert.equal(direct.take(), 'one\n');
  destination.show('place 2');
  direct.take();
  destination.write('two\n');
  assert.equal(direct.take(), `${CLEAR}two\n${unwrapped('place 2')}`);
  destination.show(undefined);
  direct.take();
  destination.write('three\n');
  assert.equal(direct.take(), 'three\n');
});

test('lets no name in the status give the terminal an order', () => {
  const { destination, direct } = onTerminal();
  destination.show('\x1b]0;owned\x07 \x9b2J\n leads');
  assert.equal(direct.take(), CLEAR + unwrapped('?]0;owned? ?2J? leads'));
});

test('writes lines from the background through another session, and draws nothing there', () => {
  const { destination, direct, detached, move, opened } = onTerminal();
  destination.show('place 2');
  direct.take();
  move('background');
  destination.show('place 1');
  destination.write('one\n');
  destination.write('two\n');
  assert.deepEqual([direct.take(), detached.take(), opened()], ['', 'one\ntwo\n', 1]);
  move('foreground');
  destination.write('three\n');
  assert.equal(direct.take(), `three\n${unwrapped('place 1')}`);
});

test('draws nothing on a terminal that is not known to be ours to draw on', () => {
  for (const place of ['none', 'unknown'] as const) {
    const { destination, direct, move } = onTerminal();
    move(place);
    destination.show('place 2');
    assert.equal(direct.take(), '');
  }
});

test('draws nothing on a terminal that knows lines alone', () => {
  const { destination, direct } = onTerminal(false);
  destination.show('place 2');
  destination.write('one\n');
  assert.equal(direct.take(), 'one\n');
});

test('leaves nothing drawn behind', async () => {
  const { destination, direct, detached, move } = onTerminal();
  destination.show('place 2');
  direct.take();
  await destination.flush(1);
  assert.deepEqual([direct.take(), direct.flushed, detached.flushed], [CLEAR, 1, 0]);
  move('background');
  destination.write('one\n');
  await destination.flush(1);
  assert.deepEqual([direct.flushed, detached.flushed], [2, 1]);
});

test('shows a status beside a text log that tells as much, and beside no other', () => {
  const shown = (options: Pick<LogOptions, 'level' | 'format'>): string | undefined => {
    let last: string | undefined;
    const destination: Destination = {
      ...sink(),
      show: (status) => {
        last = status;
      },
    };
    createLog({ ...options, id: 'a' }, destination).show('place 2');
    return last;
  };
  for (const level of ['info', 'debug'] as const) {
    assert.equal(shown({ level, format: 'text' }), 'place 2');
    assert.equal(shown({ level, format: 'json' }), undefined);
  }
  for (const level of ['warn', 'error'] as const) assert.equal(shown({ level, format: 'text' }), undefined);
});
