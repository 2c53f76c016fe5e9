import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fault, Moment, Simulator } from '../../../chains/simulator.ts';
import { simulators } from '../../../chains/simulators.ts';
import { SimulatedNetwork } from '../../../services/simulator/network.ts';
import type { NetworkSettings, TargetSettings } from '../../../services/simulator/settings.ts';
import { PROVE } from '../../fixtures/prove.ts';
import { onlyGrows } from '../chains/exposition.ts';

const START = 1_800_000_000;

const fault = (name: string, components: readonly string[]): Fault => ({ name, summary: name, components, alerts: [] });

/** Exposes the moment itself, so that a test sees what the pure function is given. */
const mirror: Simulator = {
  chain: 'op-stack',
  faults: [fault('halt', []), fault('slow', ['op-node'])],
  expose: (_target, moment) => JSON.stringify(moment),
};

const settings: NetworkSettings = {
  network: 'op-dev',
  chain: 'op-stack',
  targets: [
    { component: 'op-node', index: 0, instance: 'a:7300', metricsPath: '/metrics' },
    { component: 'op-geth', index: 0, instance: 'a:6060', metricsPath: '/metrics' },
  ],
};

function momentOf(network: SimulatedNetwork, now: number): Moment {
  const [target] = network.settings.targets;
  if (target === undefined) throw new Error('no target');
  return JSON.parse(network.expose(target, now) ?? '');
}

const begin = (timeScale = 60, before = undefined as SimulatedNetwork['state'] | undefined, now = START) =>
  new SimulatedNetwork(settings, mirror, timeScale, before, now);

describe('a simulated network', () => {
  it('lives in compressed time since its beginning', () => {
    expect(momentOf(begin(), START + 10)).toMatchObject({ time: 600, wallStart: START, timeScale: 60, faults: [] });
    // A clock that was set back does not make it younger than new.
    expect(momentOf(begin(), START - 10).time).toBe(0);
  });

  it('remembers faults in simulated time, each once', () => {
    const network = begin();
    expect(network.begin('halt', undefined, START + 1)).toBe(true);
    expect(network.begin('halt', undefined, START + 2)).toBe(false);
    expect(network.begin('slow', 'a:7300', START + 3)).toBe(true);
    expect(network.active('halt')).toEqual([{ since: (START + 1) * 1000, instance: null }]);
    expect(network.active('slow')).toEqual([{ since: (START + 3) * 1000, instance: 'a:7300' }]);
    expect(network.end('halt', undefined, START + 4)).toBe(1);
    expect(network.end('halt', undefined, START + 5)).toBe(0);
    expect(network.begin('halt', undefined, START + 6)).toBe(true);
    expect(network.history).toEqual([
      { fault: 'halt', from: 60, to: 240 },
      { fault: 'slow', from: 180, instance: 'a:7300' },
      { fault: 'halt', from: 360 },
    ]);
    expect(network.end(undefined, undefined, START + 7)).toBe(2);
    expect(network.active('slow')).toEqual([]);
  });

  it('ends a fault for one process, or for all', () => {
    const network = begin();
    network.begin('slow', 'a:7300', START);
    network.begin('slow', 'b:7300', START);
    expect(network.end('slow', 'a:7300', START + 1)).toBe(1);
    expect(network.active('slow').map(({ instance }) => instance)).toEqual(['b:7300']);
    expect(network.end('slow', undefined, START + 1)).toBe(1);
  });

  it('never ends a fault before it began', () => {
    const network = begin();
    network.begin('halt', undefined, START + 100);
    network.end('halt', undefined, START + 50);
    expect(network.history).toEqual([{ fault: 'halt', from: 6000, to: 6000 }]);
  });

  it('goes on where it was after a restart', () => {
    const network = begin();
    network.begin('halt', undefined, START + 1);
    const again = begin(60, network.state, START + 100);
    expect(momentOf(again, START + 101)).toEqual(momentOf(network, START + 101));
  });

  it('goes on where it was with another time scale', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 1, max: 1000 }),
        fc.nat(100_000),
        (one, other, age) => {
          const network = begin(one);
          const again = begin(other, network.state, START + age);
          const before = momentOf(network, START + age).time;
          expect(Math.abs(momentOf(again, START + age).time - before)).toBeLessThan(0.01);
          // Unix time has seven digits for parts of a second, and a scale of 1000 leaves four of them.
          expect(Math.abs(momentOf(again, START + age + 1).time - before - other)).toBeLessThan(0.01);
        },
      ),
    );
  });

  it('begins anew where the state is of another chain, and drops faults that are not known any more', () => {
    const state = {
      ...begin().state,
      faults: [
        { fault: 'halt', from: 1 },
        { fault: 'gone', from: 2 },
      ],
    };
    expect(begin(60, state, START + 9).history).toEqual([{ fault: 'halt', from: 1 }]);
    const other = begin(60, { ...state, chain: 'aztec' }, START + 9);
    expect(other.history).toEqual([]);
    expect(momentOf(other, START + 9).time).toBe(0);
  });
});

describe('the real simulators', () => {
  // More of what is compared with others of its kind.
  const COUNT: Readonly<Record<string, number>> = { 'op-geth': 2, 'op-node': 2 };

  function processesOf(simulator: Simulator): TargetSettings[] {
    const components = [...new Set(simulator.faults.flatMap((each) => each.components))].sort();
    return components.flatMap((component) =>
      Array.from({ length: COUNT[component] ?? 1 }, (_, index) => ({
        component,
        index,
        instance: `${component}-${index}`,
        metricsPath: '/metrics',
      })),
    );
  }

  interface Step {
    readonly fault: string;
    readonly instance?: string | undefined;
    /** Switched off where it is false. */
    readonly on: boolean;
    /** Real seconds until the next step. */
    readonly seconds: number;
  }

  function stepsOf(simulator: Simulator, targets: readonly TargetSettings[]): fc.Arbitrary<Step[]> {
    const narrowings = simulator.faults.flatMap(({ name, components }) => [
      { fault: name },
      ...targets
        .filter(({ component }) => components.includes(component))
        .map(({ instance }) => ({ fault: name, instance })),
    ]);
    // Four seconds are the time between two batches, and so on: what happens in the very moment of a switch is what breaks.
    const seconds = fc.oneof(
      fc.constantFrom(0, 0.001, 0.6, 1, 2, 4, 20),
      fc.nat(120),
      fc.nat(30_000).map((each) => each / 1000),
    );
    const pair = fc.tuple(fc.constantFrom(...narrowings), seconds, seconds).map(([what, first, second]) => [
      { ...what, on: true, seconds: first },
      { ...what, on: false, seconds: second },
    ]);
    const single = fc.record({ what: fc.constantFrom(...narrowings), on: fc.boolean(), seconds });
    const either = fc.oneof(
      pair,
      single.map(({ what, ...rest }) => [{ ...what, ...rest }]),
    );
    return fc.array(either, { minLength: 1, maxLength: 5 }).map((each) => each.flat());
  }

  /** Series that may never fall, and their values. */
  function countsOf(page: string): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    let type = '';
    for (const line of page.split('\n')) {
      const [, head, series = '', name = '', value] =
        /^(?:# TYPE \S+ (\S+)|((\w+)(?: ?\{.*\})?) (\S+))$/.exec(line) ?? [];
      type = head ?? type;
      if (value !== undefined && onlyGrows({ name, type })) counts.set(series, Number(value));
    }
    return counts;
  }

  const networkOf = (simulator: Simulator, targets: readonly TargetSettings[], now: number) =>
    new SimulatedNetwork(
      { network: 'x', chain: simulator.chain, targets: [...targets] },
      simulator,
      60,
      undefined,
      now,
    );

  /** Plays the steps, restarting the simulator after each. @returns how many values were compared @throws Error what fell */
  function play(simulator: Simulator, targets: readonly TargetSettings[], steps: readonly Step[]): number {
    let now = START;
    let compared = 0;
    let network = networkOf(simulator, targets, now);
    const last = new Map<string, ReadonlyMap<string, number>>();
    const restarting = new Set<string>();
    const look = (target: TargetSettings) => {
      const page = network.expose(target, now);
      // A process that comes back starts anew, and so do its counters.
      if (page === undefined || restarting.has(target.component)) return last.delete(target.instance);
      const before = last.get(target.instance);
      const counts = countsOf(page);
      for (const [series, value] of counts) {
        const earlier = before?.get(series);
        if (earlier === undefined) continue;
        compared += 1;
        if (value < earlier) throw new Error(`${target.instance} ${series} fell from ${earlier} to ${value}`);
      }
      return last.set(target.instance, counts);
    };
    for (const { fault: name, instance, on, seconds } of steps) {
      const { restarts, components = [] } = simulator.faults.find((fault) => fault.name === name) ?? {};
      if (restarts) for (const component of components) restarting.add(component);
      if (on) network.begin(name, instance, now);
      else network.end(name, instance, now);
      for (const wait of [0, seconds]) {
        now += wait;
        network = new SimulatedNetwork(network.settings, simulator, 60, network.state, now);
        targets.forEach(look);
      }
    }
    return compared;
  }

  /** On and off in turn. */
  const turns = (name: string, ...seconds: readonly number[]): Step[] =>
    seconds.map((wait, index) => ({ fault: name, on: index % 2 === 0, seconds: wait }));
  /** Leaves what counts alone and lets time pass. */
  const wait = (seconds: number): Step => ({ fault: 'memory-leak', on: true, seconds });
  const examples: Step[][] = [
    // Begun and ended at once: what had happened in that moment was taken back.
    turns('batch-failures', 0, 0),
    turns('proposer-out-of-funds', 0, 0),
    // Ended in the very moment of the second event.
    turns('batch-failures', 2, 0),
    turns('batcher-rpc-errors', 0.5, 0),
    turns('sequencing-errors', 0.5, 0),
    turns('pipeline-resets', 4, 0),
    turns('challenger-out-of-funds', 4, 0),
    // Begun in the very moment of a batch or a proposal: the nonce that it had taken was given back.
    [wait(60), ...turns('proposer-stopped', 1)],
    [wait(4), ...turns('batcher-stopped', 1)],
    [wait(4), ...turns('batches-lost', 1)],
    // Ended while it held memory: what had been counted as allocated fell with it.
    turns('memory-leak', 20, 0.001),
    // Ended for all while it is on for one as well.
    [
      ...turns('batch-failures', 1),
      { fault: 'batch-failures', instance: 'op-batcher-0', on: true, seconds: 1 },
      { fault: 'batch-failures', on: false, seconds: 0 },
    ],
  ];

  it.each([...simulators.keys()])(
    '%s: nothing that counts falls over restarts, whatever goes wrong when',
    (chain) => {
      const simulator = simulators.get(chain);
      if (simulator === undefined) throw new Error(chain);
      const targets = processesOf(simulator);
      let compared = 0;
      fc.assert(
        fc.property(stepsOf(simulator, targets), (steps) => {
          compared += play(simulator, targets, steps);
        }),
        { numRuns: examples.length + (PROVE ? 3_000 : 4), examples: examples.map((steps): [Step[]] => [steps]) },
      );
      // An example of two steps looks four times at each series, and compares it with what it was three times.
      const healthy = networkOf(simulator, targets, START);
      const counted = targets.reduce((sum, target) => sum + countsOf(healthy.expose(target, START) ?? '').size, 0);
      expect(counted).toBeGreaterThan(targets.length);
      expect(compared).toBeGreaterThanOrEqual(3 * examples.length * counted);
    },
    1_800_000,
  );
});
