import { unknownName } from '../config/faults.ts';
import { serviceNames, services } from '../services/index.ts';
import { type RunOptions, runService } from '../services/shared/run.ts';
import { CliError } from './errors.ts';

/** Runs a service until it is asked to stop, and ends the process with its exit code. */
export async function serve(name: string, options: RunOptions): Promise<number> {
  const load = Object.hasOwn(services, name) ? services[name] : undefined;
  if (!load) throw new CliError(unknownName('service', name, serviceNames));
  const exitCode = await runService(await load(), options);
  // A stop that was given up after its grace period leaves open handles, which would keep the process alive.
  process.exit(exitCode);
}
