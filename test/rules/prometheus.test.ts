/** What we write for Prometheus, held against its own parser. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainFiles } from '../../model/files.ts';
import type { Places } from '../../model/places.ts';
import { makePlan, type Plan } from '../../model/plan/plan.ts';
import { scaleDurations, setThreshold, thresholdOf } from '../../model/promql/literals.ts';
import { addMatchers } from '../../model/promql/selectors.ts';
import { toYaml } from '../../model/yaml.ts';
import { places } from '../fixtures/places.ts';
import { run, temporaryFolder } from '../fixtures/programs.ts';
import { expression } from '../fixtures/promql.ts';
import { planNamed, STACKS } from '../fixtures/real.ts';
import { known, network, stackOf } from '../fixtures/toy.ts';

/** Writes what a backend would, secrets included: promtool looks whether their files are there. */
function write(plan: Plan): { folder: string; rules: string[] } {
  const folder = temporaryFolder();
  const here: Places = { ...places, secretFile: (secret) => join(folder, 'secrets', secret) };
  const files = [
    ...plainFiles(plan, here, { blackbox: true }),
    ...plan.secrets.map((secret) => [`secrets/${secret}`, 'x'] as const),
  ];
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return { folder, rules: files.map(([path]) => path).filter((path) => path.startsWith('rules/')) };
}

async function expectAccepted(plan: Plan): Promise<void> {
  const { folder, rules } = write(plan);
  const [config, checked] = await Promise.all([
    run('promtool', ['check', 'config', 'prometheus.yml'], folder),
    run('promtool', ['check', 'rules', '--lint=all', '--lint-fatal', ...rules], folder),
  ]);
  expect(config.stderr).toBe('');
  expect(config.stdout).toContain(`SUCCESS: ${rules.length} rule files found`);
  expect(checked.stderr).toBe('');
  expect([config.code, checked.code]).toEqual([0, 0]);
}

describe('promtool takes the configuration and the rules of', () => {
  test.each(STACKS)('%s', async (name) => {
    await expectAccepted(planNamed(name));
  });

  test('everything that a stack file can say', async () => {
    const prometheus = {
      sampleLimit: 10,
      remoteWrite: [{ name: 'r', url: 'https://r.example', token: { secret: 't' }, headers: { A: 'b' } }],
      externalLabels: { region: 'eu' },
    };
    const system = {
      hosts: { h: '[::1]:9100' },
      containers: { c: 'c:1' },
      probes: [
        { name: 'p', url: 'https://p.example', interval: '5s' },
        { name: 'q', url: 'https://q.example' },
      ],
    };
    const networks = {
      net: { ...network, labels: { team: 'a"\n' } },
      other: { chain: 'toy', matchers: { cluster: 'it\'s "c"' } },
      sim: { chain: 'toy', simulated: true, nodes: { 'toy-node': ['n:1'] } },
    };
    await expectAccepted(makePlan(stackOf({ prometheus, system, networks }), known));
  });
});

/** Which of the expressions Prometheus refuses, by their place; a type error of a generated one is no fault of ours. */
async function refused(exprs: readonly string[]): Promise<Map<number, string>> {
  const folder = temporaryFolder();
  const rules = exprs.map((expr, index) => ({ record: `rule:number:${index}`, expr }));
  writeFileSync(join(folder, 'rules.yaml'), toYaml({ groups: [{ name: 'g', rules }] }));
  const { stdout, stderr } = await run('promtool', ['check', 'rules', 'rules.yaml'], folder);
  return new Map(
    [...`${stdout}${stderr}`.matchAll(/"rule:number:(\d+)": could not parse expression: (.*)/g)].map(
      ([, index, why]) => [Number(index), why ?? ''],
    ),
  );
}

describe('what we make of an expression, Prometheus reads', () => {
  const exprs = fc.sample(expression(3), { numRuns: 400, seed: 3 });

  test('the generated ones are mostly such that it reads', async () => {
    expect((await refused(exprs)).size).toBeLessThan(exprs.length / 3);
  });

  test.each<[string, (expr: string) => string]>([
    ['matchers added', (expr) => addMatchers(expr, [{ label: 'network', op: '=', value: 'a "quoted" \\ one\n' }])],
    ['durations scaled', (expr) => scaleDurations(expr, 60)],
    [
      'thresholds set',
      (expr) => {
        try {
          return setThreshold(expr, thresholdOf(expr).value < 0 ? 1e21 : -0.1);
        } catch {
          return expr;
        }
      },
    ],
  ])('%s', async (_, change) => {
    const before = await refused(exprs);
    const after = await refused(exprs.map(change));
    const broken = [...after]
      .filter(([index]) => !before.has(index))
      .map(([index, why]) => ({ before: exprs[index], after: change(exprs[index] ?? ''), why }));
    expect(broken).toEqual([]);
  });
});
