/** What can go wrong with our own services. */
import { faultsOf } from '../../simulation/fault.ts';
import type { Fault } from '../../simulator.ts';

const receiver = faultsOf('receiver');
const status = faultsOf('status');
const exporter = faultsOf('exporter');

export const serviceFaults: readonly Fault[] = [
  receiver('receiver-down', 'the receiver is not there', 8, ['ReceiverDown'], ['ScrapeTargetDown']),
  receiver('watchdog-lost', 'the alert that always fires does not come', 18, ['WatchdogMissing']),
  receiver('receiver-store-full', 'the receiver can store nothing', 23, [
    'ReceiverDiskLow',
    'ReceiverStoreErrors',
    'ReceiverStoreFailing',
    'ServiceErrors',
    'ServiceNotReady',
  ]),
  receiver('writes-fail', 'writes fail now and then', 18, ['ReceiverStoreErrors']),
  receiver('receiver-disk-low', 'the disk of the receiver is nearly full', 13, ['ReceiverDiskLow']),
  receiver('secret-unreadable', 'the receiver cannot reread its token', 13, ['ReceiverSecretUnreadable']),
  receiver('sender-truncates', 'a sender leaves alerts out', 5, ['ReceiverAlertsTruncated']),
  receiver('requests-refused', 'somebody sends with a wrong token', 18, ['ReceiverRejecting']),
  receiver('commits-slow', 'the receiver stores slowly', 15, ['ReceiverSlow']),
  status('status-down', 'the status page is not there', 8, ['ServiceDown'], ['ScrapeTargetDown']),
  status('service-not-ready', 'the status page is not ready', 13, ['ServiceNotReady']),
  status('service-errors', 'the status page answers with errors', 18, ['ServiceErrors']),
  status('file-handles-leak', 'the status page opens files and closes none', 13, ['ProcessFileDescriptorsNearLimit']),
  {
    ...exporter('exporter-restarting', 'the exporter ends every ten minutes', 28, ['MonitoringProcessRestarting']),
    restarts: true,
  },
  exporter('exporter-stale', 'the exporter asks nobody any more', 18, ['ExporterStale']),
  exporter('endpoint-silent', 'an RPC endpoint does not answer', 13, ['RpcEndpointDown']),
  exporter('endpoints-silent', 'most RPC endpoints do not answer', 13, ['RpcEndpointDown', 'RpcQuorumLost']),
  exporter('endpoints-disagree', 'an RPC endpoint has other blocks', 13, ['RpcSourcesDisagree']),
  exporter('endpoint-of-another-chain', 'an RPC endpoint serves another chain', 8, ['RpcEndpointWrongChain']),
  exporter('endpoint-behind', 'an RPC endpoint is behind the others', 13, ['RpcEndpointBehind']),
  exporter('l1-stands-still', 'L1 makes no blocks', 16, ['RpcHeadStalled']),
  exporter('balance-unknown', 'no balance is agreed on', 18, ['AccountBalanceUnknown']),
];
