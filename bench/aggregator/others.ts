import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../tools/freePort.ts';
import type { ProgramName } from '../../tools/programs.ts';
import { flatOut, type LoadResult, type Request, requestOf } from '../http/load.ts';
import { exposition } from './exposition.ts';
import { CONNECTIONS } from './load.ts';
import type { Scratch } from './scratch.ts';
import { BATCH, type Snapshots } from './snapshots.ts';

/** So long one is measured at most: it takes another request no longer, and ends those under way. */
const SECONDS = 10;

/** A program of others that takes the same numbers. */
export interface Other {
  readonly program: ProgramName;
  readonly name: string;
  /** In what it differs from ours, for a reader to judge by. */
  readonly differs: string;
  readonly args: (port: number, folder: string) => readonly string[];
  readonly ready: string;
  /** Where the `group`-th batch of all peers goes. */
  readonly path: (group: number) => string;
}

export const others: readonly Other[] = [
  {
    program: 'pushgateway',
    name: 'Pushgateway',
    differs: 'in memory, the newest value alone, compared with all others before the answer',
    args: (port) => [`--web.listen-address=127.0.0.1:${port}`, '--log.level=error'],
    ready: '/-/ready',
    path: (group) => `/metrics/job/bench/instance/${group}`,
  },
  {
    program: 'pushgateway',
    name: 'Pushgateway without its check',
    differs: 'in memory, the newest value alone, answered before it is there',
    args: (port) => [`--web.listen-address=127.0.0.1:${port}`, '--log.level=error', '--push.disable-consistency-check'],
    ready: '/-/ready',
    path: (group) => `/metrics/job/bench/instance/${group}`,
  },
  {
    program: 'victoria-metrics',
    name: 'VictoriaMetrics',
    differs: 'answered when it is in memory, on the disk some seconds later',
    args: (port, folder) => [
      `-httpListenAddr=127.0.0.1:${port}`,
      `-storageDataPath=${folder}`,
      '-retentionPeriod=1y',
      '-loggerLevel=ERROR',
    ],
    ready: '/health',
    path: () => '/api/v1/import/prometheus',
  },
];

/** @param peers as many batches as they are in are sent before, so that no series is new when it counts */
export async function measure(
  other: Other,
  program: string,
  scratch: Scratch,
  snapshots: Snapshots,
  peers: number,
): Promise<LoadResult> {
  const port = await freePort();
  const folder = join(scratch.folder, other.name.replaceAll(/\W/g, '-'));
  mkdirSync(folder, { recursive: true });
  const server = await scratch.program(program, other.args(port, folder), { port, ready: other.ready });
  const groups = peers / BATCH;
  const made = Array.from({ length: groups }, (_, group): Request => {
    const text = exposition(snapshots.batch(BATCH));
    return requestOf(other.path(group), text, '', { 'content-type': 'text/plain' });
  });
  const first = await flatOut(port, made, 1);
  if (first.failures > 0) throw new Error(`${other.name} refused ${first.failures} of ${groups} batches`);
  const result = await flatOut(port, rounds(made), CONNECTIONS, SECONDS);
  await server.kill();
  return result;
}

/** For the others the same bytes again cost what other values would: they look at the series, and store a number. */
function* rounds(requests: readonly Request[]): Generator<Request> {
  for (;;) yield* requests;
}
