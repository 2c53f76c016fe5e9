import type { JsonRpcMapping } from './jsonRpc.ts';

/**
 * How nodes of a chain tell of their peers. Other chains are told by `jsonrpc` or `prometheus` of the settings.
 *
 * - the-block: `net.peer_stats_all` with offset and limit gives `[{peer_id, metrics}]` (Ian-Reitsma/the-block, node/src/rpc); it answers on loopback only.
 * - op-stack: `opp2p_peers` of op-node gives `{peers: {<peer id>: {latency, gossipBlocks, scores, …}}}` (ethereum-optimism/optimism, op-node/p2p/rpc_api.go);
 *   addresses are left out, since they say where somebody lives.
 */
export const presets: Readonly<Record<string, JsonRpcMapping>> = {
  'op-stack': {
    method: 'opp2p_peers',
    params: [true],
    rows: 'peers',
    peer: '',
    metrics: '',
    pick: [
      'connectedness',
      'direction',
      'gossipBlocks',
      'latency',
      'protected',
      'protocolVersion',
      'scores',
      'userAgent',
    ],
  },
  'the-block': {
    method: 'net.peer_stats_all',
    params: {},
    pageSize: 256,
    rows: '',
    peer: 'peer_id',
    metrics: 'metrics',
  },
};

export const DEFAULT_CHAIN = 'the-block';
