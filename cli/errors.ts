/** What a person sees of an error, and the exit code that a script sees. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ExitCode, exitCodes } from './exitCodes.ts';

/** A mistake or a state of the world that a person can mend: shown as one message. */
export class CliError extends Error {
  readonly exitCode: ExitCode;
  readonly remedy: string | undefined;

  constructor(message: string, { exitCode = exitCodes.usage, remedy }: { exitCode?: ExitCode; remedy?: string } = {}) {
    super(message);
    this.name = 'CliError';
    this.exitCode = exitCode;
    this.remedy = remedy;
  }
}

/** Ctrl-C or a request to stop: everything has been tidied up, and there is nothing to explain. */
export class Interrupted extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode) {
    super('interrupted');
    this.name = 'Interrupted';
    this.exitCode = exitCode;
  }
}

/**
 * The errors of other parts that a user can mend, by the name of their class: to import the classes here would load all those parts for
 * every command. A test throws each real one.
 */
const KNOWN: Readonly<Record<string, ExitCode>> = {
  ConfigError: exitCodes.usage,
  RuleFileError: exitCodes.usage,
  SecretsError: exitCodes.usage,
  SettingsError: exitCodes.usage,
  DurationError: exitCodes.usage,
  UnitError: exitCodes.usage,
  PromqlError: exitCodes.usage,
  TuningError: exitCodes.usage,
  TemplateError: exitCodes.usage,
  DuplicateUidError: exitCodes.usage,
  MissingProgramError: exitCodes.missing,
  PortInUseError: exitCodes.portInUse,
  StartError: exitCodes.failed,
  // The ports that it would need are held, by the very same stack.
  AlreadyRunningError: exitCodes.portInUse,
  SimulateError: exitCodes.usage,
  ServiceFault: exitCodes.failed,
};

const ELSEWHERE = 'choose another place, or ask whoever owns this one for the right to write there';

/** What the system refuses, in words, and what to do about it. */
const STORAGE: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  ENOSPC: ['the disk is full', 'make room on it, or choose another place; how full it is says df -h'],
  EDQUOT: ['your share of the disk is used up', 'make room in it, or choose another place'],
  EROFS: ['the disk is read-only', 'choose another place'],
  EACCES: ['permission denied', ELSEWHERE],
  EPERM: ['not permitted', ELSEWHERE],
  ENOTDIR: ['a file stands where a folder is needed', 'move it away, or choose another place'],
  EISDIR: ['a folder stands where a file is needed', 'move it away, or choose another place'],
  EMFILE: ['too many files are open', 'raise the limit: ulimit -n'],
};
const NETWORK = ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT'];

export interface Report {
  /** Empty where nothing is to be said. */
  readonly message: string;
  readonly exitCode: ExitCode;
}

/** @param debug whether to show where an unexpected error came from */
export function describeError(error: unknown, debug: boolean): Report {
  if (error instanceof Interrupted) return { message: '', exitCode: error.exitCode };
  const trace = debug && error instanceof Error && error.stack ? `\n${error.stack}` : '';
  if (error instanceof CliError) {
    const remedy = error.remedy === undefined ? '' : `\nRemedy: ${error.remedy}`;
    return { message: `${error.message}${remedy}${trace}`, exitCode: error.exitCode };
  }
  const known = knownError(error) ?? systemError(error) ?? elsewhere(error);
  if (known) return { ...known, message: `${known.message}${trace}` };
  const what = error instanceof Error ? error.message : String(error);
  const hint = debug ? trace : '\nThis is a fault in Chainwatch. CHAINWATCH_DEBUG=1 shows where.';
  return { message: `unexpected error: ${what}${hint}`, exitCode: exitCodes.internal };
}

function knownError(error: unknown): Report | undefined {
  if (!(error instanceof Error)) return undefined;
  const exitCode = KNOWN[error.constructor.name];
  if (exitCode === undefined) return undefined;
  const remedy = 'remedy' in error && typeof error.remedy === 'string' ? `\nRemedy: ${error.remedy}` : '';
  return { message: `${error.message}${remedy}`, exitCode };
}

/** Our image holds the services and `peers`: of the other commands it knows the names alone. */
function elsewhere(error: unknown): Report | undefined {
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
  if (!isMissing || existsSync(join(import.meta.dirname, 'config'))) return undefined;
  const message = 'this command is not in the image of our services, which holds "serve" and "peers"';
  return { message: `${message}\nRemedy: run it from a checkout`, exitCode: exitCodes.missing };
}

/** What the operating system refuses, wherever in the chain of causes it stands (`fetch` wraps it). */
function systemError(error: unknown): Report | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if (!('code' in at) || typeof at.code !== 'string') continue;
    const path = 'path' in at && typeof at.path === 'string' ? `${at.path}: ` : '';
    const [what, todo] = STORAGE[at.code] ?? [];
    const remedy = at.code === 'ENOSPC' && 'path' in at ? `${todo} ${dirname(String(at.path))}` : todo;
    if (what !== undefined)
      return { message: `${path}${what} (${at.code})\nRemedy: ${remedy}`, exitCode: exitCodes.storage };
    if (NETWORK.includes(at.code)) return { message: at.message || at.code, exitCode: exitCodes.unreachable };
  }
  return undefined;
}
