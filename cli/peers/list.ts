import { z } from 'zod';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import { interruptible } from '../interrupt.ts';
import type { Io } from '../io.ts';
import { count, json, paint, table } from '../output.ts';
import { progressOn } from '../progress.ts';
import { type Aggregator, type AggregatorOptions, aggregatorAt, readJson } from './aggregator.ts';
import { plain } from './plain.ts';

export interface ListOptions extends AggregatorOptions {
  readonly network?: string;
  /** Peers at most. */
  readonly limit?: number;
}

const page = z.object({
  peers: z.array(
    z.object({
      network: z.string(),
      peer_id: z.string(),
      /** Unix seconds. */
      first_seen: z.number(),
      last_seen: z.number().nullable(),
    }),
  ),
  next: z.string().nullable(),
});
type Peer = z.output<typeof page>['peers'][number];

const PAGE = 1_000;

export async function listPeers(options: ListOptions, io: Io): Promise<ExitCode> {
  const { peers, more } = await interruptible((signal) => allOf(aggregatorAt(options, io, signal), options, io));
  if (options.json) io.out(json({ peers, more }));
  else show(peers, more, io);
  return exitCodes.ok;
}

async function allOf(aggregator: Aggregator, { network, limit = Number.POSITIVE_INFINITY }: ListOptions, io: Io) {
  const progress = progressOn(io);
  const peers: Peer[] = [];
  let after: string | null = '';
  try {
    while (after !== null && peers.length < limit) {
      const query = new URLSearchParams({ limit: String(Math.min(PAGE, limit - peers.length)) });
      if (network !== undefined) query.set('network', network);
      if (after !== '') query.set('after', after);
      const read: z.output<typeof page> = await readJson(await aggregator.ask(`/peers?${query}`), page);
      peers.push(...read.peers);
      progress.show(count(peers.length, 'peer'));
      after = read.next;
    }
  } finally {
    progress.clear();
  }
  return { peers, more: after !== null };
}

function show(peers: readonly Peer[], more: boolean, io: Io): void {
  const time = (seconds: number | null) =>
    seconds === null ? '–' : new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
  const rows = peers.map((peer) => [
    plain(peer.network),
    plain(peer.peer_id),
    time(peer.first_seen),
    time(peer.last_seen),
  ]);
  if (rows.length > 0) io.out(table(['network', 'peer', 'first seen', 'last seen'], rows, paint(io)));
  io.err(`${count(peers.length, 'peer')}${more ? '; there are more' : ''}\n`);
}
