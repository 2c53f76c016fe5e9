/** Mutants of the rules: the tests of a pack notice a mistake in it. All of them in `npm run prove`, those of a few rules in `npm test`. */

import { mkdtempSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Io } from '../../cli/io.ts';
import { type MutateOptions, mutateRules, scorePack } from '../../cli/rules/mutate/mutate.ts';
import { WANTED } from '../../cli/rules/mutate/score.ts';
import { tryMutants } from '../../cli/rules/mutate/trials.ts';
import { alone } from '../../model/mutation/job.ts';
import { type Mutant, mutantsOf } from '../../model/mutation/mutants.ts';
import { readSuite } from '../../model/mutation/suite.ts';
import type { PackFiles } from '../../model/rules/pack.ts';
import { loadPackFiles } from '../../rules/load.ts';
import { locateProgram } from '../../tools/index.ts';
import { parallel, run, temporaryFolder } from '../fixtures/programs.ts';
import { PROVE } from '../fixtures/prove.ts';

const packs = loadPackFiles();
/** Rules, not mutants, are left out: the tests of the others need not run then. */
const EVERY = PROVE ? 1 : 19;

async function surroundings() {
  const promtool = await locateProgram('promtool');
  if (!promtool) throw new Error('promtool is not at hand: run "npm test rules" once, which gets it');
  return {
    promtool: promtool.path,
    folder: temporaryFolder(),
    jobs: availableParallelism(),
    env: process.env,
    signal: new AbortController().signal,
    onProgress: () => {},
  };
}

describe.each(packs.map(({ chain }) => chain))('rules/%s', (chain) => {
  const pack = packs.find((each) => each.chain === chain) ?? { chain, files: new Map() };

  test('its tests catch its mutants, and none that is called equivalent', { timeout: 600_000 }, async () => {
    const { mutants, survivors, stale } = await scorePack(pack, await surroundings(), chosen(pack));
    expect(stale).toEqual([]);
    // The list says more than a number would.
    if (survivors.length > mutants * (1 - WANTED / 100)) expect(survivors).toEqual([]);
  });

  test('beside each other, mutants fare as each does alone in the pack', { timeout: 1_800_000 }, async ({ skip }) => {
    if (!PROVE) skip('takes minutes: npm run prove plays it');
    await expectEqualFate(pack, 17);
  });
});

/** Always the same. */
function chosen(pack: PackFiles): (mutant: Mutant) => boolean {
  const names = readSuite(pack).rules.map(({ rule }) => rule.name);
  const some = new Set(names.filter((_, index) => index % EVERY === 0));
  return ({ original }) => some.has(original.name);
}

/** Each mutant in a pack of its own, by promtool with all tests: the slow way, which needs no trust. */
async function expectEqualFate(pack: PackFiles, every: number): Promise<void> {
  const suite = readSuite(pack);
  const some = suite.rules.flatMap(({ rule }) => mutantsOf(rule)).filter((_, index) => index % every === 0);
  const { caught, refused } = await tryMutants(suite, some, await surroundings());
  expect([...refused]).toEqual([]);
  const folder = temporaryFolder();
  const fared = await parallel(some, 2, async (mutant) => {
    for (const one of suite.tests) {
      const here = mkdtempSync(join(folder, 'one-'));
      const { rules, test: text } = alone(one, { id: 0, mutant });
      writeFileSync(join(here, 'rules.yaml'), rules);
      writeFileSync(join(here, 'test.yaml'), text);
      if ((await run('promtool', ['test', 'rules', 'test.yaml'], here)).code !== 0) return true;
    }
    return false;
  });
  const differing = some.filter((mutant, index) => caught.has(mutant) !== fared[index]);
  expect(differing.map(({ original, name }) => `${original.name}: ${name}`)).toEqual([]);
}

/** A rule whose test never looks at the limit itself, nor at a second node. */
const WEAK: PackFiles = {
  chain: 'weak',
  files: new Map([
    [
      'alerts.yaml',
      `groups:
  - name: g
    rules:
      - alert: PeersLow
        expr: |-
          min by (network) (peers{component="node"})
          < 3 # threshold
        for: 2m
      - alert: NeverAsked
        expr: vector(1)
        for: 1m
`,
    ],
    [
      'alerts.test.yaml',
      `rule_files: [alerts.yaml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - { series: 'peers{component="node", network="a", instance="1"}', values: 4x3 2x5 }
      - { series: 'peers{component="node", network="b", instance="1"}', values: 0x9 }
      - { series: 'peers{component="node", network="b", instance="2"}', values: 9x9 }
      - { series: 'peers{component="other", network="a"}', values: 0x9 }
    alert_rule_test:
      - { eval_time: 1m, alertname: PeersLow }
      - { eval_time: 5m, alertname: PeersLow, exp_alerts: [{ exp_labels: { network: b } }] }
      - { eval_time: 6m, alertname: PeersLow, exp_alerts: [{ exp_labels: { network: a } }, { exp_labels: { network: b } }] }
`,
    ],
  ]),
};

async function mutate(pack: PackFiles, options: Partial<MutateOptions> = {}) {
  let stdout = '';
  const io: Io = {
    cwd: '/',
    env: process.env,
    out: (text) => {
      stdout += text;
    },
    err: () => {},
    color: false,
    interactive: false,
    progress: false,
  };
  const code = await mutateRules([], { json: false, showCaught: false, ...options }, io, [pack]);
  return { code, stdout };
}

const withFile = (name: string, text: string): PackFiles => ({
  ...WEAK,
  files: new Map([...WEAK.files, [name, text]]),
});

const SURVIVORS = ['comparison < → <=', 'threshold 3 → 4'];

describe('a pack whose test is weak', () => {
  test('has the survivors that it has where each mutant is tried by itself', () => expectEqualFate(WEAK, 1));

  test('has survivors, each with its place and what it was made from, and ends with 1', async () => {
    const { code, stdout } = await mutate(WEAK);
    expect(code).toBe(1);
    expect(stdout).toContain(`  PeersLow: min by (network) (peers{component="node"}) < 3
    rules/weak/alerts.yaml:7  ${SURVIVORS[0]}
      min by (network) (peers{component="node"}) <= 3
    rules/weak/alerts.yaml:7  ${SURVIVORS[1]}
      min by (network) (peers{component="node"}) < 4
`);
    // Nothing looks at it: all of its mutants survive.
    expect(stdout).toContain('  NeverAsked: vector(1)\n    rules/weak/alerts.yaml:11  for 1m removed\n');
    expect(stdout).toMatch(/✗ {2}weak +\d\d\.\d % +\d+ of \d+ +5 /);
  });

  test('as a document, of one alert', async () => {
    const { code, stdout } = await mutate(WEAK, { json: true, showCaught: true, alert: 'PeersLow' });
    const { ok, packs: scores } = JSON.parse(stdout);
    expect([code, ok]).toEqual([1, false]);
    expect(scores).toHaveLength(1);
    expect(scores[0].survivors.map(({ mutant }: { mutant: string }) => mutant)).toEqual(SURVIVORS);
    expect(scores[0].caughtMutants.map(({ mutant }: { mutant: string }) => mutant)).toContain('by network dropped');
  });

  test('is content with what is called equivalent, but not where that is caught', async () => {
    const entries = (names: readonly string[]) =>
      `equivalent:\n  - rule: PeersLow\n    mutants: [${names.join(', ')}]\n    reason: as a test\n`;
    const fine = await mutate(withFile('mutants.yaml', entries(SURVIVORS)), { alert: 'PeersLow' });
    expect(fine.code).toBe(0);
    expect(fine.stdout).toMatch(/ok {2}weak +100\.0 %/);
    const wrong = await mutate(withFile('mutants.yaml', entries([...SURVIVORS, 'aggregation min → max'])));
    expect(wrong.code).toBe(1);
    expect(wrong.stdout).toContain(
      'and yet caught: take them out\n  PeersLow: min by (network) (peers{component="node"}) < 3\n    rules/weak/alerts.yaml:6  aggregation min → max\n',
    );
    await expect(mutate(withFile('mutants.yaml', entries(['threshold 3 → 9'])))).rejects.toThrow(
      'rules/weak/mutants.yaml:3: PeersLow: unknown mutant "threshold 3 → 9"',
    );
  });

  test('is told where it fails as it is', async () => {
    const text = WEAK.files.get('alerts.yaml')?.replace('< 3', '< 2') ?? '';
    await expect(mutate(withFile('alerts.yaml', text))).rejects.toThrow(/of PeersLow fails without any mutant/);
  });

  test('knows its alerts', async () => {
    await expect(mutate(WEAK, { alert: 'PeerLow' })).rejects.toThrow(
      'unknown alert "PeerLow"; did you mean "PeersLow"?',
    );
  });
});
