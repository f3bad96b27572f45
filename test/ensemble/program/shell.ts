// An interactive shell with job control on a pseudo-terminal, as somebody at a keyboard has it, and what its screen shows.
import type { TestContext } from 'node:test';
import { PROGRAM } from '../../support/contender.js';
import { IN_ITS_SESSION, Pty } from '../../support/pty.js';
import { LONG_SESSION, killAllOf } from './stage.js';

/** The words that start the program with a long session. */
export function programLine(
  zookeeper: string,
  election: string,
  command: readonly string[],
  args: readonly string[] = [],
): string[] {
  const options = ['--zookeeper', zookeeper, '--election', election, ...LONG_SESSION, ...args];
  return [process.execPath, PROGRAM, ...options, '--', ...command];
}

/** A terminal that ends with the test, and everything of the election that is still there with it. */
export function terminal(t: TestContext, election: string): Pty {
  const pty = new Pty();
  t.after(async () => {
    await pty.end();
    await killAllOf(election);
  });
  return pty;
}

const PROMPT = 'ready> ';

export class Shell {
  readonly pty: Pty;
  readonly exited: Promise<unknown>;
  #since = 0;

  /** `line` is what `typeLine` runs. */
  constructor(pty: Pty, line: readonly string[]) {
    this.pty = pty;
    const quoted = line.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
    this.exited = pty.start([...IN_ITS_SESSION, 'bash', '--norc', '--noprofile', '--noediting', '-i'], {
      PS1: PROMPT,
      LINE: quoted,
    }).exited;
  }

  /** Waits for the next prompt, which stands at the beginning of a line, and returns what was shown before. */
  async prompt(): Promise<string> {
    const { index } = await this.pty.showed(/(?<=^|\n)ready> /, this.#since);
    const shown = this.pty.shown.slice(this.#since, this.#since + index);
    this.#since += index + PROMPT.length;
    return shown;
  }

  /** Types the line, and words around it such as `nohup LINE &`. */
  typeLine(around = 'LINE'): void {
    this.pty.type(`eval "${around.replace('LINE', '$LINE')}"\n`);
  }

  /** Runs a command of the shell, and returns what it says. */
  async ask(command: string): Promise<string> {
    this.pty.type(`${command}\n`);
    const shown = await this.prompt();
    return shown.split('\r\n').slice(1, -1).join('\n');
  }
}

const ESC = '\x1b';
const TOKENS = new RegExp(`${ESC}\\[\\??[\\d;]*[A-Za-z]|\r|\n|[^\r\n${ESC}]+`, 'g');

/** What can be read on a screen at the end, line by line: carriage returns and erased lines are understood. */
export function screenOf(shown: string): string[] {
  const lines = [''];
  let column = 0;
  for (const [token] of shown.matchAll(TOKENS)) {
    const last = lines.at(-1) ?? '';
    if (token === '\r') column = 0;
    else if (token === '\n') lines.push(' '.repeat(column));
    else if (token === `${ESC}[2K`) lines[lines.length - 1] = ' '.repeat(column);
    else if (!token.startsWith(ESC)) {
      lines[lines.length - 1] = last.slice(0, column) + token + last.slice(column + token.length);
      column += token.length;
    }
  }
  return lines;
}
