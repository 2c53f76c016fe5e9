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
const ROUNDS = 4;

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
type Groups = z.infer<typeof answer>['data']['groups'];

/** Seconds of each rule by `<group>/<position>`: the least of several evaluations. */
export interface Measured {
  readonly seconds: ReadonlyMap<string, number>;
  /** Seconds of processor time that all of Prometheus takes for one evaluation of each rule: no other program's load is in it. */
  readonly processor: number;
  readonly names: ReadonlyMap<string, string>;
  readonly faults: readonly string[];
  readonly firing: readonly string[];
}

/** @param folder with its blocks in `data` */
export async function measure(prometheus: string, plan: Plan, folder: string, signal: AbortSignal): Promise<Measured> {
  const interval = `${INTERVAL}s`;
  const groups = prometheusGroups(plan.ruleGroups, '').map((group) => ({ ...group, interval }));
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
    return await poll(`http://127.0.0.1:${port}`, child, signal);
  } finally {
    await stop(child);
  }
}

async function poll(url: string, child: ChildProcess, signal: AbortSignal): Promise<Measured> {
  const seen = new Map<string, Map<string, number>>();
  let last: Groups = [];
  const used: { readonly at: number; readonly seconds: number }[] = [];
  const isDone = () => seen.size > 0 && [...seen.values()].every((times) => times.size >= ROUNDS);
  while (!isDone()) {
    await sleep((INTERVAL * 1000) / 4, undefined, { signal });
    if (child.exitCode !== null) throw new Error(`Prometheus ended with ${child.exitCode}`);
    const response = await fetch(`${url}/api/v1/rules`, { signal }).catch(() => undefined);
    signal.throwIfAborted();
    if (!response?.ok) continue;
    last = answer.parse(await response.json()).data.groups;
    // The first round is not counted: it reads the blocks from disk.
    if (last.every(({ rules }) => rules.every(({ health }) => health !== 'unknown')))
      used.push({ at: Date.now() / 1000, seconds: await processorSeconds(url, signal) });
    for (const { name, rules } of last) {
      for (const [index, rule] of rules.entries()) {
        const times = seen.get(`${name}/${index}`) ?? new Map<string, number>();
        if (rule.health !== 'unknown') times.set(rule.lastEvaluation, rule.evaluationTime);
        seen.set(`${name}/${index}`, times);
      }
    }
  }
  const [first, end] = [used[0], used.at(-1)];
  const all = last.flatMap(({ name, rules }) => rules.map((rule, index) => ({ key: `${name}/${index}`, rule })));
  return {
    seconds: new Map([...seen].map(([key, times]) => [key, Math.min(...[...times.values()].slice(1))])),
    processor: first && end && end.at > first.at ? ((end.seconds - first.seconds) / (end.at - first.at)) * INTERVAL : 0,
    names: new Map(all.map(({ key, rule }) => [key, rule.name])),
    faults: all.flatMap(({ rule }) => (rule.health === 'ok' ? [] : [`${rule.name}: ${rule.lastError ?? rule.health}`])),
    firing: all.filter(({ rule }) => rule.state === 'firing').map(({ rule }) => rule.name),
  };
}

async function processorSeconds(url: string, signal: AbortSignal): Promise<number> {
  const text = await (await fetch(`${url}/metrics`, { signal })).text();
  return Number(/^process_cpu_seconds_total (\S+)$/m.exec(text)?.[1] ?? 0);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGKILL');
  await gone;
}
