/**
 * A promtool test file, as far as mutants need it. Every scalar stays the text that it is: read as numbers and written anew, labels such as
 * `1e3` would be others.
 */
import { FAILSAFE_SCHEMA, load, YAMLException } from 'js-yaml';
import { z } from 'zod';
import { selectorsOf } from '../promql/selectors.ts';
import { PromqlError } from '../promql/syntax.ts';
import { RuleFileError } from '../rules/ruleFile.ts';

const text = z.string();
/** An empty value is one that is not there. */
const list = <T extends z.ZodType>(of: T) =>
  z.preprocess((value) => (value === '' ? [] : value), z.array(of).default([]));
const sample = z.looseObject({ labels: text.default(''), value: text.default('0') });
const alertCheck = z.looseObject({ eval_time: text, alertname: text });
const exprCheck = z.looseObject({ expr: text, eval_time: text, exp_samples: list(sample) });
const series = z.looseObject({ series: text, values: text });
const test = z.looseObject({
  name: text.default(''),
  input_series: list(series),
  alert_rule_test: list(alertCheck),
  promql_expr_test: list(exprCheck),
});
const file = z.looseObject({ rule_files: list(text), fuzzy_compare: text.optional(), tests: list(test) });

export type AlertCheck = z.infer<typeof alertCheck>;
export type ExprCheck = z.infer<typeof exprCheck>;
/** One group of series with what is expected of it. */
export type RuleTest = z.infer<typeof test>;
export type TestFile = z.infer<typeof file>;

/** @param name how messages call the file. @throws RuleFileError */
export function parseTestFile(content: string, name: string): TestFile {
  const parsed = file.safeParse(attempt(() => load(content, { schema: FAILSAFE_SCHEMA }), name));
  if (parsed.success) return parsed.data;
  throw new RuleFileError(parsed.error.issues.map(({ path, message }) => `${name}: ${path.join('.')}: ${message}`));
}

function attempt<T>(read: () => T, name: string): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark ? `:${error.mark.line + 1}` : '';
    throw new RuleFileError([`${name}${line}: ${error.reason}`]);
  }
}

const MARK = '\uE000';
const bare = (scalar: string) => `${MARK}${scalar}${MARK}`;

/** As JSON, which is YAML too, and quicker to write; numbers and `true` without quotes, as promtool wants them. */
export function writeTestFile({ tests, fuzzy_compare, ...rest }: TestFile): string {
  const written = {
    ...rest,
    ...(fuzzy_compare === undefined ? {} : { fuzzy_compare: bare(fuzzy_compare) }),
    tests: tests.map((each) => ({
      ...each,
      promql_expr_test: each.promql_expr_test.map((check) => ({
        ...check,
        exp_samples: check.exp_samples.map((expected) => ({ ...expected, value: bare(expected.value) })),
      })),
    })),
  };
  return JSON.stringify(written).replaceAll(`"${MARK}`, '').replaceAll(`${MARK}"`, '');
}

/** The metric of `x{a="b"}`; `undefined` where it has no plain name. */
export function metricOfSeries(notation: string): string | undefined {
  try {
    return selectorsOf(notation)[0]?.metric;
  } catch (error) {
    if (error instanceof PromqlError) return undefined;
    throw error;
  }
}
