/** Values of charts against the keys that the true one has: a misspelt one would change nothing, and nobody would be told. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { charts } from '../../../../model/kubernetes/versions.ts';
import { chartsWithValues, laidOver, strangeValues } from '../../../fixtures/chartValues.ts';

const shape = z.object({ version: z.string(), values: z.record(z.string(), z.unknown()) });
const PINNED = { 'kube-prometheus-stack': charts.stack.version, nats: charts.nats.version } as const;

function knownTo(chart: keyof typeof chartsWithValues) {
  return shape.parse(parse(readFileSync(chartsWithValues[chart].known, 'utf8')));
}

describe('values of a chart', () => {
  test.each(['kube-prometheus-stack', 'nats'] as const)('are keys of the pinned %s, of the right kind', (chart) => {
    const known = knownTo(chart);
    expect(known.version).toBe(PINNED[chart]);
    expect(strangeValues(known.values, chartsWithValues[chart].every)).toEqual([]);
  });

  test.each([
    ['a section', { kubeEtcds: { enabled: false } }, '/kubeEtcds is unknown to the chart'],
    ['a key in a section', { alertmanager: { enable: false } }, '/alertmanager/enable is unknown to the chart'],
    ['a group of rules', { defaultRules: { rules: { generals: false } } }, '/defaultRules/rules/generals is unknown'],
    [
      'a key of a chart inside it',
      { 'kube-state-metrics': { prometheus: { monitor: { labels: {} } } } },
      '/kube-state-metrics/prometheus/monitor/labels is unknown',
    ],
    ['a kind', { crds: { enabled: 'false' } }, '/crds/enabled is a string, and the chart has a boolean there'],
    ['a text for a section', { grafana: { sidecar: 'on' } }, '/grafana/sidecar is a string, and the chart has a map'],
  ])('that are wrong are seen: %s', (_, wrong, problem) => {
    const { every } = chartsWithValues['kube-prometheus-stack'];
    const strange = strangeValues(knownTo('kube-prometheus-stack').values, laidOver(every, wrong));
    expect(strange).toEqual([expect.stringContaining(problem)]);
  });

  test.each([
    ['a section', { podDisruptionBudgets: {} }, '/podDisruptionBudgets is unknown to the chart'],
    ['a key of the disk', { config: { jetstream: { fileStore: { pvc: { class: 'a' } } } } }, '/pvc/class is unknown'],
  ])('of NATS that are wrong are seen: %s', (_, wrong, problem) => {
    const strange = strangeValues(knownTo('nats').values, laidOver(chartsWithValues.nats.every, wrong));
    expect(strange).toEqual([expect.stringContaining(problem)]);
  });
});
