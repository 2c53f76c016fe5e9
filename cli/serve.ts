import { unknownName } from '../config/faults.ts';
import { serviceNames, services } from '../services/index.ts';
import { type RunOptions, runService } from '../services/shared/run.ts';
import { CliError } from './errors.ts';

/** Runs a service until it is asked to stop, and ends the process with its exit code. */
export async function serve(name: string, options: RunOptions): Promise<number> {
  const load = Object.hasOwn(services, name) ? services[name] : undefined;
  if (!load) throw new CliError(unknownName('service', name, serviceNames));
  const exitCode = await runService(await load(), { ...options, explainPort });
  // A stop that was given up after its grace period leaves open handles, which would keep the process alive.
  process.exit(exitCode);
}

/** The image is without `local/`: there a service is alone with its ports, and has nothing to say of others. */
async function explainPort(port: number): Promise<{ reason: string; remedy: string } | undefined> {
  const known = await Promise.all([import('../local/holder.ts'), import('../local/ports.ts')]).catch(() => undefined);
  if (known === undefined) return undefined;
  const [{ holdersOf }, { describeHolder, stopOf }] = known;
  const here = process.cwd();
  const holder = holdersOf([port], here).get(port);
  if (holder === undefined) return undefined;
  return {
    reason: `port ${port} is held by ${describeHolder(holder, here)}`,
    remedy: `${stopOf(holder, port, here)}; or choose another port with --listen HOST:PORT`,
  };
}
