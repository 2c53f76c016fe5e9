import pino, { type DestinationStream, type Logger } from 'pino';
import type { SecretScrubber } from './secrets.ts';

export type { Logger } from 'pino';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * A logger that writes one JSON object per line: `{level, time, service, msg, …}`.
 *
 * The known secrets are taken out of the finished line, so that no caller can leak one by putting it into an unexpected
 * member. Lines are written without waiting (and all of them at the process's end): a reader of the log that hangs must not
 * hold up alerts. When it hangs for long, lines are dropped.
 *
 * @param destination stdout where left out
 */
export function createLogger(
  service: string,
  level: LogLevel,
  secrets: SecretScrubber,
  destination: DestinationStream = pino.destination({ fd: 1, sync: false, maxLength: MAX_UNWRITTEN_CHARACTERS }),
): Logger {
  return pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED_PATHS, censor: '[redacted]' },
      hooks: { streamWrite: (line) => secrets.scrub(line) },
    },
    destination,
  );
}

const MAX_UNWRITTEN_CHARACTERS = 16_000_000;

const SECRET_MEMBERS = ['authorization', 'cookie', 'password', 'secret', 'token'];
const REDACTED_PATHS = SECRET_MEMBERS.flatMap((member) => [member, `*.${member}`, `*.*.${member}`]);
