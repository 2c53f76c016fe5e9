/** What can go wrong on a simulated GenLayer network, and which alerts follow while it lasts. */
import { fault as define, HOUR, MINUTE } from '../../simulation/fault.ts';
import type { Fault } from '../../simulator.ts';

/** @param within simulated seconds after which all of `alerts` fire @param later what follows where it is left on for half a day */
const fault = (name: string, summary: string, within: number, alerts: readonly string[], later?: readonly string[]) =>
  define(name, ['validator'], summary, within, alerts, later);

const all: readonly Fault[] = [
  // Processes.
  fault(
    'validator-down',
    'the validators are not there',
    8 * MINUTE,
    ['GenLayerThirdOfValidatorsGone', 'GenLayerValidatorDown'],
    ['ScrapeTargetDown'],
  ),
  fault('crash-loop', 'nodes end and start anew every ten minutes', 40 * MINUTE, [
    'GenLayerValidatorRestartLoop',
    'GenLayerValidatorRestarted',
  ]),
  // Blocks.
  fault(
    'node-slow',
    'nodes sync half as fast as the chain grows',
    17 * MINUTE,
    ['GenLayerNodeFallingBehind'],
    ['GenLayerNodeFarBehind', 'GenLayerNodeNotSynced'],
  ),
  fault('node-stuck', 'nodes hang in one block', 35 * MINUTE, [
    'GenLayerNodeFallingBehind',
    'GenLayerNodeFarBehind',
    'GenLayerNodeNotSynced',
    'GenLayerNodeStalled',
  ]),
  fault('stale-rpc', 'the rollup RPC of one node gives old answers', 25 * MINUTE, ['GenLayerNodeHeadBehindOthers']),
  fault('chain-halt', 'the rollup makes no blocks', 45 * MINUTE, ['GenLayerChainHeadStalled']),
  // Memory and machine.
  fault('memory-leak', 'all nodes leak memory', 45 * MINUTE, [
    'HighMemory3Validators1GB',
    'HighMemory3Validators2GB',
    'HighMemory3Validators3GB',
  ]),
  fault('memory-full', 'GenVM takes nearly all memory', 13 * MINUTE, ['GenLayerMemoryHigh']),
  fault('goroutine-leak', 'goroutines do not end', 50 * MINUTE, ['GenLayerGoroutinesHigh']),
  fault('gc-thrash', 'the garbage collector runs all the time', 25 * MINUTE, ['GenLayerGcPausesHigh']),
  fault(
    'disk-filling',
    'logs grow by megabytes a second',
    2 * HOUR,
    ['GenLayerDiskHoursLeft'],
    ['GenLayerDiskLow', 'GenLayerDiskVeryLow'],
  ),
  fault(
    'disk-full',
    'a large file fills the disk',
    13 * MINUTE,
    ['GenLayerDiskLow', 'GenLayerDiskVeryLow'],
    ['GenLayerDiskHoursLeft'],
  ),
  fault('cpu-busy', 'GenVM uses all CPU', 34 * MINUTE, ['GenLayerCpuHigh']),
  // Work.
  fault('genvm-hangs', 'executions do not end', 8 * MINUTE, ['GenVMPermitsAtZero']),
  fault('validator-idle', 'one validator votes on nothing', 7.5 * HOUR, ['GenLayerValidatorIdle']),
  fault('reveal-fails', 'votes are committed and not revealed', 80 * MINUTE, ['GenLayerValidatorNotRevealing']),
  fault('not-accepted', 'transactions are activated and none is accepted', 80 * MINUTE, [
    'GenLayerTransactionsNotAccepted',
  ]),
  // The rollup's connection.
  fault('rollup-unsubscribed', 'no subscription at the rollup is open', 14 * MINUTE, [
    'GenLayerRollupSubscriptionsLost',
  ]),
  fault('rollup-flapping', 'the connection to the rollup ends every minute', 20 * MINUTE, [
    'GenLayerRollupDisconnecting',
  ]),
  // What is told of the nodes.
  fault('node-metrics-lost', 'nodes answer without their own metrics', 14 * MINUTE, ['GenLayerNodeMetricsAbsent']),
  fault('go-metrics-dropped', 'a keep rule drops the metrics of the Go runtime', 19 * MINUTE, [
    'GenLayerGoMetricsDropped',
  ]),
  fault('name-shared', 'a second node pushes under the same name', 19 * MINUTE, ['GenLayerValidatorNameShared']),
];

/** Sorted by name. */
export const faults: readonly Fault[] = all.toSorted((a, b) => (a.name < b.name ? -1 : 1));
