import { severityRank } from '../shared/page/severity.ts';
import { assessNetwork } from './assessNetwork.ts';
import { fateOf } from './delivery.ts';
import { quietOf } from './quiet.ts';
import type { NetworkSettings } from './settings.ts';
import { type FiringAlert, isGrave, type Status, SYSTEM, type TargetStatus, worstState } from './status.ts';
import type { AlertmanagerView } from './upstream/alertmanager.ts';
import type { Asked } from './upstream/ask.ts';
import type { Alert, RuleGroup, Sample, Target } from './upstream/prometheus.ts';

export interface Inputs {
  /** Milliseconds of Unix time. */
  readonly now: number;
  readonly environment: string;
  readonly networks: readonly NetworkSettings[];
  readonly rules: Asked<readonly RuleGroup[]>;
  readonly targets: Asked<readonly Target[]>;
  /** Answer to READINGS_QUERY. */
  readonly readings: Asked<readonly Sample[]>;
  /** Answer to QUIET_QUERY. */
  readonly quiet: Asked<readonly Sample[]>;
  /** Undefined where there is no Alertmanager to ask. */
  readonly alertmanager: Asked<AlertmanagerView> | undefined;
  /** `<chain>/<Alert>` of the runbooks that are served here. */
  readonly runbooks: ReadonlySet<string>;
  /** Takes what looks like a credential out of a text that others wrote. */
  readonly scrub: (text: string) => string;
}

/** Judges what was read. The same inputs give the same status. */
export function assess(inputs: Inputs): Status {
  const { now, environment, alertmanager } = inputs;
  const groups = inputs.rules.ok ? inputs.rules.value : [];
  const alerts = firingAlerts(groups, inputs);
  const targets = (inputs.targets.ok ? inputs.targets.value : []).map((each) => targetStatus(each, inputs.scrub));
  const networks = allNetworks(inputs.networks, groups, targets).map((network) =>
    assessNetwork(network, {
      now,
      rules: inputs.rules,
      targetsAsked: inputs.targets,
      targets,
      alerts,
      samples: inputs.readings.ok ? inputs.readings.value : [],
    }),
  );
  const evaluations = groups.flatMap(({ lastEvaluation }) => lastEvaluation ?? []);
  const prometheus = inputs.rules.ok ? inputs.targets : inputs.rules;
  return {
    at: now,
    environment,
    state: worstState(networks.map(({ state }) => state)),
    networks,
    alerts,
    targets: targets.sort(downFirst),
    upstreams: {
      prometheus: { ok: prometheus.ok, reason: prometheus.ok ? undefined : prometheus.reason },
      alertmanager: alertmanager && {
        ok: alertmanager.ok,
        reason: alertmanager.ok ? undefined : alertmanager.reason,
      },
    },
    evaluatedAt: evaluations.length === 0 ? undefined : Math.max(...evaluations),
    quiet: alerts.some(isGrave) ? undefined : quietOf(inputs.quiet, now),
  };
}

/** Those of the stack file, and whatever else Prometheus has; the monitoring itself last. */
function allNetworks(
  planned: readonly NetworkSettings[],
  groups: readonly RuleGroup[],
  targets: readonly TargetStatus[],
): NetworkSettings[] {
  const ruleLabels = groups.flatMap(({ rules }) => rules.map(({ labels }) => labels));
  const seen = new Map<string, string>();
  for (const { network, chain } of ruleLabels) if (network !== undefined) seen.set(network, chain ?? '');
  for (const { network } of targets) if (network !== SYSTEM && !seen.has(network)) seen.set(network, '');
  const known = new Set(planned.map(({ name }) => name));
  const others = [...seen].filter(([name]) => !known.has(name));
  const bare = (name: string, chain: string) => ({ name, chain, engine: 'prometheus', simulated: false }) as const;
  return [
    ...[...planned, ...others.map(([name, chain]) => bare(name, chain))].sort((a, b) => (a.name < b.name ? -1 : 1)),
    bare(SYSTEM, SYSTEM),
  ];
}

function firingAlerts(groups: readonly RuleGroup[], inputs: Inputs): FiringAlert[] {
  const firing = groups.flatMap(({ rules }) =>
    rules.flatMap(({ alerts }) =>
      alerts.filter(({ state, labels }) => state === 'firing' && labels.severity !== 'none'),
    ),
  );
  return firing
    .map((alert) => firingAlert(alert, inputs))
    .sort((a, b) => severityRank(a.severity) - severityRank(b.severity) || b.since - a.since);
}

function firingAlert({ labels, annotations, activeAt }: Alert, inputs: Inputs): FiringAlert {
  const { now, scrub, alertmanager, runbooks } = inputs;
  const { alertname = '', severity = '', network = '' } = labels;
  const since = activeAt ?? now;
  const fate = fateOf(labels, now - since, alertmanager);
  return {
    alertname,
    severity,
    network,
    labels,
    summary: scrub(annotations.summary ?? ''),
    description: scrub(annotations.description ?? ''),
    since,
    runbook: runbookOf(annotations.runbook_url ?? '', runbooks),
    delivery: fate.delivery,
    mutedBy: fate.mutedBy.map((muting) => ({ ...muting, what: scrub(muting.what) })),
  };
}

/** A page that we serve is linked by its path alone: by what name this page was reached, we do not know. */
function runbookOf(url: string, served: ReadonlySet<string>): string | undefined {
  const name = /\/runbooks\/([^/]+\/[^/?#]+)$/.exec(url)?.[1];
  if (name !== undefined && served.has(name)) return `/runbooks/${name}`;
  return /^https?:\/\//.test(url) ? url : undefined;
}

function targetStatus({ labels, health, lastError, lastScrape }: Target, scrub: Inputs['scrub']): TargetStatus {
  const { network = SYSTEM, component, job = '', instance = '' } = labels;
  return { network, component: component ?? job, instance, health, lastError: scrub(lastError), lastScrape };
}

const HEALTH = ['down', 'unknown', 'up'];

function downFirst(a: TargetStatus, b: TargetStatus): number {
  const key = ({ network, component, instance, health }: TargetStatus) =>
    [HEALTH.indexOf(health), network === SYSTEM ? 1 : 0, network, component, instance].join(' ');
  return key(a) < key(b) ? -1 : 1;
}
