/** Why a request to an RPC endpoint brought nothing; the `kind` label of chainwatch_rpc_errors_total. */
export const RPC_FAULTS = ['connection', 'http', 'payload', 'rpc', 'timeout', 'wrong_chain'] as const;
export type RpcFaultKind = (typeof RPC_FAULTS)[number];

/**
 * A request that failed. The message never holds the URL: its path or its query may be a key.
 *
 * - connection: refused, reset, no such host, TLS, or no URL to connect to
 * - http: a status other than 200
 * - payload: an answer that is not what JSON-RPC or the method promises
 * - rpc: the endpoint answered with a JSON-RPC error
 * - timeout: no complete answer in time
 * - wrong_chain: the endpoint serves another chain than the stack file says
 */
export class RpcFault extends Error {
  override name = 'RpcFault';
  readonly kind: RpcFaultKind;
  /** Of the JSON-RPC error. */
  readonly code: number | undefined;

  constructor(kind: RpcFaultKind, message: string, code?: number) {
    super(message);
    this.kind = kind;
    this.code = code;
  }
}

/** What a call threw, as a fault: nothing else is expected, and nothing else may stop a round. */
export function asRpcFault(error: unknown): RpcFault {
  return error instanceof RpcFault ? error : new RpcFault('payload', 'the answer cannot be read');
}
