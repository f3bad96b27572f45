// Owns the masking of what looks like a password, in texts that are printed to be shown around. It is a guess: secrets
// have no place on a command line, and none of our options takes one.

const MASK = '***';

/** The name of something that is a secret itself, and not the name of the file that it is in. */
const NAME = String.raw`[\w-]*(?:password|passwd|passphrase|secret|token|api[-_]?key)`;

const ASSIGNED = new RegExp(`(${NAME}=|--?${NAME}\\s+)("[^"]*"|'[^']*'|\\S+)`, 'gi');
const ALONE = new RegExp(`^--?${NAME}$`, 'i');
const IN_URL = /(:\/\/[^\s/:@]*:)[^\s/@]+@/g;
const IN_ACL = /\b(digest:[^\s:]+:)[^\s:,]+/g;

/** Returns the text with whatever in it looks like a secret masked. */
export function masked(text: string): string {
  return text.replace(ASSIGNED, `$1${MASK}`).replace(IN_URL, `$1${MASK}@`).replace(IN_ACL, `$1${MASK}`);
}

/** Returns the words of a command so; one behind an option with such a name is a secret as a whole. */
export function maskedWords(words: readonly string[]): string[] {
  return words.map((word, index) => (ALONE.test(words[index - 1] ?? '') ? MASK : masked(word)));
}
