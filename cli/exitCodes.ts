/**
 * What the exit code of every `chainwatch` command, `npm test` and `npm run bench` says. docs/exit-codes.md explains each; a test keeps the two, and
 * the bootstrap's own copy (bin/failure.js, which must run on an old Node), equal.
 */
export const exitCodes = {
  /** Done, and all is well. */
  ok: 0,
  /** A check failed, or what was looked at is unhealthy. */
  failed: 1,
  /** Wrong arguments, stack file, rule file or secret. */
  usage: 2,
  /** A program, Node or the packages are missing and cannot be had. */
  missing: 3,
  /** A port that we need is in use. */
  portInUse: 4,
  /** The disk is full, or a folder or file cannot be written. */
  storage: 5,
  /** Something that must answer (Prometheus, a receiver, a cluster) did not, or answered with an error. */
  unreachable: 6,
  /** A fault in Chainwatch itself. */
  internal: 70,
  /** Ctrl-C (128 + SIGINT). */
  interrupted: 130,
  /** Asked to stop (128 + SIGTERM). */
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
