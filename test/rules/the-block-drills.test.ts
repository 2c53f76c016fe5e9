/**
 * Drills without waiting: each fault of the simulated the-block is played into the rules by promtool. What follows must be what
 * the fault says, no more and no less; and nothing at all may fire before.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Fault } from '../../chains/simulator.ts';
import { theBlockSimulator } from '../../chains/the-block/simulator.ts';
import { metricsOf } from '../../model/promql/selectors.ts';
import { run, temporaryFolder } from '../fixtures/programs.ts';
import { known, ROOT } from '../fixtures/real.ts';

const MINUTE = 60;
/** Between samples, and between evaluations. */
const STEP = MINUTE;
/** How long all is well first: rules compare with the hour before, and ask what was there half an hour ago. */
const CALM = 95 * MINUTE;
/** A drill that needs longer is played on demand only. */
const QUICK = 8 * MINUTE;
/** Faults played at once; promtool bounds the samples of one query. */
const BATCH = 12;
/** What is left on is left on for this long; so many at once. */
const LONG = 13 * 60 * MINUTE;
const LONG_BATCH = 2;

const SHAPE: Readonly<Record<string, number>> = { 'tb-node': 2, 'light-client': 1, aggregator: 1, probe: 1 };
const targets = Object.entries(SHAPE).flatMap(([component, count]) =>
  Array.from({ length: count }, (_, index) => ({ component, index, instance: `${component}-${index}` })),
);
const read = new Set(
  (known.packs.get('the-block')?.groups ?? [])
    .flatMap((group) => group.rules)
    .flatMap((rule) => [...metricsOf(rule.expr)]),
);

/** A label that the target has too is kept under another name. */
const renamed = (labels: string) => labels.replace(/(^|,)component=/, '$1exported_component=');

/** All that a network exposes until `end`, as series of a promtool test; the fault begins after the calm. */
function seriesOf(network: string, fault: string, end: number): string[] {
  const steps = end / STEP + 1;
  const series = new Map<string, string[]>();
  const put = (name: string, step: number, value: string) => {
    const values = series.get(name) ?? new Array<string>(steps).fill('_');
    series.set(name, values);
    // What is no longer exposed is gone at once, as Prometheus marks it, not after five minutes.
    if (step + 1 < steps) values[step + 1] = 'stale';
    values[step] = value;
  };
  for (let step = 0; step < steps; step += 1) {
    const moment = { time: step * STEP, wallStart: 0, timeScale: 1, seed: 1, faults: [{ fault, from: CALM }] };
    for (const target of targets) {
      const own = `network="${network}",component="${target.component}",instance="${target.instance}"`;
      const page = theBlockSimulator.expose(target, moment);
      put(`up{${own}}`, step, page === undefined ? '0' : '1');
      for (const line of page?.split('\n') ?? []) {
        const [, name = '', labels, value = ''] = /^(\w+) ?(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
        if (read.has(name)) put(`${name}{${own}${labels ? `,${renamed(labels)}` : ''}}`, step, value);
      }
    }
  }
  return [...series].map(([name, values]) => `      - { series: '${name}', values: '${values.join(' ')}' }`);
}

/** A network for each fault, all played at once. Each `alerts` is all that fires `within` after the fault began. */
function drill(faults: readonly Fault[]): string {
  const ends = faults.map(({ within = 0 }) => CALM + Math.ceil(within / STEP) * STEP);
  const last = Math.max(...ends);
  const files = ['the-block/alerts', 'system/alerts'].map((name) => `'${join(ROOT, 'rules', `${name}.yaml`)}'`);
  const expectation = (expr: string, at: number, samples: readonly string[]) => [
    `      - expr: '${expr}'`,
    `        eval_time: ${at}s`,
    '        exp_samples:',
    ...samples.map((alert) => `          - { labels: '{alertname="${alert}"}', value: 1 }`),
  ];
  return [
    `rule_files: [${files.join(', ')}]`,
    `evaluation_interval: ${STEP}s`,
    'tests:',
    `  - interval: ${STEP}s`,
    '    input_series:',
    ...faults.flatMap(({ name }) => seriesOf(name, name, last)),
    '    promql_expr_test:',
    ...expectation(
      'group by (alertname) (max_over_time(ALERTS{network!="", alertstate="firing"}[1d]))',
      CALM - STEP,
      [],
    ),
    ...faults.flatMap(({ name, alerts, within = 0 }, index) =>
      expectation(
        `group by (alertname) (max_over_time(ALERTS{network="${name}", alertstate="firing"}[${within}s]))`,
        ends[index] ?? 0,
        alerts,
      ),
    ),
  ].join('\n');
}

async function play(faults: readonly Fault[]): Promise<void> {
  const file = join(temporaryFolder(), 'drill.test.yaml');
  writeFileSync(file, drill(faults));
  const { stdout, stderr, code } = await run('promtool', ['test', 'rules', file]);
  expect(code === 0 ? '' : stdout + stderr).toBe('');
}

const byTime = [...theBlockSimulator.faults].sort((a, b) => (a.within ?? 0) - (b.within ?? 0));
const batches = (faults: readonly Fault[], size = BATCH) =>
  Array.from({ length: Math.ceil(faults.length / size) }, (_, index) => {
    const batch = faults.slice(index * size, (index + 1) * size);
    return [batch.map(({ name }) => name).join(', '), batch] as const;
  });

describe('on the simulated the-block, the alerts that a fault promises follow', () => {
  test.each(batches(byTime.filter(({ within = 0 }) => within <= QUICK)))('%s', (_names, batch) => play(batch));

  const slow = batches(byTime.filter(({ within = 0 }) => within > QUICK));
  test.for(slow)('%s', { timeout: 300_000 }, async ([, batch], { skip }) => {
    if (process.env.CHAINWATCH_PROVE === undefined) skip('takes minutes: npm run prove plays it');
    await play(batch);
  });
});

describe('left on for half a day, all that a fault lists follows, and nothing else', () => {
  const long = theBlockSimulator.faults.map(({ alerts, later = [], ...fault }) => ({
    ...fault,
    alerts: [...alerts, ...later],
    within: LONG,
  }));
  test.for(batches(long, LONG_BATCH))('%s', { timeout: 600_000 }, async ([, batch], { skip }) => {
    if (process.env.CHAINWATCH_PROVE === undefined) skip('takes half an hour: npm run prove plays it');
    await play(batch);
  });
});
