import { z } from 'zod';
import { simulators } from '../../chains/simulators.ts';
import { durationField } from '../shared/duration.ts';
import { commonSettings } from '../shared/service.ts';

export const DEFAULT_PORT = 9350;

const name = () => z.string().min(1).max(128);

const target = z.strictObject({
  component: name(),
  index: z.int().min(0).describe('Among the processes of its component; 0 is the one that leads, where one does.'),
  instance: name(),
  metricsPath: z.string().regex(/^\/[^?#]*$/, { error: 'needs a path, such as "/metrics"' }),
});

const network = z.strictObject({
  network: name(),
  chain: z.string().refine((chain) => simulators.has(chain), {
    error: `no simulator of that name; known are ${[...simulators.keys()].sort().join(', ')}`,
  }),
  targets: z.array(target).default([]),
  pushes: z
    .boolean()
    .optional()
    .describe('Whether its nodes push what they know of their peers to the aggregator of `fleet`.'),
});

const fleet = z.strictObject({
  aggregator: z.url({ protocol: /^https?$/ }).describe('Where its nodes push what they know of their peers.'),
  tokenFile: z.string().min(1).optional().describe('What is shown there.'),
  queueFolder: z.string().min(1).describe('What waits for the aggregator, a folder for each network.'),
  interval: durationField('15s', { min: '1s', max: '1h' }).describe('Between two pushes.'),
});

/** What the simulator's settings file may say; `model/plan/services.ts` writes it. */
export const settingsSchema = z
  .strictObject({
    ...commonSettings(DEFAULT_PORT),
    timeScale: z.number().min(1).max(1000).default(1).describe('Simulated seconds in each real one.'),
    state: z
      .string()
      .min(1)
      .optional()
      .describe('File with the start and the faults of each network, so that a restart goes on with the same history.'),
    networks: z.array(network).default([]).describe('What is simulated: the targets of each network.'),
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
