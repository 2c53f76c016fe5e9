/** Why a batch could not be delivered, for now; the `reason` of agent_push_failures_total. */
export const PUSH_FAULTS = [
  'connection',
  'discovery',
  'queue',
  'refused',
  'server',
  'status',
  'timeout',
  'tls',
  'too_large',
  'too_many',
  'unauthorized',
] as const;
export type PushFault = (typeof PUSH_FAULTS)[number];

/** What becomes of a batch after an answer. */
export type Verdict =
  | { readonly act: 'done' }
  /** Sending it again cannot help. */
  | { readonly act: 'drop'; readonly reason: PushFault }
  | { readonly act: 'split'; readonly reason: PushFault }
  | { readonly act: 'wait'; readonly reason: PushFault };

/**
 * What the status of an answer means for the batch.
 *
 * Only what says that the batch itself is bad drops it. A token, a path or a proxy that is wrong can be mended, and the batch is still good then.
 */
export function verdictOf(status: number): Verdict {
  if (status >= 200 && status < 300) return { act: 'done' };
  switch (status) {
    case 400:
    case 415:
    case 422:
      return { act: 'drop', reason: 'refused' };
    case 401:
    case 403:
      return { act: 'wait', reason: 'unauthorized' };
    case 413:
      return { act: 'split', reason: 'too_large' };
    case 429:
      return { act: 'wait', reason: 'too_many' };
    default:
      return { act: 'wait', reason: status >= 500 ? 'server' : 'status' };
  }
}
