import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { codeOf, messageOf, ServiceFault } from '../shared/fault.ts';

const networkState = z.strictObject({
  chain: z.string(),
  /** Unix seconds of real time when the simulation began. */
  wallStart: z.number(),
  timeScale: z.number().positive(),
  faults: z.array(
    z.strictObject({
      fault: z.string(),
      /** Seconds of simulated time, as `to`. */
      from: z.number(),
      to: z.number().optional(),
      instance: z.string().optional(),
    }),
  ),
});

const stateSchema = z.strictObject({ version: z.literal(1), networks: z.record(z.string(), networkState) });

export type NetworkState = z.output<typeof networkState>;
export type SimulationState = z.output<typeof stateSchema>['networks'];

/** What an earlier run left, or why it cannot be used. */
export type StateRead = { readonly networks: SimulationState } | { readonly problem: string };

/**
 * Reads the state that an earlier run left; nothing is remembered where there is no file yet.
 *
 * @throws ServiceFault where the file is there and this user may not read it
 */
export function readStateFile(path: string): StateRead {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { networks: {} };
    throw new ServiceFault(
      `the state file ${path} cannot be read: ${messageOf(error)}`,
      'give this user the right to read it',
    );
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return { problem: 'it holds no JSON' };
  }
  const outcome = stateSchema.safeParse(content);
  if (outcome.success) return { networks: outcome.data.networks };
  return {
    problem: `it is not what the simulator writes (${outcome.error.issues[0]?.path.join('.') || 'at its top'})`,
  };
}

/** Where a state that cannot be used is put, for a person to look at. */
export function setAside(path: string): string {
  const aside = `${path}.unusable`;
  renameSync(path, aside);
  return aside;
}

/** Writes the state so that a crash leaves either the old or the new one. @throws the file system's errors */
export function writeStateFile(path: string, networks: SimulationState): void {
  mkdirSync(dirname(path), { recursive: true });
  const fresh = `${path}.new`;
  const file = openSync(fresh, 'w', 0o644);
  try {
    writeSync(file, `${JSON.stringify({ version: 1, networks }, undefined, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(fresh, path);
}
