// Owns where operators leave what they want of an election: beside its path, since under it stand contenders alone.

const SUFFIX = '.control';

/** The parent of whatever steers the election; made by whoever needs it first. */
export function controlPath(electionPath: string): string {
  return electionPath + SUFFIX;
}

/** Stands as long as nobody is to be elected. */
export function pausePath(electionPath: string): string {
  return `${controlPath(electionPath)}/pause`;
}

/** An ephemeral znode of whoever asks the contender of that name to go to the end of the line. */
export function resignRequestPath(electionPath: string, name: string): string {
  return `${controlPath(electionPath)}/resign${name}`;
}

/** The election that a control path steers, or undefined for a path that steers none. */
export function controlledBy(path: string): string | undefined {
  return path.endsWith(SUFFIX) ? path.slice(0, -SUFFIX.length) : undefined;
}
