/** Time, stretches and paths of simulations, each held against the slow and obvious way to reckon the same. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Exposition } from '../../../chains/simulation/exposition.ts';
import { Path } from '../../../chains/simulation/path.ts';
import {
  eventsBefore,
  join,
  lastTickBefore,
  type Stretch,
  secondsBefore,
  secondsOutside,
  stretchAt,
  ticksBefore,
} from '../../../chains/simulation/stretches.ts';
import { runs } from '../../fixtures/prove.ts';

const stretch: fc.Arbitrary<Stretch> = fc
  .tuple(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 1, max: 300 }), fc.boolean())
  .map(([from, length, lasts]) => ({ from, to: lasts && from > 600 ? Infinity : from + length }));
const stretches = fc.array(stretch, { maxLength: 6 }).map(join);
const time = fc.integer({ min: 1, max: 1500 });
const period = fc.integer({ min: 2, max: 120 });

const inside = (all: readonly Stretch[], at: number) => all.some(({ from, to }) => from <= at && at < to);
const seconds = (until: number) => Array.from({ length: until }, (_, second) => second);

describe('stretches', () => {
  test('are joined where they overlap or touch, and empty ones are dropped', () => {
    expect(
      join([
        { from: 50, to: 60 },
        { from: 10, to: 20 },
        { from: 20, to: 30 },
        { from: 55, to: 58 },
        { from: 40, to: 40 },
      ]),
    ).toEqual([
      { from: 10, to: 30 },
      { from: 50, to: 60 },
    ]);
  });

  test('count their seconds', () => {
    fc.assert(
      fc.property(stretches, time, (all, until) => {
        expect(secondsBefore(all, until)).toBe(seconds(until).filter((second) => inside(all, second)).length);
        expect(secondsOutside(all, until)).toBe(seconds(until).filter((second) => !inside(all, second)).length);
      }),
    );
  });

  test('leave time outside that never shrinks, not even by a rounding', () => {
    const odd = fc.integer({ min: 1, max: 3_000_000 }).map((each) => 8_640_000 + each / 3331);
    fc.assert(
      fc.property(fc.array(odd, { minLength: 3, maxLength: 9 }), fc.integer({ min: 1, max: 5 }), (times, few) => {
        const [first = 0, ...rest] = times.toSorted((a, b) => a - b);
        const edges = rest.slice(0, few);
        let last = 0;
        for (const until of [first, ...rest]) {
          // As it is known by then: a stretch that has not ended yet lasts.
          const known = edges.filter((edge) => edge <= until);
          const all = known.flatMap((from, index) =>
            index % 2 === 0 ? [{ from, to: known[index + 1] ?? Infinity }] : [],
          );
          const now = secondsOutside(join(all), until);
          expect(now).toBeGreaterThanOrEqual(last);
          last = now;
        }
      }),
    );
  });

  test('contain a time or not', () => {
    fc.assert(
      fc.property(stretches, time, (all, at) => {
        expect(stretchAt(all, at) !== undefined).toBe(inside(all, at));
      }),
    );
  });

  test('know the ticks that they leave, and the last of them', () => {
    fc.assert(
      fc.property(stretches, period, time, (all, every, until) => {
        const ticks = seconds(until).filter((at) => at > 0 && at % every === 0 && !inside(all, at));
        expect(ticksBefore(every, all, until)).toBe(ticks.length);
        // Without one since time began it is the beginning.
        expect(lastTickBefore(every, all, until)).toBe(ticks.at(-1) ?? 0);
      }),
    );
  });

  test('begin with an event and repeat it', () => {
    fc.assert(
      fc.property(stretches, period, time, (all, every, until) => {
        const events = all.flatMap(({ from, to }) =>
          seconds(until).filter((at) => at >= from && at < to && (at - from) % every === 0),
        );
        expect(eventsBefore(all, every, until)).toEqual({ count: events.length, last: events.at(-1) });
      }),
    );
  });
});

describe('paths', () => {
  test('that halt fall behind for good', () => {
    fc.assert(
      fc.property(stretches, time, (all, at) => {
        expect(Path.halting(all).at(at)).toBeCloseTo(at - secondsBefore(all, at), 6);
      }),
    );
  });

  test('that are followed are caught up with, second by second', () => {
    const steps = 20;
    fc.assert(
      fc.property(
        stretches,
        stretches,
        fc.integer({ min: 0, max: 40 }),
        fc.constantFrom(0, 0.5, 0.85),
        fc.constantFrom(2, 5, 20),
        fc.integer({ min: 1, max: 1000 }),
        (halts, holds, delay, rate, catchUp, at) => {
          const leader = Path.halting(halts);
          const path = leader.followed({ delay, stretches: holds, rate, catchUp });
          let value = -delay;
          for (let step = 0; step < at * steps; step += 1) {
            const now = step / steps;
            const speed = inside(holds, now) ? rate : catchUp;
            value = Math.min(leader.at(now + 1 / steps) - delay, value + speed / steps);
          }
          expect(path.at(at)).toBeCloseTo(value, 0);
          expect(path.at(at)).toBeLessThanOrEqual(leader.at(at) - delay + 1e-6);
        },
      ),
      { numRuns: runs(30) },
    );
  });

  test('say when a value was first reached', () => {
    fc.assert(
      fc.property(stretches, time, (all, at) => {
        const path = Path.halting(all);
        const first = path.when(path.at(at));
        expect(path.at(first)).toBeCloseTo(path.at(at), 6);
        expect(first).toBeLessThanOrEqual(at + 1e-6);
        expect(path.at(first - 0.5)).toBeLessThan(path.at(at));
      }),
    );
  });
});

describe('an exposition', () => {
  test('is sorted, described, escaped, and cumulative', () => {
    const page = new Exposition({ help: (metric) => `about ${metric}\nand more` })
      .counter('b_total', 3, { error: 'a "quoted" \\ one\n' })
      .gauge('a', Number.POSITIVE_INFINITY)
      .histogram(
        'c',
        [0.5, 2],
        [
          { value: 0.5, count: 2 },
          { value: 1, count: 1 },
          { value: 9, count: 4 },
        ],
      );
    expect(page.toString()).toBe(`# HELP a about a\\nand more
# TYPE a gauge
a +Inf
# HELP b_total about b_total\\nand more
# TYPE b_total counter
b_total{error="a \\"quoted\\" \\\\ one\\n"} 3
# HELP c about c\\nand more
# TYPE c histogram
c_bucket{le="0.5"} 2
c_bucket{le="2"} 3
c_bucket{le="+Inf"} 7
c_sum 38
c_count 7
`);
  });

  test("of geth has its exporter's shape: no HELP, a space before labels, the count apart", () => {
    expect(new Exposition({ geth: true }).summary('rpc', { '0.5': 7 }, 2).toString()).toBe(
      '# TYPE rpc summary\nrpc {quantile="0.5"} 7\n\n# TYPE rpc_count counter\nrpc_count 2\n\n',
    );
  });
});
