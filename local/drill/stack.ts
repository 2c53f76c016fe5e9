/** The stack of a wave: a simulated network for each case, with every component that its chain has. */
import { parseStack } from '../../config/parse.ts';
import type { Stack } from '../../config/stack.ts';
import { timePower } from '../../config/units.ts';
import type { Known } from '../../model/knowledge.ts';
import type { Case } from './cases.ts';
import { tooShort } from './tooShort.ts';
import { seesShortTimes, type Wave } from './waves.ts';

/** The name of the stack, and so of its folder. */
export const DRILL = 'drill';

/** Of `system`: they measure how long real scrapes take here, which compressed time makes short of time. */
export const ABOUT_THIS_MACHINE = ['ScrapeSlow'];
const OFF = { enabled: false };
/** Samples. More than any healthy program here shows, also the drill's own Prometheus; one that is nearly full is a fault. */
export const SAMPLE_LIMIT = 30_000;

/** Of components that are not named here there is one. Two where a node is compared with its like; four validators are a fleet. */
const COUNTS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  aztec: { sequencer: 2, 'full-node': 2 },
  'eq-service': { 'celestia-node': 2 },
  genlayer: { validator: 4 },
  'op-stack': { 'op-node': 2 },
  system: { aggregator: 2, alertmanager: 2 },
  'the-block': { 'tb-node': 2 },
};

/** What a network of the chain must say besides. */
const FACTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  aztec: { l1: { chainId: 31337 } },
  genlayer: { chainId: 61999 },
  'op-stack': { chainId: 901, l1: { chainId: 31337 } },
};

/** @param ports of the programs, by name @throws ConfigError */
export function stackOf(wave: Wave, known: Known, ports: Readonly<Record<string, number>>): Stack {
  const port = (name: string) => ({ port: ports[name] });
  const config = {
    'chainwatch:environment': 'dev',
    'chainwatch:networks': Object.fromEntries(
      wave.cases.filter(isOfChain).map((each) => [each.network, networkOf(each, wave, known)]),
    ),
    'chainwatch:prometheus': { retention: '1d', sampleLimit: SAMPLE_LIMIT },
    'chainwatch:system': {
      alerts: Object.fromEntries(ABOUT_THIS_MACHINE.map((name) => [name, OFF])),
      simulated: Object.fromEntries(
        wave.cases.filter((each) => !isOfChain(each)).map((each) => [each.network, nodesOf(each, known)]),
      ),
    },
    'chainwatch:services': {
      prometheus: port('prometheus'),
      alertmanager: port('alertmanager'),
      receiver: port('receiver'),
      simulator: port('simulator'),
      // Nothing is read from a real chain, and nobody looks at a page.
      exporter: { enabled: false },
      status: { enabled: false },
    },
  };
  const stack = parseStack(config, { environment: DRILL, knowledge: known.forConfig, file: 'the stack of a drill' });
  // A stack file may not ask for less than a second: only at such scales is it needed.
  const { timeScale, interval, evaluation } = wave;
  const prometheus = {
    ...stack.prometheus,
    timeScale,
    scrapeInterval: interval,
    // As long as may be: on a busy machine a target that is late is not one that is down.
    scrapeTimeout: interval,
    // It is compressed with all that the rules say.
    evaluationInterval: evaluation * timeScale,
  };
  return { ...stack, prometheus };
}

/** What every environment has beside its networks is an environment of its own, so that it is not taken for the drill's. */
function isOfChain({ chain }: Case): boolean {
  return chain !== 'system';
}

/** Of an environment only what the fault is about: its programs know nothing of each other. */
function nodesOf({ chain, fault }: Case, known: Known): Record<string, string[]> {
  const components = (known.chains.get(chain)?.components ?? []).filter(
    ({ name }) => chain !== 'system' || fault.components.includes(name),
  );
  const nodes = components.map(({ name }) => [
    name,
    Array.from({ length: COUNTS[chain]?.[name] ?? 1 }, (_, index) => `${name}-${index}:9000`),
  ]);
  return Object.fromEntries(nodes);
}

function networkOf(each: Case, wave: Wave, known: Known): Record<string, unknown> {
  const { chain, alerts, also } = each;
  const off = (seesShortTimes(wave) ? [] : readingShortTimes(chain, known)).filter(
    (name) => !alerts.includes(name) && !also.includes(name),
  );
  off.push(...tooShort(chain, known));
  return {
    chain,
    simulated: true,
    ...FACTS[chain],
    nodes: nodesOf(each, known),
    alerts: Object.fromEntries(off.map((name) => [name, OFF])),
  };
}

/** Alerts on quantiles of times: compressed by much, all of them fall into the first bucket. */
function readingShortTimes(chain: string, { packs }: Known): string[] {
  const pack = packs.get(chain);
  return (pack?.groups ?? [])
    .flatMap(({ rules }) => rules)
    .filter(({ kind, name, expr }) => {
      const unit = pack?.alerts.get(name)?.unit;
      return kind === 'alert' && expr.includes('histogram_quantile') && unit !== undefined && timePower(unit) !== 0;
    })
    .map(({ name }) => name);
}

/** Nobody looks at the dashboards of a drill, and drawing them takes longer than all else of a plan. */
export function undrawn(known: Known): Known {
  const chains = [...known.chains].map(([name, chain]) => [name, { ...chain, dashboards: () => [] }] as const);
  return { ...known, chains: new Map(chains) };
}
