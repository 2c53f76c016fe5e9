/**
 * What the rule engine of Prometheus itself makes of a history: `promtool test rules` evaluates rule files over it and compares. (Its
 * `tsdb create-blocks-from rules` would write what they record, but leaves alerts out.)
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatDuration } from '../../../config/duration.ts';
import type { Outcome } from '../../../model/backtest/outcome.ts';
import type { Side, TriedRule } from '../../../model/backtest/rules.ts';
import { metricsOf } from '../../../model/promql/selectors.ts';
import { run } from '../../fixtures/programs.ts';
import { type History, inputSeries, STEP } from './history.ts';

/** One alert of one network. */
export interface Claim {
  readonly alert: string;
  readonly network: string;
  /** Seconds; where only what is from then on was counted. */
  readonly from?: number;
  readonly outcome: Pick<Outcome, 'fired' | 'seconds' | 'alertSeconds'>;
}

/** @returns promtool's complaints; empty where `ALERTS` is just so */
export async function contradictions(
  side: Side,
  history: History,
  steps: number,
  claims: readonly Claim[],
  folder: string,
): Promise<string> {
  const [rules, test] = [join(folder, 'truth.rules.yaml'), join(folder, 'truth.test.yaml')];
  // JSON is YAML. What is recorded comes first, as in the packs.
  const groups = [
    ...side.recordings.map(({ name, expr, labels }, index) => ({
      name: `recorded ${index}`,
      rules: [{ record: name, expr, labels }],
    })),
    { name: 'alerts', rules: [...side.rules].sort(muting).map(ruleOf) },
  ];
  writeFileSync(rules, JSON.stringify({ groups }));
  const read = new Set([...side.rules, ...side.recordings].flatMap(({ expr }) => metricsOf(expr)));
  const end = (steps - 1) * STEP;
  const all = `[${end + STEP}s:${STEP}s]`;
  const expect = (expr: string, samples: readonly string[]) => [
    `      - expr: '${expr}'`,
    `        eval_time: ${end}s`,
    `        exp_samples: [${samples.join(', ')}]`,
  ];
  const fired = claims.filter(({ outcome }) => outcome.fired > 0);
  const names = [...new Set(fired.map(({ alert }) => alert))];
  const expectations = [
    // Those that are not claimed to have fired have not.
    ...expect(
      `group by (alertname) (max_over_time(ALERTS{alertstate="firing"}${all.replace(/:\d+s/, '')}))`,
      names.map((alert) => `{ labels: '{alertname="${alert}"}', value: 1 }`),
    ),
    ...fired.flatMap(({ alert, network, outcome, from }) => {
      const of = network === '' ? '' : `network="${network}",`;
      const firing = `ALERTS{${of}alertname="${alert}",alertstate="firing"}`;
      const is = (expr: string, value: number) => expect(expr, [`{ labels: '{}', value: ${value} }`]);
      if (from !== undefined)
        return is(`sum(count_over_time(${firing}[${end - from + STEP}s]))`, outcome.alertSeconds / STEP);
      return [
        ...is(`sum(count_over_time(${firing}${all}))`, outcome.alertSeconds / STEP),
        ...is(`count_over_time((count(${firing}))${all})`, outcome.seconds / STEP),
        ...is(`sum(count_over_time((${firing} unless ${firing} offset ${STEP}s)${all}))`, outcome.fired),
      ];
    }),
  ];
  const lines = [
    `rule_files: ['${rules}']`,
    `evaluation_interval: ${STEP}s`,
    ...(side.recordings.length === 0
      ? []
      : [`group_eval_order: [${groups.map(({ name }) => `'${name}'`).join(', ')}]`]),
    'tests:',
    `  - interval: ${STEP}s`,
    '    input_series:',
    ...inputSeries(new Map([...history].filter(([series]) => read.has(series.replace(/\{.*/, ''))))),
    '    promql_expr_test:',
    ...expectations,
  ];
  writeFileSync(test, lines.join('\n'));
  const { code, stdout, stderr } = await run('promtool', ['test', 'rules', test]);
  return code === 0 ? '' : stdout + stderr;
}

/** What others read in ALERTS comes before them. */
function muting(a: TriedRule, b: TriedRule): number {
  const reads = ({ expr }: TriedRule) => Number(expr.includes('ALERTS'));
  return reads(a) - reads(b);
}

function ruleOf({ alert, expr, labels, ...rule }: TriedRule) {
  return {
    ...{ alert, expr, labels },
    for: formatDuration(rule.for),
    keep_firing_for: formatDuration(rule.keepFiringFor),
  };
}
