/**
 * A Grafana-managed rule from evaluation to evaluation: all of its instances, and those whose series is gone. After
 * pkg/services/ngalert/state/manager.go of github.com/grafana/grafana.
 */
import type { GrafanaAlertRule } from '../types.ts';
import { type Evaluation, evaluateStages, type Labels, labelKey, type Sample } from './condition.ts';
import { type Instance, isFiring, type Outcome, type RuleSettings, settingsOf, transition } from './instance.ts';

/** By the labels of the alert: what Grafana calls the cache of states. */
export type Instances = ReadonlyMap<string, Instance>;

/** `ProcessEvalResults`: first what the evaluation says, then what it says nothing of. @param at seconds */
export function evaluateRule(instances: Instances, evaluation: Evaluation, rule: RuleSettings, at: number): Instances {
  return withoutMissing(nextStates(instances, evaluation, rule, at), rule, at);
}

/** `setNextStateForRule`. */
function nextStates(
  instances: Instances,
  evaluation: Evaluation,
  rule: RuleSettings,
  at: number,
): Map<string, Instance> {
  // No data and errors that mean something else than themselves are the outcome of every instance there is (`setNextStateForAll`).
  if (instances.size > 0 && isMapped(evaluation, rule)) {
    const outcome = evaluation.kind === 'error' ? 'error' : 'noData';
    return new Map([...instances].map(([key, instance]) => [key, transition(instance, outcome, rule, at)]));
  }
  const next = new Map(instances);
  for (const { labels: own, outcome } of outcomesOf(evaluation)) {
    // What the rule says goes before what the series says (`expandAnnotationsAndLabels`), as in Prometheus. Series that then have the same
    // labels are one instance, and each in turn changes its state.
    const labels = { ...own, ...rule.labels };
    const key = labelKey(labels);
    const known = next.get(key) ?? { labels, state: 'Normal', since: at, evaluated: at };
    next.set(key, transition(known, outcome, rule, at));
  }
  return next;
}

function isMapped({ kind }: Evaluation, { noDataState, execErrState }: RuleSettings): boolean {
  return (kind === 'noData' && noDataState !== 'NoData') || (kind === 'error' && execErrState !== 'Error');
}

/** Where no instance is there to take it, no data and errors are one of their own. */
function outcomesOf(evaluation: Evaluation): readonly { readonly labels: Labels; readonly outcome: Outcome }[] {
  if (evaluation.kind === 'results') return evaluation.results.map(({ labels, state }) => ({ labels, outcome: state }));
  return [{ labels: {}, outcome: evaluation.kind }];
}

/**
 * `processMissingSeriesStates`: where other series are there, one that is gone keeps its state for so many evaluations, then it is
 * normal and forgotten, `keep firing for` or not (grafana#101184). No data and errors wait for one evaluation only.
 */
function withoutMissing(instances: Map<string, Instance>, rule: RuleSettings, at: number): Instances {
  for (const [key, { state, evaluated }] of instances) {
    if (evaluated === at) continue;
    const evaluations = state === 'NoData' || state === 'Error' ? 1 : rule.missingSeriesEvalsToResolve;
    if (at - evaluated >= evaluations * rule.interval) instances.delete(key);
  }
  return instances;
}

/** What the data source answered at one evaluation; `error` where it did not. */
export interface Answer {
  /** Seconds. */
  readonly at: number;
  readonly samples: readonly Sample[] | 'error';
}

export interface Firing {
  /** Seconds. */
  readonly at: number;
  /** Labels of the alerts that fire then, `alertname` apart. */
  readonly alerts: readonly Labels[];
}

/** The alerts that fire after each evaluation of a rule that begins with no state. @throws SemanticsError */
export function firingOver(rule: GrafanaAlertRule, intervalSeconds: number, answers: Iterable<Answer>): Firing[] {
  const settings = settingsOf(rule, intervalSeconds);
  const firing: Firing[] = [];
  let instances: Instances = new Map();
  for (const { at, samples } of answers) {
    const evaluation: Evaluation =
      samples === 'error'
        ? { kind: 'error', message: 'the data source does not answer' }
        : evaluateStages(rule, samples);
    instances = evaluateRule(instances, evaluation, settings, at);
    firing.push({ at, alerts: [...instances.values()].filter(isFiring).map(({ labels }) => labels) });
  }
  return firing;
}
