// Owns telling one failed system call from another.

/** Whether the error is that of a system call which failed in one of these ways. */
export function isErrno(error: unknown, ...codes: readonly string[]): boolean {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code)
  );
}

/** The code of a system call that has failed, such as ENOENT; of any other error, its text. */
export function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
