/** Compressed time and what machines really measure, with the packs as they are. */
import { describe, expect, test } from 'vitest';
import { findThreshold } from '../../../../model/promql/literals.ts';
import { LIMIT_SERIES } from '../../../../model/rules/limitSeries.ts';
import { everythingUndrawn, networks } from '../../dashboards/everything.ts';

const FAST = { 'chainwatch:prometheus': { scrapeInterval: '2s', evaluationInterval: '2s', timeScale: 60 } };
const plan = everythingUndrawn({
  ...FAST,
  'chainwatch:networks': { real: networks['op-all'], played: { ...networks['op-foreign'], simulated: true } },
});
const usual = everythingUndrawn({ 'chainwatch:networks': { real: networks['op-all'] } });

function alert(name: string, owner = 'system', of = plan) {
  const rules = of.ruleGroups.filter((group) => group.owner === owner).flatMap((group) => group.rules);
  const found = rules.find((rule) => rule.kind === 'alert' && rule.name === name);
  if (found?.kind !== 'alert') throw new Error(`${owner} has no ${name}`);
  return {
    threshold: findThreshold(found.expr)?.value ?? Number.NaN,
    for: found.for,
    text: found.annotations.description,
  };
}

describe('compressed sixtyfold', () => {
  test.each([
    ['the offset of a clock', 'HostClockOffset'],
    ['the days until a certificate expires', 'CertificateExpiresSoon'],
    ['the same, critical', 'CertificateExpiresNow'],
    ['the time a probe takes', 'ProbeSlow'],
    ['how long a host has run', 'HostRestarted'],
    ['how long a disk will last', 'HostDiskDaysLeft'],
    ['the age of a file', 'HostTextfileStale'],
    ['what Prometheus takes in', 'PrometheusNotIngesting'],
  ])('%s keeps its limit, not its time', (_, name) => {
    const before = alert(name, 'system', usual);
    expect(alert(name).threshold).toBe(before.threshold);
    expect(alert(name).for).toBe(before.for / 60);
    expect(alert(name).text).toBe(before.text);
  });

  test.each(['ExporterStale', 'RpcHeadStalled', 'WatchdogMissing'])(
    '%s is about a pace, which is compressed',
    (name) => {
      expect(alert(name).threshold).toBeCloseTo(alert(name, 'system', usual).threshold / 60, 9);
      expect(alert(name).text).toMatch(/ \(Time runs 60 times as fast here\.\)$/);
    },
  );

  test.each(['GethRpcLatencyHigh', 'L1RpcSlow', 'SequencerSealingSlow'])(
    '%s: a real node answers as fast as ever, a simulated one in its own time',
    (name) => {
      const { threshold } = alert(name, 'real', usual);
      expect(alert(name, 'real').threshold).toBe(threshold);
      expect(alert(name, 'played').threshold).toBeCloseTo(threshold / 60, 9);
    },
  );

  test.each(['played', 'real'])('the limit that is recorded of %s is that of its own alert', (network) => {
    const recorded = plan.ruleGroups
      .filter(({ owner }) => owner === network)
      .flatMap(({ rules }) => rules)
      .find(({ name, labels }) => name === LIMIT_SERIES && labels.alertname === 'SequencerSealingSlow');
    expect(recorded?.expr).toBe(`vector(${alert('SequencerSealingSlow', network).threshold})`);
  });
});
