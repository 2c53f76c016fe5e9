/** A pack's rules and tests, and which test says something of which rule. */
import { selectorsOf } from '../promql/selectors.ts';
import { PromqlError } from '../promql/syntax.ts';
import type { PackFiles } from '../rules/pack.ts';
import { parseRuleFile, type Rule, RuleFileError } from '../rules/ruleFile.ts';
import { type ExprCheck, parseTestFile, type RuleTest, type TestFile } from './testFile.ts';

/** Recording rules first, as the pack is read. */
const RULE_FILES = ['recording.yaml', 'alerts.yaml'] as const;
export type RuleFileName = (typeof RULE_FILES)[number];

export interface PlacedRule {
  readonly file: RuleFileName;
  readonly group: string;
  /** Seconds; that of the test where absent. */
  readonly interval?: number;
  readonly rule: Rule;
}

/** One test of a file, with the rules that the file loads. */
export interface SuiteTest {
  readonly file: string;
  readonly content: TestFile;
  readonly test: RuleTest;
  readonly rules: readonly PlacedRule[];
}

export interface Suite {
  readonly chain: string;
  readonly rules: readonly PlacedRule[];
  readonly tests: readonly SuiteTest[];
}

/** @throws RuleFileError */
export function readSuite({ chain, files }: PackFiles): Suite {
  const rules = RULE_FILES.flatMap((file) =>
    parseRuleFile(files.get(file) ?? 'groups: []', `rules/${chain}/${file}`).flatMap(({ name, interval, rules: all }) =>
      all.map((rule) => ({ file, group: name, rule, ...(interval === undefined ? {} : { interval }) })),
    ),
  );
  const tests = [...files]
    .filter(([name]) => name.endsWith('.test.yaml'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([file, text]) => {
      const name = `rules/${chain}/${file}`;
      const content = parseTestFile(text, name);
      const loaded = rules.filter((rule) => content.rule_files.includes(rule.file));
      const others = content.rule_files.filter((each) => !RULE_FILES.some((known) => known === each));
      if (others.length > 0)
        throw new RuleFileError([
          `${name}: rule_files has ${others.join(', ')}; mutants are made of ${RULE_FILES.join(' and ')}`,
        ]);
      return content.tests.map((test) => ({ file, content, test, rules: loaded }));
    });
  return { chain, rules, tests };
}

/** The rules that read what `name` records, and what those record, it included. */
export function readersOf(name: string, rules: readonly PlacedRule[]): Set<string> {
  const found = new Set([name]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const { rule } of rules) if (metricsIn(rule.expr).some((metric) => found.has(metric))) found.add(rule.name);
  }
  return found;
}

/** What must be evaluated for these rules to be: what they read of the pack, and what that reads. */
export function neededBy(names: ReadonlySet<string>, rules: readonly PlacedRule[]): Set<string> {
  const found = new Set(names);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const { rule } of rules) {
      if (!found.has(rule.name)) continue;
      for (const each of [...metricsIn(rule.expr), ...alertsIn(rule.expr).named]) found.add(each);
    }
  }
  return found;
}

/** Whether a test looks at a rule by its name: at the alert, or at what is recorded. */
export function looksAt(test: RuleTest, names: ReadonlySet<string>): boolean {
  return (
    test.alert_rule_test.some(({ alertname }) => names.has(alertname)) ||
    test.promql_expr_test.some((check) => checkReads(check, names))
  );
}

/** Whether an expression of a test is of these rules alone. */
export function checkReads({ expr }: ExprCheck, names: ReadonlySet<string>): boolean {
  const { named, open } = alertsIn(expr);
  if (open) return false;
  return [...metricsIn(expr), ...named].some((name) => names.has(name));
}

/** Alerts that a test expects among all that fire (`ALERTS` of no one name): they show only with the whole pack. */
export function expectedAmongAll(test: RuleTest): Set<string> {
  return new Set(
    test.promql_expr_test
      .filter(({ expr }) => alertsIn(expr).open)
      .flatMap(({ expr, exp_samples }) => [expr, ...exp_samples.map(({ labels }) => labels)])
      .flatMap((text) => alertNamesIn(text)),
  );
}

/** Which alerts an expression reads by `ALERTS{alertname="…"}`, and whether it reads any without saying which. */
export function alertsIn(expr: string): { readonly named: readonly string[]; readonly open: boolean } {
  const selectors = selectorsOf(expr).filter(
    ({ metric }) => metric === undefined || /^ALERTS(_FOR_STATE)?$/.test(metric),
  );
  const names = selectors.map(({ matchers }) => matchers.find(({ label, op }) => label === 'alertname' && op === '='));
  return { named: names.flatMap((matcher) => matcher?.value ?? []), open: names.includes(undefined) };
}

function alertNamesIn(text: string): string[] {
  try {
    return selectorsOf(text).flatMap(({ matchers }) =>
      matchers.filter(({ label }) => label === 'alertname').map(({ value }) => value),
    );
  } catch (error) {
    // Labels of a sample may be none at all.
    if (error instanceof PromqlError) return [];
    throw error;
  }
}

const known = new Map<string, readonly string[]>();

export function metricsIn(expr: string): readonly string[] {
  const before = known.get(expr);
  if (before) return before;
  const metrics = selectorsOf(expr).flatMap(({ metric }) => metric ?? []);
  if (known.size >= 4096) known.clear();
  known.set(expr, metrics);
  return metrics;
}
