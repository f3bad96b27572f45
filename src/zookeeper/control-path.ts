// Owns where what belongs to an election stands, if it is no contender: beside its path, since under it stand
// contenders alone.

const SUFFIX = '.control';

const LEDGER_SUFFIX = '.runs';

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

/** An ephemeral znode of whoever asks the leader for a run. */
export function runRequestPath(electionPath: string): string {
  return `${controlPath(electionPath)}/run-now`;
}

/** Holds what is remembered of the command's runs. */
export function ledgerPath(electionPath: string): string {
  return electionPath + LEDGER_SUFFIX;
}

/** The election that something stands beside, or undefined for a path that belongs to none other. */
export function besideElection(path: string): string | undefined {
  const suffix = [SUFFIX, LEDGER_SUFFIX].find((each) => path.endsWith(each));
  return suffix === undefined ? undefined : path.slice(0, -suffix.length);
}
