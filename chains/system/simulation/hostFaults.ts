/** What can go wrong with a machine and its containers, and with being scraped. */
import { faultsOf } from '../../simulation/fault.ts';
import type { Fault } from '../../simulator.ts';

const host = faultsOf('node-exporter');
const containers = faultsOf('cadvisor');
const prober = faultsOf('blackbox-exporter');
const pushing = faultsOf('pushgateway');

export const hostFaults: readonly Fault[] = [
  host('host-cut-off', 'nobody reaches the machine', 8, ['HostDown'], ['ScrapeTargetDown']),
  host('host-restarted', 'the machine boots anew', 6, ['HostRestarted']),
  host('memory-short', 'the machine is short of memory', 18, ['HostMemoryHigh']),
  host('memory-exhausted', 'the machine has hardly any memory left', 18, ['HostMemoryExhausted', 'HostMemoryHigh']),
  host('cpu-busy', 'something keeps all cores busy', 28, ['HostCpuBusy']),
  host('out-of-memory', 'the kernel kills processes for want of memory', 4, ['HostOomKill']),
  host('disks-overloaded', 'everything waits for the disks', 28, ['HostIoPressure']),
  host('network-errors', 'a network interface breaks packets', 43, ['HostNetworkErrors']),
  host('connections-pile-up', 'the table of connections is nearly full', 13, ['HostConntrackNearLimit']),
  host('files-pile-up', 'nearly all file handles are open', 13, ['HostFileDescriptorsNearLimit']),
  host('clock-unsynchronised', 'nobody corrects the clock', 13, ['HostClockNotSynchronised']),
  host('clock-off', 'the clock is a fifth of a second off', 13, ['HostClockOffset']),
  host('unit-failed', 'a unit of systemd has failed', 13, ['HostSystemdUnitFailed']),
  host('textfile-broken', 'a textfile cannot be read', 13, ['HostTextfileError']),
  host('textfile-forgotten', 'a textfile was last written 27 hours ago', 13, ['HostTextfileStale']),
  host('collector-failing', 'node_exporter cannot read the clock', 18, ['HostCollectorFailing']),
  host('raid-degraded', 'a disk of the RAID is lost', 13, ['HostRaidDegraded']),
  // Its disks.
  host('disk-low', 'a disk with 12% left is mounted', 18, ['HostDiskSpaceLow']),
  host('disk-nearly-full', 'a disk with 3% left is mounted', 18, ['HostDiskSpaceCritical', 'HostDiskSpaceLow']),
  host('disk-filling', 'a disk will be full in a day and a half', 225, ['HostDiskDaysLeft']),
  host(
    'disk-filling-fast',
    'a disk will be full in six hours',
    55,
    ['HostDiskFullSoon'],
    ['HostDiskDaysLeft', 'HostDiskSpaceCritical', 'HostDiskSpaceLow'],
  ),
  host('inodes-used-up', 'a disk has hardly any inodes left', 18, ['HostInodesLow']),
  host('disk-read-only', 'a disk has become read-only', 8, ['HostFilesystemReadOnly']),
  host('disk-unreadable', 'a disk gives errors', 13, ['HostFilesystemError']),
  // Its containers.
  containers('container-gone', 'a container is not there', 8, ['ContainerGone']),
  containers('container-restarting', 'a container ends every ten minutes', 33, ['ContainerRestarting']),
  containers('container-out-of-memory', 'processes of a container are killed for want of memory', 4, [
    'ContainerOomKilled',
  ]),
  containers('container-memory', 'a container is close to its memory limit', 13, ['ContainerMemoryNearLimit']),
  containers('container-throttled', 'a container is held back by its CPU limit', 43, ['ContainerCpuThrottled']),
  // Being scraped.
  containers('cadvisor-cut-off', 'nobody reaches cAdvisor', 18, ['ContainerGone', 'ScrapeTargetDown']),
  prober('prober-flapping', 'who probes is reached only now and then', 28, ['ScrapeTargetFlapping']),
  pushing('too-many-jobs', 'each of 13000 runs of a job pushes under a name of its own', 13, [
    'ScrapeSamplesNearLimit',
  ]),
  pushing('push-stopped', 'a job pushes no more', 78, ['PushedMetricsStale']),
];
