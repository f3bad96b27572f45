// Owns what a level of containment is, and the vocabulary of all of them.
// Must never decide when a tree ends: whoever holds it is told.

/** From the strongest to the weakest; README.md says what each promises. */
export const levels = ['cgroup', 'subreaper', 'group'] as const;

export type Level = (typeof levels)[number];

/** The tree of one command, by its main process. */
export interface Tree {
  /** It leads a session and a process group of its own. */
  readonly pid: number;
  /** `NAME=value`, which stands in the environment of every process that has not removed it, and of no other's. */
  readonly marker: string;
}

/** Which processes a signal is for: the main process's group, as a terminal's ^C would be, or everyone. */
export type Audience = 'group' | 'tree';

/**
 * Holds one tree at a time, in the process that is the direct parent of its main process. That process has no other
 * children: they would be taken for part of the tree.
 */
export interface Containment {
  readonly level: Level;
  /** The cgroup's folder, at that level: whoever knows it can end the tree from outside. */
  readonly cgroup: string | undefined;
  /** Called when there is time, with no tree held: does beforehand what `enter` would have to do while it is waited for. */
  standBy(): void;
  /**
   * Calls `spawn`, and returns what it does; what that starts is inside before its first instruction. Throws, and has
   * started nothing, when it cannot be.
   */
  enter<Spawned>(spawn: () => Spawned): Spawned;
  /** Begins to hold a tree; called in the turn of the loop in which its main process was spawned. */
  hold(tree: Tree): void;
  /** Another leader of a session, in the tree that is held; called in the turn of the loop in which it was spawned. */
  join(pid: number): void;
  /** A child has ended and been reaped, by Node: its number may soon be somebody else's. */
  ended(pid: number): void;
  /** Sends a signal to every process that it is for and that can be found. */
  signal(signal: string, to: Audience): void;
  /** Sends SIGKILL to every process of the tree that can be found. Takes at most some 20 ms: call it until `isEmpty`. */
  kill(): void;
  /** Whether it is proved, as far as the level can, that no process of the tree is left; a zombie does not count. */
  isEmpty(): boolean;
  /** Waits for nothing: reaps orphans of the tree that have ended, where they have become ours. */
  tidy(): void;
  /** Gives back what the level has taken from the machine; no tree is held any more. */
  release(): void;
}

/** What came of trying a level: the containment, or why there is none, as the end of a sentence. */
export type Attempt = { readonly containment: Containment } | { readonly because: string };
