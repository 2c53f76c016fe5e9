/** `chainwatch status`: what runs, which targets are up, what fires. Never fails because a part does not answer. */
import pc from 'picocolors';
import { z } from 'zod';
import { activeFaultLines } from './faults.ts';
import { runFolder } from './folder.ts';
import { isAlive } from './process.ts';
import { isRunning, type RunState, readState } from './state.ts';
import { formatOverview } from './table.ts';
import { type TargetHealth, targetHealth } from './targets.ts';

export interface StatusOptions {
  readonly stack: string;
  readonly project: string;
  readonly json: boolean;
}

interface FiringAlert {
  readonly alertname: string;
  readonly network: string;
  readonly severity: string;
  readonly instance: string;
  readonly startsAt: string;
}

/** @returns 0 when all programs run and all targets are up, 1 otherwise */
export async function status({ stack, project, json }: StatusOptions): Promise<number> {
  const state = readState(runFolder(project, stack));
  if (!state || !isRunning(state)) {
    const start = `start it with: npx chainwatch start --stack ${stack}`;
    const left = state?.programs.filter((each) => each.process && isAlive(each.process)).map((each) => each.name) ?? [];
    const hint =
      left.length === 0
        ? start
        : `it was killed and left behind ${left.join(', ')}: npx chainwatch stop --stack ${stack}`;
    console.log(json ? JSON.stringify({ stack, running: false }) : `Stack ${stack} does not run; ${hint}`);
    return 1;
  }
  const targets = await attempt(() => targetHealth(urlOf(state, 'prometheus')));
  const alerts = await attempt(() => firingAlerts(urlOf(state, 'alertmanager')));
  if (json) console.log(JSON.stringify(toJson(state, targets, alerts), null, 2));
  else
    print(state, targets, alerts, await activeFaultLines(state.programs.find(({ name }) => name === 'simulator')?.url));
  const running = state.programs.every((program) => program.process && isAlive(program.process));
  return running && (targets.value?.every((target) => target.health === 'up') ?? false) ? 0 : 1;
}

interface Attempted<T> {
  readonly value?: T;
  readonly problem?: string;
}

async function attempt<T>(read: () => Promise<T>): Promise<Attempted<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function urlOf(state: RunState, name: string): string {
  const program = state.programs.find((each) => each.name === name);
  if (!program) throw new Error(`${name} is not part of this run`);
  return program.url;
}

const alertList = z.array(z.object({ labels: z.record(z.string(), z.string()), startsAt: z.string() }));

/** Without the Watchdog, which always fires. */
async function firingAlerts(alertmanagerUrl: string): Promise<FiringAlert[]> {
  const response = await fetch(`${alertmanagerUrl}/api/v2/alerts?active=true&inhibited=false&silenced=false`, {
    signal: AbortSignal.timeout(5000),
  });
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
    .sort((a, b) => `${a.network}${a.alertname}${a.instance}`.localeCompare(`${b.network}${b.alertname}${b.instance}`));
}

function toJson(state: RunState, targets: Attempted<TargetHealth[]>, alerts: Attempted<FiringAlert[]>): unknown {
  const programs = state.programs.map(({ name, url, log, restarts, process }) => ({
    name,
    url,
    log,
    restarts,
    running: process !== undefined && isAlive(process),
  }));
  const { stack, ready, notes } = state;
  return { stack, running: true, ready, programs, notes, targets: targets.value ?? null, alerts: alerts.value ?? null };
}

const COLOUR: Readonly<Record<string, (text: string) => string>> = {
  critical: pc.red,
  warning: pc.yellow,
  info: pc.blue,
};

function print(
  state: RunState,
  targets: Attempted<TargetHealth[]>,
  alerts: Attempted<FiringAlert[]>,
  faults: readonly string[],
): void {
  const problem = targets.problem === undefined ? {} : { targetsProblem: targets.problem };
  console.log(formatOverview({ state, targets: targets.value ?? [], ...problem }));
  for (const line of faults) console.log(pc.yellow(line));
  if (alerts.problem !== undefined) {
    console.log(pc.red(`Alerts: unknown (${alerts.problem})`));
    return;
  }
  const firing = alerts.value ?? [];
  console.log(firing.length === 0 ? pc.green('\nNo alert fires.') : `\n${firing.length} alerts fire:`);
  for (const { severity, alertname, network, instance, startsAt } of firing) {
    const colour = COLOUR[severity] ?? String;
    console.log(`  ${colour(severity.padEnd(8))} ${alertname}  ${network} ${instance}  since ${startsAt}`);
  }
}
