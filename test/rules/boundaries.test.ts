/** Each stack's own limits, tuned and compressed as they are, proven at their very edge. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { convert, parseQuantity, parseUnit, timePower } from '../../config/units.ts';
import type { Plan } from '../../model/plan/plan.ts';
import type { PlannedAlert } from '../../model/rules/instantiate.ts';
import { toYaml } from '../../model/yaml.ts';
import { boundaryTests, limitOf } from '../fixtures/boundary.ts';
import { run, temporaryFolder } from '../fixtures/programs.ts';
import { planNamed, STACKS, stackNamed } from '../fixtures/real.ts';

function alertsOf(plan: Plan): PlannedAlert[] {
  return plan.ruleGroups.flatMap(({ rules }) => rules.flatMap((rule) => (rule.kind === 'alert' ? [rule] : [])));
}

/** Tuned alerts whose reading is more than a series: their boundary is proven by the tests of their pack alone. */
const COMPOUND: readonly string[] = ['RentEscrowLockedSpike'];

describe.each(STACKS)('%s', (name) => {
  const plan = planNamed(name);
  const limits = alertsOf(plan).flatMap((alert) => limitOf(alert) ?? []);

  test('is quiet at its limits, fires a step beyond in time, and resolves', async () => {
    const folder = temporaryFolder();
    const files = boundaryTests(limits);
    for (const [file, content] of files) writeFileSync(join(folder, file), toYaml(content));
    const tests = [...files.keys()].filter((file) => file.endsWith('.test.yaml'));
    const { stdout, stderr, code } = await run('promtool', ['test', 'rules', ...tests], folder);
    expect(code === 0 ? '' : `${stdout}${stderr}`).toBe('');
    expect(limits.length).toBeGreaterThan(20);
  });

  test('has every limit that its file tunes among them, as the file says it', () => {
    const { networks, system, prometheus } = stackNamed(name);
    const wrong = [...networks, { name: 'system', alerts: system.alerts }].flatMap((scope) =>
      Object.entries(scope.alerts).flatMap(([alert, { threshold, enabled }]) => {
        if (threshold === undefined || enabled === false) return [];
        const found = limits.find(
          (each) => each.alert.name === alert && (each.alert.labels.network ?? 'system') === scope.name,
        );
        if (!found) return COMPOUND.includes(alert) ? [] : [`${scope.name}/${alert} is not proven`];
        const unit = parseUnit(found.alert.unit);
        const said = convert(parseQuantity(threshold), unit) / prometheus.timeScale ** timePower(unit);
        return found.limit === said ? [] : [`${scope.name}/${alert} is ${found.limit}, not ${said}`];
      }),
    );
    expect(wrong).toEqual([]);
  });
});
