import { z } from 'zod';
import { isLoopback } from '../shared/address.ts';
import { durationField } from '../shared/duration.ts';
import { timeScaleField } from '../shared/page/pace.ts';
import { commonSettings } from '../shared/service.ts';

export const DEFAULT_PORT = 2021;

const HEADER_NAME = /^[A-Za-z0-9-]{1,64}$/;
const headerName = () => z.string().regex(HEADER_NAME, { error: 'needs the name of an HTTP header' });

/**
 * What the receiver's settings file may say. Durations become milliseconds.
 *
 * A receiver that others can reach must be able to tell who sends: without tokenFile and grafanaSecretFile it listens on
 * loopback only.
 */
export const settingsSchema = z
  .strictObject({
    ...commonSettings(DEFAULT_PORT),
    tokenFile: z
      .string()
      .min(1)
      .optional()
      .describe('Bearer tokens, one per line; several while they are being rotated.'),
    grafanaSecretFile: z.string().min(1).optional().describe("Secrets of Grafana's HMAC signature, one per line."),
    grafanaSignatureHeaders: z
      .array(headerName())
      .min(1)
      .default(['X-Grafana-Alerting-Signature', 'X-Grafana-Alert-Signature'])
      .describe(
        "As the contact point names them. Grafana's documentation and its source differ in the default; both are taken.",
      ),
    grafanaTimestampHeader: headerName()
      .optional()
      .describe('Where the contact point has a timestamp header, its name: then every signature must be fresh.'),
    strictSecretFiles: z
      .boolean()
      .default(false)
      .describe('Refuse, instead of warn about, a secret file that everybody on the machine can read.'),
    database: z.string().min(1).default('receiver.db').describe('A file of SQLite; it is made where it is missing.'),
    retention: durationField('30d', { min: '1h' }).describe(
      'What is older is forgotten: an alert counts from its last delivery.',
    ),
    maxBodyBytes: z.int().min(1_024).max(67_108_864).default(4_194_304).describe('Of one request.'),
    debug: z.boolean().default(false).describe('Logs whole payloads and serves the last one at /debug/last.'),
    watchdogAlertname: z
      .string()
      .min(1)
      .default('Watchdog')
      .describe('The alert that fires always, to prove that alerts arrive.'),
    watchdogStaleAfter: durationField('10m', { min: '1s' }).describe(
      'Silence is not trusted when the Watchdog was last heard longer ago; at least twice its repeat interval.',
    ),
    quietAfter: durationField('1d', { min: '1s' }).describe(
      'A firing alert that was not repeated for so long is shown as in doubt; several repeat intervals of its sender.',
    ),
    reopenAfter: durationField('10m', { min: '1s' }).describe(
      'An alert that fires again within this goes on as the one that it was; longer than any sender retries.',
    ),
    timeScale: timeScaleField().describe('Said on the page where it is not 1, as it is in dev.'),
    allowUnauthenticated: z.boolean().default(false).describe('For places where something else keeps strangers away.'),
  })
  .superRefine((settings, context) => {
    const guarded = settings.tokenFile !== undefined || settings.grafanaSecretFile !== undefined;
    if (!guarded && !settings.allowUnauthenticated && !isLoopback(settings.listen.host)) {
      context.addIssue({
        code: 'custom',
        path: ['tokenFile'],
        message: `needed, because ${settings.listen.host} can be reached from other machines (or set grafanaSecretFile, or allowUnauthenticated: true)`,
      });
    }
    if (settings.grafanaTimestampHeader !== undefined && settings.grafanaSecretFile === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['grafanaTimestampHeader'],
        message: 'says nothing without grafanaSecretFile',
      });
    }
  });

export type ReceiverSettings = z.output<typeof settingsSchema>;
