import { describe, expect, test } from 'vitest';
import { Beginning, choose, NotYet } from '../../../services/aggregator/replicate/beginning.ts';
import type { OtherReplica, SilentReplica } from '../../../services/aggregator/replicate/others.ts';
import { createLogger } from '../../../services/shared/log.ts';
import { SecretScrubber } from '../../../services/shared/secrets.ts';

const state = { created: 'monday', firstSeq: 10, lastSeq: 20 };
const whole = { created: 'monday', firstSeq: 1, lastSeq: 20 };
const other = (url: string, seq: number, since = 0, stream = 'monday'): OtherReplica => ({ url, seq, since, stream });
const silent: SilentReplica = { url: 'd', trouble: 'ECONNREFUSED' };
const fresh: SilentReplica = { url: 'e', trouble: 'it has read nothing yet', isNew: true };

describe('an empty replica begins with', () => {
  test('the one that has all since the earliest, and of those the one that has read furthest', () => {
    expect(choose([other('a', 20, 7), other('b', 12), other('c', 15), silent], state)).toEqual({
      from: other('c', 15),
      missing: '',
    });
    expect(choose([other('a', 20, 7), other('b', 12, 5), fresh], state)).toEqual({
      from: other('b', 12, 5),
      missing: '',
    });
  });

  test('none that has not read enough, or another log; whoever may have more is named', () => {
    const { from, missing } = choose(
      [other('a', 8), other('b', 99, 0, 'sunday'), other('c', 12, 5), silent, fresh],
      state,
    );
    expect([from?.url, missing]).toEqual(['c', 'a: it reads another log; b: it reads another log; d: ECONNREFUSED']);
  });
});

/** With others that are asked in turn, the last for ever; the clock goes on by a second with each. */
function beginning(answers: readonly (readonly (OtherReplica | SilentReplica)[])[], failing = false) {
  const taken: string[] = [];
  let asked = 0;
  const made = new Beginning({
    ask: async () => answers[Math.min(asked++, answers.length - 1)] ?? [],
    patience: 3_000,
    take: async ({ url }) => {
      if (failing) throw new Error('it is busy');
      taken.push(url);
    },
    log: createLogger('test', 'silent', new SecretScrubber()),
    now: () => asked * 1_000,
  });
  return { made, taken };
}

describe('an empty replica', () => {
  test('waits for one that does not answer, and takes its snapshot when it does', async () => {
    const { made, taken } = beginning([[silent], [silent], [other('d', 12)]]);
    await expect(made.begin(state)).rejects.toThrow(NotYet);
    await expect(made.begin(state)).rejects.toThrow('d: ECONNREFUSED');
    expect(await made.begin(state)).toBe('taken');
    expect(taken).toEqual(['d']);
  });

  test('does not wait for ever: then it has what the log has, and says that it may lack more', async () => {
    const { made, taken } = beginning([[silent]]);
    for (let times = 0; times < 2; times += 1) await expect(made.begin(whole)).rejects.toThrow(NotYet);
    expect(await made.begin(whole)).toBe('late');
    expect(taken).toEqual([]);
  });

  test('takes what there is when it has waited', async () => {
    const { made, taken } = beginning([[silent, other('a', 12, 7)]]);
    for (let times = 0; times < 2; times += 1) await expect(made.begin(state)).rejects.toThrow(NotYet);
    expect(await made.begin(state)).toBe('taken');
    expect(taken).toEqual(['a']);
  });

  test('begins at once where all are new, or nobody is named', async () => {
    expect(await beginning([[fresh, fresh]]).made.begin(whole)).toBe('whole');
    expect(await beginning([[]]).made.begin(whole)).toBe('whole');
    // What the log had before, nobody has.
    expect(await beginning([[fresh]]).made.begin(state)).toBe('late');
    expect(await beginning([[]]).made.begin(state)).toBe('late');
  });

  test('tries again where a snapshot does not come, and begins without it in the end', async () => {
    const { made } = beginning([[other('a', 12)]], true);
    for (let times = 0; times < 2; times += 1) await expect(made.begin(whole)).rejects.toThrow('it is busy');
    expect(await made.begin(whole)).toBe('late');
  });

  test('that began late takes the place only of one that has more', async () => {
    const { made, taken } = beginning([[other('a', 30, 7)], [other('a', 30, 9)], [silent], [other('a', 30, 6)]]);
    for (let times = 0; times < 3; times += 1) expect(await made.complete(state, 7)).toBe('late');
    expect(taken).toEqual([]);
    expect(await made.complete(state, 7)).toBe('taken');
  });
});
