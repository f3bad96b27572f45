// Owns how text becomes lines of man(7): nothing of it may be taken for a request or an escape.

/** Returns text that stands within a line; markup goes around it. */
export function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replace(/^\./gm, '\\&.');
}

export function bold(text: string): string {
  return `\\fB${escaped(text)}\\fR`;
}

export function italic(text: string): string {
  return `\\fI${escaped(text)}\\fR`;
}

export function section(title: string): string {
  return `.SH ${escaped(title.toUpperCase())}`;
}

export function subsection(title: string): string {
  return `.SS ${escaped(title)}`;
}

export function paragraph(text: string): string {
  return `.PP\n${escaped(text)}`;
}

/** Returns an entry of a list; the term has its markup already. */
export function entry(term: string, text: string): string {
  return `.TP\n${term}\n${escaped(text)}`;
}

/** Returns lines that are shown as they are. */
export function example(text: string): string {
  return `.RS 4\n.nf\n${escaped(text)}\n.fi\n.RE`;
}
