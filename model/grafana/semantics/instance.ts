/**
 * One alert instance of a Grafana-managed rule, from evaluation to evaluation: what `transition` makes of it in
 * pkg/services/ngalert/state/state.go of github.com/grafana/grafana, as it is since Grafana 12.0.
 */
import { parseDuration } from '../../../config/duration.ts';
import type { GrafanaAlertRule } from '../types.ts';
import type { Labels } from './condition.ts';

export interface Instance {
  /** Of the alert: those of the rule and those of the series. */
  readonly labels: Labels;
  readonly state: 'Normal' | 'Pending' | 'Alerting' | 'Recovering' | 'NoData' | 'Error';
  /** Seconds; since when it is in this state (`StartsAt`). */
  readonly since: number;
  /** Seconds; when its series was seen last (`LastEvaluationTime`). */
  readonly evaluated: number;
}

/** What decides of a rule's states. Times in seconds. */
export interface RuleSettings {
  readonly labels: Labels;
  readonly interval: number;
  readonly for: number;
  readonly keepFiringFor: number;
  readonly missingSeriesEvalsToResolve: number;
  readonly noDataState: 'OK' | 'NoData' | 'Alerting' | 'KeepLast';
  readonly execErrState: 'OK' | 'Error' | 'Alerting' | 'KeepLast';
}

export function settingsOf(rule: GrafanaAlertRule, intervalSeconds: number): RuleSettings {
  const { labels, missingSeriesEvalsToResolve, noDataState, execErrState } = rule;
  return {
    labels,
    interval: intervalSeconds,
    for: parseDuration(rule.for),
    keepFiringFor: rule.keepFiringFor === undefined ? 0 : parseDuration(rule.keepFiringFor),
    missingSeriesEvalsToResolve,
    noDataState,
    execErrState,
  };
}

/** Whether Alertmanager holds it for firing: while it recovers, its end is put off as if it still alerted (`nextEndsTime`). */
export function isFiring({ state }: Instance): boolean {
  return state === 'Alerting' || state === 'Recovering';
}

export type Outcome = 'normal' | 'alerting' | 'noData' | 'error';

/** The instance after an evaluation in which its series, or the whole rule, had this outcome. */
export function transition(instance: Instance, outcome: Outcome, rule: RuleSettings, at: number): Instance {
  const seen = { ...instance, evaluated: at };
  switch (outcome) {
    case 'normal':
      return resultNormal(seen, rule, at);
    case 'alerting':
      return resultAlerting(seen, rule, at);
    case 'noData':
      return mapped(seen, rule.noDataState, 'NoData', rule, at);
    case 'error':
      return mapped(seen, rule.execErrState, 'Error', rule, at);
  }
}

/** `resultNormal`: a firing instance recovers first where the rule keeps it firing (grafana#100750); a pending one is normal at once. */
function resultNormal(instance: Instance, rule: RuleSettings, at: number): Instance {
  switch (instance.state) {
    case 'Normal':
      return instance;
    case 'Recovering':
      return at - instance.since >= rule.keepFiringFor ? { ...instance, state: 'Normal', since: at } : instance;
    case 'Alerting':
      return { ...instance, state: rule.keepFiringFor > 0 ? 'Recovering' : 'Normal', since: at };
    default:
      return { ...instance, state: 'Normal', since: at };
  }
}

/** `resultAlerting`: the time of `for` begins at the first evaluation that alerts; one that recovers need not wait again (grafana#103286). */
function resultAlerting(instance: Instance, rule: RuleSettings, at: number): Instance {
  switch (instance.state) {
    case 'Alerting':
      return instance;
    case 'Pending':
      return at - instance.since >= rule.for ? { ...instance, state: 'Alerting', since: at } : instance;
    case 'Recovering':
      return { ...instance, state: 'Alerting', since: at };
    default:
      return { ...instance, state: rule.for > 0 ? 'Pending' : 'Alerting', since: at };
  }
}

/** `resultNoData` and `resultError`: what the rule says of it. */
function mapped(
  instance: Instance,
  means: RuleSettings['noDataState'] | RuleSettings['execErrState'],
  itself: 'NoData' | 'Error',
  rule: RuleSettings,
  at: number,
): Instance {
  switch (means) {
    case 'OK':
      return resultNormal(instance, rule, at);
    case 'Alerting':
      return resultAlerting(instance, rule, at);
    case 'KeepLast':
      return resultKeepLast(instance, rule, at);
    default:
      return instance.state === itself ? instance : { ...instance, state: itself, since: at };
  }
}

/** `resultKeepLast`: what waits goes on waiting, and fires without a fresh reading when its time has passed. */
function resultKeepLast(instance: Instance, rule: RuleSettings, at: number): Instance {
  const stays = instance.state === 'Alerting' || instance.state === 'Pending';
  return stays ? resultAlerting(instance, rule, at) : resultNormal(instance, rule, at);
}
