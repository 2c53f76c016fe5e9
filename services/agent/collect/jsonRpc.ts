import { type Connections, ExchangeFault } from '../http.ts';
import { CollectFault } from './fault.ts';
import { isRecord, parseJson } from './json.ts';
import { type PeerRow, type RowMapping, rowsOf } from './rows.ts';

export interface JsonRpcMapping extends RowMapping {
  readonly method: string;
  /** A list, or an object where the node wants names. */
  readonly params: readonly unknown[] | Readonly<Record<string, unknown>>;
  /** Rows of one page, asked for by the parameters `offset` and `limit`; one question for all where left out. */
  readonly pageSize?: number | undefined;
}

export interface Question {
  readonly url: URL;
  /** Milliseconds for each request. */
  readonly timeout: number;
  readonly maxBytes: number;
  readonly maxPeers: number;
}

export interface Collected {
  readonly rows: readonly PeerRow[];
  /** Rows that could not be used, or are more than maxPeers. */
  readonly odd: number;
  /** What of the settings does not fit what the node tells, where something came nevertheless. */
  readonly hint?: string | undefined;
}

/**
 * Asks a node for all of its peers, page by page. A peer that moves from one page to the next meanwhile is told once.
 *
 * @throws CollectFault
 */
export async function collectJsonRpc(
  connections: Connections,
  mapping: JsonRpcMapping,
  question: Question,
): Promise<Collected> {
  const { pageSize } = mapping;
  const peers = new Map<string, PeerRow>();
  let odd = 0;
  let hint: string | undefined;
  for (let offset = 0; ; offset += pageSize ?? 0) {
    const page = pageSize === undefined ? {} : { offset, limit: pageSize };
    const params = Array.isArray(mapping.params) ? mapping.params : { ...mapping.params, ...page };
    const read = rowsOf(await call(connections, mapping.method, params, question), mapping);
    const before = peers.size;
    for (const row of read.rows) if (!peers.has(row.peer)) peers.set(row.peer, row);
    odd += read.odd;
    hint ??= read.why;
    const whole = read.rows.length + read.odd;
    // A node that does not know pages gives the same one for ever.
    if (pageSize === undefined || whole < pageSize || peers.size === before || peers.size >= question.maxPeers) break;
  }
  if (peers.size === 0 && hint !== undefined) {
    throw new CollectFault('payload', `none of ${odd} rows can be used: ${hint}`);
  }
  const rows = [...peers.values()];
  const { pick } = mapping;
  if (pick !== undefined && rows.length > 0 && rows.every(({ metrics }) => Object.keys(metrics).length === 0)) {
    hint ??= `no row has any of ${pick.join(', ')} (pick)`;
  }
  return {
    hint,
    rows: rows.slice(0, question.maxPeers),
    odd: odd + Math.max(0, rows.length - question.maxPeers),
  };
}

async function call(connections: Connections, method: string, params: unknown, question: Question): Promise<unknown> {
  const { url, timeout, maxBytes } = question;
  const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }));
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const answer = await translated(connections.exchange(url, { method: 'POST', headers, body, timeout, maxBytes }));
  if (answer.status !== 200) throw new CollectFault('status', `the node answered with status ${answer.status}`);
  const value = parseJson(answer.body);
  if (!isRecord(value)) throw new CollectFault('payload', 'the answer is no JSON-RPC');
  const { error, result } = value;
  if (error !== undefined && error !== null) {
    const { code, message } = isRecord(error) ? error : {};
    throw new CollectFault('rpc', `${method}: error ${String(code)}: ${String(message ?? error).slice(0, 200)}`);
  }
  if (result === undefined) throw new CollectFault('payload', 'the answer has neither a result nor an error');
  return result;
}

/** A failed exchange in the words of a collection. */
export async function translated<T>(exchange: Promise<T>): Promise<T> {
  try {
    return await exchange;
  } catch (error) {
    if (error instanceof ExchangeFault) throw new CollectFault(error.kind, error.message);
    throw error;
  }
}
