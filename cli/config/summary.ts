/** What a stack file comes to, in a few lines: the numbers that a person compares with what they meant. */
import { join } from 'node:path';
import { OWN_TOKENS } from '../../config/ownTokens.ts';
import type { Stack } from '../../config/stack.ts';
import { undrawn } from '../../local/drill/stack.ts';
import { type FoundSecret, findSecrets } from '../../local/secrets.ts';
import type { Known } from '../../model/knowledge.ts';
import { makePlan, type Plan } from '../../model/plan/plan.ts';
import { channelsOf, formatChannel } from '../channels.ts';
import type { Io } from '../io.ts';
import { count, indent } from '../output.ts';

export interface StackSummary {
  readonly networks: readonly { readonly name: string; readonly chain: string; readonly targets: number }[];
  /** Without those of our own services. */
  readonly hosts: number;
  readonly alerts: Readonly<Record<string, number>>;
  readonly receivers: readonly { readonly name: string; readonly channels: readonly string[] }[];
  /** Where each would come from on this machine. */
  readonly secrets: readonly FoundSecret[];
}

export function summarize(stack: Stack, known: Known, io: Io): StackSummary {
  // No figure is about dashboards, and to draw them takes longer than all else.
  const plan = makePlan(stack, undrawn(known));
  return {
    networks: stack.networks.map(({ name, chain, nodes }) => ({
      name,
      chain,
      targets: Object.values(nodes).flat().length,
    })),
    hosts: Object.keys(stack.system.hosts).length,
    alerts: alertsBySeverity(plan),
    receivers: plan.alertmanager.receivers
      .filter((receiver) => receiver.channels !== undefined)
      .map((receiver) => ({ name: receiver.name, channels: channelsOf(receiver).map(formatChannel) })),
    secrets: secretsOf(plan, io),
  };
}

function secretsOf({ secrets, environment }: Plan, { cwd, env }: Io): FoundSecret[] {
  const folder = join(cwd, '.chainwatch', environment, 'secrets');
  const found = findSecrets(secrets, { folder, env, generate: OWN_TOKENS });
  return found.map((secret) => ({ ...secret, detail: secret.detail.replaceAll(`${cwd}/`, '') }));
}

function alertsBySeverity({ ruleGroups }: Plan): Record<string, number> {
  const alerts = ruleGroups.flatMap((group) => group.rules).filter((rule) => rule.kind === 'alert');
  const severities = ['critical', 'warning', 'info', 'none'] as const;
  return Object.fromEntries(
    severities.map((severity) => [severity, alerts.filter((alert) => alert.severity === severity).length]),
  );
}

const ORIGIN: Readonly<Record<FoundSecret['origin'], string>> = {
  environment: 'from',
  file: 'from',
  generated: 'will be made at random in',
  missing: 'not set here:',
  unusable: 'UNUSABLE:',
};

export function formatSummary({ networks, hosts, alerts, receivers, secrets }: StackSummary): string {
  const networkLines = networks.map(({ name, chain, targets }) => `  ${name} (${chain}): ${count(targets, 'target')}`);
  const severities = Object.entries(alerts)
    .filter(([, number]) => number > 0)
    .map(([severity, number]) => `${number} ${severity === 'none' ? 'Watchdog' : severity}`);
  const total = Object.values(alerts).reduce((sum, number) => sum + number, 0);
  const lines = [
    `${count(networks.length, 'network')}${hosts > 0 ? `, ${count(hosts, 'host')}` : ''}`,
    ...networkLines,
    `${count(total, 'alert')}: ${severities.join(', ')}`,
    `${count(receivers.length, 'receiver')}${receivers.length > 0 ? ':' : ''}`,
    ...receivers.map(({ name, channels }) => `  ${name}: ${channels.join(', ')}`),
    `${count(secrets.length, 'secret')}${secrets.length > 0 ? ', on this machine:' : ''}`,
    ...secrets.map(({ name, origin, detail }) => `  ${name}: ${ORIGIN[origin]} ${detail}`),
  ];
  return `${indent(lines.join('\n'))}\n`;
}
