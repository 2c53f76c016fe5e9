/** The table that a person sees: what runs, where, which targets are up. */
import pc from 'picocolors';
import { isAlive } from './process.ts';
import type { RunState } from './state.ts';
import type { TargetHealth } from './targets.ts';

/** What each program is to a person who opens it. */
const PURPOSE: Readonly<Record<string, string>> = {
  prometheus: 'metrics, rules, alerts being evaluated',
  alertmanager: 'routing, grouping, silences',
  receiver: 'the alerts that arrived, with history',
  status: 'the page to look at; runbooks',
  exporter: 'readings from the chains themselves',
  simulator: 'serves the simulated networks; plays faults',
  anvil: 'a real local EVM chain, as L1',
  geth: "a real execution client, with op-geth's metric names",
  grafana: 'dashboards',
};

export interface Overview {
  readonly state: RunState;
  readonly targets: readonly TargetHealth[];
  /** Why the targets are not known, where they are not. */
  readonly targetsProblem?: string;
  readonly timeScale?: number;
}

export function formatOverview({ state, targets, targetsProblem, timeScale }: Overview): string {
  const width = Math.max(...state.programs.map((program) => program.name.length), 8);
  const programs = state.programs.map((program) => {
    const alive = program.process !== undefined && isAlive(program.process);
    const mark = alive ? pc.green('●') : pc.red('✗');
    const again = program.restarts > 0 ? pc.yellow(`  restarted ${program.restarts}×`) : '';
    return `  ${mark} ${program.name.padEnd(width)}  ${pc.cyan(program.url.padEnd(22))}  ${PURPOSE[program.name] ?? ''}${again}`;
  });
  const scale =
    timeScale !== undefined && timeScale !== 1
      ? `, time ×${timeScale}: an hour of rules passes in ${Math.round(3600 / timeScale)} s`
      : '';
  return [
    pc.bold(`Chainwatch, stack ${state.stack}${scale}`),
    ...programs,
    '',
    ...formatTargets(targets, targetsProblem),
    ...state.notes.map((note) => pc.yellow(`  note: ${note}`)),
  ].join('\n');
}

function formatTargets(targets: readonly TargetHealth[], problem: string | undefined): string[] {
  if (problem !== undefined) return [pc.red(`Targets: unknown (${problem})`)];
  const up = targets.filter((target) => target.health === 'up').length;
  const head = `Targets: ${up} of ${targets.length} up`;
  const jobs = Map.groupBy(targets, (target) => target.job);
  const lines = [...jobs].map(([job, members]) => {
    const good = members.filter((target) => target.health === 'up').length;
    const mark =
      good === members.length ? pc.green('●') : members.some((t) => t.health === 'down') ? pc.red('✗') : pc.yellow('…');
    return `  ${mark} ${job.padEnd(Math.max(...[...jobs.keys()].map((name) => name.length)))}  ${good}/${members.length}`;
  });
  const down = targets
    .filter((target) => target.health === 'down')
    .map((target) => pc.red(`    ${target.job} ${target.instance}: ${target.error}`));
  return [up === targets.length && up > 0 ? pc.bold(pc.green(head)) : pc.bold(pc.yellow(head)), ...lines, ...down];
}
