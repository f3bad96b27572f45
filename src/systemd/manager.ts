// Owns the variables by which a service manager says where it wants to be told, and how often. Must never leave one
// behind: what we start could speak in our name, or believe that it is being watched.

/** The service manager that has started us, as sd_notify(3) and sd_watchdog_enabled(3) find it. */
export interface Manager {
  readonly socket: string;
  /** How long it waits for a sign of life; undefined where it does not. */
  readonly watchdogMs: number | undefined;
}

/** Takes the variables out of the environment, for good. Returns undefined where nobody wants to be told. */
export function takeManager(env: NodeJS.ProcessEnv, pid: number = process.pid): Manager | undefined {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: usec, WATCHDOG_PID: watched } = env;
  for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) Reflect.deleteProperty(env, name);
  if (socket === undefined || socket === '') return undefined;
  const meansUs = watched === undefined || watched === String(pid);
  return { socket, watchdogMs: meansUs && /^[1-9]\d*$/.test(usec ?? '') ? Number(usec) / 1000 : undefined };
}
