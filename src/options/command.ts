// Owns finding the command before anything is joined: a standby must not learn at the hand-over that there is
// nothing to run. Must agree with what execve will do, and never run anything to find out.
import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { errnoOf } from '../errno.js';
import { exitCodes } from '../exit-codes.js';
import { quote, UsageError, type UsageExitCode } from './usage-error.js';

// What execvp searches where PATH is not set at all.
const PATH_WHEN_UNSET = '/bin:/usr/bin';

// The kernel looks no further for the end of a shebang line (BINPRM_BUF_SIZE).
const HEAD_BYTES = 256;

/** What to execute: `file` is absolute and was executable a moment ago, `argv0` and `args` are as typed. */
export interface Command {
  readonly file: string;
  readonly argv0: string;
  readonly args: readonly string[];
}

/** Who is to blame for a program that is not found, and what would do in its stead, such as `rejoin, exit or `. */
export interface Blame {
  readonly option: string;
  readonly orElse: string;
}

/** What execve would do with one file; `final` ends the search in PATH, as ENOEXEC does in execvp. */
type Verdict =
  | { readonly kind: 'runnable' }
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'refused';
      readonly problem: string;
      readonly exitCode: UsageExitCode;
      readonly final: boolean;
    };

/**
 * Finds the file that execvp would execute, and returns its absolute path. Throws a UsageError with exit code
 * 127 when the file or the interpreter in its shebang line is missing, 126 when it cannot be executed.
 */
export function resolveCommand(
  argv0: string,
  searchPath: string | undefined,
  cwd: string,
  blame: Blame = { option: 'COMMAND', orElse: '' },
): string {
  if (argv0.includes('/')) return resolvePath(argv0, cwd, blame);
  const path = searchPath ?? PATH_WHEN_UNSET;
  let refusal: UsageError | undefined;
  for (const folder of argv0 === '' ? [] : path.split(':')) {
    const file = absolute(folder === '' ? argv0 : `${folder}/${argv0}`, cwd);
    const verdict = judge(file, cwd);
    if (verdict.kind === 'runnable') return file;
    if (verdict.kind === 'absent') continue;
    refusal ??= refused(`${quote(argv0)} (${file})`, verdict, blame);
    if (verdict.final) break;
  }
  if (refusal !== undefined) throw refusal;
  throw new UsageError(
    blame.option,
    `expected ${blame.orElse}a program in PATH, got ${quote(argv0)}, which is not in ${quote(path)}; write its path, such as ./job.sh`,
    exitCodes.notFound,
  );
}

function resolvePath(argv0: string, cwd: string, blame: Blame): string {
  const file = absolute(argv0, cwd);
  const verdict = judge(file, cwd);
  switch (verdict.kind) {
    case 'runnable':
      return file;
    case 'refused':
      throw refused(quote(argv0), verdict, blame);
    case 'absent':
      throw new UsageError(
        blame.option,
        `expected ${blame.orElse}the path of a program, got ${quote(argv0)}, which does not exist; correct it, or write a name in PATH`,
        exitCodes.notFound,
      );
    default:
      return verdict satisfies never;
  }
}

function refused(
  found: string,
  { problem, exitCode }: Verdict & { kind: 'refused' },
  { option, orElse }: Blame,
): UsageError {
  return new UsageError(option, `expected ${orElse}a program, got ${found}, ${problem}`, exitCode);
}

// Not path.resolve: it would drop "folder/.." by its letters, and be wrong where folder is a symbolic link.
function absolute(file: string, cwd: string): string {
  return file.startsWith('/') ? file : `${cwd}/${file.replace(/^(?:\.\/+)+(?=.)/, '')}`;
}

function judge(file: string, cwd: string): Verdict {
  const problem = permissionProblem(file);
  if (problem === 'absent') return { kind: 'absent' };
  if (problem !== undefined) return cannotExecute(problem);
  const head = readHead(file);
  // Executable and not readable: a program, since the interpreter of a script could not read it either.
  if (head === undefined) return { kind: 'runnable' };
  if (head.startsWith('#!')) return judgeInterpreter(file, head, cwd);
  // Every ELF and Mach-O header has a NUL byte in it. Where text is executed without a shebang line, it is
  // because libc quietly puts a shell in between (glibc does, musl does not), and we promise that none is.
  if (head.includes('\0')) return { kind: 'runnable' };
  return withoutShebang(file);
}

function judgeInterpreter(file: string, head: string, cwd: string): Verdict {
  const [line = ''] = head.slice(2).split('\n');
  const [interpreter = ''] = line.replace(/^[ \t]+/, '').split(/[ \t\0]/);
  if (interpreter === '') return withoutShebang(file);
  const problem = permissionProblem(absolute(interpreter, cwd));
  if (problem === undefined) return { kind: 'runnable' };
  const named = `whose first line names the interpreter ${quote(interpreter)}`;
  if (problem !== 'absent') return cannotExecute(`${named}, ${problem}`);
  const hint = interpreter.endsWith('\r')
    ? 'which ends in a carriage return: save the file with LF line endings'
    : 'which does not exist: install it, or correct the line';
  return { kind: 'refused', problem: `${named}, ${hint}`, exitCode: exitCodes.notFound, final: false };
}

function withoutShebang(file: string): Verdict {
  return {
    kind: 'refused',
    problem: `which is text without a shebang line; add one such as #!/bin/sh, or write sh ${file}`,
    exitCode: exitCodes.notExecutable,
    final: true,
  };
}

function cannotExecute(problem: string): Verdict {
  return { kind: 'refused', problem, exitCode: exitCodes.notExecutable, final: false };
}

function permissionProblem(file: string): string | undefined {
  try {
    const stats = statSync(file);
    if (stats.isDirectory()) return 'which is a directory; name a program in it';
    if (!stats.isFile()) return 'which is not a regular file; name a program';
    // Both: access answers for this user, and for root it passes where no x bit is set on some systems.
    if ((stats.mode & 0o111) === 0) return `which is not executable; make it so with chmod +x ${file}`;
    accessSync(file, constants.X_OK);
    return undefined;
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'absent';
    return `which this user may not execute (${code}); correct its permissions`;
  }
}

function readHead(file: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return undefined;
  }
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    return head.toString('latin1', 0, readSync(descriptor, head, 0, HEAD_BYTES, 0));
  } finally {
    closeSync(descriptor);
  }
}
