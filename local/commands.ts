/** How each program of a plan is started on this machine. */
import { join } from 'node:path';
import { formatDuration } from '../config/duration.ts';
import { formatRetention } from '../model/alertmanager/retention.ts';
import type { Places, ServiceName } from '../model/places.ts';
import type { Plan } from '../model/plan/plan.ts';
import type { RunFolder } from './folder.ts';
import type { Command } from './process.ts';

/** Paths of external programs; absent: not at hand, and left out. */
export interface Programs {
  readonly prometheus: string;
  readonly alertmanager: string;
  readonly anvil?: string | undefined;
  readonly geth?: string | undefined;
}

/** Seconds of an L1 block; anvil mines as fast in compressed time, but not below what a JSON-RPC poll can see. */
const L1_BLOCK = 12;

/**
 * In phases: Prometheus comes last, so that nothing that merely starts is taken for down, and goes first, so that an alert that was
 * sent finds its receiver. Within a phase all start side by side.
 */
export function commandPhases(plan: Plan, places: Places, folder: RunFolder, programs: Programs): Command[][] {
  const own = plan.services.map((service) => serviceCommand(service.name, places, folder));
  const chains = [...anvil(plan, places, programs.anvil), ...geth(places, folder, programs.geth)];
  return [
    [...own, ...chains, alertmanager(plan, places, folder, programs.alertmanager)],
    [prometheus(plan, places, folder, programs.prometheus)],
  ];
}

function serviceCommand(name: ServiceName, places: Places, folder: RunFolder): Command {
  const main = join(import.meta.dirname, '..', 'cli', 'main.ts');
  return {
    name,
    path: process.execPath,
    args: [
      '--disable-warning=ExperimentalWarning',
      main,
      'serve',
      name,
      '--settings',
      join(folder.config, 'services', `${name}.json`),
    ],
    // Alive is enough to start with: readiness may depend on programs of a later phase.
    ready: `http://${places.address(name)}/healthz`,
    grace: 25,
  };
}

function prometheus(plan: Plan, places: Places, folder: RunFolder, path: string): Command {
  const { retention, retentionSize } = plan.prometheus;
  return {
    name: 'prometheus',
    path,
    args: [
      `--config.file=${join(folder.config, 'prometheus.yml')}`,
      `--storage.tsdb.path=${folder.data('prometheus')}`,
      `--storage.tsdb.retention.time=${formatDuration(retention)}`,
      ...(retentionSize === undefined
        ? []
        : [`--storage.tsdb.retention.size=${Math.floor(retentionSize / 2 ** 20)}MB`]),
      `--web.listen-address=${places.listen('prometheus')}`,
      `--web.external-url=${places.publicUrl('prometheus')}`,
      // By default the first scrape waits five seconds for more targets to be discovered; ours are all in the file.
      '--scrape.discovery-reload-interval=1s',
    ],
    ready: `http://${places.address('prometheus')}/-/ready`,
    grace: 30,
  };
}

function alertmanager(plan: Plan, places: Places, folder: RunFolder, path: string): Command {
  return {
    name: 'alertmanager',
    path,
    args: [
      `--config.file=${join(folder.config, 'alertmanager.yml')}`,
      `--storage.path=${folder.data('alertmanager')}`,
      `--data.retention=${formatRetention(plan.alertmanager.retention)}`,
      `--web.listen-address=${places.listen('alertmanager')}`,
      `--web.external-url=${places.publicUrl('alertmanager')}`,
      // One machine has nobody to gossip with.
      '--cluster.listen-address=',
    ],
    ready: `http://${places.address('alertmanager')}/-/ready`,
    grace: 15,
  };
}

function anvil(plan: Plan, places: Places, path: string | undefined): Command[] {
  if (path === undefined) return [];
  const url = `http://${places.address('anvil')}`;
  const [host = '127.0.0.1', port = ''] = places.listen('anvil').split(':');
  return [
    {
      name: 'anvil',
      path,
      args: [
        '--host',
        host,
        '--port',
        port,
        '--block-time',
        String(Math.max(1, Math.round(L1_BLOCK / plan.timeScale))),
        '--silent',
      ],
      ready: url,
      probe: (signal) => answersRpc(url, signal),
      grace: 5,
    },
  ];
}

/** A real execution client that serves op-geth's metric names, beside the simulated ones. */
function geth(places: Places, folder: RunFolder, path: string | undefined): Command[] {
  if (path === undefined) return [];
  const [host = '127.0.0.1', port = ''] = places.listen('geth').split(':');
  return [
    {
      name: 'geth',
      path,
      args: [
        ...['--dev', '--dev.period', '1', '--datadir', folder.data('geth'), '--ipcdisable', '--verbosity', '2'],
        ...['--metrics', '--metrics.addr', host, '--metrics.port', port],
        ...['--port', '0', '--authrpc.port', '0', '--nodiscover', '--maxpeers', '0'],
      ],
      ready: `http://${places.address('geth')}/debug/metrics/prometheus`,
      grace: 15,
    },
  ];
}

async function answersRpc(url: string, signal: AbortSignal): Promise<boolean> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] });
  const headers = { 'content-type': 'application/json' };
  return (await fetch(url, { method: 'POST', body, headers, signal })).ok;
}
