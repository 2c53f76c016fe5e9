/**
 * A user's mistake or a state of the world that a person can mend: it is shown as one message, never as a stack trace.
 *
 * `reason` says what is wrong and where, `remedy` what to do about it.
 */
export class ServiceFault extends Error {
  override name = 'ServiceFault';
  readonly remedy: string;

  constructor(reason: string, remedy: string, options?: ErrorOptions) {
    super(reason, options);
    this.remedy = remedy;
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` that Node's errors carry (`ENOSPC`, `EADDRINUSE`, …), or undefined. */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return undefined;
}
