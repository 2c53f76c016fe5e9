import { setTimeout as sleep } from 'node:timers/promises';
import { REPLICAS, type Stand } from './stand.ts';

/** Something that goes wrong, and how it ends. */
interface Fault {
  readonly name: string;
  /** @returns what heals it */
  readonly begin: (stand: Stand) => Promise<() => Promise<void>>;
}

const leaderOf = async (stand: Stand) => (await stand.leader()) ?? 0;
const followerOf = async (stand: Stand) => ((await leaderOf(stand)) + 1) % REPLICAS.length;

async function streamLeader(stand: Stand): Promise<number> {
  const info = await stand.nats.manage((manager) => manager.streams.info('chainwatch-aggregator'));
  return Number(info.cluster?.leader?.slice(1) ?? 0);
}

const killed = (which: (stand: Stand) => Promise<number>) => async (stand: Stand) => {
  const index = await which(stand);
  await stand.process(index).kill();
  return () => stand.start(index);
};
const paused = (which: (stand: Stand) => Promise<number>) => async (stand: Stand) => {
  const index = await which(stand);
  stand.signal(index, 'SIGSTOP');
  return async () => stand.signal(index, 'SIGCONT');
};
const cut =
  (which: (stand: Stand) => Promise<number>, ...[mode, what]: [mode: 'stall' | 'refuse', what?: ('nats' | 'etcd')[]]) =>
  async (stand: Stand) => {
    const index = await which(stand);
    stand.cut(index, mode, what);
    return async () => stand.cut(index, 'open');
  };
const natsKilled = (count: number) => async (stand: Stand) => {
  const first = await streamLeader(stand);
  const down = Array.from({ length: count }, (_, index) => (first + index) % stand.nats.size);
  for (const index of down) await stand.nats.kill(index);
  return async () => {
    for (const index of down) await stand.nats.startNode(index);
  };
};
const natsPaused = async (stand: Stand) => {
  const index = await streamLeader(stand);
  stand.nats.pause(index);
  return async () => stand.nats.resume(index);
};

/** The script: each fault by itself, and then two at once. */
export const FAULTS: readonly Fault[] = [
  { name: 'the leader is killed', begin: killed(leaderOf) },
  { name: 'the NATS server that leads the stream is paused', begin: natsPaused },
  { name: 'the leader is cut off from NATS and etcd', begin: cut(leaderOf, 'stall') },
  { name: 'the NATS server that leads the stream is killed', begin: natsKilled(1) },
  { name: 'the leader is paused', begin: paused(leaderOf) },
  { name: 'a follower is killed', begin: killed(followerOf) },
  { name: 'a follower is paused', begin: paused(followerOf) },
  { name: 'a follower is cut off from NATS', begin: cut(followerOf, 'stall', ['nats']) },
  { name: 'the connections of a follower are broken', begin: cut(followerOf, 'refuse') },
  { name: 'the leader is cut off from etcd alone', begin: cut(leaderOf, 'stall', ['etcd']) },
  { name: 'two NATS servers are killed', begin: natsKilled(2) },
  {
    name: 'etcd is paused',
    begin: async (stand) => {
      stand.etcd.pause();
      return async () => stand.etcd.goOn();
    },
  },
  {
    name: 'the leader is killed while a follower is cut off',
    begin: async (stand) => {
      const heal = [await cut(followerOf, 'stall')(stand), await killed(leaderOf)(stand)];
      return async () => {
        for (const each of heal) await each();
      };
    },
  },
];

export interface Played {
  readonly name: string;
  /** Seconds since the beginning. */
  readonly from: number;
  readonly to: number;
}

/** Plays faults one after the other; all is healed at the end. @param lasting milliseconds of each, and of the calm behind it */
export async function play(
  stand: Stand,
  faults: readonly Fault[],
  lasting: { fault: number; calm: number },
): Promise<Played[]> {
  const begun = performance.now();
  const seconds = () => Math.round((performance.now() - begun) / 100) / 10;
  const played: Played[] = [];
  for (const { name, begin } of faults) {
    const from = seconds();
    const heal = await begin(stand);
    await sleep(lasting.fault);
    await heal();
    played.push({ name, from, to: seconds() });
    await sleep(lasting.calm);
  }
  return played;
}
