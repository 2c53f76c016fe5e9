import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { readName } from '../../../services/agent/push/batchName.ts';
import type { AggregatorProcess } from '../aggregator/process.ts';
import { ServicePlace, ServiceProcess, type StartOptions } from '../service/process.ts';

/** A folder with settings, a token and a queue; its agents come and go. */
export class AgentPlace extends ServicePlace<ServiceProcess> {
  constructor() {
    super('agent');
  }

  protected override make(settings: string, env: Readonly<Record<string, string>>): ServiceProcess {
    return new ServiceProcess('agent', settings, env);
  }

  get queue(): string {
    return join(this.folder, 'queue');
  }

  override spawn({ settings = {}, env = {} }: StartOptions = {}): ServiceProcess {
    const common = { node: 'node-1', interval: '1s', timeout: '5s', backoff: { min: '50ms', max: '400ms' } };
    const { queue = {}, ...others } = z.looseObject({ queue: z.looseObject({}).optional() }).parse(settings);
    // What every other service has, and an agent has not.
    const none = { database: undefined };
    return super.spawn({ settings: { ...none, ...common, ...others, queue: { folder: this.queue, ...queue } }, env });
  }

  /** The numbers of the snapshots that wait on the disk, as whoever comes next will find them. */
  waiting(): number[] {
    const names = readdirSync(this.queue).flatMap((file) => {
      const name = readName(file);
      return name === undefined ? [] : [{ file, id: name.id }];
    });
    // A half beside its whole was not finished.
    const whole = names.filter(({ id }) => !names.some((other) => id.startsWith(`${other.id}.`)));
    return whole.flatMap(({ file }) => numbersIn(gunzipSync(readFileSync(join(this.queue, file))).toString('utf8')));
  }
}

const batch = z.array(z.object({ metrics: z.object({ n: z.number() }) }));

function numbersIn(text: string): number[] {
  return batch.parse(JSON.parse(text)).map(({ metrics }) => metrics.n);
}

/** All numbers that an aggregator holds, sorted; one that it holds twice is there twice. */
export async function arrived(aggregator: AggregatorProcess): Promise<number[]> {
  const numbers: number[] = [];
  for (const peer of await aggregator.peers()) numbers.push(...(await aggregator.numbersOf(peer)));
  return sorted(numbers);
}

export function sorted(numbers: Iterable<number>): number[] {
  return [...numbers].sort((a, b) => a - b);
}
