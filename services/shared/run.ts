import { Registry } from 'prom-client';
import { AddressInUse, ServiceFault, systemFault } from './fault.ts';
import { requireFreeAddress } from './http.ts';
import { supervise } from './lifecycle.ts';
import { createLogger, type Logger } from './log.ts';
import { processMetrics } from './metrics.ts';
import { SecretScrubber } from './secrets.ts';
import type { CommonSettings, Service } from './service.ts';
import { loadSettings, SettingsError } from './settings.ts';

export interface PortExplanation {
  readonly reason: string;
  readonly remedy: string;
}

export interface RunOptions {
  /** YAML or JSON file with the service's settings. */
  readonly settings?: string | undefined;
  /** HOST:PORT, over what the file says. */
  readonly listen?: string | undefined;
  /** Further settings, over what the file says. */
  readonly flags?: Readonly<Record<string, unknown>>;
  /** The process's environment where left out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** stderr where left out: where a person reads why the service does not start. */
  readonly complain?: (text: string) => void;
  /** Says more of whoever has the port: what is wrong and what to do, in place of what only the system tells. */
  readonly explainPort?: (port: number) => PortExplanation | undefined | Promise<PortExplanation | undefined>;
}

/** Exit codes of a service. */
export const EXIT = {
  /** Asked to stop, and everything that was accepted is done. */
  stopped: 0,
  /** Could not start for now, could not go on, or could not finish in its grace period: another start may help. */
  failed: 1,
  /** Refused its settings, or what they name: a file, a database, an address. Another start ends in the same way. */
  settings: 2,
  /** Its address belongs to another program. */
  portInUse: 4,
} as const;

/**
 * Runs one service until it is told to stop.
 *
 * @returns the exit code (see EXIT); the caller ends the process with it, since a stop that was given up leaves handles open
 */
export async function runService<S extends CommonSettings>(service: Service<S>, options: RunOptions): Promise<number> {
  const env = options.env ?? process.env;
  const complain = options.complain ?? ((text) => process.stderr.write(text));
  let settings: S;
  try {
    const flags = { listen: options.listen, ...options.flags };
    const variables = { ...formerVariables(service, env), ...env };
    settings = loadSettings(service.settingsSchema, { file: options.settings, env: variables, flags });
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    complain(settingsComplaint(service.name, error, options.settings, formerNames(service, options)));
    return EXIT.settings;
  }

  const secrets = new SecretScrubber();
  const log = createLogger(service.name, settings.logLevel, secrets);
  const registry = new Registry();
  processMetrics(registry);
  let fail: (error: Error) => void = () => {};
  const failed = new Promise<Error>((resolve) => {
    fail = resolve;
  });
  dieOnUnexpected(log);
  try {
    await requireFreeAddress(settings.listen);
    const running = await service.start(settings, { log, registry, secrets, env, fail });
    log.info({ address: running.address.url }, 'listening');
    return await supervise(running, { log, grace: settings.shutdownGrace, failed });
  } catch (error) {
    const fault = error instanceof ServiceFault ? error : systemFault(error);
    if (fault === undefined) {
      log.fatal({ err: error }, 'cannot start');
      return EXIT.failed;
    }
    const inUse = fault instanceof AddressInUse;
    const { reason, remedy } = (inUse && (await options.explainPort?.(fault.port))) || {
      reason: fault.message,
      remedy: fault.remedy,
    };
    complain(`${service.name} cannot start: ${reason}\n  remedy: ${remedy}\n`);
    if (inUse) return EXIT.portInUse;
    return fault.passing ? EXIT.failed : EXIT.settings;
  }
}

function settingsComplaint(
  name: string,
  { problems }: SettingsError,
  file: string | undefined,
  formerNames: ReadonlyMap<string, string>,
): string {
  const many = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const lines = problems.map(({ path, reason }) => {
    const former = formerNames.get(path);
    return `  ${path === '' ? '' : `${path}${former === undefined ? '' : ` (${former})`}: `}${reason}`;
  });
  return `${name} cannot start: ${many} in its settings${file === undefined ? '' : ` (${file})`}\n${lines.join('\n')}\n`;
}

/** State after an error that nobody expected is unknown; what was accepted is on disk, so a restart is the safe answer. */
function dieOnUnexpected(log: Logger): void {
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'unexpected error');
    process.exit(EXIT.failed);
  });
}

/** What a name of the past sets, unless the setting itself is there too. */
function formerVariables(
  { formerVariables: former = {} }: Pick<Service, 'formerVariables'>,
  env: NonNullable<RunOptions['env']>,
): Record<string, string> {
  const set = Object.entries(former).flatMap(([name, read]) => {
    const value = env[name];
    return value === undefined || value === '' ? [] : Object.entries(read(value));
  });
  return Object.fromEntries(set);
}

/** By setting, the name of the past that says it: what a person has written is what has to be corrected. */
function formerNames(
  { formerVariables: former = {} }: Pick<Service, 'formerVariables'>,
  { env = process.env, listen, flags = {} }: RunOptions,
): ReadonlyMap<string, string> {
  const given = new Set(Object.keys(flags).filter((name) => flags[name] !== undefined));
  if (listen !== undefined) given.add('listen');
  const names = Object.entries(former).flatMap(([name, read]) => {
    const value = env[name];
    if (value === undefined || value === '') return [];
    return Object.keys(read(value)).flatMap((variable): [string, string][] => {
      const setting = variable.replace('CHAINWATCH_SETTING_', '').toLowerCase();
      return variable in env || given.has(setting) ? [] : [[setting, name]];
    });
  });
  return new Map(names);
}
