/** How long a plan takes, and how the time grows with networks and with nodes. */
import { performance } from 'node:perf_hooks';
import { chains } from '../chains/index.ts';
import { parseStack } from '../config/parse.ts';
import { makeKnown } from '../model/knowledge.ts';
import { makePlan } from '../model/plan/plan.ts';
import { loadPackFiles } from '../rules/load.ts';

export async function run(): Promise<void> {
  const loading = performance.now();
  const known = makeKnown(chains, loadPackFiles());
  known.packs.all();
  console.log(`reading and checking all rule packs: ${(performance.now() - loading).toFixed(0)} ms`);

  const once = (config: Record<string, unknown>) => {
    const from = performance.now();
    const stack = parseStack(config, { environment: 'testnet', knowledge: known.forConfig });
    const parsed = performance.now();
    const plan = makePlan(stack, known);
    return {
      parse: parsed - from,
      plan: performance.now() - parsed,
      rules: plan.ruleGroups.flatMap((group) => group.rules).length,
    };
  };
  const median = (config: Record<string, unknown>) => {
    const runs = Array.from({ length: 5 }, () => once(config)).sort((a, b) => a.plan - b.plan);
    return runs[2] ?? once(config);
  };

  // What is compiled on first use would be counted as the work of the smallest stack.
  for (let round = 0; round < 5; round++) once(stackOf(5, 20));
  console.log('networks  nodes  stack ms  plan ms  rules');
  for (const networks of [1, 10, 50]) print(networks, networks * 6, median(stackOf(networks, 2)));
  const points: [number, number][] = [];
  for (const nodes of [10, 100, 1000]) {
    const result = median(stackOf(1, nodes / 2));
    print(1, nodes, result);
    points.push([nodes, result.parse + result.plan]);
  }
  const [first, , last] = points;
  if (!first || !last) return;
  const slope = ((last[1] - first[1]) / (last[0] - first[0])) * 1000;
  console.log(
    `slope from ${first[0]} to ${last[0]} nodes: ${slope.toFixed(1)} µs a node; 100 times the nodes take ${(last[1] / first[1]).toFixed(2)} times as long`,
  );
}

function print(
  networks: number,
  nodes: number,
  { parse, plan, rules }: { parse: number; plan: number; rules: number },
): void {
  const cell = (value: number | string, width: number) => String(value).padStart(width);
  console.log(
    `${cell(networks, 8)}${cell(nodes, 7)}${cell(parse.toFixed(1), 10)}${cell(plan.toFixed(1), 9)}${cell(rules, 7)}`,
  );
}

/** @param replicas op-geth and op-node of each network */
function stackOf(networks: number, replicas: number): Record<string, unknown> {
  const entries = Array.from({ length: networks }, (_, network) => {
    const address = (kind: number, index: number) =>
      `10.${network}.${kind}.${index % 250}:${6000 + Math.floor(index / 250)}`;
    const list = (kind: number, count: number) =>
      Array.from({ length: count }, (_unused, index) => address(kind, index));
    const nodes = {
      'op-geth': list(1, replicas),
      'op-node': list(2, replicas),
      'op-batcher': list(3, 1),
      'op-proposer': list(4, 1),
    };
    return [`net-${network}`, { chain: 'op-stack', chainId: 1000 + network, nodes, l1: { chainId: 1 } }];
  });
  return { 'chainwatch:networks': Object.fromEntries(entries) };
}
