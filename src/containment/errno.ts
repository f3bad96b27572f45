// Owns telling one failed system call from another.

/** Whether the error is that of a system call which failed in one of these ways. */
export function isErrno(error: unknown, ...codes: readonly string[]): boolean {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code)
  );
}
