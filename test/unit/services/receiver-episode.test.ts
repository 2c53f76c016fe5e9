import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { advance, type Change, type EpisodeState, type Statement } from '../../../services/receiver/episode.ts';
import { runs } from '../../fixtures/prove.ts';

const REOPEN_AFTER = 600_000;

/** Canonical time of a minute; minutes sort as strings. */
function at(minute: number): string {
  return new Date(minute * 60_000).toISOString().replace('Z', '000000Z');
}

function firing(start: number, receivedAt = 0): Statement {
  return { status: 'firing', startsAt: at(start), endsAt: null, receivedAt };
}

function resolved(start: number, end: number, receivedAt = 0): Statement {
  return { status: 'resolved', startsAt: at(start), endsAt: at(end), receivedAt };
}

function play(...statements: readonly Statement[]): { state: EpisodeState | undefined; changes: (Change | null)[] } {
  let state: EpisodeState | undefined;
  const changes: (Change | null)[] = [];
  for (const statement of statements) {
    const next = advance(state, statement, REOPEN_AFTER);
    state = next.state;
    changes.push(next.change);
  }
  return { state, changes };
}

describe('advance', () => {
  test.each<[string, Statement[], (Change | null)[]]>([
    ['fires and resolves', [firing(1), resolved(1, 5)], ['fired', 'resolved']],
    [
      'takes repeats for repeats',
      [firing(1), firing(1), resolved(1, 5), resolved(1, 5)],
      ['fired', null, 'resolved', null],
    ],
    ['fires again later', [firing(1), resolved(1, 5), firing(9)], ['fired', 'resolved', 'fired']],
    ['sees a new episode without an end of the old', [firing(1), firing(9)], ['fired', 'restarted']],
    ['lets resolved win, whichever comes first', [resolved(1, 5), firing(1)], ['resolved', null]],
    ['does not go back to an older start', [firing(9), resolved(9, 12), firing(1)], ['fired', 'resolved', null]],
    ['does not end the new episode with the old end', [firing(9), resolved(1, 5)], ['fired', null]],
    ['ends it when the end with the other start reaches into it', [firing(9), resolved(8, 12)], ['fired', 'resolved']],
  ])('%s', (_name, statements, changes) => {
    expect(play(...statements).changes).toEqual(changes);
  });

  test('believes a sender that still says firing long after the end', () => {
    const { state, changes } = play(
      firing(1),
      resolved(1, 5),
      firing(1, REOPEN_AFTER - 1),
      firing(1, REOPEN_AFTER),
      resolved(1, 5, REOPEN_AFTER + 1),
      resolved(1, 20, REOPEN_AFTER + 2),
    );
    expect(changes).toEqual(['fired', 'resolved', null, 'reopened', null, 'resolved']);
    expect(state).toMatchObject({ status: 'resolved', endsAt: at(20) });
  });

  test('an older start does not reopen, however late', () => {
    const { changes } = play(firing(1), firing(9), resolved(9, 12), firing(1, REOPEN_AFTER * 2));
    expect(changes).toEqual(['fired', 'restarted', 'resolved', null]);
  });

  // Episodes that do not overlap, each told by `firing` and (but for the last, perhaps) `resolved`.
  const history = fc
    .tuple(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.boolean(),
    )
    .map(([gaps, lastEnds]) => {
      let time = 0;
      return gaps.flatMap(([gap, length], index) => {
        const start = time + gap;
        time = start + length;
        const ends = index < gaps.length - 1 || lastEnds;
        return ends ? [firing(start), resolved(start, time)] : [firing(start)];
      });
    });

  test('ends in the same state in whatever order and however often the statements come', () => {
    const shuffled = history.chain((told) =>
      fc
        .tuple(fc.constant(told), fc.array(fc.constantFrom(...told), { maxLength: 8 }))
        .chain(([all, repeats]) =>
          fc.tuple(
            fc.constant(all),
            fc.shuffledSubarray([...all, ...repeats], { minLength: all.length + repeats.length }),
          ),
        ),
    );
    fc.assert(
      fc.property(shuffled, ([told, arrived]) => {
        const last = told.at(-1);
        expect(play(...arrived).state).toMatchObject({ status: last?.status, startsAt: last?.startsAt });
      }),
      { numRuns: runs(100) },
    );
  });

  test('the start never goes back, and firing after resolved needs a later one', () => {
    const statement = fc
      .record({ fires: fc.boolean(), start: fc.integer({ min: 0, max: 9 }), length: fc.integer({ min: 0, max: 9 }) })
      .map(({ fires, start, length }) => (fires ? firing(start) : resolved(start, start + length)));
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 30 }), (statements) => {
        let state: EpisodeState | undefined;
        for (const stated of statements) {
          const { state: next } = advance(state, stated, REOPEN_AFTER);
          if (state !== undefined) {
            expect(next.startsAt >= state.startsAt).toBe(true);
            if (state.status === 'resolved' && next.status === 'firing')
              expect(next.startsAt > state.startsAt).toBe(true);
          }
          state = next;
        }
      }),
      { numRuns: runs(100) },
    );
  });
});
