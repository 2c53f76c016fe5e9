/** What can go wrong with a prover: its node, its broker, its agents. */

import { faultsOf } from '../../simulation/fault.ts';
import type { Fault } from '../../simulator.ts';

const node = faultsOf('prover-node');
const broker = faultsOf('prover-broker');
const agent = faultsOf('prover-agent');

export const proverFaults: readonly Fault[] = [
  broker('agents-gone', 'no agent takes a job', 18, ['ProvingStalled']),
  broker('queue-long', 'jobs come faster than agents work', 45, ['ProvingQueueLong']),
  broker('jobs-rejected', 'jobs fail for good', 9, ['ProvingJobsRejected']),
  broker('jobs-time-out', 'agents vanish with their jobs', 25, ['ProvingJobsTimingOut']),
  node('prover-node-down', 'the prover node and its collector are gone', 8, ['ProverNodeDown'], ['ScrapeTargetDown']),
  broker('prover-broker-down', 'the broker and its collector are gone', 8, ['ProverBrokerDown'], ['ScrapeTargetDown']),
  agent('prover-agent-down', 'the agent and its collector are gone', 13, ['ProverAgentDown'], ['ScrapeTargetDown']),
  node('prover-node-silent', 'the prover node is gone, its collector answers', 13, ['ProverNodeMetricsAbsent']),
  broker('prover-broker-silent', 'the broker is gone, its collector answers', 13, ['ProverBrokerMetricsAbsent']),
];
