import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fault, Moment, Simulator } from '../../../chains/simulator.ts';
import { simulators } from '../../../chains/simulators.ts';
import { SimulatedNetwork } from '../../../services/simulator/network.ts';
import type { NetworkSettings } from '../../../services/simulator/settings.ts';

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
  const names = [...simulators.keys()];

  /** Series of counters and their values. */
  function counters(text: string): Map<string, number> {
    const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]));
    const found = new Map<string, number>();
    for (const line of text.split('\n')) {
      const [, series, name, value] = /^((\w+)(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
      if (series === undefined || name === undefined) continue;
      const family = name.replace(/_(?:bucket|count|sum)$/, '');
      if (types.get(name) === 'counter' || types.get(family) === 'histogram') found.set(series, Number(value));
    }
    return found;
  }

  it.each(names)('%s: no counter falls over restarts, whatever goes wrong when', (chain) => {
    const simulator = simulators.get(chain);
    if (simulator === undefined) throw new Error(chain);
    const components = [...new Set(simulator.faults.flatMap((each) => each.components))];
    const targets = components.map((component) => ({
      component,
      index: 0,
      instance: `${component}:1`,
      metricsPath: '/metrics',
    }));
    const step = fc.record({
      fault: fc.constantFrom(...simulator.faults.map(({ name }) => name)),
      on: fc.boolean(),
      seconds: fc.integer({ min: 0, max: 120 }),
    });
    let compared = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
        let now = START;
        let network = new SimulatedNetwork({ network: 'x', chain, targets }, simulator, 60, undefined, now);
        const last = new Map<string, number>();
        for (const { fault: name, on, seconds } of steps) {
          if (on) network.begin(name, undefined, now);
          else network.end(name, undefined, now);
          now += seconds;
          network = new SimulatedNetwork(network.settings, simulator, 60, network.state, now);
          for (const target of targets) {
            for (const [series, value] of counters(network.expose(target, now) ?? '')) {
              const key = `${target.component} ${series}`;
              const before = last.get(key);
              if (before !== undefined && value < before) throw new Error(`${key} fell from ${before} to ${value}`);
              if (before !== undefined) compared += 1;
              last.set(key, value);
            }
          }
        }
      }),
      { numRuns: 40 },
    );
    expect(compared).toBeGreaterThan(1_000);
  });
});
