/** `chainwatch status`: what runs, which targets are up, what fires. Never fails because a part does not answer. */

import pc from 'picocolors';
import { z } from 'zod';
import { COMMAND } from '../cli/commandName.ts';
import { activeFaultLines } from './faults.ts';
import { runFolder } from './folder.ts';
import { isAlive } from './identity.ts';
import { requireStackFile } from './stackFile.ts';
import { isRunning, type RunState, readState } from './state.ts';
import { type FiringAlert, formatAlerts, formatOverview } from './table.ts';
import { type TargetHealth, targetHealth } from './targets.ts';

export interface StatusOptions {
  readonly stack: string;
  readonly project: string;
  readonly json: boolean;
}

/** @returns 0 when all programs run and all targets are up, 1 otherwise @throws CliError where there is no such stack */
export async function status({ stack, project, json }: StatusOptions): Promise<number> {
  const state = readState(runFolder(project, stack));
  if (state === undefined) await requireStackFile(stack, project);
  if (state === undefined || !isRunning(state)) {
    console.log(json ? JSON.stringify({ stack, running: false }) : describeStopped(stack, state));
    return 1;
  }
  const [targets, alerts, faults] = await Promise.all([
    attempt(() => targetHealth(urlOf(state, 'prometheus'))),
    attempt(() => firingAlerts(urlOf(state, 'alertmanager'))),
    activeFaultLines(state.programs.find(({ name }) => name === 'simulator')?.url),
  ]);
  console.log(
    json ? JSON.stringify(toJson(state, targets, alerts), null, 2) : describe(state, targets, alerts, faults),
  );
  const running = state.programs.every((program) => program.process && isAlive(program.process));
  return running && !('problem' in targets) && targets.every(({ health }) => health === 'up') ? 0 : 1;
}

function describeStopped(stack: string, state: RunState | undefined): string {
  const left = state?.programs.filter((each) => each.process && isAlive(each.process)).map((each) => each.name) ?? [];
  const hint =
    left.length === 0
      ? `start it with: ${COMMAND} start --stack ${stack}`
      : `it was killed and left behind ${left.join(', ')}: ${COMMAND} stop --stack ${stack}`;
  return `Stack ${stack} does not run; ${hint}`;
}

/** Or why it is not known. */
type Attempted<T> = T | { readonly problem: string };

async function attempt<T>(read: () => Promise<T>): Promise<Attempted<T>> {
  try {
    return await read();
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function urlOf(state: RunState, name: string): string {
  const program = state.programs.find((each) => each.name === name);
  if (!program) throw new Error(state.ready ? `${name} is not part of this run` : `${name} is not started yet`);
  return program.url;
}

const alertList = z.array(z.object({ labels: z.record(z.string(), z.string()), startsAt: z.string() }));
const SEVERITIES = ['critical', 'warning', 'info'];

/** The gravest first. Without the Watchdog, which always fires. */
async function firingAlerts(alertmanagerUrl: string): Promise<FiringAlert[]> {
  const response = await fetch(`${alertmanagerUrl}/api/v2/alerts?active=true&inhibited=false&silenced=false`, {
    signal: AbortSignal.timeout(5000),
  });
  const order = ({ severity, network, alertname, instance }: FiringAlert) =>
    [(SEVERITIES.indexOf(severity) + 4) % 4, network, alertname, instance].join('\0');
  return alertList
    .parse(await response.json())
    .filter(({ labels }) => labels.alertname !== 'Watchdog')
    .map(({ labels, startsAt }) => ({
      alertname: labels.alertname ?? '',
      network: labels.network ?? '',
      severity: labels.severity ?? '',
      instance: labels.instance ?? '',
      startsAt,
    }))
    .sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

function toJson(
  state: RunState,
  targets: Attempted<readonly TargetHealth[]>,
  alerts: Attempted<readonly FiringAlert[]>,
): unknown {
  const programs = state.programs.map(({ name, url, log, restarts, process }) => ({
    name,
    url,
    log,
    restarts,
    running: process !== undefined && isAlive(process),
  }));
  const { stack, ready, timeScale, notes } = state;
  return {
    stack,
    running: true,
    ready,
    timeScale,
    programs,
    notes,
    targets: 'problem' in targets ? null : targets,
    alerts: 'problem' in alerts ? null : alerts,
  };
}

function describe(
  state: RunState,
  targets: Attempted<readonly TargetHealth[]>,
  alerts: Attempted<readonly FiringAlert[]>,
  faults: readonly string[],
): string {
  return [
    formatOverview({ state, targets }),
    'problem' in alerts ? pc.red(`Alerts: unknown (${alerts.problem})`) : formatAlerts(alerts, Date.now()),
    ...(faults.length === 0 ? [] : [pc.yellow(faults.join('\n'))]),
  ].join('\n\n');
}
