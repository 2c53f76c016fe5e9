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

/** An address that a service was to listen on belongs to another program. */
export class AddressInUse extends ServiceFault {
  override name = 'AddressInUse';
  readonly port: number;

  constructor(host: string, port: number) {
    super(
      `port ${port} on ${host} is in use by another program`,
      `stop that program (find it with: ss -ltnp 'sport = :${port}') or choose another port with --listen ${host}:PORT`,
    );
    this.port = port;
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
