/** What can go wrong with our aggregator, and with an agent that pushes to it. */
import { faultsOf } from '../../simulation/fault.ts';
import type { Fault } from '../../simulator.ts';

const aggregator = faultsOf('aggregator');
const agent = faultsOf('agent');

export const fleetFaults: readonly Fault[] = [
  aggregator(
    'aggregator-store-full',
    'the aggregator can store nothing',
    23,
    ['AggregatorStoreErrors', 'AggregatorStoreFailing', 'ServiceErrors', 'ServiceNotReady'],
    ['AggregatorReceivesNothing'],
  ),
  aggregator('aggregator-writes-fail', 'writes of the aggregator fail now and then', 18, ['AggregatorStoreErrors']),
  aggregator('aggregator-leaderless', 'no replica of the aggregator leads', 8, ['AggregatorLeaderless']),
  aggregator('fleet-silent', 'no node pushes any more', 28, ['AggregatorReceivesNothing']),
  aggregator('fleet-refused', 'somebody pushes with a wrong token', 18, ['AggregatorRejecting']),
  aggregator('replica-behind', 'the aggregator is five minutes behind the others', 8, ['AggregatorReplicaBehind']),
  aggregator('backup-old', 'the last good backup is 50 hours old', 63, ['AggregatorBackupOld']),
  aggregator('exports-refused', 'somebody exports without the right token', 5, ['AggregatorExportsRefused']),
  aggregator('aggregator-secret-unreadable', 'the aggregator cannot reread its token', 13, [
    'AggregatorSecretUnreadable',
  ]),
  agent('agent-queue-filling', 'most of the queue of an agent is full', 13, ['AgentQueueFilling']),
  agent('agent-dropping', 'an agent drops what it has', 4, ['AgentDropping']),
  agent('agent-not-delivering', 'no aggregator takes what an agent has', 23, ['AgentNotDelivering']),
  agent('agent-not-collecting', 'its node tells an agent nothing', 18, ['AgentNotCollecting']),
  agent('agent-secret-unreadable', 'an agent cannot reread its token', 13, ['AgentSecretUnreadable']),
];
