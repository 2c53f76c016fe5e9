export interface FaultOptions extends ErrorOptions {
  /** It may be over by itself, so that another start can help. @default false: somebody has to do something */
  readonly passing?: boolean;
}

/**
 * A user's mistake or a state of the world that a person can mend: it is shown as one message, never as a stack trace.
 *
 * `reason` says what is wrong and where, `remedy` what to do about it.
 */
export class ServiceFault extends Error {
  override name = 'ServiceFault';
  readonly remedy: string;
  readonly passing: boolean;

  constructor(reason: string, remedy: string, options: FaultOptions = {}) {
    super(reason, options);
    this.remedy = remedy;
    this.passing = options.passing ?? passes(options.cause);
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

const NO_RIGHT = 'give the user of the service the right to do so there, or choose another place in the settings';
const NO_PLACE = 'make it, or choose another place in the settings';

/** What the system refuses a service, and whether that may pass. */
const REFUSALS: Readonly<Record<string, readonly [remedy: string, passing: boolean]>> = {
  EACCES: [NO_RIGHT, false],
  EPERM: [NO_RIGHT, false],
  EROFS: ['choose a place in the settings that can be written', false],
  ENOENT: [NO_PLACE, false],
  ENOTDIR: ['a file stands where a folder is needed: move it away, or choose another place', false],
  EISDIR: ['a folder stands where a file is needed: move it away, or choose another place', false],
  EEXIST: ['a file stands where a folder is needed: move it away, or choose another place', false],
  ENOSPC: ['make room on the disk', true],
  EDQUOT: ['make room in the share of the disk', true],
  EIO: ['look at the disk (dmesg, SMART)', true],
  EMFILE: ['raise the limit of open files', true],
  ENFILE: ['raise the limit of open files', true],
};

/** What the system says of a file or a folder, as a fault that a person can mend; undefined for anything else. */
export function systemFault(error: unknown): ServiceFault | undefined {
  const [remedy] = REFUSALS[codeOf(error) ?? ''] ?? [];
  return remedy === undefined ? undefined : new ServiceFault(messageOf(error), remedy, { cause: error });
}

function passes(cause: unknown): boolean {
  return REFUSALS[codeOf(cause) ?? '']?.[1] ?? false;
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
