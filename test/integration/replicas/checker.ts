import { DatabaseSync } from 'node:sqlite';
import { until } from '../aggregator/process.ts';
import type { History } from './load.ts';
import { numbersAt, PATIENCE, untilReady } from './replica.ts';
import { REPLICAS, type Stand } from './stand.ts';

const STREAM = 'chainwatch-aggregator';

/** What was found when all was healed. */
export interface Verdict {
  readonly acknowledged: number;
  readonly unknown: number;
  readonly failures: number;
  /** Snapshots of each replica. */
  readonly stored: readonly number[];
  /** Acknowledged, and not at that replica. */
  readonly lost: readonly number[];
  /** More than once at that replica. */
  readonly twice: readonly number[];
  /** At that replica, and sent by nobody. */
  readonly invented: readonly number[];
  /** Replicas that do not have the same as the first. */
  readonly different: number;
  /** Decisions in the log, and how many leaders made them. */
  readonly decisions: number;
  readonly epochs: number;
  /** Epochs in which more than one replica decided. */
  readonly sharedEpochs: number;
  /** What each replica has come to by these decisions. */
  readonly decided: readonly string[];
}

/** Waits until all replicas have read the log, and compares them with what the senders know. */
export async function check(stand: Stand, history: History): Promise<Verdict> {
  await stand.nats.untilUp();
  await Promise.all(stand.processes.map(untilReady));
  for (const replica of stand.processes) {
    const settled = async () =>
      (await replica.metric('aggregator_replication_unpublished')) === 0 &&
      (await replica.metric('aggregator_replication_behind')) === 0;
    await until(settled, 'a replica has read all of the log, and its own batches in it', PATIENCE);
  }
  const same = async () =>
    new Set(await Promise.all(stand.processes.map(async (each) => String(await numbersAt(each))))).size === 1;
  // Where they stay different, the figures say how.
  await until(same, 'all have the same', PATIENCE).catch(() => {});
  const found = await Promise.all(stand.processes.map(numbersAt));
  const decided = () => REPLICAS.map((index) => decidedAt(stand.replicas.place(index).database));
  await until(() => new Set(decided()).size === 1, 'all have come to the same decisions', PATIENCE).catch(() => {});
  const agreed = decided();
  const decisions = await decisionsOf(stand);
  const { acknowledged, unknown, failures } = history;
  const sent = new Set([...acknowledged, ...unknown]);
  const byEpoch = Map.groupBy(decisions, ({ epoch }) => epoch);
  return {
    acknowledged: acknowledged.size,
    unknown: unknown.size,
    failures,
    stored: found.map((numbers) => numbers.length),
    lost: found.map((numbers) => without(acknowledged, new Set(numbers)).length),
    twice: found.map((numbers) => numbers.length - new Set(numbers).size),
    invented: found.map((numbers) => without(new Set(numbers), sent).length),
    different: found.filter((numbers) => String(numbers) !== String(found[0])).length,
    decisions: decisions.length,
    epochs: byEpoch.size,
    sharedEpochs: [...byEpoch.values()].filter((made) => new Set(made.map(({ replica }) => replica)).size > 1).length,
    decided: agreed,
  };
}

function without(some: ReadonlySet<number>, others: ReadonlySet<number>): number[] {
  return [...some].filter((n) => !others.has(n));
}

/** All decisions in the log, in its order. */
function decisionsOf(stand: Stand): Promise<{ epoch: number; replica: string }[]> {
  return stand.nats.manage(async (manager) => {
    const decisions: { epoch: number; replica: string }[] = [];
    for (let seq = 1; ; ) {
      // The server knows it, and the types of its client do not.
      const query = { seq, next_by_subj: `${STREAM}.control` };
      const message = await manager.streams.getMessage(STREAM, query);
      if (message === null) return decisions;
      const epoch = message.header.get('Chainwatch-Epoch');
      // Who says again what was decided, decides nothing.
      if (epoch !== '') decisions.push({ epoch: Number(epoch), replica: message.header.get('Chainwatch-Replica') });
      seq = message.seq + 1;
    }
  });
}

function decidedAt(path: string): string {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const rows = db.prepare("SELECT key, value FROM meta WHERE key IN ('epoch', 'prune_before') ORDER BY key").all();
    return rows.map(({ key, value }) => `${key}=${value}`).join(' ');
  } finally {
    db.close();
  }
}
