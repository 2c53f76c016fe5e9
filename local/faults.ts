/** The simulator's faults, as it tells them. */

import { z } from 'zod';
import { COMMAND } from '../cli/commandName.ts';
import { CliError } from '../cli/errors.ts';
import { exitCodes } from '../cli/exitCodes.ts';

export const faultList = z.object({
  networks: z.array(
    z.object({
      network: z.string(),
      chain: z.string(),
      faults: z.array(
        z.object({
          name: z.string(),
          summary: z.string(),
          /** What it is about; none: the network as a whole. */
          components: z.array(z.string()).default([]),
          /** What it can be narrowed to. */
          instances: z.array(z.string()).default([]),
          alerts: z.array(z.string()),
          /** Those of them that a critical one holds back while it fires: they are seen in Prometheus, and nobody is told. */
          heldBack: z.array(z.string()).default([]),
          /** Real seconds until all of them fire. */
          withinSeconds: z.number().nullable(),
          /** What follows if it is left on. */
          later: z.array(z.string()),
          activeSince: z.string().nullable(),
        }),
      ),
      /** Faults that it cannot have, for want of what they are about. */
      impossible: z.array(z.object({ name: z.string(), components: z.array(z.string()) })),
    }),
  ),
});
export type NetworkFaults = z.infer<typeof faultList>['networks'][number];
export type FaultView = NetworkFaults['faults'][number];

export async function simulatedFaults(simulatorUrl: string): Promise<NetworkFaults[]> {
  const response = await fetch(`${simulatorUrl}/faults`, { signal: AbortSignal.timeout(5000) });
  const told = faultList.safeParse(await response.json().catch(() => undefined));
  if (told.success) return told.data.networks;
  throw new CliError(
    'the simulator that runs is of another version of Chainwatch, and its faults cannot be understood',
    {
      exitCode: exitCodes.failed,
      remedy: `start the stack again: ${COMMAND} stop, then ${COMMAND} start`,
    },
  );
}

/** One line for each fault that is on: a person who forgot it would look for a real one. Nothing where nobody can be asked. */
export async function activeFaultLines(simulatorUrl: string | undefined): Promise<string[]> {
  if (simulatorUrl === undefined) return [];
  const networks = await simulatedFaults(simulatorUrl).catch(() => []);
  return networks.flatMap(({ network, faults }) =>
    faults
      .filter((fault) => fault.activeSince !== null)
      .map(
        ({ name, activeSince }) =>
          `${name} is on at ${network} since ${activeSince}; end it: ${COMMAND} simulate ${network} ${name} --clear`,
      ),
  );
}
