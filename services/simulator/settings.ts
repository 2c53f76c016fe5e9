import { z } from 'zod';
import { commonSettings } from '../shared/service.ts';

export const DEFAULT_PORT = 9350;

const target = z.strictObject({
  component: z.string().min(1),
  /** Among the processes of its component. */
  index: z.int().min(0),
  instance: z.string().min(1),
  metricsPath: z.string().startsWith('/'),
});

/** What the simulator's settings file may say; `model/plan/services.ts` writes it. */
export const settingsSchema = z.strictObject({
  ...commonSettings(DEFAULT_PORT),
  /** Simulated seconds in each real one. */
  timeScale: z.number().min(1).max(1000).default(1),
  /** A JSON file with the beginning of the simulation and its faults, so that a restart goes on where it was. */
  state: z.string().min(1).default('faults.json'),
  networks: z.array(z.strictObject({ network: z.string().min(1), chain: z.string().min(1), targets: z.array(target) })),
});

export type SimulatorSettings = z.output<typeof settingsSchema>;
export type TargetSettings = z.output<typeof target>;
