/** `for` and `keep_firing_for`, held against the state machine of Prometheus told step by step. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firingRuns, type Holding, joined, type Run } from '../../../../model/backtest/firing.ts';
import { outcomeOf, together } from '../../../../model/backtest/outcome.ts';
import { runs as tries } from '../../../fixtures/prove.ts';

/** `..##.` → the run 2 to 3. */
function read(picture: string): Run[] {
  return [...picture.matchAll(/#+/g)].map(({ index, 0: text }) => ({ first: index, last: index + text.length - 1 }));
}

function draw(runs: readonly Run[], length: number): string {
  const has = (at: number) => runs.some(({ first, last }) => first <= at && at <= last);
  return Array.from({ length }, (_, at) => (has(at) ? '#' : '.')).join('');
}

const minutes = (held: number, kept = 0, step = 60): Holding => ({ for: held * 60, keepFiringFor: kept * 60, step });

const fires = (picture: string, holding: Holding) =>
  draw(firingRuns(read(picture), holding, picture.length), picture.length);

describe('an alert', () => {
  test.each([
    ['fires at once without for', minutes(0), '.#.##.', '.#.##.'],
    ['fires when for has passed, not one evaluation earlier', minutes(3), '.###.####.', '........#.'],
    ['begins anew after one evaluation without a value', minutes(2), '##.##.###', '........#'],
    ['goes on for keep_firing_for, then ends', minutes(1, 3), '.###.......', '..#####....'],
    ['goes on where a value comes back in time, without for', minutes(2, 2), '####..#...', '..#######.'],
    ['begins anew where it comes back too late', minutes(2, 2), '####...####.', '..####...###'],
    ['keeps nothing that was only pending', minutes(3, 5), '###.....', '........'],
    ['is still firing at the end', minutes(1, 9), '....##', '.....#'],
    ['rounds for up to whole evaluations', minutes(1.5), '.####', '...##'],
    ['rounds keep_firing_for up to whole evaluations', minutes(0, 0.5), '.##..', '.###.'],
  ])('%s', (_, holding, values, firing) => {
    expect(fires(values, holding)).toBe(firing);
  });

  test('of durations that are no round number of steps in binary', () => {
    // 0.3 / 0.1 is a little more than 3.
    expect(fires('######', { for: 0.3, keepFiringFor: 0, step: 0.1 })).toBe('...###');
  });
});

/** As rules/alerting.go goes about it, one evaluation after the other. */
function stepByStep(values: readonly boolean[], { step, ...holding }: Holding): boolean[] {
  let state: 'inactive' | 'pending' | 'firing' = 'inactive';
  let [activeAt, keptSince]: [number, number | undefined] = [0, undefined];
  return values.map((value, evaluation) => {
    const now = evaluation * step;
    if (value) {
      if (state === 'inactive') [state, activeAt] = ['pending', now];
      keptSince = undefined;
    } else {
      let keep = false;
      if (state === 'firing' && holding.keepFiringFor > 0) {
        keptSince ??= now;
        keep = now - keptSince < holding.keepFiringFor;
      }
      if (!keep) state = 'inactive';
    }
    if (state === 'pending' && now - activeAt >= holding.for) state = 'firing';
    return state === 'firing';
  });
}

const holdings = fc.record({
  for: fc.integer({ min: 0, max: 400 }),
  keepFiringFor: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 400 })),
  step: fc.constantFrom(15, 30, 60, 7),
});
// Runs of several, so that alerts come to fire.
const valued = fc
  .array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 12 })), { maxLength: 30 })
  .map((parts) => parts.flatMap(([value, length]) => new Array<boolean>(length).fill(value)));

test('is firing when Prometheus would have it so, for any history', () => {
  fc.assert(
    fc.property(valued, holdings, (values, holding) => {
      const picture = values.map((value) => (value ? '#' : '.')).join('');
      const expected = stepByStep(values, holding).map((value) => (value ? '#' : '.'));
      expect(fires(picture, holding)).toBe(expected.join(''));
    }),
    { numRuns: tries(500) },
  );
});

test('does not depend on how its values came: in any order, in pieces', () => {
  const pieces = fc.array(fc.tuple(fc.nat(40), fc.nat(6)), { maxLength: 12 });
  fc.assert(
    fc.property(pieces, holdings, (list, holding) => {
      const runs = list.map(([first, length]) => ({ first, last: first + length }));
      const whole = joined(runs);
      expect(draw(whole, 60)).toBe(draw(runs, 60));
      for (const [index, { first }] of whole.slice(1).entries())
        expect(first).toBeGreaterThan((whole[index]?.last ?? 0) + 1);
      expect(firingRuns(runs, holding, 60)).toEqual(firingRuns([...whole].reverse(), holding, 60));
    }),
    { numRuns: tries(200) },
  );
});

describe('what it comes to', () => {
  test('alerts are counted each, time in which several fire once', () => {
    const firing = [read('..####....'), read('....####.#')];
    expect(outcomeOf(firing, 0, 60)).toEqual({ fired: 3, seconds: 420, alertSeconds: 540, longest: 240, alerts: 2 });
  });

  test('what ended before the first evaluation that counts is none; what goes on counts from there', () => {
    expect(outcomeOf([read('##..###'), read('#......')], 5, 60)).toEqual({
      ...{ fired: 1, seconds: 120, alertSeconds: 120, longest: 120, alerts: 1 },
    });
  });

  test('of several rules is their sum', () => {
    const one = outcomeOf([read('##')], 0, 30);
    expect(together([one, one])).toEqual({ fired: 2, seconds: 120, alertSeconds: 120 });
  });
});
