// Owns what is shown of a text that anybody may have written: one line, and no orders to a terminal.

export function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, '?');
}
