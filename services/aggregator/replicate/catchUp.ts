import type { Logger } from '../../shared/log.ts';
import type { RunningExports } from '../export/running.ts';
import type { Store } from '../store/store.ts';
import type { OtherReplica, OtherReplicas, SilentReplica } from './others.ts';
import type { StreamState } from './position.ts';

const SAY_EVERY_MS = 5_000;

export interface CatchUpOptions {
  readonly others: OtherReplicas;
  readonly store: Pick<Store, 'exchange'>;
  /** Of the database. */
  readonly path: string;
  /** What reads for long must not go on in another file. */
  readonly exports: Pick<RunningExports, 'alone'>;
  readonly log: Logger;
}

/**
 * Takes the place of the replica that has read furthest, since the log does not have what would come next.
 *
 * @throws an Error where none of the others is far enough, or exports are under way
 */
export async function catchUp(state: StreamState, options: CatchUpOptions): Promise<void> {
  const other = furthest(await options.others.ask(), state);
  options.log.warn(
    { from: other.url, upTo: other.seq },
    'the log has moved on: a snapshot of another replica is taken',
  );
  await takePlace(other, state, options);
}

/**
 * Takes the place of another replica. What this one has accepted itself and not brought to the log yet stays.
 *
 * @throws an Error where no snapshot can be had, or exports are under way
 */
export async function takePlace(other: OtherReplica, state: StreamState, options: CatchUpOptions): Promise<void> {
  const { others, store, path, exports, log } = options;
  const scratch = `${path}.snapshot`;
  let saidAt = performance.now();
  await others.snapshot(other, scratch, (bytes, of) => {
    if (performance.now() - saidAt < SAY_EVERY_MS) return;
    saidAt = performance.now();
    log.info({ from: other.url, bytes, of }, 'the snapshot comes');
  });
  await exports.alone(async () => {
    await store.exchange({
      ask: 'adopt',
      path: scratch,
      stream: state.created,
      atLeast: Math.max(0, state.firstSeq - 1),
    });
  });
  log.info({ from: other.url, upTo: other.seq }, 'the snapshot is in place; the log is read on from there');
}

/** @throws an Error where none will do */
export function furthest(others: readonly (OtherReplica | SilentReplica)[], state: StreamState): OtherReplica {
  const answered = others.filter((other) => 'seq' in other);
  const silent = others.filter((other) => 'trouble' in other).map(({ url, trouble }) => `${url}: ${trouble}`);
  const but = silent.length === 0 ? '' : ` (${silent.join('; ')})`;
  if (others.length === 0)
    throw new Error('a snapshot is needed, and the settings name no other replica (replicas, replicasSrv)');
  if (answered.length === 0) throw new Error(`a snapshot is needed, and no other replica answers${but}`);
  const far = answered.filter(({ stream, seq }) => stream === state.created && seq >= state.firstSeq - 1);
  const [first] = far.sort((a, b) => b.seq - a.seq);
  if (first !== undefined) return first;
  throw new Error(`a snapshot is needed, and no other replica has read what the log has lost${but}`);
}
