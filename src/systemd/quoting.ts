// Owns how a text is written so that systemd reads it back byte for byte: in a command line, and in an environment file.

/** Needs no quotes in either. */
const PLAIN = /^[\w@%+=:,./$-]+$/;

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** Writes one word of an `ExecStart=`: no specifier (`%`) and no variable (`$`) of systemd's is read into it. */
export function quoteWord(word: string): string {
  const literal = word.replace(/[%$]/g, '$&$&');
  return PLAIN.test(literal) ? literal : `"${literal.replace(/[\p{Cc}\\"]/gu, escapeCharacter)}"`;
}

function escapeCharacter(character: string): string {
  return ESCAPES[character] ?? [...Buffer.from(character)].map(inHex).join('');
}

function inHex(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}

/** Writes the value of a variable in an `EnvironmentFile=`, which knows neither specifiers nor other variables. */
export function quoteValue(value: string): string {
  return PLAIN.test(value) && !value.includes('$') ? value : `"${value.replace(/["\\`$]/g, '\\$&')}"`;
}
