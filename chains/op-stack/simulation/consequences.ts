/** Alerts that several faults bring besides their own, where they are left on for half a day. */

/** What follows when nothing is proposed for half a day. */
export const PROPOSALS_END = ['ProposerOutputLag', 'ProposerOutputStalled'] as const;
/** What follows when no batch is found on L1 for half a day, besides that the safe head falls back. */
export const SAFE_HEAD_STANDS = [
  'FinalizedHeadStalled',
  'SafeHeadStalled',
  'SequencingWindowClosing',
  'UnsafeSafeGapHigh',
  ...PROPOSALS_END,
] as const;
/** The same from the start, as the batcher and op-node tell of it. */
export const BATCHES_END = [
  'BatcherBacklogHigh',
  'BatcherDABacklogHigh',
  'DerivationIdleWhileBehind',
  'NoRecentBatchSubmission',
  'SafeHeadLagging',
  ...SAFE_HEAD_STANDS,
] as const;
