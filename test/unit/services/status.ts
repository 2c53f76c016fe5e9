/** What Prometheus and Alertmanager say, built up for the tests of the status service; they say only what matters to them. */
import { assess, type Inputs } from '../../../services/status/assess.ts';
import type { AlertmanagerView, KnownAlert, Silence } from '../../../services/status/upstream/alertmanager.ts';
import type { Alert, RuleGroup, Target } from '../../../services/status/upstream/prometheus.ts';

export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
export const down = { ok: false, reason: 'Prometheus cannot be reached (ECONNREFUSED)' } as const;
export const answer = <T>(value: T) => ({ ok: true, value }) as const;

export function alert(labels: Record<string, string>, state: Alert['state'] = 'firing', ageSeconds = 120): Alert {
  return { labels, annotations: { summary: 'something is wrong' }, state, activeAt: NOW - ageSeconds * 1000 };
}

export interface Known {
  readonly labels: Record<string, string>;
  readonly fingerprint?: string;
  readonly silencedBy?: string[];
  readonly inhibitedBy?: string[];
  readonly mutedBy?: string[];
}

export function alertmanager(known: readonly Known[], silences: readonly Silence[] = []) {
  const alerts = known.map(
    ({ labels, fingerprint = '', silencedBy = [], inhibitedBy = [], mutedBy = [] }): KnownAlert => ({
      fingerprint,
      labels,
      status: { silencedBy, inhibitedBy, mutedBy },
    }),
  );
  return answer<AlertmanagerView>({ alerts, silences });
}

export interface RuleFacts {
  readonly health?: string;
  readonly lastError?: string;
  readonly alerts?: readonly Alert[];
}

export function group(
  labels: Record<string, string>,
  facts: RuleFacts = {},
  evaluatedAgo: number | null = 5,
): RuleGroup {
  const healthy = { name: 'Broken', labels, annotations: {}, health: 'ok', lastError: '' };
  const rule = { ...healthy, ...facts, alerts: [...(facts.alerts ?? [])] };
  const lastEvaluation = evaluatedAgo === null ? null : NOW - evaluatedAgo * 1000;
  return { name: 'a:group', interval: 15, lastEvaluation, rules: [rule] };
}

export const dev = { network: 'dev', chain: 'op-stack' };
export const system = { chain: 'system' };

export function target(
  health: Target['health'],
  labels: Record<string, string> = { ...dev, component: 'op-geth' },
): Target {
  return { labels: { instance: 'a:1', ...labels }, health, lastError: '', lastScrape: NOW - 1000 };
}

export function judge(change: Partial<Inputs>): ReturnType<typeof assess> {
  return assess({
    now: NOW,
    environment: 'dev',
    networks: [{ name: 'dev', chain: 'op-stack', engine: 'prometheus', simulated: false }],
    rules: answer([group(dev), group(system)]),
    targets: answer([target('up'), target('up', { ...system, component: 'prometheus' })]),
    readings: answer([]),
    quiet: answer([]),
    alertmanager: alertmanager([]),
    runbooks: new Set(['op-stack/OpGethDown']),
    scrub: (text) => text.replaceAll('hunter2', '…'),
    ...change,
  });
}
