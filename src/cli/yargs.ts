// Owns the import of yargs, which takes longer than all our own modules together, and must not let it reach the
// real process.stdout: yargs reads `process.stdout.columns` while it loads, and that alone opens the descriptor
// and sets O_NONBLOCK on a description that the command, and whoever else writes there, shares with us.
const stdout = Object.getOwnPropertyDescriptor(process, 'stdout');
if (stdout === undefined) throw new Error('internal error: process has no stdout');

Object.defineProperty(process, 'stdout', { configurable: true, enumerable: true, value: {} });
const { default: yargs } = await import('yargs').finally(() => {
  Object.defineProperty(process, 'stdout', stdout);
});

export { yargs };
