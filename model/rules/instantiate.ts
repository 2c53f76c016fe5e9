/** A pack's rules made anew for one network (or once for the environment): narrowed, tuned, compressed, labelled. */
import type { AlertFacts, Severity } from '../../config/knowledge.ts';
import type { Tuning } from '../../config/networks.ts';
import { timePower } from '../../config/units.ts';
import { fill, type Outline, outlineOf, withGaps } from '../promql/outline.ts';
import { addMatchers, type Matcher, metricsOf } from '../promql/selectors.ts';
import { type Catalogue, metricOfSeries } from './catalogue.ts';
import { compressAlert, compressDuration, compressLimit, compressRecording } from './compress.ts';
import { limitInWords } from './limit.ts';
import type { Pack } from './pack.ts';
import type { AlertRule, RecordingRule, Rule, RuleGroup } from './ruleFile.ts';
import { thresholdValue, tuneAlert } from './tune.ts';

export interface PlannedAlert extends AlertRule {
  readonly severity: Severity;
  /** Of the value that is compared, as the rule's `unit` annotation names it. */
  readonly unit: string;
  /** As it stands in `expr`: tuned and compressed. Absent where the rule has no tunable threshold. */
  readonly threshold?: { readonly value: number; readonly op?: string };
}

export type PlannedRule = PlannedAlert | RecordingRule;

export interface PlannedGroup {
  /** Unique in the plan: `<owner>:<group of the pack>`. */
  readonly name: string;
  /** The network, or `system`. */
  readonly owner: string;
  readonly chain: string;
  /** Exactly one engine evaluates a group. */
  readonly engine: 'prometheus' | 'grafana';
  /** Seconds; the stack's evaluation interval where absent. */
  readonly interval?: number;
  readonly rules: readonly PlannedRule[];
}

export interface Scope {
  readonly owner: string;
  readonly engine: 'prometheus' | 'grafana';
  /** Put into every selector of a metric that is not shared between networks. */
  readonly matchers: readonly Matcher[];
  /** Set on every alert; `network` also on what is recorded. */
  readonly labels: Readonly<Record<string, string>>;
  readonly alerts: Readonly<Record<string, Tuning>>;
  readonly applies: (alert: AlertFacts) => boolean;
  /** Components that nobody reads anything of: nothing is recorded of them either. @default none */
  readonly lacks?: readonly string[];
  readonly timeScale: number;
  /** Whether the simulator serves the series: it compresses every time that it shows, also those of machines. */
  readonly simulated: boolean;
  /** Where it does not serve all of them: the components whose series it serves. */
  readonly simulatedComponents?: ReadonlySet<string>;
  /** Seconds between evaluations where a group says nothing; compressed already. */
  readonly evaluationInterval: number;
}

/** Groups that are left without a rule are dropped. `metrics` of other packs that the rules may read come as `also`. */
export function instantiate(pack: Pack, scope: Scope, also: readonly Pack[] = []): PlannedGroup[] {
  const catalogues = [pack, ...also].map((each) => each.catalogue);
  const narrow = (expr: string) => narrowed(expr, scope, pack, catalogues);

  const planRule = (rule: Rule): PlannedRule[] => {
    if (rule.kind === 'recording') {
      if (scope.lacks?.includes(pack.catalogue.metrics.get(rule.name)?.component ?? '')) return [];
      const compressed = compressRecording(rule, scope.timeScale);
      const { network } = scope.labels;
      return [
        { ...compressed, expr: narrow(compressed.expr), labels: { ...rule.labels, ...(network ? { network } : {}) } },
      ];
    }
    const facts = pack.alerts.get(rule.name);
    const tuning = scope.alerts[rule.name] ?? {};
    if (!facts || tuning.enabled === false || !scope.applies(facts)) return [];
    return [planAlert(rule, facts, tuning, scope, catalogues, narrow)];
  };

  return pack.groups.flatMap((group) => {
    const rules = group.rules.flatMap(planRule);
    return rules.length === 0 ? [] : [planGroup(group, pack.chain, scope, rules)];
  });
}

/** By pack, for as long as there is the pack: every network of a chain has the same rules. */
const outlines = new WeakMap<Pack, Map<string, Outline>>();

/** What a network records, and what our exporter reads for it, carries `network`, whatever else tells the network's own series apart. */
function narrowed(expr: string, { matchers, labels }: Scope, pack: Pack, catalogues: readonly Catalogue[]): string {
  if (matchers.length === 0) return expr;
  const { network } = labels;
  const recorded: readonly Matcher[] = network === undefined ? [] : [{ label: 'network', op: '=', value: network }];
  const all = [...matchers, ...recorded];
  const known = outlines.get(pack) ?? new Map<string, Outline>();
  outlines.set(pack, known);
  const chains = catalogues.map(({ chain }) => chain);
  const key = JSON.stringify([expr, chains, recorded.length, all.map(({ label, op }) => [label, op])]);
  const found = known.get(key) ?? narrowedOutline(expr, matchers, recorded, catalogues);
  known.set(key, found);
  return fill(found, all);
}

function narrowedOutline(
  expr: string,
  matchers: readonly Matcher[],
  recorded: readonly Matcher[],
  catalogues: readonly Catalogue[],
): Outline {
  const facts = (metric: string | undefined) => (metric === undefined ? undefined : metricOfSeries(catalogues, metric));
  const made = (metric: string | undefined) => {
    // Alerts carry their network too, and what else tells its series apart only where their expression keeps it.
    if (metric === 'ALERTS' || metric === 'ALERTS_FOR_STATE') return true;
    const { recorded: isRecorded, component, labels } = facts(metric) ?? {};
    return isRecorded === true || (component === 'exporter' && labels?.includes('network') === true);
  };
  const own = withGaps(matchers);
  const ofMade = withGaps(recorded, matchers.length);
  return outlineOf(
    addMatchers(expr, (metric) => {
      if (made(metric)) return ofMade;
      return facts(metric)?.shared ? [] : own;
    }),
  );
}

function planGroup(group: RuleGroup, chain: string, scope: Scope, rules: readonly PlannedRule[]): PlannedGroup {
  const { owner, engine, timeScale, evaluationInterval } = scope;
  // A group of its own rhythm is compressed too, but never below the stack's: nothing new is scraped in between.
  const interval =
    group.interval === undefined
      ? {}
      : { interval: Math.max(evaluationInterval, compressDuration(group.interval, timeScale)) };
  return { name: `${owner}:${group.name}`, owner, chain, engine, ...interval, rules };
}

function planAlert(
  rule: AlertRule,
  facts: AlertFacts,
  tuning: Tuning,
  scope: Scope,
  catalogues: readonly Catalogue[],
  narrow: (expr: string) => string,
): PlannedAlert {
  const realTime = scope.timeScale !== 1 && !scope.simulated && readsRealTime(rule, facts, catalogues, scope);
  const tuned = tuneAlert(rule, facts, tuning);
  const compressed = compressAlert(tuned, facts.unit, scope.timeScale, realTime);
  return {
    ...compressed,
    expr: narrow(compressed.expr),
    labels: { ...compressed.labels, ...scope.labels },
    annotations: { ...compressed.annotations, limit: limitInWords(tuned, facts, tuning) },
    severity: tuning.severity ?? facts.severity,
    unit: facts.unit.name,
    ...evaluatedThreshold(facts, tuning, realTime ? 1 : scope.timeScale),
  };
}

/** Reckoned and not read again in the expression: reading expressions is what takes the time of a plan. */
function evaluatedThreshold(
  { threshold, unit }: AlertFacts,
  tuning: Tuning,
  timeScale: number,
): Pick<PlannedAlert, 'threshold'> {
  if (!threshold) return {};
  const tuned = tuning.threshold === undefined ? threshold.value : thresholdValue(tuning.threshold, unit);
  return { threshold: { ...threshold, value: compressLimit(tuned, unit, timeScale) } };
}

/** Is the threshold a time, or per time, of something that a real machine measures? */
function readsRealTime(
  { expr }: AlertRule,
  { unit }: AlertFacts,
  catalogues: readonly Catalogue[],
  { simulatedComponents = new Set() }: Scope,
): boolean {
  if (timePower(unit) === 0) return false;
  return metricsOf(expr).some((series) => {
    const { realTime = false, component = '' } = metricOfSeries(catalogues, series) ?? {};
    return realTime && !simulatedComponents.has(component);
  });
}
