/** `chainwatch explain`: what Alertmanager, or the Grafana that evaluates it, would do with an alert, and why. */
import { formatMatcher } from '../../model/alertmanager/config.ts';
import { groupOf, type Labels } from '../../model/alertmanager/explain.ts';
import { holdsAt } from '../../model/alertmanager/muteTimes.ts';
import type { AlertmanagerPlan, AlertRoute } from '../../model/alertmanager/types.ts';
import type { Known } from '../../model/knowledge.ts';
import type { Plan } from '../../model/plan/plan.ts';
import { metricOfSeries } from '../../model/rules/catalogue.ts';
import { placeAnnotations } from '../../model/runbooks.ts';
import { channelsOf, formatChannel } from '../channels.ts';
import { CliError } from '../errors.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { loadStack, uncompressed } from '../loadStack.ts';
import { json, paint } from '../output.ts';
import { formatLimit, formatSeconds, limitsOf } from '../plan/alert.ts';
import { grafanaWay } from './grafana.ts';
import { type Inhibition, Inhibitions } from './inhibition.ts';
import { identify, type KnownAlert, knownAlerts, parseLabels, type Subject } from './labels.ts';
import type { Sources } from './labelValues.ts';
import { describeMuteTime } from './muteTimes.ts';
import { type TracedRoute, traceRoutes } from './routes.ts';
import { formatExplanation } from './show.ts';

export interface ExplainOptions {
  readonly stack: string;
  readonly at?: string;
  readonly json: boolean;
}

export interface Told {
  /** In Grafana a contact point. */
  readonly receiver: string;
  readonly channels: readonly string[];
  /** A contact point that somebody else made: whom it tells is not ours to know. */
  readonly existing?: boolean;
  /** Path of the route: `5.2`; empty for the root, and where a rule decides. */
  readonly route: string;
  /** Alerts that share these become one message. */
  readonly groupBy: readonly string[];
  readonly group: Labels;
  /** Seconds. */
  readonly groupWait: number;
  readonly groupInterval: number;
  readonly repeatInterval: number;
  readonly muteTimes: readonly {
    readonly name: string;
    readonly when: string;
    /** Absent where nobody asked for a moment. */
    readonly holds?: boolean;
  }[];
}

export interface ExplainedRoute {
  readonly route: string;
  readonly depth: number;
  readonly matchers: readonly string[];
  readonly receiver: string;
  readonly outcome: TracedRoute['outcome'];
  /** Matchers that the alert does not satisfy, each with what it has. */
  readonly differs: readonly { readonly matcher: string; readonly label: string; readonly actual: string }[];
  readonly continues: boolean;
}

export interface Explanation {
  readonly stack: string;
  readonly labels: Labels;
  readonly completed: readonly string[];
  /** `< 0.5 ETH for 10m`; absent for labels that mean none of our rules. */
  readonly fires?: string;
  readonly runbook?: string;
  /** Alertmanager's routes; or in Grafana, which holds nothing back, the rule itself or the notification policy. */
  readonly decidedBy: 'alertmanager' | 'rule' | 'policy';
  readonly routes: readonly ExplainedRoute[];
  readonly told: readonly Told[];
  readonly inhibitedBy: readonly Inhibition[];
  readonly inhibits: readonly Inhibition[];
  readonly at?: string;
  readonly warnings: readonly string[];
  readonly timeScale: number;
}

export async function explain(typed: readonly string[], options: ExplainOptions, io: Io): Promise<ExitCode> {
  const labels = parseLabels(typed);
  const at = options.at === undefined ? undefined : parseTime(options.at);
  const loaded = loadStack(options.stack, io.cwd);
  const explanation = explainLabels(uncompressed(loaded), labels, {
    at,
    known: loaded.known,
    timeScale: loaded.stack.prometheus.timeScale,
  });
  if (options.json) io.out(json(explanation));
  else io.out(formatExplanation(explanation, paint(io)));
  return exitCodes.ok;
}

export interface Circumstances {
  readonly at: Date | undefined;
  readonly known: Known;
  readonly timeScale: number;
}

/** @throws CliError for an alert or a network that the plan does not have */
export function explainLabels(plan: Plan, typed: Labels, { at, known, timeScale }: Circumstances): Explanation {
  const { subject, ...way } = explainWay(plan, typed, at, known);
  const { labels, completed, alert, warnings } = subject;
  // Alertmanager hears of no alert of Grafana, and Grafana holds none back.
  const others = knownAlerts(plan).filter(
    ({ rule, engine }) => way.decidedBy === 'alertmanager' && rule !== alert?.rule && engine === 'prometheus',
  );
  const inhibitions = new Inhibitions(plan.alertmanager, others, sourcesOf(plan, known));
  const party = { labels, ...(alert ? { expr: alert.rule.expr } : {}) };
  return {
    stack: plan.environment,
    labels: sorted(labels),
    completed,
    ...(alert ? firesWhen(alert, plan.runbookBase) : {}),
    ...way,
    inhibitedBy: inhibitions.of(party),
    inhibits: inhibitions.by(party),
    ...(at ? { at: at.toISOString() } : {}),
    warnings,
    timeScale,
  };
}

/** Only the way that it takes: who holds it back is asked of every other alert. @throws CliError as `explainLabels` */
export function explainWay(
  plan: Plan,
  typed: Labels,
  at?: Date,
  known?: Known,
): Pick<Explanation, 'decidedBy' | 'routes' | 'told'> & { readonly subject: Subject } {
  const subject = identify(typed, plan, known);
  if (subject.alert?.engine === 'grafana') {
    const { traced, ...way } = grafanaWay(plan, subject.alert, subject.labels, at);
    return { subject, routes: traced.map(explainedRoute), ...way };
  }
  const traced = traceRoutes(plan.alertmanager.route, subject.labels);
  const acting = traced.filter(({ outcome }) => outcome === 'acts');
  return {
    subject,
    decidedBy: 'alertmanager',
    routes: traced.map(explainedRoute),
    told: acting.map(({ route, path }) => told(route, path, subject.labels, plan.alertmanager, at)),
  };
}

function sourcesOf({ scrapeJobs, networks, ruleGroups }: Plan, { packs }: Known): Sources {
  const chains = ['system', ...new Set(networks.map(({ chain }) => chain))];
  const catalogues = chains.flatMap((chain) => packs.get(chain)?.catalogue ?? []);
  return {
    targets: scrapeJobs.flatMap(({ name, labels, targets, honorLabels = false }) =>
      targets.map((target) => ({ labels: { job: name, ...labels, ...target.labels }, honours: honorLabels })),
    ),
    metricOf: (series) => metricOfSeries(catalogues, series),
    recorded: ruleGroups.flatMap(({ rules }) => rules.filter((rule) => rule.kind === 'recording')),
  };
}

/** The page is a path where the stack file does not say who shows it: `/runbooks/op-stack/L2GethDown`. */
function firesWhen({ rule }: KnownAlert, base = ''): Pick<Explanation, 'fires' | 'runbook'> {
  const { threshold, op, window } = limitsOf(rule.expr);
  const limit = formatLimit(threshold, op, rule.unit);
  const over = formatSeconds(window);
  const held = formatSeconds(rule.for);
  const fires = [limit, over && `over ${over}`, held && `for ${held}`].filter(Boolean).join(' ');
  const { runbook_url: runbook } = placeAnnotations(rule.annotations, base);
  return { ...(fires === '' ? {} : { fires }), ...(runbook ? { runbook } : {}) };
}

function explainedRoute({ route, path, matchers, outcome }: TracedRoute): ExplainedRoute {
  return {
    route: path.join('.'),
    depth: path.length,
    matchers: route.matchers.map(formatMatcher),
    receiver: route.receiver,
    outcome,
    differs: matchers
      .filter((each) => !each.matches)
      .map(({ matcher, actual }) => ({ matcher: formatMatcher(matcher), label: matcher.label, actual })),
    continues: route.continue,
  };
}

function told(
  route: AlertRoute,
  path: readonly number[],
  labels: Labels,
  plan: AlertmanagerPlan,
  at: Date | undefined,
): Told {
  const { receiver, groupBy, groupWait, groupInterval, repeatInterval, muteTimes } = route;
  const found = plan.receivers.find(({ name }) => name === receiver);
  const asked = groupBy.filter((label) => label !== '...');
  return {
    receiver,
    channels: found ? channelsOf(found).map(formatChannel) : [],
    route: path.join('.'),
    groupBy,
    // One that it lacks is named too: all that lack it come together.
    group: { ...Object.fromEntries(asked.map((label) => [label, ''])), ...groupOf(route, labels) },
    groupWait,
    groupInterval,
    repeatInterval,
    muteTimes: muteTimes.map((name) => {
      const times = plan.muteTimes[name] ?? [];
      return { name, when: describeMuteTime(times), ...(at ? { holds: holdsAt(times, at) } : {}) };
    }),
  };
}

function parseTime(text: string): Date {
  const at = text === 'now' ? new Date() : new Date(text);
  if (Number.isNaN(at.getTime()))
    throw new CliError(`"${text}" is not a time; write "now", 2026-03-01T03:00:00Z or 2026-03-01T03:00:00+02:00`);
  return at;
}

function sorted(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
