/** A network with recorded history, and rules to try on it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { opStackSimulator } from '../../../chains/op-stack/simulator.ts';
import { prometheusAt } from '../../../cli/backtest/prometheus.ts';
import { type Asked, type Backtest, backtest } from '../../../cli/backtest/run.ts';
import { sideOfFile } from '../../../cli/backtest/sides.ts';
import type { Side } from '../../../model/backtest/rules.ts';
import { metricsOf } from '../../../model/promql/selectors.ts';
import { known } from '../../fixtures/real.ts';
import { RecordedPrometheus, STEP, simulated } from './history.ts';

export const STEPS = 6 * 60;
export const END = (STEPS - 1) * STEP;
export const NETWORK = 'op-lab';

export const stack = (alerts: string) => `config:
  chainwatch:environment: testnet
  chainwatch:networks:
    ${NETWORK}:
      chain: op-stack
      chainId: 1234
      l1: { chainId: 11155111, rpcUrls: ["https://a.example.org", "https://b.example.org"] }
      nodes: { op-node: ["a:1"], op-geth: ["b:1"], op-batcher: ["c:1"], op-proposer: ["d:1"] }
      alerts:
${alerts}
  chainwatch:prometheus: { evaluationInterval: ${STEP}s, scrapeInterval: ${STEP}s }
  chainwatch:notifications:
    receivers: { team: { slack: { webhook: { secret: slackWebhook } } } }
    default: team
    watchdog: { receiver: team }
`;

/** What the rules of a network read. */
const read = new Set(
  ['op-stack', 'system']
    .flatMap((name) => known.packs.get(name)?.groups ?? [])
    .flatMap(({ rules }) => rules)
    .flatMap(({ expr }) => metricsOf(expr)),
);
export const history = simulated(
  opStackSimulator,
  NETWORK,
  { 'op-node': 2, 'op-geth': 1, 'op-batcher': 1, 'op-proposer': 1 },
  [
    { fault: 'batcher-out-of-funds', from: 60 * STEP, to: 100 * STEP },
    { fault: 'sequencer-stall', from: 120 * STEP, to: 125 * STEP },
    { fault: 'sequencer-stall', from: 140 * STEP, to: 180 * STEP },
    { fault: 'op-node-down', from: 200 * STEP, to: 230 * STEP },
    { fault: 'batcher-low-funds', from: 240 * STEP, to: 280 * STEP },
    { fault: 'few-peers', from: 250 * STEP, to: 270 * STEP },
    { fault: 'batcher-out-of-funds', from: 300 * STEP },
  ],
  STEPS,
  read,
);

/** Zeros, ones and gaps in stretches of every length up to a quarter of an hour: Prometheus looks back five minutes. */
let state = 7;
const random = (below: number) => {
  state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
  return Math.floor((state / 2 ** 31) * below);
};
for (let series = 0; series < 20; series += 1) {
  const values: (string | undefined)[] = [];
  while (values.length < STEPS) {
    const value = ['0', '1', '1', undefined][random(4)];
    values.push(...new Array<string | undefined>(1 + random(15)).fill(value));
  }
  history.set(`odd{network="net-${series % 2}",series="${series}"}`, values.slice(0, STEPS));
}
/** Recorded long ago, by a definition that gives something else than that of the rules below. */
history.set('net:odd:kept{network="net-0"}', new Array<string>(STEPS).fill('100'));

/** A plain rule file. */
export const ruleFile = (rules: readonly object[]) => JSON.stringify({ groups: [{ name: 'all', rules }] });

export interface Lab {
  readonly folder: string;
  /** Of the Prometheus that has recorded the history; while tests run. */
  url(): string;
  /** What a file that it writes gives. */
  sideOf(name: string, text: string): Side;
  run(before: Side, after: Side, more?: Partial<Asked>): Promise<Backtest>;
}

/** A folder, and a real Prometheus with the history, for as long as a file's tests run. */
export function openLab(): Lab {
  const folder = mkdtempSync(join(tmpdir(), 'chainwatch-backtest-'));
  let prometheus: RecordedPrometheus | undefined;
  beforeAll(async () => {
    prometheus = await RecordedPrometheus.start(history, folder);
  });
  afterAll(async () => {
    await prometheus?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const url = () => {
    if (!prometheus) throw new Error('Prometheus has not started');
    return prometheus.url;
  };
  return {
    folder,
    url,
    sideOf: (name, text) => sideOf(folder, name, text),
    run: (before, after, more = {}) => run(url(), before, after, more),
  };
}

function sideOf(folder: string, name: string, text: string): Side {
  writeFileSync(join(folder, name), text);
  const none = () => ({ rules: [], recordings: [], interval: STEP });
  const side = sideOfFile(name, folder, 'lab', none);
  if (!side) throw new Error(`no ${name}`);
  return side;
}

function run(url: string, before: Side, after: Side, more: Partial<Asked>): Promise<Backtest> {
  return backtest(before, after, {
    ...{ from: 0, to: END, step: undefined, all: true, alert: undefined, jobs: 2, maxQueries: 5000 },
    prometheus: prometheusAt(url, {}, new AbortController().signal),
    onProgress: () => {},
    now: Date.now() / 1000,
    ...more,
  });
}
