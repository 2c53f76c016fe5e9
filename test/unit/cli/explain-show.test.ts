import { expect, test } from 'vitest';
import type { Explanation, Told } from '../../../cli/explain/explain.ts';
import type { Inhibition } from '../../../cli/explain/inhibition.ts';
import { formatExplanation } from '../../../cli/explain/show.ts';
import { paint } from '../../../cli/output.ts';

const TOLD: Told = {
  ...{ receiver: 'team', channels: ['slack #x'], route: '1', groupBy: ['alertname'], group: { alertname: 'Down' } },
  ...{ groupWait: 30, groupInterval: 300, repeatInterval: 3600, muteTimes: [] },
};

function shown(parts: Partial<Explanation>): string {
  const nothing = { completed: [], routes: [], told: [], inhibitedBy: [], inhibits: [], warnings: [] };
  const labels = { alertname: 'Down', network: 'alpha' };
  return formatExplanation(
    { stack: 'dev', timeScale: 1, labels, decidedBy: 'alertmanager', ...nothing, ...parts },
    paint({ color: false }),
  );
}

test.each([
  ['< 0.5 ETH for 5m', 'Down of alpha: fires at < 0.5 ETH for 5m\n'],
  // What is only true or false has no limit.
  ['for 1m', 'Down of alpha: fires when it holds for 1m\n'],
  ['over 10m', 'Down of alpha: fires when it holds over 10m\n'],
])('it fires: %s', (fires, line) => {
  expect(shown({ fires })).toContain(line);
});

test('a receiver without channels tells nobody, and never waits', () => {
  const text = shown({ told: [{ ...TOLD, receiver: 'nobody', channels: [] }] });
  expect(text).toContain('Told:\n  nobody: a receiver without channels; no message is sent\n\n');
});

test('a label that was not given is not shown as an empty one', () => {
  expect(shown({ told: [{ ...TOLD, group: { alertname: '', network: 'a' } }] })).toContain(
    'team: slack #x\n    one message for all with no alertname, network="a"\n',
  );
});

test('alerts with a condition each are one list, with the condition beside each; few are told apart', () => {
  const inhibitedBy = ['a', 'b', 'c', 'd'].map(
    (subject): Inhibition => ({
      ...{ rule: 'the rule', alert: subject.toUpperCase(), owner: 'alpha', severity: 'critical', equal: ['subject'] },
      atRuntime: { subject: [subject], x: null, y: null, z: null },
    }),
  );
  const others = 'and every other label that either has';
  expect(shown({ inhibitedBy })).toContain(
    `  the rule\n    A  (critical, alpha)  for the same subject (a) ${others}\n    B  (critical, alpha)  for the same subject (b) ${others}\n`,
  );
  expect(shown({ inhibitedBy: inhibitedBy.slice(0, 3) })).toContain(
    `  the rule, for the same subject (a) ${others}\n    A (critical, alpha)\n  the rule, for the same subject (b)`,
  );
});
