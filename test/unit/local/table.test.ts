import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { identify } from '../../../local/identity.ts';
import type { RunState } from '../../../local/state.ts';
import { elapsed, type FiringAlert, formatAlerts, formatOverview } from '../../../local/table.ts';

const supervisor = identify(process.pid) ?? { pid: process.pid, startedAt: '' };
const state: RunState = {
  format: 1,
  stack: 'dev',
  supervisor,
  ready: true,
  timeScale: 60,
  notes: ['geth-dev is left out'],
  programs: [
    { name: 'receiver', url: 'http://127.0.0.1:2021', log: '/l/receiver.log', restarts: 1, process: supervisor },
    { name: 'prometheus', url: 'http://127.0.0.1:9090', log: '/l/prometheus.log', restarts: 0 },
  ],
};
const plain = stripVTControlCharacters;

test('the overview: columns side by side, the time scale, what is down and where to look', () => {
  const targets = [
    { job: 'op-dev/op-geth', instance: 'replica:6060', health: 'down', error: 'connection refused' },
    { job: 'op-dev/op-geth', instance: 'sequencer:6060', health: 'up', error: '' },
    { job: 'system/receiver', instance: '127.0.0.1:2021', health: 'up', error: '' },
  ] as const;
  expect(plain(formatOverview({ state, targets })).split('\n')).toEqual([
    'Chainwatch, stack dev; time ×60: an hour of rules passes in 60 s',
    '',
    '  ● receiver    http://127.0.0.1:2021  the alerts that arrived, with history (started again 1 time)',
    '  ✗ prometheus  http://127.0.0.1:9090  does not run; its log: /l/prometheus.log',
    '',
    'Targets: 2 of 3 up',
    '  ✗ op-dev/op-geth   1/2',
    '      replica:6060        connection refused',
    '  ● system/receiver  1/1',
    'note: geth-dev is left out',
  ]);
});

test('time as on the chain is not worth a word; a start under way is', () => {
  const text = plain(formatOverview({ state: { ...state, timeScale: 1, ready: false }, targets: [] }));
  expect(text).toMatch(/^Chainwatch, stack dev, is starting\n/);
});

test('targets that nobody can tell of', () => {
  expect(plain(formatOverview({ state, targets: { problem: 'fetch failed' } }))).toContain(
    'Targets: unknown (fetch failed)',
  );
});

const now = Date.parse('2026-01-01T00:10:00Z');
const alert = (over: Partial<FiringAlert>): FiringAlert => ({
  alertname: 'BatcherDown',
  network: 'op-dev',
  severity: 'critical',
  instance: 'batcher:7301',
  startsAt: '2026-01-01T00:09:20Z',
  ...over,
});

test('alerts: counted in English, in columns', () => {
  expect(plain(formatAlerts([], now))).toBe('No alert fires.');
  expect(plain(formatAlerts([alert({})], now))).toMatch(/^1 alert fires:\n/);
  const many = [alert({}), alert({ alertname: 'SafeHeadStalled', severity: 'warning', instance: '' })];
  expect(plain(formatAlerts(many, now)).split('\n')).toEqual([
    '2 alerts fire:',
    '  critical  BatcherDown      op-dev  batcher:7301  for 40 s',
    '  warning   SafeHeadStalled  op-dev                for 40 s',
  ]);
});

test.each([
  [-5, '0 s'],
  [59_499, '59 s'],
  [60_000, '1 min'],
  [200_000, '3 min 20 s'],
  [7_500_000, '2 h 5 min'],
  [3_603_000, '1 h'],
  [273_600_000, '3 d 4 h'],
])('%i ms are %s', (milliseconds, text) => {
  expect(elapsed(milliseconds)).toBe(text);
});
