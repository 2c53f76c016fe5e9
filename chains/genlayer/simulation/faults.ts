/** What can go wrong on a simulated GenLayer network, and which alerts follow while it lasts. */
import { faultsOf } from '../../simulation/fault.ts';
import type { Fault } from '../../simulator.ts';

const fault = faultsOf('validator');

const all: readonly Fault[] = [
  // Processes.
  fault(
    'validator-down',
    'the validators are not there',
    8,
    ['GenLayerThirdOfValidatorsGone', 'GenLayerValidatorDown'],
    ['ScrapeTargetDown'],
  ),
  fault('crash-loop', 'nodes end and start anew every ten minutes', 40, [
    'GenLayerValidatorRestartLoop',
    'GenLayerValidatorRestarted',
  ]),
  // Blocks.
  fault(
    'node-slow',
    'nodes sync half as fast as the chain grows',
    17,
    ['GenLayerNodeFallingBehind'],
    ['GenLayerNodeFarBehind', 'GenLayerNodeNotSynced'],
  ),
  fault('node-stuck', 'nodes hang in one block', 35, [
    'GenLayerNodeFallingBehind',
    'GenLayerNodeFarBehind',
    'GenLayerNodeNotSynced',
    'GenLayerNodeStalled',
  ]),
  fault('stale-rpc', 'the rollup RPC of one node gives old answers', 25, ['GenLayerNodeHeadBehindOthers']),
  fault('chain-halt', 'the rollup makes no blocks', 45, ['GenLayerChainHeadStalled']),
  // Memory and machine.
  fault('memory-leak', 'all nodes leak memory', 45, [
    'HighMemory3Validators1GB',
    'HighMemory3Validators2GB',
    'HighMemory3Validators3GB',
  ]),
  fault('memory-full', 'GenVM takes nearly all memory', 13, ['GenLayerMemoryHigh']),
  fault('goroutine-leak', 'goroutines do not end', 50, ['GenLayerGoroutinesHigh']),
  fault('gc-thrash', 'the garbage collector runs all the time', 25, ['GenLayerGcPausesHigh']),
  fault(
    'disk-filling',
    'logs grow by megabytes a second',
    120,
    ['GenLayerDiskHoursLeft'],
    ['GenLayerDiskLow', 'GenLayerDiskVeryLow'],
  ),
  fault(
    'disk-full',
    'a large file fills the disk',
    13,
    ['GenLayerDiskLow', 'GenLayerDiskVeryLow'],
    ['GenLayerDiskHoursLeft'],
  ),
  fault('cpu-busy', 'GenVM uses all CPU', 34, ['GenLayerCpuHigh']),
  // Work.
  fault('genvm-hangs', 'executions do not end', 8, ['GenVMPermitsAtZero']),
  fault('validator-idle', 'one validator votes on nothing', 450, ['GenLayerValidatorIdle']),
  fault('reveal-fails', 'votes are committed and not revealed', 80, ['GenLayerValidatorNotRevealing']),
  fault('not-accepted', 'transactions are activated and none is accepted', 80, ['GenLayerTransactionsNotAccepted']),
  // The rollup's connection.
  fault('rollup-unsubscribed', 'no subscription at the rollup is open', 14, ['GenLayerRollupSubscriptionsLost']),
  fault('rollup-flapping', 'the connection to the rollup ends every minute', 20, ['GenLayerRollupDisconnecting']),
  // What is told of the nodes.
  fault('node-metrics-lost', 'nodes answer without their own metrics', 14, ['GenLayerNodeMetricsAbsent']),
  fault('go-metrics-dropped', 'a keep rule drops the metrics of the Go runtime', 19, ['GenLayerGoMetricsDropped']),
  fault('name-shared', 'a second node pushes under the same name', 19, ['GenLayerValidatorNameShared']),
];

/** Sorted by name. */
export const faults: readonly Fault[] = all.toSorted((a, b) => (a.name < b.name ? -1 : 1));
