import { plural } from '../shared/page/words.ts';
import { readingsOf } from './readings.ts';
import type { NetworkSettings } from './settings.ts';
import {
  type Finding,
  type FiringAlert,
  isToldOf,
  type NetworkStatus,
  type State,
  SYSTEM,
  type TargetStatus,
  worstState,
} from './status.ts';
import type { Asked } from './upstream/ask.ts';
import type { RuleGroup, Sample, Target } from './upstream/prometheus.ts';

export interface Evidence {
  /** Milliseconds of Unix time. */
  readonly now: number;
  readonly rules: Asked<readonly RuleGroup[]>;
  readonly targetsAsked: Asked<readonly Target[]>;
  readonly targets: readonly TargetStatus[];
  readonly alerts: readonly FiringAlert[];
  /** Answer to READINGS_QUERY. */
  readonly samples: readonly Sample[];
}

/**
 * The state of one network. It is healthy only where that can be shown: Prometheus answers, rules watch the network and
 * are evaluated, its targets answer, and no alert fires that is not muted.
 */
export function assessNetwork(network: NetworkSettings, evidence: Evidence): NetworkStatus {
  const { name, chain, simulated } = network;
  const groups = groupsOf(name, evidence.rules);
  const rules = groups.flatMap((group) => group.rules);
  const alerts = evidence.alerts.filter((alert) => (alert.network || SYSTEM) === name);
  const targets = evidence.targets.filter((target) => target.network === name);
  const told = alerts.filter(isToldOf);
  const firing = (severity: string) => told.filter((alert) => alert.severity === severity).length;
  const health = (wanted: TargetStatus['health']) => targets.filter((target) => target.health === wanted).length;
  const counts = {
    alerts: {
      critical: firing('critical'),
      warning: firing('warning'),
      info: firing('info'),
      muted: alerts.length - told.length,
      pending: rules.flatMap((rule) => rule.alerts.filter(({ state }) => state === 'pending')).length,
    },
    rules: rules.length,
    targets: { up: health('up'), down: health('down'), unknown: health('unknown') },
  };
  const doubts = [...ruleFindings(network, groups, evidence), ...targetFindings(counts.targets, evidence.targetsAsked)];
  const findings = [...alertFindings(counts.alerts), ...doubts];
  return {
    name,
    chain,
    simulated,
    state: findings.length === 0 ? 'healthy' : worstState(findings.map(({ state }) => state)),
    reasons: [...new Set(findings.map(({ reason }) => reason))],
    doubts: [...new Map(doubts.map((doubt) => [doubt.reason, doubt])).values()],
    ...counts,
    ...readingsOf(name, evidence.samples),
  };
}

/** The groups with only the rules of this network. */
function groupsOf(name: string, rules: Evidence['rules']): RuleGroup[] {
  if (!rules.ok) return [];
  return rules.value
    .map((group) => ({ ...group, rules: group.rules.filter(({ labels }) => (labels.network ?? SYSTEM) === name) }))
    .filter((group) => group.rules.length > 0);
}

function alertFindings({ critical, warning }: NetworkStatus['alerts']): Finding[] {
  const finding = (count: number, state: State): Finding[] =>
    count === 0 ? [] : [{ state, reason: `${plural(count, `${state} alert`)} ${count === 1 ? 'fires' : 'fire'}` }];
  return [...finding(critical, 'critical'), ...finding(warning, 'warning')];
}

/** A group that was evaluated that many of its intervals ago has stopped. */
const LATE_AFTER_INTERVALS = 3;
const LATE_AFTER_MS = 10_000;

function ruleFindings(
  { engine }: NetworkSettings,
  groups: readonly RuleGroup[],
  { rules, now }: Evidence,
): readonly Finding[] {
  const unknown = (reason: string): Finding[] => [{ state: 'unknown', reason }];
  if (!rules.ok) return unknown(rules.reason);
  if (engine === 'grafana') return unknown('its alerts are evaluated by Grafana, which is not asked here');
  if (groups.length === 0) return unknown('no alert rule watches it');
  const failing = groups.flatMap((group) => group.rules.filter(({ health }) => health === 'err'));
  if (failing[0] !== undefined) {
    const { name, lastError } = failing[0];
    return unknown(`${plural(failing.length, 'rule')} cannot be evaluated: ${name}: ${lastError.slice(0, 160)}`);
  }
  const never = groups.filter(({ lastEvaluation }) => lastEvaluation === null);
  if (never.length > 0) return unknown('its rules were not evaluated yet');
  const late = groups.some(
    ({ lastEvaluation, interval }) =>
      now - (lastEvaluation ?? 0) > Math.max(LATE_AFTER_MS, interval * 1000 * LATE_AFTER_INTERVALS),
  );
  return late ? unknown('its rules are not evaluated any more') : [];
}

function targetFindings({ up, down, unknown }: NetworkStatus['targets'], asked: Evidence['targetsAsked']): Finding[] {
  if (!asked.ok) return [{ state: 'unknown', reason: asked.reason }];
  const all = up + down + unknown;
  if (all === 0) return [{ state: 'unknown', reason: 'nothing of it is scraped' }];
  if (up === 0 && down > 0) return [{ state: 'unknown', reason: `none of its ${plural(all, 'target')} answers` }];
  return [
    ...(down > 0 ? [{ state: 'warning', reason: `${down} of ${plural(all, 'target')} down` } as const] : []),
    ...(unknown > 0 ? [{ state: 'unknown', reason: `${plural(unknown, 'target')} not scraped yet` } as const] : []),
  ];
}
