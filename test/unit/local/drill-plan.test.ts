/** What a drill plays, and how it is divided. */
import { describe, expect, it } from 'vitest';
import { simulators } from '../../../chains/simulators.ts';
import { allCases, casesNamed, completeDrill, durationOf, namesOf, undrilled } from '../../../local/drill/cases.ts';
import { stackOf, undrawn } from '../../../local/drill/stack.ts';
import { longestOf, planWaves, seesShortTimes } from '../../../local/drill/waves.ts';
import { makePlan } from '../../../model/plan/plan.ts';
import { known } from '../../fixtures/real.ts';

const cases = allCases(simulators, known);
const all = completeDrill(cases, known);
const PORTS = { prometheus: 15001, alertmanager: 15002, receiver: 15003, simulator: 15004 };

describe('the cases', () => {
  it('are all faults of all simulators, each on a network of its own name', () => {
    const faults = [...simulators.values()].flatMap((each) => each.faults);
    const unplayed = faults.filter(({ name }) => !cases.some(({ fault }) => fault.name === name));
    expect(unplayed.map(({ name }) => name)).toEqual(['gas-oracle-down', 'gas-oracle-stuck']);
    expect(cases).toHaveLength(faults.length - unplayed.length);
    expect(new Set(cases.map(({ network }) => network)).size).toBe(cases.length);
    expect(cases.filter(({ network }) => !/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/.test(network))).toEqual([]);
  });

  it('of a complete drill expect every alert that any fault leads to, soon or late', () => {
    const names = (list: typeof cases, of: (each: (typeof cases)[number]) => readonly string[]) =>
      new Set(list.flatMap((each) => of(each).flatMap((alert) => namesOf(each.chain, alert, known))));
    const reachable = names(cases, ({ alerts, also }) => [...alerts, ...also]);
    expect(names(all, ({ alerts }) => alerts)).toEqual(reachable);
    expect(all).toHaveLength(cases.length);
  });

  it('and those without a drill are all alerts that there are', () => {
    const played = all.flatMap(({ chain, alerts }) => alerts.flatMap((alert) => namesOf(chain, alert, known)));
    const without = undrilled(cases, known).map(({ chain, alert }) => `${chain}/${alert}`);
    const every = known.packs
      .all()
      .flatMap(({ chain, alerts }) => [...alerts.keys()].map((name) => `${chain}/${name}`));
    expect([...new Set(played), ...without].sort()).toEqual(every.sort());
    expect(undrilled(cases, known).filter(({ reason }) => reason === '')).toEqual([]);
  });

  it('are found by chain, by fault and by alert, which takes the quickest', () => {
    const names = (name: string) => casesNamed(name, cases, known).map(({ chain, fault }) => `${chain}/${fault.name}`);
    expect(names('genlayer')).toHaveLength(simulators.get('genlayer')?.faults.length ?? 0);
    expect(names('batcher-down')).toEqual(['op-stack/batcher-down']);
    expect(names('aztec/few-peers')).toEqual(['aztec/few-peers']);
    expect(names('few-peers')).toEqual(['aztec/few-peers', 'op-stack/few-peers']);
    expect(names('BatcherDown')).toEqual(['op-stack/batcher-down']);
    expect(names('HighL1BlobBaseFee')).toHaveLength(1);
  });

  it('leave the fault on for half a day where an alert comes only then', () => {
    const [found] = casesNamed('SequencingWindowClosing', cases, known);
    expect(found?.alerts).toContain('SequencingWindowClosing');
    expect(found).toMatchObject({ within: 13 * 3600, also: [] });
  });

  it('say what was meant, and why an alert has no drill', () => {
    expect(() => casesNamed('batcher-dwn', cases, known)).toThrow('did you mean "batcher-down"?');
    expect(() => casesNamed('op-stack/l1-hlt', cases, known)).toThrow('did you mean "op-stack/l1-halt"?');
    expect(() => casesNamed('Foo', cases, known)).toThrow(
      expect.objectContaining({
        remedy: expect.stringMatching(/^npx chainwatch rules list .* npx chainwatch drill --list/),
      }),
    );
    expect(() => casesNamed('AlertmanagerMissing', cases, known)).toThrow(
      'there is no drill of system/AlertmanagerMissing: the Alertmanager through which the drill hears is always there',
    );
  });

  it('expect no alert whose limit is shorter than the distance of two scrapes, which would fire while all is well', () => {
    expect(() => casesNamed('GasOracleStale', cases, known)).toThrow('shorter than what lies between two scrapes');
    const wave = {
      cases: casesNamed('batcher-down', cases, known),
      timeScale: 100,
      interval: 1.2,
      evaluation: 2.4,
      long: false,
    };
    const plan = makePlan(stackOf(wave, known, PORTS), undrawn(known));
    const planned = plan.ruleGroups.flatMap(({ rules }) => rules.map(({ name }) => name));
    expect(planned).toContain('BatcherDown');
    expect(planned).not.toContain('GasOracleStale');
  });

  it('know the names of older set-ups, and play nothing in their stead', () => {
    expect(() => casesNamed('BatcherLowBalance', cases, known)).toThrow(
      'there is no drill of BatcherLowBalance: it is BatcherVeryLowETH and BatcherRunwayVeryLow now: ',
    );
    expect(() => casesNamed('GethLowPeerCount', cases, known)).toThrow(
      'it was dropped, and no alert takes its place: ',
    );
  });
});

describe('the waves', () => {
  it('play every case once, those that take long apart, and hold five scrapes in ten minutes', () => {
    const waves = planWaves(all);
    expect(waves.flatMap((wave) => wave.cases).map(({ network }) => network)).toHaveLength(all.length);
    expect(new Set(waves.flatMap((wave) => wave.cases)).size).toBe(all.length);
    for (const { timeScale, interval } of waves) expect(600 / (timeScale * interval)).toBeGreaterThanOrEqual(4.99);
    for (const wave of waves) {
      const times = wave.cases.map(durationOf);
      expect(Math.min(...times) > 6 * 3600).toBe(Math.max(...times) > 6 * 3600);
    }
  });

  it('are slower where the machine is not all ours, or where that is asked for', () => {
    expect(planWaves(all, { share: 0.5 })[0]?.timeScale).toBe((planWaves(all)[0]?.timeScale ?? 0) / 2);
    expect(planWaves(all, { share: 0.5, most: 30 }).length).toBeGreaterThan(planWaves(all, { most: 30 }).length);
    expect(planWaves(all, { longShare: 0.5 }).at(-1)?.timeScale).toBe((planWaves(all).at(-1)?.timeScale ?? 0) / 2);
    expect(planWaves(all, { longShare: 0.5 })[0]).toEqual(planWaves(all)[0]);
    const slow = planWaves(all, { most: 30 });
    expect(new Set(slow.map(({ timeScale }) => timeScale))).toEqual(new Set([30]));
    expect(Math.max(...slow.map(longestOf))).toBeGreaterThan(1000);
  });

  it('evaluate every other scrape, record no limits, and let what takes long go on beside the rest', () => {
    for (const wave of planWaves(all)) {
      expect(wave.evaluation).toBe(2 * wave.interval);
      expect(wave.long).toBe(wave.cases.every((each) => durationOf(each) > 6 * 3600));
    }
    const [first] = planWaves(all);
    if (first === undefined) throw new Error('there is no wave');
    const stack = stackOf({ ...first, cases: first.cases.slice(0, 1) }, known, PORTS);
    const names = (limits?: boolean) =>
      makePlan(stack, undrawn(known), limits === undefined ? {} : { limits }).ruleGroups.flatMap(({ rules }) =>
        rules.map(({ name }) => name),
      );
    expect(makePlan(stack, undrawn(known)).prometheus.evaluationInterval).toBe(first.evaluation);
    expect(names()).toContain('chainwatch_alert_limit');
    expect(names(false)).toEqual(names().filter((name) => name !== 'chainwatch_alert_limit'));
  });

  it('hold as many networks as the machine bears; an environment is hardly one', () => {
    const environments = all.filter(({ chain }) => chain === 'system');
    const quick = planWaves(all).filter(({ long }) => !long);
    const networks = quick.map(({ cases: of }) => of.filter(({ chain }) => chain !== 'system').length);
    expect(Math.max(...networks)).toBeLessThanOrEqual(60);
    expect(planWaves(environments).filter(({ long }) => !long)).toHaveLength(1);
    expect(planWaves(all.filter((each) => !environments.includes(each))).length).toBe(planWaves(all).length);
  });

  it('have a stack in which every alert of each case exists', () => {
    // The networks of a chain are alike, but where time is compressed by much. An environment has what its fault is about.
    const alike = (chain: string) => chain !== 'system';
    const chains = Map.groupBy(all, ({ chain }) => chain);
    const one = [...chains].flatMap(([chain, each]) => (alike(chain) ? each.slice(0, 1) : each));
    expect(chains.size).toBe(simulators.size);
    const long = planWaves(all).filter((wave) => !seesShortTimes(wave));
    expect(long.length).toBeGreaterThan(0);
    const missing = [{ cases: one, timeScale: 100, interval: 1.2, evaluation: 2.4, long: false }, ...long].flatMap(
      (wave) => {
        const plan = makePlan(stackOf(wave, known, PORTS), undrawn(known));
        const planned = new Set(
          plan.ruleGroups.flatMap(({ owner, rules }) => rules.map(({ name }) => `${owner}/${name}`)),
        );
        return wave.cases.flatMap(({ chain, network, alerts, also }) => {
          const like =
            long.includes(wave) || !alike(chain) ? [{ alerts, also }] : cases.filter((each) => each.chain === chain);
          return like
            .flatMap((each) => [...each.alerts, ...each.also])
            .filter((alert) => !planned.has(`${network}/${alert}`) && !planned.has(`system/${alert}`))
            .map((alert) => `${network}/${alert}`);
        });
      },
    );
    expect(missing).toEqual([]);
  });
});
