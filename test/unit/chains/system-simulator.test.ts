/** The simulated environment speaks as the real programs do, never lies about time, and what it counts only grows. */
import { describe, expect, test } from 'vitest';
import type { FaultInterval, Moment, SimulatedTarget } from '../../../chains/simulator.ts';
import { systemSimulator } from '../../../chains/system/simulator.ts';
import { runs } from '../../fixtures/prove.ts';
import { known, packNamed } from '../../fixtures/real.ts';
import * as simulated from './simulated.ts';
import {
  at,
  boundsOf,
  isGoneWhile,
  misprints,
  momentsOf,
  neverFalls,
  promisedBy,
  target,
  timestampsAreTrue,
  value,
} from './simulated.ts';

const { catalogue, alerts } = packNamed('system');
const components = known.chains.get('system')?.components.map(({ name }) => name) ?? [];

/** Faults after which a process starts anew. */
const RESTARTS: Readonly<Record<string, readonly string[]>> = {
  'node-exporter': ['host-restarted'],
  prometheus: ['prometheus-down', 'wal-damaged'],
  alertmanager: ['alertmanager-down'],
  receiver: ['receiver-down'],
  status: ['status-down'],
  exporter: ['exporter-restarting'],
};
/** Faults for as long as which it is not there. */
const GONE: Readonly<Record<string, string>> = {
  'node-exporter': 'host-cut-off',
  cadvisor: 'cadvisor-cut-off',
  prometheus: 'prometheus-down',
  alertmanager: 'alertmanager-down',
  receiver: 'receiver-down',
  status: 'status-down',
};
const targets = components.flatMap((component) =>
  (['aggregator', 'alertmanager'].includes(component) ? [0, 1] : [0]).map((index) => target(component, index)),
);
const scrape = (each: SimulatedTarget, moment: Moment) => simulated.scrape(systemSimulator, each, moment);

describe.each(targets)('$instance', (each) => {
  test('speaks as upstream does, whatever goes wrong', () => {
    for (const [fault, moment] of momentsOf(systemSimulator))
      expect(
        // Thousands of series that differ by nothing but a number say no more than the first of them.
        scrape(each, moment)
          .slice(0, 500)
          .flatMap((sample) => simulated.objections([catalogue], sample)),
        fault,
      ).toEqual([]);
  });

  test('is a function of its moment alone', () => {
    const faults = [{ fault: 'disk-filling-fast', from: 10, to: 400 }];
    expect(systemSimulator.expose(each, at(5000, faults))).toBe(systemSimulator.expose(each, at(5000, faults)));
  });

  test('is gone while it is down', () => {
    const fault = GONE[each.component];
    if (fault !== undefined) isGoneWhile(fault, systemSimulator, each);
  });
});

describe('over any history of faults', () => {
  test('what counts never falls, except when its process starts anew', () => {
    const restarts = (component: string) => RESTARTS[component] ?? [];
    neverFalls({ simulator: systemSimulator, targets, restarts, grows: /^node_vmstat_/ }, runs(60));
  });

  test('no timestamp lies in the future', () => {
    const stamps = /boot_time|start_time|mtime|push_time|last_seen|last_round|_sent_timestamp/;
    timestampsAreTrue(systemSimulator, targets, stamps, runs(40));
  });
});

describe('the story that it tells', () => {
  const [host, receiver] = [target('node-exporter'), target('receiver')];
  const left = (mountpoint: string, time: number, faults: readonly FaultInterval[]) =>
    value(scrape(host, at(time, faults)), 'node_filesystem_avail_bytes', { mountpoint });

  test('a disk fills at a steady pace, and has its room again when that is over', () => {
    const filling = [{ fault: 'disk-filling-fast', from: 1000, to: 1000 + 3 * 3600 }];
    const [full, later, half, after] = [1000, 1000 + 3600, 1000 + 2 * 3600, 1001 + 3 * 3600].map((time) =>
      left('/archive', time, filling),
    );
    expect(full).toBe(left('/archive', 1000, []));
    expect((full ?? 0) - (later ?? 0)).toBeCloseTo((later ?? 0) - (half ?? 0), -2);
    expect(after).toBe(full);
    expect(left('/data', 9000, filling)).toBe(left('/data', 9000, []));
  });

  test('a machine that boots anew is away for three minutes, and counts from nothing then', () => {
    const boots = [{ fault: 'host-restarted', from: 1000 }];
    const spent = (time: number) =>
      value(scrape(host, at(time, boots)), 'node_cpu_seconds_total', { cpu: '0', mode: 'user' });
    expect(systemSimulator.expose(host, at(1179, boots))).toBe(undefined);
    expect(spent(999)).toBeGreaterThan(100 * (spent(1300) + 1e-9));
    const booted = value(scrape(host, at(1300, boots)), 'node_boot_time_seconds');
    expect(booted).toBeCloseTo(simulated.WALL + 1180 / 60, 6);
  });

  test('who is reached by turns runs on meanwhile', () => {
    const flapping = [{ fault: 'prober-flapping', from: 1000 }];
    const reached = (time: number) =>
      systemSimulator.expose(target('blackbox-exporter'), at(time, flapping)) !== undefined;
    expect([1000, 1179, 1180, 1359, 1360].map(reached)).toEqual([false, false, true, true, false]);
    const started = (time: number, faults: readonly FaultInterval[]) =>
      value(scrape(target('blackbox-exporter'), at(time, faults)), 'process_start_time_seconds');
    expect(started(1200, flapping)).toBe(started(1200, []));
  });

  test('of two Alertmanagers one alone refuses its configuration', () => {
    const faults = [{ fault: 'alertmanager-config-refused', from: 10 }];
    const loaded = (index: number) =>
      value(scrape(target('alertmanager', index), at(500, faults)), 'alertmanager_config_last_reload_successful');
    expect([loaded(0), loaded(1)]).toEqual([1, 0]);
  });

  test('of two aggregators the first leads and takes what is pushed, until nobody leads or pushes', () => {
    const shown = (name: string, fault: string, time: number) =>
      [0, 1].map((index) => value(scrape(target('aggregator', index), at(time, [{ fault, from: 900 }])), name));
    expect(shown('aggregator_leader', 'aggregator-leaderless', 899)).toEqual([1, 0]);
    expect(shown('aggregator_leader', 'aggregator-leaderless', 900)).toEqual([0, 0]);
    const [before, late] = [900, 2000].map((time) => shown('aggregator_ingest_total', 'fleet-silent', time));
    expect(before?.map((count) => count > 0)).toEqual([true, false]);
    expect(late).toEqual(before);
  });

  test('the share of quick commits is judged by an edge that compressed time does not move', () => {
    const bounds = (timeScale: number) =>
      boundsOf(scrape(receiver, at(3600, [], timeScale)), 'receiver_commit_duration_seconds');
    expect(bounds(1)).toEqual(catalogue.metrics.get('receiver_commit_duration_seconds')?.buckets);
    expect(bounds(60)).toEqual(bounds(1));
  });

  test('what is compared with a time is shorter in compressed time, but for that of a Prometheus', () => {
    const lag = (timeScale: number) => {
      const samples = scrape(target('prometheus'), at(3600, [{ fault: 'remote-write-lagging', from: 0 }], timeScale));
      const time = (which: string) =>
        value(samples, `prometheus_remote_storage_queue_highest_${which}timestamp_seconds`);
      return time('') - time('sent_');
    };
    expect([lag(1), lag(60)]).toEqual([600, 600]);
    const offset = (timeScale: number) =>
      value(scrape(host, at(3600, [{ fault: 'clock-off', from: 0 }], timeScale)), 'node_timex_offset_seconds');
    expect(offset(60)).toBeCloseTo(offset(1) / 60, 9);
  });
});

describe('faults', () => {
  test('are sorted, known by one name, and concern components that exist', () => {
    expect(misprints(systemSimulator, components)).toEqual([]);
  });

  test('promise only alerts that there are, and nearly all of them', () => {
    const promised = promisedBy(systemSimulator);
    expect([...promised].filter((alert) => !alerts.has(alert))).toEqual([]);
    const without = [...alerts.keys()].filter((name) => !promised.has(name));
    expect(without.sort()).toEqual([
      // The drill's own are always there.
      'AlertmanagerMissing',
      'PrometheusMissing',
      'ReceiverMissing',
      // Says how busy this machine is.
      'ScrapeSlow',
      // No fault takes a target out of the configuration.
      'ScrapeTargetsGone',
      // Fires always.
      'Watchdog',
    ]);
  });

  test('an unknown component is a page without metrics', () => {
    expect(systemSimulator.expose(target('something'), at(0))).toBe('');
  });
});
