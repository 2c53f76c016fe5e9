/** Why a look at the node brought nothing; the `reason` of agent_collect_failures_total. */
export const COLLECT_FAULTS = ['connection', 'payload', 'queue', 'rpc', 'status', 'timeout', 'tls'] as const;
export type CollectFaultKind = (typeof COLLECT_FAULTS)[number];

/** The message never holds the URL of the node: it may hold a key. */
export class CollectFault extends Error {
  override name = 'CollectFault';
  readonly kind: CollectFaultKind;

  constructor(kind: CollectFaultKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
