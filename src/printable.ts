// Owns what becomes of text out of znodes before anybody sees it: it may be anybody's, and hold orders to a terminal.

// Control characters, those that turn the direction of writing, and whatever else is not seen.
const UNSEEN = /\p{C}/gu;

/** Returns one line without any character that is not seen. */
export function printable(text: string): string {
  return text.replaceAll(UNSEEN, '?');
}

/** Returns the value as JSON in one line; characters that are not seen are escaped, so that nothing is lost. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(UNSEEN, (character) =>
    Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
      .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
