/**
 * What it costs to evaluate the rules of one network of op-stack and one of the-block, of 1 to 1,000 nodes each, in a real Prometheus: half an
 * hour of samples two minutes apart, made by the simulators, of every series that a rule reads. It ends after three minutes at the latest.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run as runProgram } from '../cli/child.ts';
import { interruptible } from '../cli/interrupt.ts';
import { loadKnown } from '../cli/loadStack.ts';
import { parseStack } from '../config/parse.ts';
import { makePlan, type Plan } from '../model/plan/plan.ts';
import { resolvePrograms } from '../tools/index.ts';
import { type Measured, measure } from './evaluation/engine.ts';
import { Pages, writeSeries } from './evaluation/series.ts';

const SIZES = [1, 10, 100, 1000] as const;
const CHAINS = ['op-stack', 'the-block'] as const;
/** Milliseconds. */
const AT_MOST = 175_000;
/** A rule that takes less for 1,000 nodes is not looked at: what it takes for fewer is too short to be compared. */
const NOTABLE_SECONDS = 0.005;
/** How much more than ten times as long ten times the nodes may take, for noise. */
const TOLERANCE = 1.3;

interface Result extends Measured {
  readonly nodes: number;
  readonly plan: Plan;
}

export async function run(): Promise<void> {
  const programs = await resolvePrograms(['prometheus', 'promtool']);
  const folder = mkdtempSync(join(process.env.CHAINWATCH_BENCH_DIR ?? tmpdir(), 'chainwatch-bench-'));
  const known = loadKnown();
  const results: Result[] = [];
  try {
    await interruptible(async (interrupt) => {
      const signal = AbortSignal.any([interrupt, AbortSignal.timeout(AT_MOST)]);
      console.log(
        'nodes   series  rules  op-stack ms  the-block ms  all ms  processor ms  µs a node  against a tenth of the nodes',
      );
      for (const nodes of SIZES) {
        const stack = parseStack(stackOf(nodes), { environment: 'dev', knowledge: known.forConfig });
        const all = makePlan(stack, known);
        const plan = {
          ...all,
          ruleGroups: all.ruleGroups.filter(({ owner, engine }) => owner !== 'system' && engine === 'prometheus'),
        };
        const here = mkdtempSync(join(folder, `${nodes}-`));
        const file = join(here, 'series.txt');
        const series = await writeSeries(plan, new Pages(plan, Date.now() / 1000), file, signal);
        const made = await runProgram(
          programs.promtool.path,
          ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', file, join(here, 'data')],
          { cwd: here, env: process.env, signal },
        );
        if (made.code !== 0) throw new Error(`promtool makes no blocks of the series: ${made.stderr}`);
        rmSync(file);
        const measured = await measure(programs.prometheus.path, plan, here, signal);
        rmSync(here, { recursive: true });
        results.push({ ...measured, nodes, plan });
        print(results, series);
      }
    });
  } catch (error) {
    if (!(error instanceof Error && error.name === 'TimeoutError')) throw error;
    console.log(`stopped after ${AT_MOST / 1000} s: this machine is too busy for the rest`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  conclude(results);
}

function print(results: readonly Result[], series: number): void {
  const [before, result] = [results.at(-2), results.at(-1)];
  if (!result) return;
  const of = (chain: string, { plan, seconds }: Result) => {
    const owners = plan.ruleGroups.filter((group) => group.chain === chain).map(({ name }) => name);
    return sum(
      [...seconds].filter(([key]) => owners.includes(key.slice(0, key.lastIndexOf('/')))).map(([, each]) => each),
    );
  };
  const all = sum([...result.seconds.values()]);
  const ratio = before
    ? `${(all / sum([...before.seconds.values()])).toFixed(2)} times, processor ${(result.processor / before.processor).toFixed(2)}`
    : '';
  const cells: [string | number, number][] = [
    ...([
      [result.nodes, 5],
      [series, 9],
      [result.seconds.size, 7],
    ] as [number, number][]),
    ...CHAINS.map((chain): [string, number] => [(of(chain, result) * 1000).toFixed(1), chain === 'op-stack' ? 13 : 14]),
    [(all * 1000).toFixed(1), 8],
    [(result.processor * 1000).toFixed(0), 14],
    [((all * 1e6) / result.nodes).toFixed(0), 11],
  ];
  console.log(`${cells.map(([value, width]) => String(value).padStart(width)).join('')}  ${ratio}`);
  for (const fault of result.faults) console.log(`  not evaluated: ${fault}`);
  if (result.firing.length > 0) console.log(`  fires: ${[...new Set(result.firing)].join(', ')}`);
}

function conclude(results: readonly Result[]): void {
  const [before, last] = [results.at(-2), results.at(-1)];
  if (!before || !last) return;
  const times = last.nodes / before.nodes;
  const rules = [...last.seconds]
    .map(([key, seconds]) => ({
      name: last.names.get(key) ?? key,
      key,
      seconds,
      ratio: seconds / (before.seconds.get(key) ?? seconds),
    }))
    .sort((a, b) => b.seconds - a.seconds);
  const worse = rules.filter(({ seconds, ratio }) => seconds >= NOTABLE_SECONDS && ratio > times * TOLERANCE);
  const show = (list: typeof rules) =>
    list
      .map(({ name, seconds, ratio }) => `  ${name}: ${(seconds * 1000).toFixed(1)} ms, ${ratio.toFixed(1)} times`)
      .join('\n');
  console.log(
    `the dearest with ${last.nodes} nodes, and how many times as long as with ${before.nodes}:\n${show(rules.slice(0, 5))}`,
  );
  if (worse.length > 0) console.log(`took more than ${(times * TOLERANCE).toFixed(0)} times as long:\n${show(worse)}`);
  const growth = sum([...last.seconds.values()]) / sum([...before.seconds.values()]);
  // Other programs' load is in the time that passes, not in the processor's.
  const used = last.processor / before.processor;
  const verdict = used <= times ? 'linear or better' : 'worse than linear';
  console.log(
    `${times} times the nodes take ${used.toFixed(2)} times the processor time (${verdict}), and ${growth.toFixed(2)} times as long`,
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** @param nodes of each network; of op-stack half op-geth and half op-node, and at least one of each */
function stackOf(nodes: number): Record<string, unknown> {
  const list = (kind: number, count: number) =>
    Array.from({ length: count }, (_, index) => `10.0.${kind}.${index % 250}:${6000 + Math.floor(index / 250)}`);
  const half = Math.ceil(nodes / 2);
  const op = {
    'op-geth': list(1, half),
    'op-node': list(2, half),
    'op-batcher': list(3, 1),
    'op-proposer': list(4, 1),
  };
  const block = { 'tb-node': list(5, nodes), aggregator: list(6, 1), 'light-client': list(7, 1) };
  return {
    'chainwatch:networks': {
      op: { chain: 'op-stack', chainId: 1000, nodes: op, l1: { chainId: 1 } },
      block: { chain: 'the-block', nodes: block },
    },
  };
}
