import type { Service } from './shared/service.ts';

/** Every service by its name. Each is loaded when asked for, so that one service does not pay for the others. */
export const services: Readonly<Record<string, () => Promise<Service>>> = {
  agent: async () => (await import('./agent/main.ts')).service,
  aggregator: async () => (await import('./aggregator/main.ts')).service,
  exporter: async () => (await import('./exporter/main.ts')).service,
  receiver: async () => (await import('./receiver/main.ts')).service,
  simulator: async () => (await import('./simulator/main.ts')).service,
  status: async () => (await import('./status/main.ts')).service,
};

/** The names that `chainwatch serve` knows, sorted. */
export const serviceNames: readonly string[] = Object.keys(services).sort();
