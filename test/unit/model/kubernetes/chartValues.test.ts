/** Values of the chart against the keys that the true one has: a misspelt one would change nothing, and nobody would be told. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { charts } from '../../../../model/kubernetes/versions.ts';
import { everyValue, KNOWN_VALUES, laidOver, strangeValues } from '../../../fixtures/chartValues.ts';

const known = z
  .object({ version: z.string(), values: z.record(z.string(), z.unknown()) })
  .parse(parse(readFileSync(KNOWN_VALUES, 'utf8')));

describe('values of the chart', () => {
  test('are keys of the pinned chart, of the right kind, whether Grafana is wanted or not', () => {
    expect(known.version).toBe(charts.stack.version);
    expect(strangeValues(known.values, everyValue)).toEqual([]);
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
    expect(strangeValues(known.values, laidOver(everyValue, wrong))).toEqual([expect.stringContaining(problem)]);
  });
});
