/** The tables that a person sees: what runs, where, which targets are up, what fires. */
import pc from 'picocolors';
import { columns, count, indent } from '../cli/output.ts';
import { isAlive } from './identity.ts';
import type { RunState } from './state.ts';
import type { TargetHealth } from './targets.ts';

/** What each program is to a person who opens it. */
const PURPOSE: Readonly<Record<string, string>> = {
  prometheus: 'metrics, rules, alerts being evaluated',
  alertmanager: 'routing, grouping, silences',
  receiver: 'the alerts that arrived, with history',
  status: 'the page to look at; runbooks',
  aggregator: 'what nodes say of their peers, with history',
  exporter: 'readings from the chains themselves',
  simulator: 'serves the simulated networks; plays faults',
  anvil: 'a real local EVM chain, as L1',
  geth: "a real execution client, with op-geth's metric names",
  grafana: 'dashboards',
};

export interface Overview {
  readonly state: RunState;
  /** Or why they are not known. */
  readonly targets: readonly TargetHealth[] | { readonly problem: string };
}

export function formatOverview({ state, targets }: Overview): string {
  const { stack, ready, timeScale, programs, notes } = state;
  const scale =
    timeScale === 1 ? '' : `; time ×${timeScale}: an hour of rules passes in ${Math.round(3600 / timeScale)} s`;
  return [
    pc.bold(`Chainwatch, stack ${stack}${ready ? '' : ', is starting'}${scale}`),
    '',
    indent(columns(programs.map(programRow))).trimEnd(),
    '',
    'problem' in targets ? pc.red(`Targets: unknown (${targets.problem})`) : formatTargets(targets),
    ...notes.map((note) => pc.yellow(`note: ${note}`)),
  ].join('\n');
}

function programRow({ name, url, log, restarts, process }: RunState['programs'][number]): string[] {
  const runs = process !== undefined && isAlive(process);
  const again = restarts > 0 ? pc.yellow(` (started again ${count(restarts, 'time')})`) : '';
  return [
    `${runs ? pc.green('●') : pc.red('✗')} ${name}`,
    pc.cyan(url),
    `${runs ? (PURPOSE[name] ?? '') : pc.red(`does not run; its log: ${log}`)}${again}`,
  ];
}

function formatTargets(targets: readonly TargetHealth[]): string {
  const up = upOf(targets);
  const well = up === targets.length && up > 0;
  const head = `Targets: ${up} of ${targets.length} up`;
  const jobs = Map.groupBy(targets, (target) => target.job);
  const rows = [...jobs].flatMap(([job, members]) => [
    [`${markOf(members)} ${job}`, `${upOf(members)}/${members.length}`, ''],
    ...members
      .filter((target) => target.health === 'down')
      .map(({ instance, error }) => [`    ${instance}`, '', pc.red(error)]),
  ]);
  return [pc.bold(well ? pc.green(head) : pc.yellow(head)), indent(columns(rows)).trimEnd()].join('\n').trimEnd();
}

function upOf(targets: readonly TargetHealth[]): number {
  return targets.filter((target) => target.health === 'up').length;
}

function markOf(targets: readonly TargetHealth[]): string {
  if (upOf(targets) === targets.length) return pc.green('●');
  return targets.some(({ health }) => health === 'down') ? pc.red('✗') : pc.yellow('…');
}

export interface FiringAlert {
  readonly alertname: string;
  readonly network: string;
  readonly severity: string;
  readonly instance: string;
  /** RFC 3339. */
  readonly startsAt: string;
}

const COLOUR: Readonly<Record<string, (text: string) => string>> = {
  critical: pc.red,
  warning: pc.yellow,
  info: pc.blue,
};

/** @param now milliseconds */
export function formatAlerts(alerts: readonly FiringAlert[], now: number): string {
  if (alerts.length === 0) return pc.bold(pc.green('No alert fires.'));
  const rows = alerts.map(({ severity, alertname, network, instance, startsAt }) => [
    (COLOUR[severity] ?? String)(severity),
    alertname,
    network,
    instance,
    `for ${elapsed(now - Date.parse(startsAt))}`,
  ]);
  const fire = alerts.length === 1 ? 'fires' : 'fire';
  return [pc.bold(pc.red(`${count(alerts.length, 'alert')} ${fire}:`)), indent(columns(rows)).trimEnd()].join('\n');
}

/** In the two units that matter: `40 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function elapsed(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const units: readonly (readonly [string, number])[] = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ];
  const first = units.findIndex(([, size]) => seconds >= size);
  if (first < 0) return '0 s';
  let left = seconds;
  const parts = units.slice(first, first + 2).flatMap(([name, size]) => {
    const many = Math.floor(left / size);
    left %= size;
    return many === 0 ? [] : [`${many} ${name}`];
  });
  return parts.join(' ');
}
