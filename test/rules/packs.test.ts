/** Every pack in `rules/`: its own tests hold, every alert is among them, and all that it names is real. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exitCodes } from '../../cli/exitCodes.ts';
import type { Io } from '../../cli/io.ts';
import { testRules } from '../../cli/rules/test.ts';
import { metricsOf } from '../../model/promql/selectors.ts';
import { lintKnown } from '../../model/rules/lint/known.ts';
import { parallel, run } from '../fixtures/programs.ts';
import { PROVE } from '../fixtures/prove.ts';
import { drawnPlanNamed, known, ROOT, STACKS } from '../fixtures/real.ts';
import { type Case, casesOf, testFiles } from '../fixtures/ruleTests.ts';

/** Metrics that dashboards read, in whatever field their queries stand. */
function readByDashboards(): Set<string> {
  const queries: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('expr' in value && typeof value.expr === 'string') queries.push(value.expr);
    Object.values(value).forEach(visit);
  };
  for (const name of STACKS) visit(drawnPlanNamed(name).dashboards);
  const names = new Set<string>();
  for (const query of new Set(queries)) {
    try {
      for (const metric of metricsOf(query.replace(/\$__\w+/g, '5m'))) names.add(metric);
    } catch {
      // Whether queries of dashboards parse is proven with the dashboards.
    }
  }
  return names;
}

const faults = lintKnown(known, readByDashboards());

/** Does an alert of this case not fire in the other one of the same test, which is `earlier` or later? */
function ends(one: Case, other: Case, earlier: boolean): boolean {
  if (one.test !== other.test || one.at === other.at || other.at < one.at !== earlier) return false;
  const key = (labels: Readonly<Record<string, string>>) => JSON.stringify(Object.entries(labels).sort());
  const there = new Set(other.firing.map(key));
  return one.firing.some((labels) => !there.has(key(labels)));
}

/** At its limit, before its time, or where nothing is wrong. */
function isQuiet(cases: readonly Case[]): boolean {
  return cases.some((one) => one.firing.length === 0 || cases.some((other) => ends(one, other, true)));
}

function resolves(cases: readonly Case[]): boolean {
  return cases.some((one) => cases.some((other) => ends(one, other, false)));
}

/** What `chainwatch rules test` says of a pack; nothing where all its tests hold. */
async function failing(chain: string): Promise<string> {
  let said = '';
  const io: Io = {
    cwd: ROOT,
    env: process.env,
    out: (text) => {
      said += text;
    },
    err: () => {},
    color: false,
    interactive: false,
    progress: false,
  };
  return (await testRules(chain, { json: false }, io)) === exitCodes.ok ? '' : said;
}

describe.each(known.packs.names)('rules/%s', (name) => {
  const folder = join(ROOT, 'rules', name);
  const pack = known.packs.get(name);
  const alerts = [...(pack?.alerts.values() ?? [])];

  test('is read by promtool, without a warning', async () => {
    const files = ['recording.yaml', 'alerts.yaml'].filter((file) => existsSync(join(folder, file)));
    const ran = await run('promtool', ['check', 'rules', '--lint=all', '--lint-fatal', ...files], folder);
    expect(`${ran.stdout}${ran.stderr}`.replaceAll(/^.*SUCCESS.*\n|^Checking.*\n|^\s*\n/gm, '')).toBe('');
    expect(ran.code).toBe(0);
  });

  test('holds its own tests', async () => {
    const files = testFiles(folder);
    expect(files).not.toEqual([]);
    // The command gives promtool the rules that a test looks at, which is half the work.
    if (!PROVE) return expect(await failing(name)).toBe('');
    const ran = await parallel(files, 2, (file) => run('promtool', ['test', 'rules', file], folder));
    expect(ran.map(({ stdout, stderr, code }) => (code === 0 ? '' : stdout + stderr)).join('')).toBe('');
  });

  test('names only what is real, and explains every alert', () => {
    expect(faults.get(name)).toEqual([]);
  });

  test('says what its chain says of its scope', () => {
    expect(pack?.scope).toBe(known.chains.get(name)?.scope);
  });

  test('proves of every alert that it fires, is quiet, and resolves', () => {
    const cases = Map.groupBy(casesOf(folder), (one) => one.alert);
    const unproven = alerts.flatMap(({ name: alert, severity }) => {
      const own = cases.get(alert) ?? [];
      const lacks = [
        ...(own.some((one) => one.firing.length > 0) ? [] : ['fires']),
        // What always fires is neither quiet nor does it resolve.
        ...(severity === 'none' || isQuiet(own) ? [] : ['is quiet']),
        ...(severity === 'none' || resolves(own) ? [] : ['resolves']),
        ...(own.some((one) => one.annotated) ? [] : ['says what it should']),
      ];
      return lacks.length === 0 ? [] : [`${alert}: no case in which it ${lacks.join(', ')}`];
    });
    expect(unproven).toEqual([]);
    expect([...cases.keys()].filter((alert) => !pack?.alerts.has(alert))).toEqual([]);
  });

  test('keeps its network on every alert that fires', () => {
    if (pack?.scope !== 'network') return;
    const lost = casesOf(folder).filter((one) => one.firing.some((labels) => labels.network === undefined));
    expect([...new Set(lost.map((one) => one.alert))]).toEqual([]);
  });
});
