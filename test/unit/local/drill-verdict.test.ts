/** Whether what was seen is what had to be. */
import { describe, expect, it } from 'vitest';
import type { Case } from '../../../local/drill/cases.ts';
import { findingsOf } from '../../../local/drill/drill.ts';
import { Observations, type Seen } from '../../../local/drill/observed.ts';
import { judge, type Row } from '../../../local/drill/verdict.ts';
import { inhibitRules } from '../../../model/alertmanager/inhibition.ts';
import { known, planNamed } from '../../fixtures/real.ts';

const settings = { ...planNamed('dev').alertmanager, inhibitRules };
const BEGAN = 100_000;
const CLEARED = 160_000;
const ENDED = 200_000;

const labels = (alertname: string, more: Record<string, string> = {}) => ({
  alertname,
  network: 'n',
  severity: 'warning',
  subject: 's',
  instance: 'i',
  ...more,
});
const arrived = (alert: string, more: Partial<Seen> = {}): Seen => ({
  alert,
  labels: labels(alert),
  fired: BEGAN + 5000,
  lastFired: CLEARED,
  received: BEGAN + 6000,
  resolved: CLEARED + 4000,
  ...more,
});
const heldBack = (alert: string): Seen => ({ alert, labels: labels(alert), fired: BEGAN + 5000, lastFired: CLEARED });

function rows(
  seen: readonly Seen[],
  alerts = ['A'],
  also: readonly string[] = [],
  lasting: readonly string[] = [],
): Row[] {
  const fault = { name: 'f', summary: '', alerts, components: [] };
  const of: Case = { chain: 'op-stack', fault, network: 'n', alerts, also, lasting, calm: 1, within: 1, recovery: 1 };
  return judge({ case: of, timeScale: 100, began: BEGAN, cleared: CLEARED, ended: ENDED, seen }, settings);
}
const outcomes = (...args: Parameters<typeof rows>) =>
  rows(...args).map(({ alert, outcome }) => `${alert}: ${outcome}`);

describe('an alert of a case', () => {
  it('has arrived, with its times', () => {
    expect(rows([arrived('A')])).toMatchObject([
      { alert: 'A', outcome: 'arrived', optional: false, seconds: 6, simulatedSeconds: 600, resolvedSeconds: 4 },
    ]);
  });

  it('is missing, not delivered, not resolved, extra or too early', () => {
    expect(outcomes([])).toEqual(['A: missing']);
    expect(outcomes([heldBack('A')])).toEqual(['A: not delivered']);
    const { resolved: _, ...going } = arrived('A');
    expect(outcomes([going])).toEqual(['A: not resolved']);
    expect(outcomes([arrived('A'), arrived('B')])).toEqual(['A: arrived', 'B: extra']);
    expect(outcomes([arrived('A'), arrived('B', { fired: CLEARED + 1 })])).toEqual([
      'A: arrived',
      'B: extra afterwards',
    ]);
    expect(outcomes([arrived('A', { fired: BEGAN - 1 })])).toEqual(['A: too early']);
    expect(outcomes([arrived('A'), arrived('B', { received: BEGAN - 1 })])).toEqual(['A: arrived', 'B: too early']);
  });

  it('fires still where Prometheus saw it at the very end', () => {
    expect(outcomes([{ ...heldBack('A'), lastFired: ENDED }])).toEqual(['A: not resolved']);
  });

  it('may go on where it need not have come: nobody waits for it, and it is not proven', () => {
    const { resolved: _, ...going } = arrived('B');
    expect(outcomes([arrived('A'), going], ['A'], ['B'])).toEqual(['A: arrived', 'B: going on']);
  });

  it('lasts where only a restart ends it', () => {
    const { resolved: _, ...going } = arrived('A');
    expect(outcomes([going], ['A'], [], ['A'])).toEqual(['A: lasts']);
  });

  it('may come where the fault lists it for later, and need not', () => {
    expect(outcomes([arrived('A')], ['A'], ['B'])).toEqual(['A: arrived']);
    expect(rows([arrived('A'), arrived('B')], ['A'], ['B'])).toMatchObject([
      { alert: 'A', optional: false },
      { alert: 'B', outcome: 'arrived', optional: true },
    ]);
  });

  it('is held back where an alert that fired mutes all of its series', () => {
    const grave = arrived('G', { labels: labels('G', { severity: 'critical' }) });
    expect(rows([heldBack('A'), grave], ['A', 'G'])).toMatchObject([
      { alert: 'A', outcome: 'held back', by: ['G'], seconds: 5 },
      { alert: 'G', outcome: 'arrived' },
    ]);
    const elsewhere = { ...heldBack('A'), labels: labels('A', { instance: 'another' }) };
    expect(outcomes([heldBack('A'), elsewhere, grave], ['A', 'G'])).toEqual(['A: not delivered', 'G: arrived']);
  });
});

describe('what was observed', () => {
  it('puts together what Prometheus and the receiver say of the same alert', () => {
    const all = new Observations();
    const own = labels('A');
    all.firing([{ labels: { ...own, alertstate: 'firing', __name__: 'ALERTS' } }], 1);
    all.firing([{ labels: own }], 2);
    const received = { labels: { ...own, environment: 'drill' }, firstReceivedAt: 3, receivedAt: 4 };
    all.received([{ ...received, status: 'resolved' }]);
    expect(all.of('n')).toMatchObject([{ alert: 'A', fired: 1, lastFired: 2, received: 3, resolved: 4 }]);
    all.received([{ ...received, status: 'firing' }]);
    expect(all.of('n')[0]?.resolved).toBeUndefined();
    expect(all.of('')).toEqual([]);
  });

  it("takes what is about a whole job for its network's, and what is about our own for none", () => {
    const all = new Observations();
    const { network: _, instance: __, ...whole } = labels('A');
    all.firing([{ labels: { ...whole, job: 'n/aggregator' } }, { labels: { ...whole, job: 'system/aggregator' } }], 1);
    all.pending([{ labels: { ...whole, job: 'n/aggregator' } }]);
    expect(all.of('n').map(({ labels: { job } }) => job)).toEqual(['n/aggregator']);
    expect(all.of('').map(({ labels: { job } }) => job)).toEqual(['system/aggregator']);
    expect([all.coming('n'), all.coming('')]).toEqual([['A'], []]);
  });

  it('knows what waits now on a network, and does not take it for fired', () => {
    const all = new Observations();
    all.pending([{ labels: labels('A') }, { labels: { ...labels('B'), network: 'another' } }]);
    expect(all.coming('n')).toEqual(['A']);
    expect(all.of('n')).toEqual([]);
    all.pending([]);
    expect(all.coming('n')).toEqual([]);
  });
});

describe('the findings', () => {
  const row = (alert: string, outcome: Row['outcome']): Row => ({
    chain: 'op-stack',
    fault: 'f',
    alert,
    outcome,
    optional: false,
  });
  const findings = (...list: Row[]) => findingsOf({ rows: list }, known, new Date(0));

  it('prove an alert that went well in each of its faults, in its own pack', () => {
    const { proven, disproved } = findings(
      row('BatcherDown', 'arrived'),
      row('ScrapeTargetDown', 'held back'),
      row('BatcherRpcErrors', 'going on'),
      row('BatcherLowETH', 'arrived'),
      row('BatcherLowETH', 'extra'),
    );
    expect([...proven.keys()]).toEqual(['op-stack/BatcherDown', 'system/ScrapeTargetDown']);
    expect(proven.get('op-stack/BatcherDown')).toMatchObject({ at: '1970-01-01T00:00:00.000Z', fault: 'op-stack/f' });
    expect([...disproved]).toEqual(['op-stack/BatcherLowETH']);
  });
});
