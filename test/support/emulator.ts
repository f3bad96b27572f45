// A terminal as far as our own output needs one: what is on its screen, in which style, and in which state it was left.

/** A run of text on one row, all of it in one style. */
export interface Run {
  readonly column: number;
  readonly text: string;
  /** The parameters of the SGR sequences in force: "1", "2;33", or nothing. */
  readonly style: string;
}

interface Cell {
  readonly text: string;
  readonly style: string;
}

const BLANK: Cell = { text: ' ', style: '' };
// eslint-disable-next-line no-control-regex -- that is what it is about
const TOKEN = /\x1b\[([?\d;]*)([A-Za-z])|\x1b.|[\s\S]/u;

/** Takes what a program writes, and knows what one would see. */
export class Emulator {
  readonly columns: number;
  readonly rows: number;
  cursorIsShown = true;
  wraps = true;
  #screen: Cell[][];
  /** The main screen, and where its cursor was, while the alternate one is shown. */
  #main: { readonly screen: Cell[][]; readonly row: number; readonly column: number } | undefined;
  #row = 0;
  #column = 0;
  #style = '';
  #rest = '';

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
    this.#screen = this.#blankScreen();
  }

  get isAlternate(): boolean {
    return this.#main !== undefined;
  }

  /** The rows as text, without the empty ones at the end. */
  get lines(): string[] {
    const lines = this.#screen.map((row) =>
      row
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    );
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  /** The rows as runs of one style each. */
  get runs(): Run[][] {
    return this.#screen.map((row) => {
      const runs: { column: number; text: string; style: string }[] = [];
      for (const [column, { text, style }] of row.entries()) {
        const last = runs.at(-1);
        if (last?.style === style) last.text += text;
        else runs.push({ column, text, style });
      }
      return runs.filter(({ text }) => text.trim() !== '');
    });
  }

  write(text: string): void {
    this.#rest += text;
    for (;;) {
      // The end of a chunk may be the middle of a sequence.
      // eslint-disable-next-line no-control-regex -- as above
      if (this.#rest === '' || /^\x1b(\[[?\d;]*)?$/.test(this.#rest)) return;
      const [token = '', parameters = '', final] = TOKEN.exec(this.#rest) ?? [];
      this.#rest = this.#rest.slice(token.length);
      if (final !== undefined) this.#obey(parameters, final);
      else if (!token.startsWith('\x1b')) this.#put(token);
    }
  }

  #obey(parameters: string, final: string): void {
    switch (final) {
      case 'H':
        this.#row = 0;
        this.#column = 0;
        break;
      case 'J':
        this.#clearLine(this.#column);
        for (let row = this.#row + 1; row < this.rows; row += 1) this.#screen[row] = this.#blankRow();
        break;
      case 'K':
        this.#clearLine(parameters === '2' ? 0 : this.#column);
        break;
      case 'm':
        this.#style = [this.#style, parameters].filter((part) => part !== '').join(';');
        if (parameters === '' || parameters === '0') this.#style = '';
        break;
      case 'h':
      case 'l':
        this.#setMode(parameters, final === 'h');
        break;
    }
  }

  #setMode(mode: string, on: boolean): void {
    if (mode === '?25') this.cursorIsShown = on;
    if (mode === '?7') this.wraps = on;
    if (mode !== '?1049' || on === this.isAlternate) return;
    const shown = { screen: this.#screen, row: this.#row, column: this.#column };
    const next = this.#main ?? { ...shown, screen: this.#blankScreen() };
    this.#main = on ? shown : undefined;
    this.#screen = next.screen;
    this.#row = next.row;
    this.#column = next.column;
  }

  #put(character: string): void {
    if (character === '\r') this.#column = 0;
    else if (character === '\n') this.#feed();
    else if (character >= ' ') {
      if (this.#column >= this.columns) {
        if (this.wraps) {
          this.#column = 0;
          this.#feed();
        } else this.#column = this.columns - 1;
      }
      const row = this.#screen[this.#row];
      if (row !== undefined) row[this.#column] = { text: character, style: this.#style };
      this.#column += 1;
    }
  }

  #feed(): void {
    if (this.#row < this.rows - 1) this.#row += 1;
    else this.#screen = [...this.#screen.slice(1), this.#blankRow()];
  }

  #clearLine(from: number): void {
    this.#screen[this.#row]?.fill(BLANK, from);
  }

  #blankRow(): Cell[] {
    return Array.from({ length: this.columns }, () => BLANK);
  }

  #blankScreen(): Cell[][] {
    return Array.from({ length: this.rows }, () => this.#blankRow());
  }
}
