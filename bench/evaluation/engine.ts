/** A real Prometheus over blocks that are there already: it scrapes nothing, and evaluates the rules again and again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Plan } from '../../model/plan/plan.ts';
import { prometheusGroups } from '../../model/prometheus/rules.ts';
import { toYaml } from '../../model/yaml.ts';
import { freePort } from '../../tools/freePort.ts';

/** Seconds between evaluations. */
const INTERVAL = 3;
/** That count; one more comes before them, which reads the blocks from disk. */
const ROUNDS = 6;

const answer = z.object({
  data: z.object({
    groups: z.array(
      z.object({
        name: z.string(),
        rules: z.array(
          z.object({
            name: z.string(),
            health: z.string(),
            lastError: z.string().optional(),
            evaluationTime: z.number().default(0),
            lastEvaluation: z.string(),
            state: z.string().optional(),
          }),
        ),
      }),
    ),
  }),
});
type Rules = z.infer<typeof answer>['data']['groups'][number]['rules'];

export interface MeasuredRule {
  readonly name: string;
  /** The network whose rule it is. */
  readonly owner: string;
  /** Of one evaluation: the least of several, since other programs only add to it. */
  readonly seconds: number;
}

export interface Measured {
  readonly rules: readonly MeasuredRule[];
  /** Seconds of processor time that all of Prometheus takes for one evaluation of all rules. */
  readonly processor: number;
  readonly faults: readonly string[];
  readonly firing: readonly string[];
}

/** @param folder with its blocks in `data` */
export async function measure(prometheus: string, plan: Plan, folder: string, signal: AbortSignal): Promise<Measured> {
  const interval = `${INTERVAL}s`;
  // One group, whose rules are evaluated one after the other: groups beside each other would wait for each other's processor, and
  // the longer they take the more.
  const rules = prometheusGroups(plan.ruleGroups, '').flatMap((group) => group.rules);
  const groups = [{ name: 'all', interval, rules }];
  const owners = plan.ruleGroups.flatMap((group) => group.rules.map(() => group.owner));
  mkdirSync(join(folder, 'rules'), { recursive: true });
  writeFileSync(join(folder, 'rules', 'all.yml'), toYaml({ groups }));
  writeFileSync(
    join(folder, 'prometheus.yml'),
    toYaml({
      global: { evaluation_interval: interval, external_labels: { environment: 'bench' } },
      rule_files: ['rules/*.yml'],
    }),
  );
  const port = await freePort();
  const args = [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    '--storage.tsdb.retention.time=1d',
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=error',
  ];
  const child = spawn(prometheus, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    return await poll(`http://127.0.0.1:${port}`, owners, child, signal);
  } finally {
    await stop(child);
  }
}

async function poll(
  url: string,
  owners: readonly string[],
  child: ChildProcess,
  signal: AbortSignal,
): Promise<Measured> {
  const seen = new Map<number, Map<string, number>>();
  let rules: Rules = [];
  const used: Used[] = [];
  const isDone = () => seen.size > 0 && [...seen.values()].every((times) => times.size > ROUNDS);
  while (!isDone()) {
    await sleep((INTERVAL * 1000) / 2, undefined, { signal });
    if (child.exitCode !== null) throw new Error(`Prometheus ended with ${child.exitCode}`);
    const response = await fetch(`${url}/api/v1/rules?exclude_alerts=true`, { signal }).catch(() => undefined);
    signal.throwIfAborted();
    if (!response?.ok) continue;
    rules = answer.parse(await response.json()).data.groups.flatMap((group) => group.rules);
    if (rules.every(({ health }) => health !== 'unknown')) used.push(await usedSoFar(url, signal));
    for (const [index, rule] of rules.entries()) {
      const times = seen.get(index) ?? new Map<string, number>();
      if (rule.health !== 'unknown') times.set(rule.lastEvaluation, rule.evaluationTime);
      seen.set(index, times);
    }
  }
  const [first, end] = [used[0], used.at(-1)];
  const rounds = first && end ? end.rounds - first.rounds : 0;
  return {
    rules: rules.map(({ name }, index) => ({
      name,
      owner: owners[index] ?? '',
      seconds: Math.min(...[...(seen.get(index)?.values() ?? [])].slice(1)),
    })),
    processor: first && end && rounds > 0 ? (end.seconds - first.seconds) / rounds : 0,
    faults: rules.flatMap(({ name, health, lastError }) =>
      health === 'ok' ? [] : [`${name}: ${lastError ?? health}`],
    ),
    firing: rules.filter(({ state }) => state === 'firing').map(({ name }) => name),
  };
}

interface Used {
  /** Evaluations of all rules. */
  readonly rounds: number;
  /** Of the processor. */
  readonly seconds: number;
}

async function usedSoFar(url: string, signal: AbortSignal): Promise<Used> {
  const text = await (await fetch(`${url}/metrics`, { signal })).text();
  const number = (pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? 0);
  return {
    // What was missed is counted among them.
    rounds:
      number(/^prometheus_rule_group_iterations_total\{[^}]*\} (\S+)$/m) -
      number(/^prometheus_rule_group_iterations_missed_total\{[^}]*\} (\S+)$/m),
    seconds: number(/^process_cpu_seconds_total (\S+)$/m),
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGKILL');
  await gone;
}
