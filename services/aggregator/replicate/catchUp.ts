import type { Logger } from '../../shared/log.ts';
import type { RunningExports } from '../export/running.ts';
import type { Store } from '../store/store.ts';
import type { OtherReplica, OtherReplicas, SilentReplica } from './others.ts';
import type { StreamState } from './position.ts';

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
 * Takes the place of the replica that has read furthest, since the log does not have what would come next. What this one has accepted itself
 * and not brought to the log yet stays.
 *
 * @throws an Error where none of the others is far enough, or exports are under way
 */
export async function catchUp(state: StreamState, options: CatchUpOptions): Promise<void> {
  const { others, store, path, exports, log } = options;
  const other = furthest(await others.ask(), state);
  const scratch = `${path}.snapshot`;
  log.warn({ from: other.url, upTo: other.seq }, 'the log has moved on: a snapshot of another replica is taken');
  await others.snapshot(other, scratch);
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
