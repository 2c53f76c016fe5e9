/**
 * A test with the rules that it looks at, and what those read, in place of its whole pack: promtool evaluates every rule of a file at every
 * step of a test, and nine of ten are none of its business.
 */
import { type JobFiles, jobFiles } from './job.ts';
import { alertsIn, metricsIn, neededBy, type PlacedRule, type SuiteTest } from './suite.ts';

/** @returns the whole pack where the test, or a rule that it needs, looks at alerts without saying which */
export function lookedAt(test: SuiteTest): JobFiles {
  return jobFiles(rulesLookedAt(test), test.test, test.content);
}

export function rulesLookedAt({ test, rules }: SuiteTest): readonly PlacedRule[] {
  const alerts = test.promql_expr_test.map(({ expr }) => alertsIn(expr));
  if (alerts.some(({ open }) => open)) return rules;
  const names = new Set([
    ...test.alert_rule_test.map(({ alertname }) => alertname),
    ...alerts.flatMap(({ named }) => named),
    ...test.promql_expr_test.flatMap(({ expr }) => metricsIn(expr)),
  ]);
  const needed = neededBy(names, rules);
  const own = rules.filter(({ rule }) => needed.has(rule.name));
  return own.some(({ rule }) => alertsIn(rule.expr).open) ? rules : own;
}
