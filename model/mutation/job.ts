/**
 * What promtool is given: the rules of a pack with many mutants beside each other, each under a name of its own, and one test that looks at
 * each of them. One run of the test tells of all, where a run for each would start a program and read the series a thousand times.
 */
import { formatDuration } from '../../config/duration.ts';
import { selectorsOf } from '../promql/selectors.ts';
import { PromqlError } from '../promql/syntax.ts';
import { plainRule } from '../rules/plainRule.ts';
import type { Rule } from '../rules/ruleFile.ts';
import type { Mutant } from './mutants.ts';
import { renameAlert, renameMetric } from './rename.ts';
import { checkReads, neededBy, type PlacedRule, readersOf, type SuiteTest } from './suite.ts';
import { metricOfSeries, type RuleTest, writeTestFile } from './testFile.ts';

/** A mutant, or the rule as it is, with the number that its name has in the files. */
export interface Trial {
  readonly id: number;
  readonly mutant: Pick<Mutant, 'original' | 'rule'>;
}

export interface JobFiles {
  readonly rules: string;
  readonly test: string;
}

export const RULES_FILE = 'rules.yaml';

const numbered = (name: string, id: number) => `${name}__m${id}`;

/** The number of a name in promtool's words. */
export const NUMBERED = /__m(\d+)\b/;

/** Mutants beside each other. They must not read `ALERTS` of no one name: they would see each other. */
export function besideEachOther({ content, test, rules }: SuiteTest, trials: readonly Trial[]): JobFiles {
  const copies = new Map<string, Rule[]>();
  const checks = {
    alert_rule_test: [] as RuleTest['alert_rule_test'],
    promql_expr_test: [] as RuleTest['promql_expr_test'],
  };
  const series = [...test.input_series];
  for (const { id, mutant } of trials) {
    const names = readersOf(mutant.original.name, rules);
    const renamed = (expr: string) => renameAll(expr, names, id);
    for (const { rule } of rules) {
      if (!names.has(rule.name)) continue;
      const { expr, ...rest } = rule.name === mutant.original.name ? mutant.rule : rule;
      const copy = { ...rest, name: numbered(rule.name, id), expr: renamed(expr) };
      copies.set(rule.name, [...(copies.get(rule.name) ?? []), copy]);
    }
    for (const check of test.alert_rule_test)
      if (names.has(check.alertname))
        checks.alert_rule_test.push({ ...check, alertname: numbered(check.alertname, id) });
    for (const check of test.promql_expr_test) {
      if (!checkReads(check, names)) continue;
      const exp_samples = check.exp_samples.map((expected) => ({
        ...expected,
        labels: renamedLabels(expected.labels, renamed),
      }));
      checks.promql_expr_test.push({ ...check, expr: renamed(check.expr), exp_samples });
    }
    for (const each of test.input_series)
      if (names.has(metricOfSeries(each.series) ?? '')) series.push({ ...each, series: renamed(each.series) });
  }
  const needed = neededBy(new Set(copies.keys()), rules);
  const placed = rules.flatMap((each) => [
    ...(needed.has(each.rule.name) && !copies.has(each.rule.name) ? [each] : []),
    ...(copies.get(each.rule.name) ?? []).map((rule) => ({ ...each, rule })),
    ...(copies.has(each.rule.name) && isReadByOthers(each.rule.name, needed, rules) ? [each] : []),
  ]);
  const read = new Set(
    placed
      .flatMap(({ rule }) => metricsRead(rule.expr))
      .concat(checks.promql_expr_test.flatMap(({ expr }) => metricsRead(expr))),
  );
  const input_series = series.filter((each) => read.has('') || read.has(metricOfSeries(each.series) ?? ''));
  return jobFiles(placed, { ...test, ...checks, input_series }, content);
}

/** The pack as it would be with that one mutant in it, and everything that the test says. */
export function alone({ content, test, rules }: SuiteTest, { mutant }: Trial): JobFiles {
  const { name } = mutant.original;
  const placed = rules.map((each) => (each.rule.name === name ? { ...each, rule: mutant.rule } : each));
  return jobFiles(placed, test, content);
}

/** Under its own name it stays where another one that is looked at asks for it. */
function isReadByOthers(name: string, needed: ReadonlySet<string>, rules: readonly PlacedRule[]): boolean {
  return rules.some(
    ({ rule }) => rule.name !== name && needed.has(rule.name) && neededBy(new Set([rule.name]), rules).has(name),
  );
}

function renameAll(expr: string, names: ReadonlySet<string>, id: number): string {
  let text = expr;
  for (const name of names) text = renameAlert(renameMetric(text, name, numbered(name, id)), name, numbered(name, id));
  return text;
}

function renamedLabels(labels: string, rename: (text: string) => string): string {
  try {
    return rename(labels);
  } catch (error) {
    // None at all.
    if (error instanceof PromqlError) return labels;
    throw error;
  }
}

/** '' for a selector of no one name: it may read anything. */
function metricsRead(expr: string): string[] {
  return selectorsOf(expr).map(({ metric }) => metric ?? '');
}

/** These rules, in their groups, and one test. */
export function jobFiles(placed: readonly PlacedRule[], test: RuleTest, content: SuiteTest['content']): JobFiles {
  const groups = [...Map.groupBy(placed, ({ group }) => group)].map(([name, rules]) => {
    const interval = rules[0]?.interval;
    return {
      name,
      ...(interval === undefined ? {} : { interval: formatDuration(interval) }),
      rules: rules.map(({ rule }) => plainRule(rule)),
    };
  });
  const order = { group_eval_order: groups.map(({ name }) => name) };
  return {
    rules: JSON.stringify({ groups }),
    // Without an order of its own any will do; always the same one gives always the same verdict.
    test: writeTestFile({ ...order, ...content, rule_files: [RULES_FILE], tests: [test] }),
  };
}
