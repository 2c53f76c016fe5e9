import type { Registry } from 'prom-client';
import { z } from 'zod';
import { type Address, listenField } from './address.ts';
import { durationField } from './duration.ts';
import { LOG_LEVELS, type Logger } from './log.ts';
import type { SecretScrubber } from './secrets.ts';

/** What every service's settings hold, whatever else they hold. */
export interface CommonSettings {
  readonly listen: { readonly host: string; readonly port: number };
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Milliseconds between the request to stop and the moment when what is still under way is given up. */
  readonly shutdownGrace: number;
}

/** The fields of CommonSettings, to be spread into a service's own strict schema. */
export function commonSettings(defaultPort: number) {
  return {
    listen: listenField(defaultPort).describe(
      'Where it listens; another address than loopback can be reached by others.',
    ),
    logLevel: z.enum(LOG_LEVELS).default('info').describe('What is logged: this, and what is worse.'),
    // Kubernetes waits 30 s before it kills; a service must be done earlier.
    shutdownGrace: durationField('20s', { min: '100ms', max: '10m' }).describe(
      'What is under way when it is asked to stop is given up after so long.',
    ),
  };
}

/** What a service is given to work with. */
export interface ServiceContext {
  readonly log: Logger;
  readonly registry: Registry;
  readonly secrets: SecretScrubber;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reports that the service cannot go on; the process stops in order and exits with 1. */
  fail(error: Error): void;
}

/** A service that runs. */
export interface RunningService {
  readonly address: Address;
  /** Takes nothing new, finishes what was accepted, lets go of everything. */
  stop(): Promise<void>;
}

/** What `services/<name>/main.ts` exports as `service`. */
export interface Service<S extends CommonSettings = CommonSettings> {
  readonly name: string;
  /** One line for `chainwatch serve --help`. */
  readonly summary: string;
  readonly defaultPort: number;
  readonly settingsSchema: z.ZodType<S>;
  /** Variables that a program before us was set by, as the settings of ours (`CHAINWATCH_SETTING_…`) that they mean. */
  readonly formerVariables?: Readonly<Record<string, (value: string) => Readonly<Record<string, string>>>>;
  /** @throws ServiceFault for what a person can mend (port in use, unreadable secret, …) */
  start(settings: S, context: ServiceContext): Promise<RunningService>;
}
