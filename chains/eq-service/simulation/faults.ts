/** What can go wrong with a simulated EQ service and what it depends on, and which alerts follow while it lasts. */
import { faultsOf } from '../../simulation/fault.ts';
import type { Fault } from '../../simulator.ts';

const service = faultsOf('eq-service');
const node = faultsOf('celestia-node');
const celestiaRpc = faultsOf('celestia-rpc');
const prover = faultsOf('succinct-rpc');
const host = faultsOf('eq-host');
const containers = faultsOf('eq-containers');

/** Sorted by name. */
export const faults: readonly Fault[] = [
  // The service.
  service('eq-service-down', 'the service is not there', 4, ['EqServiceDown'], ['ScrapeTargetDown']),
  service('eq-metrics-lost', 'the service answers without its metrics', 12, ['EqServiceMetricsAbsent']),
  {
    ...service('eq-service-restarting', 'the service ends every ten minutes', 23, ['EqServiceRestarting']),
    restarts: true,
  },
  service('jobs-failing', 'a quarter of the jobs fails', 28, ['EqServiceJobsFailing']),
  service('jobs-mostly-failing', 'three quarters of the jobs fail', 35, [
    'EqServiceHighJobFailureRate',
    'EqServiceJobsFailing',
  ]),
  service('jobs-stuck', 'jobs are begun and none ends', 43, ['EqServiceJobBacklog', 'EqServiceJobsStuck']),
  service('jobs-pile-up', 'each job is tried twice', 25, ['EqServiceJobBacklog']),
  service('error-texts', 'each error has a text of its own', 65, ['EqServiceErrorKindsMany', 'EqServiceJobsFailing']),
  service('slow-proofs', 'proofs take nearly as long as may be', 15, ['EqServiceSlowZkProofGeneration']),
  service('very-slow-proofs', 'proofs come just before the timeout', 15, [
    'EqServiceSlowZkProofGeneration',
    'EqServiceVerySlowZkProofGeneration',
  ]),
  service('nobody-asks', 'no request comes in', 95, ['EqServiceLowRequestRate']),
  service('request-flood', 'somebody asks without a pause', 20, ['EqServiceHighRequestRate']),
  // What it depends on.
  celestiaRpc('celestia-rpc-down', 'the RPC port of the Celestia node is closed', 4, ['CelestiaNodeDown']),
  prover('succinct-down', 'the prover network takes no connection', 5, ['SuccinctNetworkDown']),
  node('celestia-halt', 'Celestia makes no blocks', 18, ['CelestiaHeadStalled', 'CelestiaSamplingStalled']),
  node('celestia-node-behind', 'a Celestia node follows no more', 18, [
    'CelestiaNodeBehind',
    'CelestiaSamplingStalled',
  ]),
  node('celestia-sampling-slow', 'a Celestia node samples too slowly', 32, ['CelestiaSamplingBehind']),
  node('celestia-sampling-stopped', 'a Celestia node samples no more', 28, [
    'CelestiaSamplingBehind',
    'CelestiaSamplingStalled',
  ]),
  node('celestia-peers-low', 'a Celestia node has hardly any peers', 17, ['CelestiaPeersLow']),
  node('celestia-metrics-lost', 'a Celestia node pushes nothing any more', 12, ['CelestiaNodeMetricsAbsent']),
  node('celestia-restarting', 'a Celestia node ends every ten minutes', 23, ['CelestiaNodeRestarting']),
  node('celestia-pruning-failing', 'a Celestia node cannot delete old blocks', 62, ['CelestiaPruningFailing']),
  node('celestia-collector-down', 'the collector of a Celestia node is not there', 17, ['ScrapeTargetDown']),
  // What it runs on.
  host('eq-host-down', 'the machine of the service is not there', 17, ['ScrapeTargetDown']),
  host('eq-memory-short', 'the machine is short of memory', 17, ['EqServiceHighMemoryUsage']),
  host('eq-cpu-busy', 'something keeps all cores busy', 28, ['EqServiceHighCpuUsage']),
  host('eq-disk-filling', 'a disk is filling up', 17, ['EqServiceDiskSpaceLow']),
  host('eq-disk-full', 'a disk is nearly full', 17, ['EqServiceDiskSpaceCritical', 'EqServiceDiskSpaceLow']),
  containers('eq-containers-down', 'cAdvisor is not there', 17, ['ScrapeTargetDown']),
  containers('eq-container-memory', 'a container is close to its memory limit', 12, ['EqServiceContainerMemoryHigh']),
  containers('eq-container-restarting', 'a container ends every ten minutes', 33, ['EqServiceContainerRestarting']),
].sort((a, b) => (a.name < b.name ? -1 : 1));
