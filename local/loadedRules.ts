/** The rules that Prometheus has loaded: what can fire, what fires, and how far back it looks. */
import { z } from 'zod';
import { parseDuration } from '../config/duration.ts';
import { windowsOf } from '../model/promql/literals.ts';
import { metricsOf } from '../model/promql/selectors.ts';

const rule = z.object({
  name: z.string(),
  type: z.enum(['alerting', 'recording']).default('alerting'),
  query: z.string().default(''),
  labels: z.record(z.string(), z.string()).default({}),
  state: z.string().default('inactive'),
  /** Seconds. */
  keepFiringFor: z.number().default(0),
});
const answer = z.object({ data: z.object({ groups: z.array(z.object({ rules: z.array(rule) })) }) });
export type LoadedRule = z.infer<typeof rule>;

/** None where Prometheus cannot be asked. */
export async function loadedRules(prometheusUrl: string | undefined): Promise<LoadedRule[]> {
  if (prometheusUrl === undefined) return [];
  try {
    const response = await fetch(`${prometheusUrl}/api/v1/rules`, { signal: AbortSignal.timeout(5000) });
    return answer.parse(await response.json()).data.groups.flatMap(({ rules }) => rules);
  } catch {
    return [];
  }
}

/**
 * Whether an alert can fire for a network: a stack may lack the component that a rule is about, or switch the rule off. True for all
 * where nothing is known, or where Prometheus has none for that network because Grafana evaluates them.
 */
export function alertsThatExist(rules: readonly LoadedRule[]): (network: string, alert: string) => boolean {
  const alerts = rules.filter(({ type }) => type === 'alerting');
  const networks = new Set(alerts.map(({ labels }) => labels.network));
  const exists = new Set(alerts.map(({ name, labels }) => key(labels.network ?? '', name)));
  return (network, alert) => !networks.has(network) || exists.has(key(network, alert)) || exists.has(key('', alert));
}

/** Which of these alerts a critical one among them holds back, being about the same subject. */
export function heldBack(rules: readonly LoadedRule[], network: string, alerts: readonly string[]): string[] {
  const those = rules.filter(({ name, labels }) => alerts.includes(name) && labels.network === network);
  const grave = new Set(
    those.filter(({ labels }) => labels.severity === 'critical').map(({ labels }) => labels.subject),
  );
  const milder = those.filter(({ labels }) => labels.severity !== 'critical' && labels.subject !== undefined);
  return milder.filter(({ labels }) => grave.has(labels.subject)).map(({ name }) => name);
}

/** Rules about no network in particular hold for all of them. */
function key(network: string, alert: string): string {
  return `${network}/${alert}`;
}

export interface Lingering {
  readonly alert: string;
  /** Real seconds for which it may go on at the longest after its cause is gone. */
  readonly seconds: number;
}

/** Those of the alerts that fire and look back, the longest first. */
export function lingering(rules: readonly LoadedRule[], network: string, alerts: ReadonlySet<string>): Lingering[] {
  const firing = rules.filter(
    ({ name, type, state, labels }) =>
      type === 'alerting' && state === 'firing' && alerts.has(name) && (labels.network ?? network) === network,
  );
  const longest = new Map<string, number>();
  for (const { name, query, keepFiringFor } of firing) {
    const seconds = reachOf(query, rules) + keepFiringFor;
    longest.set(name, Math.max(seconds, longest.get(name) ?? 0));
  }
  return [...longest]
    .map(([alert, seconds]) => ({ alert, seconds }))
    .filter(({ seconds }) => seconds > 0)
    .sort((a, b) => b.seconds - a.seconds || (a.alert < b.alert ? -1 : 1));
}

/** How many seconds back a query looks, by itself and by what it reads of recording rules. */
export function reachOf(
  query: string,
  rules: readonly Pick<LoadedRule, 'type' | 'name' | 'query'>[],
  above: readonly string[] = [],
): number {
  if (query === '') return 0;
  const windows = windowsOf(query);
  const shifts = [...query.matchAll(/\boffset\s+(\w+)/g)].map(([, shift = '']) => parseDuration(shift));
  // A window of a subquery begins where another one ends.
  const nested = /\[[^\]]*:[^\]]*\]/.test(query) || shifts.length > 0;
  const all = [...windows, ...shifts];
  const own = nested ? all.reduce((sum, seconds) => sum + seconds, 0) : Math.max(0, ...all);
  const read = metricsOf(query).filter((name) => !above.includes(name));
  const below = rules
    .filter(({ type, name }) => type === 'recording' && read.includes(name))
    .map((recording) => reachOf(recording.query, rules, [...above, recording.name]));
  return own + Math.max(0, ...below);
}
