import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCatalogue } from '../../../model/rules/catalogue.ts';
import { agentMetrics } from '../../../services/agent/metrics.ts';
import { aggregatorMetrics } from '../../../services/aggregator/metrics.ts';
import { exporterMetrics } from '../../../services/exporter/metrics.ts';
import { receiverMetrics } from '../../../services/receiver/metrics.ts';
import type { MetricSpec } from '../../../services/shared/metrics.ts';
import { simulatorMetrics } from '../../../services/simulator/metrics.ts';
import { statusMetrics } from '../../../services/status/metrics.ts';

const file = join(import.meta.dirname, '../../../rules/system/metrics.yaml');
const catalogue = parseCatalogue(readFileSync(file, 'utf8'), 'rules/system/metrics.yaml');

const services: Readonly<Record<string, Readonly<Record<string, MetricSpec>>>> = {
  agent: agentMetrics,
  aggregator: aggregatorMetrics,
  exporter: exporterMetrics,
  receiver: receiverMetrics,
  simulator: simulatorMetrics,
  status: statusMetrics,
};

const emitted = Object.entries(services).flatMap(([component, specs]) =>
  Object.values(specs).map(({ name, type, labels }) => ({ name, component, type, labels: [...labels].sort() })),
);

describe('the catalogue of rules/system', () => {
  it.each(emitted)('has $name as the $component emits it', (spec) => {
    const entry = catalogue.metrics.get(spec.name);
    const { name, component, type, labels } = entry ?? { labels: [] };
    expect({ name, component, type, labels: [...labels].sort() }).toEqual(spec);
  });

  it('has nothing under their names that they do not emit', () => {
    const names = new Set(emitted.map(({ name }) => name));
    const listed = [...catalogue.metrics.values()].filter(({ component = '' }) => component in services);
    expect(listed.filter(({ name }) => !names.has(name)).map(({ name }) => name)).toEqual([]);
  });
});
