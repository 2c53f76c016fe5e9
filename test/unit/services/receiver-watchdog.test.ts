import { describe, expect, test } from 'vitest';
import type { WatchdogView } from '../../../services/receiver/store/reader.ts';
import { watchdogStatus } from '../../../services/receiver/watchdog.ts';

const NOW = 1_780_000_000_000;
const STALE_AFTER = 600_000;

function dog(ageMs: number, fields: Partial<WatchdogView> = {}): WatchdogView {
  const labels = { alertname: 'Watchdog', severity: 'none', environment: 'dev' };
  return { labels, status: 'firing', lastFiredAt: NOW - ageMs, deliveries: 1, source: 'alertmanager', ...fields };
}

const stateOf = (...dogs: WatchdogView[]) => watchdogStatus(dogs, NOW, STALE_AFTER).state;

describe('watchdogStatus', () => {
  test('tells the states apart', () => {
    expect(stateOf()).toBe('never');
    expect(stateOf(dog(STALE_AFTER))).toBe('alive');
    expect(stateOf(dog(STALE_AFTER + 1))).toBe('stale');
    expect(stateOf(dog(1, { status: 'resolved' }))).toBe('ended');
  });

  test('goes by the worst of several', () => {
    expect(stateOf(dog(1), dog(STALE_AFTER + 1))).toBe('stale');
    expect(stateOf(dog(1), dog(2))).toBe('alive');
    expect(stateOf(dog(1), dog(STALE_AFTER + 1), dog(2, { status: 'resolved' }))).toBe('ended');
  });

  test('forgets one that is silent for a day while another is heard, but never the last one', () => {
    expect(stateOf(dog(1), dog(86_400_001))).toBe('alive');
    expect(stateOf(dog(86_400_001))).toBe('stale');
  });

  test('names each by the labels that tell it', () => {
    expect(watchdogStatus([dog(1)], NOW, STALE_AFTER).each).toEqual([
      { name: 'environment=dev', state: 'alive', lastSeen: NOW - 1 },
    ]);
  });
});
