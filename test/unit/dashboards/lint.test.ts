/** What must hold for every dashboard of every chain. A new panel is checked here without a new test. */
import { describe, expect, test } from 'vitest';
import type { Dashboard } from '../../../model/dashboards/dashboard.ts';
import { limitOf } from '../../../model/dashboards/limits.ts';
import { substituteVariables } from '../../../model/dashboards/macros.ts';
import { panelOf, planGrafana } from '../../../model/grafana/plan.ts';
import { makePlan } from '../../../model/plan/plan.ts';
import { findThreshold } from '../../../model/promql/literals.ts';
import { selectorsOf } from '../../../model/promql/selectors.ts';
import { parsePromql } from '../../../model/promql/syntax.ts';
import { metricOfSeries } from '../../../model/rules/catalogue.ts';
import { LIMIT_SERIES } from '../../../model/rules/limitSeries.ts';
import type { Pack } from '../../../model/rules/pack.ts';
import { everythingPlan, everythingStack, known, networks, ownerOf } from './everything.ts';
import { panelsOf, readDashboard } from './panels.ts';
import { labelsLeft, labelsOf, labelsUsed, queriesOf, selectorFaults } from './queries.ts';

const plan = everythingPlan();
const drawn = plan.dashboards.map((dashboard) => ({ dashboard, json: readDashboard(dashboard.json) }));
const asked = drawn.flatMap(({ dashboard, json }) => queriesOf(dashboard, json));
const system = packOf('system');

function packOf(chain: string): Pack {
  const pack = known.packs.get(chain);
  if (!pack) throw new Error(`no pack ${chain}`);
  return pack;
}

const chains = new Map(everythingStack().networks.map(({ name, chain }) => [name, chain]));
const cataloguesOf = ({ owner }: Dashboard) => [packOf(chains.get(owner) ?? 'system').catalogue, system.catalogue];

/** Faults as text, so that a failing test lists all of them. */
function faults<T>(items: readonly T[], check: (item: T) => readonly string[]): string[] {
  return items.flatMap((item) => [...check(item)]);
}

test('there is something to check', () => {
  expect(drawn.length).toBeGreaterThan(20);
  expect(asked.length).toBeGreaterThan(500);
});

describe('a dashboard', () => {
  test('has a UID of at most 40 characters, and none twice', () => {
    const uids = plan.dashboards.map(({ uid }) => uid);
    expect(uids.filter((uid) => !/^[A-Za-z0-9_-]{1,40}$/.test(uid))).toEqual([]);
    expect(new Set(uids).size).toBe(uids.length);
  });

  test('keeps its UID whatever else is in the stack', () => {
    const alone = everythingPlan({ 'chainwatch:networks': { 'op-all': networks['op-all'] } });
    const before = plan.dashboards.filter(({ owner }) => owner === 'op-all' || owner === 'system');
    expect(alone.dashboards.map(({ uid, title }) => `${uid} ${title}`)).toEqual(
      before.map(({ uid, title }) => `${uid} ${title}`),
    );
  });

  test('has neither id nor version, and its keys in order', () => {
    for (const { dashboard, json } of drawn) {
      expect(Object.keys(json)).not.toContain('id');
      expect(Object.keys(json)).not.toContain('version');
      const keys = Object.keys(dashboard.json);
      expect(keys).toEqual([...keys].sort());
    }
  });

  test('is the same text each time', () => {
    const again = makePlan(everythingStack(), known);
    expect(JSON.stringify(again.dashboards)).toBe(JSON.stringify(plan.dashboards));
  });

  test('offers a data source and instances with All, in UTC, and refreshes itself', () => {
    for (const { json } of drawn) {
      expect(json.templating.list.map(({ name }) => name)).toEqual(['datasource', 'instance']);
      expect(json.templating.list[1]).toMatchObject({ multi: true, includeAll: true, allValue: '.*' });
      expect(json).toMatchObject({ timezone: 'utc', editable: false });
      expect(json.refresh).not.toBe('');
      expect(json.tags).toContain('chainwatch');
    }
  });

  test('each network and the environment has exactly one overview', () => {
    const overviews = plan.dashboards.filter(({ overview }) => overview).map(({ owner }) => owner);
    expect(overviews.sort()).toEqual([...Object.keys(networks), 'system'].sort());
  });
});

describe('a panel', () => {
  test('has its id to itself', () => {
    for (const { dashboard, json } of drawn) {
      const ids = json.panels.flatMap((each) => [each.id, ...(each.panels ?? []).map(({ id }) => id)]);
      expect(
        ids.filter((id, index) => ids.indexOf(id) !== index),
        dashboard.uid,
      ).toEqual([]);
    }
  });

  test('lies within 24 columns and on no other', () => {
    for (const { dashboard, json } of drawn) {
      const taken = new Set<string>();
      const clashes: string[] = [];
      for (const { id, gridPos } of json.panels) {
        if (gridPos.x + gridPos.w > 24) clashes.push(`${id} sticks out`);
        for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
          for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
            const cell = `${x},${y}`;
            if (taken.has(cell)) clashes.push(`${id} covers ${cell}`);
            taken.add(cell);
          }
      }
      expect(clashes, dashboard.uid).toEqual([]);
    }
  });

  test('has title, description and unit, and asks for something that has a name', () => {
    const found = drawn.flatMap(({ dashboard, json }) =>
      faults(panelsOf(json), ({ id, type, title, description, fieldConfig, targets }) => {
        const named = `${dashboard.uid} panel ${id} (${title})`;
        const shows = !['text', 'alertlist'].includes(type);
        return [
          ...(title === '' ? [`${named}: no title`] : []),
          ...((description ?? '').length < 15 ? [`${named}: no description`] : []),
          ...(shows && !fieldConfig?.defaults.unit ? [`${named}: no unit`] : []),
          ...(shows && (targets ?? []).length === 0 ? [`${named}: no query`] : []),
          ...(targets ?? []).flatMap(({ refId, legendFormat }) =>
            legendFormat === '' ? [`${named} ${refId}: no legend`] : [],
          ),
        ];
      }),
    );
    expect(found).toEqual([]);
  });

  test('leads to each of its alerts and to their runbooks', () => {
    for (const { dashboard, json } of drawn) {
      const alerts = new Set(alertsPlanned(dashboard));
      const links = new Map(panelsOf(json).map(({ id, links: all }) => [id, all ?? []]));
      for (const panel of dashboard.panels) {
        const expected = panel.alerts
          .filter((name) => alerts.has(name))
          .flatMap((name) => [`Alert ${name}`, `Runbook ${name}`]);
        expect(
          links.get(panel.id)?.map(({ title }) => title),
          `${dashboard.uid} ${panel.id}`,
        ).toEqual(expected);
      }
    }
  });

  test('draws every limit that it promises', () => {
    const found = plan.dashboards.flatMap((dashboard) => {
      const rules = new Map(rulesOf(dashboard).map((rule) => [rule.name, rule]));
      return dashboard.panels.flatMap(({ id, unit, limits }) =>
        limits.flatMap((name) => {
          const rule = rules.get(name);
          const threshold = rule && findThreshold(rule.expr);
          if (!rule || !threshold) return rule ? [`${dashboard.uid} ${id}: ${name} has no threshold`] : [];
          return limitOf(rule, unit)
            ? []
            : [`${dashboard.uid} ${id}: ${name} is in ${rule.unit}, the panel in ${unit}`];
        }),
      );
    });
    expect(found).toEqual([]);
  });

  test('looks at the time between scrapes that its network has', () => {
    for (const { json } of drawn)
      for (const panel of panelsOf(json)) if (panel.targets) expect(panel.interval).toBe('15s');
  });
});

function rulesOf({ owner }: Dashboard) {
  const groups = plan.ruleGroups.filter((group) => group.owner === owner);
  return groups.flatMap((group) => group.rules).flatMap((rule) => (rule.kind === 'alert' ? [rule] : []));
}

function alertsPlanned(dashboard: Dashboard): string[] {
  return rulesOf(dashboard).map(({ name }) => name);
}

describe('alerts and panels', () => {
  test.each([...ownerOf])('every alert of %s is linked from a panel, and every linked one exists', (chain, owner) => {
    const own = plan.dashboards.filter((dashboard) => dashboard.owner === owner);
    const linked = new Set(own.flatMap((dashboard) => dashboard.panels.flatMap((panel) => panel.alerts)));
    const pack = packOf(chain);
    const names = [...pack.alerts.keys()];
    expect({
      withoutPanel: names.filter((name) => !linked.has(name)),
      unknown: [...linked].filter((name) => !pack.alerts.has(name)),
    }).toEqual({ withoutPanel: [], unknown: [] });
  });

  test('every alert that Grafana evaluates becomes a rule, and leads to the panel that shows its reading', () => {
    const owner = 'op-with-a-name-that-is-forty-letters-lon';
    const planned = plan.ruleGroups.filter((group) => group.owner === owner).flatMap((group) => group.rules);
    const rules = (plan.grafana?.ruleGroups ?? []).flatMap((group) => group.rules);
    expect(rules.map(({ title }) => title).sort()).toEqual(planned.map(({ name }) => name).sort());
    const astray = rules.flatMap((rule) => {
      if (rule.kind !== 'alert') return [];
      const { __dashboardUid__: uid, __panelId__: id } = rule.annotations;
      const dashboard = plan.dashboards.find((each) => each.uid === uid && each.owner === owner);
      const panel = dashboard?.panels.find((each) => String(each.id) === id);
      return panel?.alerts.includes(rule.title) ? [] : [rule.title];
    });
    expect(astray).toEqual([]);
  });

  test('an alert leads to the panel of its component before that of the overview', () => {
    expect(panelOf(plan.dashboards, 'op-all', 'UnsafeHeadStalled')?.dashboardUid).toBe('dev_op-all_op-node');
    expect(panelOf(plan.dashboards, 'op-all', 'Nonsense')).toBeUndefined();
  });

  test('the rules of every chain can be written for Grafana, whichever engine owns them', () => {
    const { alertmanager, dashboards } = plan;
    const ofPacks = plan.ruleGroups.filter(({ name }) => !name.endsWith(':limits'));
    const ruleGroups = ofPacks.map((group) => ({ ...group, engine: 'grafana' as const }));
    const all = planGrafana({ stack: everythingStack(), ruleGroups, alertmanager, dashboards, evaluationInterval: 30 });
    const written = (all?.ruleGroups ?? []).flatMap((group) => group.rules);
    expect(written).toHaveLength(ruleGroups.flatMap((group) => group.rules).length);
  });
});

describe('a query', () => {
  test('parses, with a duration in the place of each variable', () => {
    const found = faults(asked, ({ where, expr }) => {
      try {
        parsePromql(substituteVariables(expr).promql);
        return expr === '' ? [`${where}: empty`] : [];
      } catch (error) {
        return [`${where}: ${String(error)}`];
      }
    });
    expect(found).toEqual([]);
  });

  test('reads its own network and no other', () => {
    const found = faults(asked, ({ where, dashboard, expr }) => {
      if (dashboard.owner === 'system') return [];
      return selectorsOf(substituteVariables(expr).promql).flatMap(({ metric, matchers }) => {
        const known = metricOfSeries(cataloguesOf(dashboard), metric ?? '');
        const told = metric?.startsWith('ALERTS') || metric === LIMIT_SERIES;
        const made = told || known?.recorded || known?.component === 'exporter';
        const ours = made || dashboard.owner !== 'op-foreign';
        const wanted = ours ? { network: dashboard.owner } : { cluster: 'eu', env: 'prod' };
        const has = Object.entries(wanted).every(([label, value]) =>
          matchers.some((matcher) => matcher.label === label && matcher.op === '=' && matcher.value === value),
        );
        return has !== (known?.shared ?? false) ? [] : [`${where}: ${metric}`];
      });
    });
    expect(found).toEqual([]);
  });

  test('reads only metrics that are known and not given up', () => {
    const found = faults(asked, ({ where, dashboard, expr }) =>
      selectorsOf(substituteVariables(expr).promql).flatMap(({ metric }) => {
        const known = metric === undefined ? undefined : metricOfSeries(cataloguesOf(dashboard), metric);
        return known && !known.deprecated ? [] : [`${where}: ${metric}`];
      }),
    );
    expect(found).toEqual([]);
  });

  test('names only labels, and values of labels, that its metrics have', () => {
    const found = faults(asked, ({ where, dashboard, expr, legend }) => {
      const { promql } = substituteVariables(expr);
      const selectors = selectorsOf(promql);
      const all = new Set(selectors.flatMap(({ metric }) => labelsOf(cataloguesOf(dashboard), metric)));
      return [
        ...[...labelsUsed(promql), ...labelsIn(legend)]
          .filter((label) => !all.has(label))
          .map((label) => `label ${label}`),
        ...selectors.flatMap((selector) => selectorFaults(cataloguesOf(dashboard), selector)),
      ].map((fault) => `${where}: ${fault}`);
    });
    expect([...new Set(found)]).toEqual([]);
  });

  test('calls its series by labels that are left of them, and different series by different names', () => {
    const found = faults(asked, ({ where, expr, legend }) => {
      const left = labelsLeft(substituteVariables(expr).promql);
      if (legend === '' || !left) return [];
      const named = labelsIn(legend);
      return [
        ...named.filter((label) => !left.includes(label)).map((label) => `${where}: ${label} is summed away`),
        // The network is the dashboard's own.
        ...left
          .filter((label) => !named.includes(label) && label !== 'network')
          .map((label) => `${where}: no ${label}`),
      ];
    });
    expect(found).toEqual([]);
  });
});

function labelsIn(legend: string): string[] {
  return [...legend.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map((match) => match[1] ?? '');
}
