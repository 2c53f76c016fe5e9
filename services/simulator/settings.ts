import { z } from 'zod';
import { simulators } from '../../chains/simulators.ts';
import { durationField } from '../shared/duration.ts';
import { commonSettings } from '../shared/service.ts';

export const DEFAULT_PORT = 9350;

const name = () => z.string().min(1).max(128);

const target = z.strictObject({
  component: name(),
  /** Among the processes of its component; 0 is the one that leads, where one does. */
  index: z.int().min(0),
  instance: name(),
  metricsPath: z.string().regex(/^\/[^?#]*$/, { error: 'needs a path, such as "/metrics"' }),
});

const network = z.strictObject({
  network: name(),
  chain: z.string().refine((chain) => simulators.has(chain), {
    error: `no simulator of that name; known are ${[...simulators.keys()].sort().join(', ')}`,
  }),
  targets: z.array(target).default([]),
  /** Whether its nodes push what they know of their peers to the aggregator of `fleet`. */
  pushes: z.boolean().optional(),
});

const fleet = z.strictObject({
  aggregator: z.url({ protocol: /^https?$/ }),
  tokenFile: z.string().min(1).optional(),
  /** What waits for the aggregator, a folder for each network. */
  queueFolder: z.string().min(1),
  /** Between two pushes. */
  interval: durationField('15s', { min: '1s', max: '1h' }),
});

/** What the simulator's settings file may say; `model/plan/services.ts` writes it. */
export const settingsSchema = z
  .strictObject({
    ...commonSettings(DEFAULT_PORT),
    /** Simulated seconds in each real one. */
    timeScale: z.number().min(1).max(1000).default(1),
    /** File with the start and the faults of each network, so that a restart goes on with the same history. */
    state: z.string().min(1).optional(),
    networks: z.array(network).default([]),
    fleet: fleet.optional(),
  })
  .superRefine(({ networks }, context) => {
    const seen = new Set<string>();
    for (const [index, { network: each }] of networks.entries()) {
      if (seen.has(each)) {
        context.addIssue({ code: 'custom', path: ['networks', index, 'network'], message: `"${each}" is there twice` });
      }
      seen.add(each);
    }
  });

export type SimulatorSettings = z.output<typeof settingsSchema>;
export type NetworkSettings = z.output<typeof network>;
export type FleetSettings = z.output<typeof fleet>;
export type TargetSettings = z.output<typeof target>;
