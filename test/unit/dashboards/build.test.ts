import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { DashboardContext } from '../../../model/chain.ts';
import { buildDashboard, type DashboardSpec } from '../../../model/dashboards/build.ts';
import { canonical } from '../../../model/dashboards/canonical.ts';
import { alertDetail, alertStats, upPanel } from '../../../model/dashboards/common.ts';
import { layout } from '../../../model/dashboards/layout.ts';
import {
  gauge,
  type Panel,
  query,
  reading,
  section,
  stat,
  text,
  timeseries,
} from '../../../model/dashboards/panels.ts';
import { grafanaUnit } from '../../../model/dashboards/units.ts';
import { makePlan } from '../../../model/plan/plan.ts';
import { known, network, stackOf } from '../../fixtures/toy.ts';
import { type DrawnPanel, panelsOf, readDashboard } from './panels.ts';

const spec: DashboardSpec = {
  slug: 'toy',
  title: 'Toy',
  description: 'A little of everything.',
  overview: true,
  instancesOf: 'up{component="toy-node"}',
  sections: [
    section(100, 'Healthy?', [
      ...alertStats({ first: 1, engine: 'prometheus' }),
      upPanel(4, 'toy-node', ['NodeDown'], 12),
    ]),
    section(101, 'What is wrong', alertDetail({ first: 5, engine: 'prometheus' })),
    section(102, 'Readings', [
      timeseries(10, 'Lag', {
        description: 'How far the node is behind.',
        unit: 's',
        queries: [reading('LagHigh', '{{instance}}')],
        limits: ['LagHigh'],
      }),
      gauge(11, 'Errors', {
        description: 'Share of what failed.',
        unit: 'ratio',
        queries: [query('rate(toy_errors_total[$__rate_interval])', '{{kind}}')],
        alerts: ['ErrorRateHigh'],
      }),
      stat(12, 'Balance', {
        description: 'What is left.',
        unit: 'gwei',
        queries: [query('toy_balance * 1e9', '{{instance}}')],
        limits: ['BalanceLow', 'BalanceEmpty'],
        decimals: 1,
      }),
    ]),
    section(103, 'Notes', [text(20, 'Notes', { description: 'What the toy chain is.', content: '**Toy**' })], true),
  ],
};

function contextOf(
  settings: Readonly<Record<string, unknown>> = {},
  more: Readonly<Record<string, unknown>> = {},
): DashboardContext {
  const stack = stackOf({ networks: { net: { ...network, ...settings } }, ...more });
  const plan = makePlan(stack, known);
  const [toy, system] = ['toy', 'system'].map((chain) => known.packs.get(chain));
  if (!toy || !system) throw new Error('no packs');
  const rules = plan.ruleGroups.filter(({ owner }) => owner === 'net').flatMap((group) => group.rules);
  return {
    network: stack.networks[0],
    stack,
    pack: toy,
    catalogues: [toy.catalogue, system.catalogue],
    alerts: new Map(rules.flatMap((rule) => (rule.kind === 'alert' ? [[rule.name, rule]] : []))),
  };
}

function panel(id: number, context: DashboardContext): DrawnPanel {
  const found = panelsOf(readDashboard(buildDashboard(context, spec).json)).find((each) => each.id === id);
  if (!found) throw new Error(`no panel ${id}`);
  return found;
}

const stepsOf = (drawn: DrawnPanel) => drawn.fieldConfig?.defaults.thresholds?.steps;
/** Query → its colour. */
const coloursOf = (drawn: DrawnPanel) =>
  Object.fromEntries(
    (drawn.fieldConfig?.overrides ?? []).map(({ matcher, properties }) => {
      const { value } = properties.find(({ id }) => id === 'color') ?? {};
      return [matcher.options, z.object({ fixedColor: z.string() }).parse(value).fixedColor];
    }),
  );
const exprOf = (drawn: DrawnPanel) => drawn.targets?.[0]?.expr;

describe('buildDashboard', () => {
  test('draws what a golden file shows', async () => {
    const { json } = buildDashboard(contextOf(), spec);
    await expect(`${JSON.stringify(json, null, 2)}\n`).toMatchFileSnapshot('golden/toy.json.golden');
  });

  test('says what others need in order to link to it', () => {
    expect(buildDashboard(contextOf(), spec)).toMatchObject({
      uid: 'dev_net_toy',
      title: 'net: Toy',
      owner: 'net',
      overview: true,
      folder: 'Chainwatch dev net',
      folderUid: 'dev_net',
    });
    const { panels } = buildDashboard(contextOf(), spec);
    expect(panels.find(({ id }) => id === 10)).toEqual({
      id: 10,
      title: 'Lag',
      unit: 's',
      alerts: ['LagHigh'],
      limits: ['LagHigh'],
    });
  });

  test('shows the reading that the alert compares, and the line where it does', () => {
    const lag = panel(10, contextOf());
    expect(lag.targets?.map(({ expr, legendFormat }) => [expr, legendFormat])).toEqual([
      ['toy_lag_seconds{network="net",instance=~"$instance"}', '{{instance}}'],
      ['chainwatch_alert_limit{network="net",alertname="LagHigh"}', 'limit of LagHigh'],
    ]);
    expect(coloursOf(lag)).toEqual({ B: 'orange' });
    expect(stepsOf(lag)).toEqual([{ value: null, color: 'green' }]);
  });

  test('has the same text whatever the limits are', () => {
    const tuned = contextOf({ alerts: { LagHigh: { threshold: '2m' }, BalanceLow: { threshold: '0.7 ETH' } } });
    expect(buildDashboard(tuned, spec)).toEqual(buildDashboard(contextOf(), spec));
  });

  test('gives a number one query for each colour, and one for as long as nobody knows the limit', () => {
    const balance = panel(12, contextOf());
    const reading = '(toy_balance{network="net",instance=~"$instance"} * 1e9)';
    const limit = (alert: string) => `chainwatch_alert_limit{network="net",alertname="${alert}"} * 1000000000`;
    const [empty, low] = [`scalar(${limit('BalanceEmpty')})`, `scalar(${limit('BalanceLow')})`];
    expect(balance.targets?.map(({ expr }) => expr)).toEqual([
      `${reading} < ${empty}`,
      `${reading} >= ${empty} < ${low}`,
      `${reading} >= ${low} >= ${empty}`,
      `${reading} unless on () ${limit('BalanceLow')} unless on () ${limit('BalanceEmpty')}`,
    ]);
    expect(coloursOf(balance)).toEqual({ A: 'red', B: 'orange', C: 'green' });
    expect(stepsOf(balance)).toEqual([{ value: null, color: 'transparent' }]);
  });
});

describe('limits of what Grafana evaluates, which nobody records', () => {
  const grafana = { url: 'https://g.example', receiverUrl: 'https://r.example' };
  const inGrafana = (alerts: Readonly<Record<string, unknown>> = {}, more: Readonly<Record<string, unknown>> = {}) =>
    contextOf({ engine: 'grafana', alerts }, { grafana, ...more });

  test('are lines where they lie', () => {
    const lag = panel(10, inGrafana());
    expect(lag.targets).toHaveLength(1);
    expect(stepsOf(lag)).toEqual([
      { value: null, color: 'transparent' },
      { value: 60, color: 'orange' },
    ]);
  });

  test('follow the tuning of the stack file', () => {
    const tuned = inGrafana({ LagHigh: { threshold: '2m', severity: 'critical' } });
    expect(stepsOf(panel(10, tuned))?.[1]).toEqual({ value: 120, color: 'red' });
  });

  test('are each network’s own, though they share what is known of their pack', () => {
    const plain = inGrafana();
    const tuned = inGrafana({ LagHigh: { threshold: '2m' }, ErrorRateHigh: { window: '20m' } });
    const shared = { ...tuned, catalogues: plain.catalogues };
    const limits = [plain, shared, plain].map((context) => stepsOf(panel(10, context))?.[1]?.value);
    expect(limits).toEqual([60, 120, 60]);
  });

  test('follow compressed time', () => {
    const compressed = inGrafana({}, { prometheus: { timeScale: 60, scrapeInterval: '2s' } });
    expect(stepsOf(panel(10, compressed))?.[1]).toEqual({ value: 1, color: 'orange' });
  });

  test('are in the unit of the panel', () => {
    expect(stepsOf(panel(12, inGrafana()))?.map(({ color }) => color)).toEqual(['red', 'orange', 'green']);
    expect(stepsOf(panel(12, inGrafana()))?.map(({ value }) => value)).toEqual([null, 1e8, 5e8]);
  });
});

describe('a dashboard', () => {
  test('follows compressed time', () => {
    const compressed = contextOf({}, { prometheus: { timeScale: 60, scrapeInterval: '2s' } });
    expect(panel(10, compressed).interval).toBe('2s');
    const { time, refresh } = readDashboard(buildDashboard(compressed, spec).json);
    expect([time.from, refresh]).toEqual(['now-10m', '5s']);
  });

  test('an alert that is switched off has neither line nor link, but its reading stays', () => {
    const off = panel(10, contextOf({ alerts: { LagHigh: { enabled: false } } }));
    expect(exprOf(off)).toBe(exprOf(panel(10, contextOf())));
    expect(off.targets).toHaveLength(1);
    expect(off.links).toEqual([]);
  });

  test('leads to the alert and its runbook', () => {
    const [alert, runbook] = panel(10, contextOf()).links ?? [];
    expect(alert?.url).toBe('/alerting/list?search=rule%3ALagHigh%20label%3Anetwork%3Dnet');
    expect(runbook?.url).toBe('/runbooks/toy/LagHigh');
  });

  test('marks alerts only where Prometheus has series of them', () => {
    const marks = (engine: string) =>
      readDashboard(
        buildDashboard(
          contextOf({ engine }, { grafana: { url: 'https://g.example', receiverUrl: 'https://r.example' } }),
          spec,
        ).json,
      ).annotations.list;
    expect(marks('prometheus')).toHaveLength(1);
    expect(marks('grafana') ?? []).toHaveLength(0);
  });

  test('a collapsed row holds its panels, an open one is followed by them', () => {
    const { panels } = readDashboard(buildDashboard(contextOf(), spec).json);
    expect(panels.find(({ id }) => id === 103)?.panels?.map(({ id }) => id)).toEqual([20]);
    expect(panels.find(({ id }) => id === 102)?.panels).toEqual([]);
    expect(panels.map(({ id }) => id)).toEqual([100, 1, 2, 3, 4, 101, 5, 6, 102, 10, 11, 12, 103]);
  });
});

describe('layout', () => {
  test('flows into lines of 24 columns without covering anything', () => {
    const size = fc.record({ width: fc.integer({ min: 1, max: 24 }), height: fc.integer({ min: 1, max: 12 }) });
    const base = stat(1, 'x', { description: 'x', unit: 's', queries: [] });
    fc.assert(
      fc.property(fc.array(fc.array(size, { maxLength: 8 }), { maxLength: 4 }), (rows) => {
        const sections = rows.map((row, index) =>
          section(
            index,
            'row',
            row.map((each): Panel => ({ ...base, ...each })),
          ),
        );
        const placed = layout(sections).flatMap(({ at, panels }) => [at, ...panels.map((each) => each.at)]);
        const clash = placed.some((a, index) =>
          placed.slice(index + 1).some((b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h),
        );
        expect(clash).toBe(false);
        expect(placed.every(({ x, w }) => x + w <= 24)).toBe(true);
      }),
    );
  });
});

describe('canonical', () => {
  test('depends on what is said, not on the order', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const reversed = Object.fromEntries(Object.entries(object).reverse());
        expect(JSON.stringify(canonical(reversed))).toBe(JSON.stringify(canonical(object)));
        expect(JSON.parse(JSON.stringify(canonical(object)))).toEqual(JSON.parse(JSON.stringify(object)));
      }),
    );
  });

  test('leaves out what is undefined and refuses what JSON would turn into null', () => {
    expect(canonical({ b: undefined, a: [1] })).toEqual({ a: [1] });
    expect(() => canonical({ a: Number.NaN })).toThrow(TypeError);
    expect(() => canonical([Number.POSITIVE_INFINITY])).toThrow(TypeError);
    expect(() => canonical(1n)).toThrow('a bigint cannot be written as JSON');
    expect(() => canonical({ a: () => 1 })).toThrow('a function cannot be written as JSON');
  });
});

test.each([
  ['s', 's'],
  ['min', 'm'],
  ['B', 'bytes'],
  ['ratio', 'percentunit'],
  ['number', 'none'],
  ['ETH', 'suffix:ETH'],
  ['blocks/s', 'suffix:blocks/s'],
])('a reading in %s is shown as %s', (unit, shown) => {
  expect(grafanaUnit(unit)).toBe(shown);
});
