// The exit codes that can occur before there is a Node that runs TypeScript. cli/exitCodes.ts has them all; a test compares.
export const exitCodes = Object.freeze({ missing: 3, storage: 5, internal: 70 });

/** The user can mend it: printed as it is, without a stack trace. `details` are lines of evidence, e.g. npm's own words. */
export class Failure extends Error {
  /**
   * @param {string} message names the thing and the place
   * @param {{ remedy: string, details?: string[], exitCode?: number }} options
   */
  constructor(message, { remedy, details = [], exitCode = exitCodes.missing }) {
    super(message);
    this.name = 'Failure';
    this.remedy = remedy;
    this.details = details;
    this.exitCode = exitCode;
  }
}

/** The user or a supervisor asked to stop: nothing to explain. `exitCode` is 128 + the signal's number. */
export class Interrupted extends Error {
  /** @param {number} exitCode */
  constructor(exitCode) {
    super('interrupted');
    this.name = 'Interrupted';
    this.exitCode = exitCode;
  }
}

/**
 * A full disk or a folder that is not ours is for the user to mend, wherever it was met; anything else that is not a Failure is our fault.
 * @param {unknown} error
 * @returns {Failure | undefined}
 */
export function asFailure(error) {
  if (error instanceof Failure) return error;
  const where = error?.path ?? 'a file';
  const exitCode = exitCodes.storage;
  if (['ENOSPC', 'EDQUOT'].includes(error?.code)) {
    return new Failure(`${where} cannot be written: the disk is full.`, {
      exitCode,
      remedy: 'Free some space, then run this again.',
    });
  }
  if (['EACCES', 'EPERM', 'EROFS'].includes(error?.code)) {
    const remedy =
      'Make it writable for you (was it made by root?), or set CHAINWATCH_CACHE to another folder if it lies in the cache.';
    return new Failure(`${where} cannot be written (${error.code}).`, { exitCode, remedy });
  }
  return undefined;
}
