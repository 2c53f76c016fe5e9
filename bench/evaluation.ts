/**
 * What it costs to evaluate the rules of one network of op-stack and one of the-block, of 1 to 1,000 nodes each, in a real Prometheus: half an
 * hour of samples two minutes apart, made by the simulators, of every series that a rule reads. What counts is what each further node costs,
 * and whether that grows with their number: what an evaluation takes with no node at all is in neither. It ends after ten minutes at the latest.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run as runProgram } from '../cli/child.ts';
import { interruptible } from '../cli/interrupt.ts';
import { loadKnown } from '../cli/loadStack.ts';
import { parseStack } from '../config/parse.ts';
import { makePlan } from '../model/plan/plan.ts';
import { resolvePrograms } from '../tools/index.ts';
import { type Measured, measure } from './evaluation/engine.ts';
import { conclusion, heading, line } from './evaluation/growth.ts';
import { Pages, writeSeries } from './evaluation/series.ts';

const SIZES = [1, 10, 100, 1000] as const;
/** Milliseconds. */
const AT_MOST = 600_000;

interface Result extends Measured {
  readonly nodes: number;
}

export async function run(): Promise<void> {
  const programs = await resolvePrograms(['prometheus', 'promtool']);
  const folder = mkdtempSync(join(process.env.CHAINWATCH_BENCH_DIR ?? tmpdir(), 'chainwatch-bench-'));
  const known = loadKnown();
  const results: Result[] = [];
  try {
    await interruptible(async (interrupt) => {
      const signal = AbortSignal.any([interrupt, AbortSignal.timeout(AT_MOST)]);
      console.log(heading());
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
        results.push({ ...measured, nodes });
        console.log(line(results, series));
        for (const fault of measured.faults) console.log(`  not evaluated: ${fault}`);
        if (measured.firing.length > 0) console.log(`  fires: ${[...new Set(measured.firing)].join(', ')}`);
      }
    });
  } catch (error) {
    if (!(error instanceof Error && error.name === 'TimeoutError')) throw error;
    console.log(`stopped after ${AT_MOST / 1000} s: this machine is too busy for the rest`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(conclusion(results).join('\n'));
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
