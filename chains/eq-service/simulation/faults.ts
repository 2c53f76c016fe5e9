/** What can go wrong with a simulated EQ service and what it depends on, and which alerts follow while it lasts. */
import { fault as define, MINUTE } from '../../simulation/fault.ts';
import type { Fault } from '../../simulator.ts';

const SERVICE = ['eq-service'];
const NODE = ['celestia-node'];
const HOST = ['eq-host'];
const CONTAINERS = ['eq-containers'];

/** @param minutes until all of `alerts` fire */
const fault = (
  name: string,
  components: readonly string[],
  summary: string,
  minutes: number,
  alerts: readonly string[],
  later?: readonly string[],
) => define(name, components, summary, minutes * MINUTE, alerts, later);

/** Sorted by name. */
export const faults: readonly Fault[] = [
  // The service.
  fault('eq-service-down', SERVICE, 'the service is not there', 4, ['EqServiceDown'], ['ScrapeTargetDown']),
  fault('eq-metrics-lost', SERVICE, 'the service answers without its metrics', 12, ['EqServiceMetricsAbsent']),
  {
    ...fault('eq-service-restarting', SERVICE, 'the service ends every ten minutes', 23, ['EqServiceRestarting']),
    restarts: true,
  },
  fault('jobs-failing', SERVICE, 'a quarter of the jobs fails', 28, ['EqServiceJobsFailing']),
  fault('jobs-mostly-failing', SERVICE, 'three quarters of the jobs fail', 35, [
    'EqServiceHighJobFailureRate',
    'EqServiceJobsFailing',
  ]),
  fault('jobs-stuck', SERVICE, 'jobs are begun and none ends', 43, ['EqServiceJobBacklog', 'EqServiceJobsStuck']),
  fault('jobs-pile-up', SERVICE, 'each job is tried twice', 25, ['EqServiceJobBacklog']),
  fault('error-texts', SERVICE, 'each error has a text of its own', 65, [
    'EqServiceErrorKindsMany',
    'EqServiceJobsFailing',
  ]),
  fault('slow-proofs', SERVICE, 'proofs take nearly as long as may be', 15, ['EqServiceSlowZkProofGeneration']),
  fault('very-slow-proofs', SERVICE, 'proofs come just before the timeout', 15, [
    'EqServiceSlowZkProofGeneration',
    'EqServiceVerySlowZkProofGeneration',
  ]),
  fault('nobody-asks', SERVICE, 'no request comes in', 95, ['EqServiceLowRequestRate']),
  fault('request-flood', SERVICE, 'somebody asks without a pause', 20, ['EqServiceHighRequestRate']),
  // What it depends on.
  fault('celestia-rpc-down', ['celestia-rpc'], 'the RPC port of the Celestia node is closed', 4, ['CelestiaNodeDown']),
  fault('succinct-down', ['succinct-rpc'], 'the prover network takes no connection', 5, ['SuccinctNetworkDown']),
  fault('celestia-halt', NODE, 'Celestia makes no blocks', 18, ['CelestiaHeadStalled', 'CelestiaSamplingStalled']),
  fault('celestia-node-behind', NODE, 'a Celestia node follows no more', 18, [
    'CelestiaNodeBehind',
    'CelestiaSamplingStalled',
  ]),
  fault('celestia-sampling-slow', NODE, 'a Celestia node samples too slowly', 32, ['CelestiaSamplingBehind']),
  fault('celestia-sampling-stopped', NODE, 'a Celestia node samples no more', 28, [
    'CelestiaSamplingBehind',
    'CelestiaSamplingStalled',
  ]),
  fault('celestia-peers-low', NODE, 'a Celestia node has hardly any peers', 17, ['CelestiaPeersLow']),
  fault('celestia-metrics-lost', NODE, 'a Celestia node pushes nothing any more', 12, ['CelestiaNodeMetricsAbsent']),
  fault('celestia-restarting', NODE, 'a Celestia node ends every ten minutes', 23, ['CelestiaNodeRestarting']),
  fault('celestia-pruning-failing', NODE, 'a Celestia node cannot delete old blocks', 62, ['CelestiaPruningFailing']),
  fault('celestia-collector-down', NODE, 'the collector of a Celestia node is not there', 17, ['ScrapeTargetDown']),
  // What it runs on.
  fault('eq-host-down', HOST, 'the machine of the service is not there', 17, ['ScrapeTargetDown']),
  fault('eq-memory-short', HOST, 'the machine is short of memory', 17, ['EqServiceHighMemoryUsage']),
  fault('eq-cpu-busy', HOST, 'something keeps all cores busy', 28, ['EqServiceHighCpuUsage']),
  fault('eq-disk-filling', HOST, 'a disk is filling up', 17, ['EqServiceDiskSpaceLow']),
  fault('eq-disk-full', HOST, 'a disk is nearly full', 17, ['EqServiceDiskSpaceCritical', 'EqServiceDiskSpaceLow']),
  fault('eq-containers-down', CONTAINERS, 'cAdvisor is not there', 17, ['ScrapeTargetDown']),
  fault('eq-container-memory', CONTAINERS, 'a container is close to its memory limit', 12, [
    'EqServiceContainerMemoryHigh',
  ]),
  fault('eq-container-restarting', CONTAINERS, 'a container ends every ten minutes', 33, [
    'EqServiceContainerRestarting',
  ]),
].sort((a, b) => (a.name < b.name ? -1 : 1));
