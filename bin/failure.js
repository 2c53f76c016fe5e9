// The exit codes that can occur before there is a Node that runs TypeScript. cli/exitCodes.ts has them all; a test compares.
export const exitCodes = Object.freeze({ failed: 1, missing: 3, storage: 5 });

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
