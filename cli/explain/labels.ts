/** The labels of the alert that a person asks about: what they typed, completed by the rule that it means. */

import { nearest, unknownName } from '../../config/faults.ts';
import type { Labels } from '../../model/alertmanager/explain.ts';
import type { Known, Packs } from '../../model/knowledge.ts';
import type { Plan } from '../../model/plan/plan.ts';
import { type FormerAlert, formerAlerts, formerNamed, formerWords } from '../../model/rules/former.ts';
import type { PlannedAlert, PlannedGroup } from '../../model/rules/instantiate.ts';
import { COMMAND } from '../commandName.ts';
import { CliError } from '../errors.ts';

/** A rule of the plan with the labels that all its alerts have. */
export interface KnownAlert {
  /** The network, or `system`. */
  readonly owner: string;
  readonly engine: PlannedGroup['engine'];
  readonly rule: PlannedAlert;
  readonly labels: Labels;
}

export interface Subject {
  readonly labels: Labels;
  /** Which of them were not typed. */
  readonly completed: readonly string[];
  /** Absent where the labels mean none of our rules. */
  readonly alert: KnownAlert | undefined;
  readonly warnings: readonly string[];
}

/** With the labels that Prometheus adds to every alert it sends; Grafana adds none of them. */
export function knownAlerts({ ruleGroups, prometheus }: Plan): KnownAlert[] {
  return ruleGroups.flatMap(({ owner, engine, rules }) =>
    rules
      .filter((rule): rule is PlannedAlert => rule.kind === 'alert')
      .map((rule) => ({
        owner,
        engine,
        rule,
        labels: { ...(engine === 'prometheus' ? prometheus.externalLabels : {}), ...rule.labels, alertname: rule.name },
      })),
  );
}

/** @throws CliError with all that is not `label=value` */
export function parseLabels(texts: readonly string[]): Labels {
  const labels: Record<string, string> = {};
  const faults: string[] = [];
  for (const text of texts) {
    const match = /^([a-zA-Z_][a-zA-Z0-9_.-]*)=(.*)$/s.exec(text.trim());
    const [, name, value = ''] = match ?? [];
    if (name === undefined) faults.push(`"${text}" is not label=value, such as network=op-mainnet`);
    else if (Object.hasOwn(labels, name)) faults.push(`${name} is given twice`);
    else labels[name] = /^"(.*)"$/s.exec(value)?.[1] ?? value;
  }
  if (faults.length > 0) throw new CliError(faults.join('\n'));
  return labels;
}

/**
 * @param known asked where no alert has the name: it may be one of an older set-up, or of a component that no network here has
 * @throws CliError for an alert or network that the plan does not have, or where it has several of the name
 */
export function identify(typed: Labels, plan: Plan, known?: Known): Subject {
  const all = knownAlerts(plan);
  const { alertname, network } = typed;
  const networks = plan.networks.map(({ name }) => name);
  if (network !== undefined && !networks.includes(network))
    throw new CliError(unknownName('network', network, networks));
  const warnings = strangeLabels(typed, all);
  if (alertname === undefined) {
    return { labels: { ...plan.prometheus.externalLabels, ...typed }, completed: [], alert: undefined, warnings };
  }
  const alert = choose(all, alertname, network, { stack: plan.environment, known });
  const differs = Object.entries(typed).filter(([name, value]) => name in alert.labels && alert.labels[name] !== value);
  const notes = differs.map(
    ([name, value]) => `the rule sets ${name}="${alert.labels[name]}", so no alert of it has ${name}="${value}"`,
  );
  const labels = { ...alert.labels, ...typed };
  const completed = Object.keys(alert.labels).filter((name) => !Object.hasOwn(typed, name));
  if (alert.engine === 'grafana')
    notes.push('Grafana evaluates this alert and tells people itself: Alertmanager has no part in it');
  return { labels, completed: completed.sort(), alert, warnings: [...warnings, ...notes] };
}

interface Around {
  readonly stack: string;
  readonly known: Known | undefined;
}

function choose(
  all: readonly KnownAlert[],
  alertname: string,
  network: string | undefined,
  { stack, known }: Around,
): KnownAlert {
  const named = all.filter(({ rule }) => rule.name === alertname);
  const old = named.length === 0 && known ? formerNamed(alertname, formerAlerts(known.packs)) : undefined;
  if (old)
    throw new CliError(
      `stack ${stack} has no alert "${alertname}": it ${formerWords(old)}`,
      remedyFor(old, all, stack),
    );
  const absent = named.length === 0 && known ? absentHere(alertname, known.packs) : undefined;
  if (absent) throw new CliError(`stack ${stack} has no alert "${alertname}": ${absent}`);
  if (named.length === 0)
    throw new CliError(unknownAlert(alertname, [...new Set(all.map(({ rule }) => rule.name))], stack));
  const [first, ...others] = named.filter(({ labels }) => network === undefined || labels.network === network);
  const owners = named.map(({ owner }) => owner).join(', ');
  if (!first) throw new CliError(`${network} has no alert ${alertname}; of this stack it is one of ${owners}`);
  if (others.length > 0)
    throw new CliError(`${alertname} is an alert of several networks; add network=<one of ${owners}>`);
  return first;
}

/** Of an alert that a pack has, and no network of the stack. */
function absentHere(name: string, packs: Packs): string | undefined {
  const facts = packs.names.flatMap((chain) => {
    const alert = packs.get(chain)?.alerts.get(name);
    return alert ? [`${alert.component} of ${chain}`] : [];
  });
  if (facts.length === 0) return undefined;
  return `it is about ${facts.join(' or ')}, and no network here has one, or has it switched off`;
}

/** Asks for the first of its heirs that the stack has. */
function remedyFor({ now }: FormerAlert, all: readonly KnownAlert[], stack: string): { remedy?: string } {
  const heir = now.find((name) => all.some(({ rule }) => rule.name === name));
  return heir === undefined ? {} : { remedy: `${COMMAND} explain --stack ${stack} alertname=${heir}` };
}

/** All names would be a page; who does not find a near one looks into the list. */
function unknownAlert(name: string, known: readonly string[], stack: string): string {
  const near = nearest(name, known);
  const help = near === undefined ? `${COMMAND} rules list --stack ${stack} shows all` : `did you mean "${near}"?`;
  return `stack ${stack} has no alert "${name}"; ${help}`;
}

/** Metrics bring labels of their own, so an unknown name is no mistake; one that is nearly a known name probably is. */
function strangeLabels(typed: Labels, all: readonly KnownAlert[]): string[] {
  const known = [...new Set(['instance', 'job', ...all.flatMap(({ labels }) => Object.keys(labels))])];
  return Object.keys(typed).flatMap((name) => {
    const near = known.includes(name) ? undefined : nearest(name, known);
    return near === undefined ? [] : [`no rule sets a label "${name}"; did you mean "${near}"?`];
  });
}
