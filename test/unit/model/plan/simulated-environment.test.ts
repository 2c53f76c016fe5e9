/** An environment that the simulator plays stands beside the real one, and is not taken for it. */
import { describe, expect, test } from 'vitest';
import { parseStack } from '../../../../config/parse.ts';
import { undrawn } from '../../../../local/drill/stack.ts';
import { simulatedComponents, systemComponents } from '../../../../model/plan/jobs.ts';
import { makePlan } from '../../../../model/plan/plan.ts';
import { known } from '../../../fixtures/real.ts';

const NODES = {
  'node-exporter': ['host-1:9100'],
  prometheus: ['prometheus-0:9090'],
  alertmanager: ['am-0:1', 'am-1:1'],
};

function stackWith(system: object, timeScale = 1) {
  const config = {
    'chainwatch:environment': 'dev',
    'chainwatch:networks': {},
    'chainwatch:prometheus': { scrapeInterval: '2s', evaluationInterval: '2s', timeScale },
    'chainwatch:system': system,
  };
  return parseStack(config, { environment: 'try', knowledge: known.forConfig, file: 'a stack' });
}
const planOf = (stack: ReturnType<typeof stackWith>) => makePlan(stack, undrawn(known));
const stack = stackWith({ simulated: { office: NODES } });
const plan = planOf(stack);

describe('a simulated environment', () => {
  test('is scraped at the simulator, with its name as its network', () => {
    const jobs = plan.scrapeJobs.filter(({ owner }) => owner === 'office');
    expect(jobs.map(({ name }) => name)).toEqual(['office/alertmanager', 'office/node-exporter', 'office/prometheus']);
    expect(jobs[2]).toMatchObject({
      labels: { network: 'office', chain: 'system', component: 'prometheus' },
      targets: [
        {
          address: { service: 'simulator' },
          path: '/office/prometheus/prometheus-0:9090/metrics',
          labels: { instance: 'prometheus-0:9090' },
        },
      ],
    });
  });

  test('leaves the targets of the environment itself as they are', () => {
    const own = (of: typeof plan) =>
      of.scrapeJobs.filter(({ name }) => /^system\/(prometheus|alertmanager)$/.test(name));
    expect(own(plan)).toHaveLength(2);
    expect(own(plan)).toEqual(own(planOf(stackWith({}))));
  });

  test('is played by the simulator', () => {
    const simulator = plan.services.find(({ name }) => name === 'simulator');
    expect(simulator?.settings.networks).toMatchObject([
      { network: 'office', chain: 'system', targets: expect.arrayContaining([expect.objectContaining({ index: 1 })]) },
    ]);
  });

  test('has the alerts of what it has, without rules of its own', () => {
    const rules = plan.ruleGroups.flatMap(({ owner, rules: all }) => all.map(({ name }) => `${owner}/${name}`));
    expect(rules).toContain('system/HostDown');
    expect(rules).not.toContain('system/ContainerGone');
    expect(rules.filter((name) => name.startsWith('office/'))).toEqual([]);
  });
});

describe('in compressed time', () => {
  const limit = (name: string, system: object) => {
    const alerts = planOf(stackWith(system, 60)).ruleGroups.flatMap(({ rules }) => rules);
    const found = alerts.find((rule) => rule.kind === 'alert' && rule.name === name);
    return found?.kind === 'alert' ? found.threshold?.value : undefined;
  };

  test('what only the simulator serves is compressed, and what a real machine measures too is not', () => {
    expect(limit('HostClockOffset', { simulated: { office: NODES } })).toBeCloseTo(0.05 / 60, 9);
    expect(limit('HostClockOffset', { hosts: { real: 'h:9100' } })).toBe(0.05);
    expect(limit('HostClockOffset', { hosts: { real: 'h:9100' }, simulated: { office: NODES } })).toBe(0.05);
    expect(limit('PrometheusRemoteWriteLagging', { simulated: { office: NODES } })).toBe(5);
  });

  test('of what the stack has itself nothing is only simulated', () => {
    expect([...simulatedComponents(stack, known.chains)]).toEqual(['node-exporter']);
    expect(systemComponents(stack, known.chains)).toContain('node-exporter');
  });
});
