/** What can go wrong with a prover: its node, its broker, its agents. */

import { fault, MINUTE } from '../../simulation/fault.ts';
import type { Fault } from '../../simulator.ts';

const NODE = ['prover-node'];
const BROKER = ['prover-broker'];
const AGENT = ['prover-agent'];

export const proverFaults: readonly Fault[] = [
  fault('agents-gone', BROKER, 'no agent takes a job', 18 * MINUTE, ['ProvingStalled']),
  fault('queue-long', BROKER, 'jobs come faster than agents work', 45 * MINUTE, ['ProvingQueueLong']),
  fault('jobs-rejected', BROKER, 'jobs fail for good', 9 * MINUTE, ['ProvingJobsRejected']),
  fault('jobs-time-out', BROKER, 'agents vanish with their jobs', 25 * MINUTE, ['ProvingJobsTimingOut']),
  fault(
    'prover-node-down',
    NODE,
    'the prover node and its collector are gone',
    8 * MINUTE,
    ['ProverNodeDown'],
    ['ScrapeTargetDown'],
  ),
  fault(
    'prover-broker-down',
    BROKER,
    'the broker and its collector are gone',
    8 * MINUTE,
    ['ProverBrokerDown'],
    ['ScrapeTargetDown'],
  ),
  fault(
    'prover-agent-down',
    AGENT,
    'the agent and its collector are gone',
    13 * MINUTE,
    ['ProverAgentDown'],
    ['ScrapeTargetDown'],
  ),
  fault('prover-node-silent', NODE, 'the prover node is gone, its collector answers', 13 * MINUTE, [
    'ProverNodeMetricsAbsent',
  ]),
  fault('prover-broker-silent', BROKER, 'the broker is gone, its collector answers', 13 * MINUTE, [
    'ProverBrokerMetricsAbsent',
  ]),
];
