/** What an environment allows, and settings of one program that must agree. */
import { formatDuration } from '../duration.ts';
import type { Fault } from '../faults.ts';
import { ALL_READ, type Unread } from '../readable.ts';
import type { Stack } from '../stack.ts';

/** @param timing whether the settings of Prometheus could be read, so that intervals can be compared */
export function checkEnvironment(stack: Stack, timing: boolean, unread: Unread = ALL_READ): Fault[] {
  const faults = [...devOnly(stack), ...disk(stack, unread), ...ports(stack, unread), ...mainnet(stack)];
  return timing ? [...faults, ...scraping(stack)] : faults;
}

function devOnly({ kind, prometheus, networks }: Stack): Fault[] {
  if (kind === 'dev') return [];
  const faults: Fault[] = networks
    .filter((network) => network.simulated)
    .map((network) => ({
      path: ['chainwatch:networks', network.name, 'simulated'],
      message: `only dev may simulate a network; name the real nodes of "${network.name}"`,
    }));
  if (prometheus.timeScale !== 1) {
    faults.push({
      path: ['chainwatch:prometheus', 'timeScale'],
      message: `only dev may compress time; remove it from ${kind}`,
    });
  }
  return faults;
}

function scraping({ prometheus, networks }: Stack): Fault[] {
  const faults: Fault[] = [];
  const check = (path: Fault['path'], interval: number, timeout: number | undefined) => {
    if (timeout === undefined || timeout <= interval) return;
    faults.push({
      path,
      message: `a scrape may not take longer (${formatDuration(timeout)}) than the time to the next (${formatDuration(interval)})`,
    });
  };
  check(['chainwatch:prometheus', 'scrapeTimeout'], prometheus.scrapeInterval, prometheus.scrapeTimeout);
  for (const { name, scrape } of networks) {
    if (scrape.interval === undefined && scrape.timeout === undefined) continue;
    const interval = scrape.interval ?? prometheus.scrapeInterval;
    check(['chainwatch:networks', name, 'scrape', 'timeout'], interval, scrape.timeout ?? prometheus.scrapeTimeout);
  }
  return faults;
}

function disk({ prometheus: { retentionSize, storage } }: Stack, { touched }: Unread): Fault[] {
  if (retentionSize === undefined || retentionSize < storage || touched(['chainwatch:prometheus', 'storage']))
    return [];
  const message = 'must be less than "storage": Prometheus needs room beside the blocks that it keeps';
  return [{ path: ['chainwatch:prometheus', 'retentionSize'], message }];
}

function ports({ services }: Stack, { touched }: Unread): Fault[] {
  const holders = new Map<number, string>();
  const faults: Fault[] = [];
  for (const [name, service] of Object.entries(services).sort()) {
    if (touched(['chainwatch:services', name])) continue;
    const holder = holders.get(service.port);
    if (holder)
      faults.push({
        path: ['chainwatch:services', name, 'port'],
        message: `port ${service.port} is already that of ${holder}`,
      });
    else holders.set(service.port, name);
  }
  return faults;
}

function mainnet({ kind, notifications, prometheus }: Stack): Fault[] {
  if (kind !== 'mainnet') return [];
  const faults: Fault[] = [];
  if (notifications.default === undefined) {
    faults.push({
      path: ['chainwatch:notifications', 'default'],
      message: 'mainnet needs a receiver for what no route matches',
    });
  }
  if (notifications.watchdog.receiver === undefined) {
    faults.push({
      path: ['chainwatch:notifications', 'watchdog', 'receiver'],
      message: 'mainnet needs somebody outside who notices when the Watchdog stops: name a receiver',
    });
  }
  const sevenDays = 604_800;
  if (prometheus.retention < sevenDays) {
    faults.push({
      path: ['chainwatch:prometheus', 'retention'],
      message: 'mainnet keeps at least 7d: an incident is looked into later',
    });
  }
  return faults;
}
