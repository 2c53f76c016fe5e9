import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { FoundTarget } from './targets.ts';

const question = z.object({
  id: z.union([z.string(), z.number(), z.null()]).default(null),
  method: z.string(),
  params: z
    .object({ offset: z.int().min(0).default(0), limit: z.int().min(1).default(256) })
    .default({ offset: 0, limit: 256 }),
});

/** `net.peer_stats_all` with offset and limit, so that an agent can be tried out beside a simulated node. */
export function answerRpc({ body }: FastifyRequest, { network, target }: FoundTarget, now: number): unknown {
  const asked = question.safeParse(body);
  if (!asked.success) return fault(null, -32_600, 'the request is no JSON-RPC');
  const { id, method, params } = asked.data;
  if (method !== 'net.peer_stats_all') return fault(id, -32_601, 'the only method here is net.peer_stats_all');
  const peers = network.peers(target, now);
  if (peers === undefined) return fault(id, -32_000, 'the node does not tell of its peers');
  const page = peers.slice(params.offset, params.offset + params.limit);
  return { jsonrpc: '2.0', id, result: page.map(({ peer, metrics }) => ({ peer_id: peer, metrics })) };
}

function fault(id: string | number | null, code: number, message: string) {
  return { jsonrpc: '2.0', id, error: { code, message } };
}
