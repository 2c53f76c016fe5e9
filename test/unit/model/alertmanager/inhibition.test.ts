import { describe, expect, test } from 'vitest';
import { inhibitedBy, type Labels, matchesAll } from '../../../../model/alertmanager/explain.ts';
import { planAlertmanager } from '../../../../model/alertmanager/routes.ts';
import { stackOf } from '../../../fixtures/toy.ts';

const plan = planAlertmanager(stackOf());

describe('inhibition', () => {
  const { inhibitRules } = plan;
  const inhibits = (source: Labels, target: Labels) => inhibitedBy(plan, target, source)?.name;
  const node = { network: 'n', instance: 'i', subject: 's' };
  const host = { environment: 'dev', instance: 'h', subject: 'disk' };

  test('demands of both sides the labels that say what an alert is about', () => {
    const identity = ['environment', 'instance', 'network', 'subject'];
    for (const { equal, source, target } of inhibitRules)
      for (const label of equal.filter((each) => identity.includes(each)))
        for (const side of [source, target]) expect(side).toContainEqual({ label, op: '=~', value: '.+' });
  });

  test('has no rule of which an alert is on both sides: of such, Alertmanager forgets sources', () => {
    const all = ['critical', 'warning', 'info', 'none', undefined].flatMap((severity) =>
      ['instance', '', undefined].flatMap((down) =>
        [node, host, { network: 'n', subject: 's' }, { environment: 'dev', subject: 's' }].map(
          (of): Labels => ({
            ...of,
            ...(severity ? { severity } : {}),
            ...(down === undefined ? {} : { inhibits: down }),
          }),
        ),
      ),
    );
    const sides = inhibitRules.map(({ source, target }) =>
      [source, target].map((side) => all.filter((labels) => matchesAll(side, labels))),
    );
    expect(sides.flat().filter((side) => side.length === 0)).toEqual([]);
    for (const [sources = [], targets = []] of sides)
      expect(sources.filter((labels) => targets.includes(labels))).toEqual([]);
  });

  test('has a name for each rule', () => {
    expect(new Set(inhibitRules.map((rule) => rule.name)).size).toBe(inhibitRules.length);
  });

  test.each<[string, Labels, Labels, string | undefined]>([
    [
      'critical mutes warning',
      { ...node, severity: 'critical' },
      { ...node, severity: 'warning' },
      'a critical alert mutes warning and info about the same of a network',
    ],
    [
      'critical mutes info',
      { ...node, severity: 'critical' },
      { ...node, severity: 'info' },
      'a critical alert mutes warning and info about the same of a network',
    ],
    [
      'warning mutes info',
      { ...node, severity: 'warning' },
      { ...node, severity: 'info' },
      'a warning mutes info about the same of a network',
    ],
    ['warning does not mute critical', { ...node, severity: 'warning' }, { ...node, severity: 'critical' }, undefined],
    [
      'critical does not mute critical',
      { ...node, severity: 'critical' },
      { ...node, severity: 'critical' },
      undefined,
    ],
    [
      'another disk of the same host',
      { ...host, severity: 'critical', mountpoint: '/data', device: '/dev/b' },
      { ...host, severity: 'warning', mountpoint: '/', device: '/dev/a' },
      undefined,
    ],
    [
      'the same disk of the same host',
      { ...host, severity: 'critical', mountpoint: '/data', device: '/dev/b' },
      { ...host, severity: 'warning', mountpoint: '/data', device: '/dev/b' },
      'a critical alert mutes warning and info about the same of the environment',
    ],
    [
      'another endpoint that the same exporter asks',
      { ...node, severity: 'critical', layer: 'l1', endpoint: 'a' },
      { ...node, severity: 'warning', layer: 'l2', endpoint: 'b' },
      undefined,
    ],
    [
      'another account that the same exporter reads',
      { ...node, severity: 'critical', role: 'publisher', address: '0x1' },
      { ...node, severity: 'warning', role: 'publisher', address: '0x2' },
      undefined,
    ],
    [
      'another subject',
      { ...node, severity: 'critical' },
      { ...node, severity: 'warning', subject: 'other' },
      undefined,
    ],
    ['another network', { ...node, severity: 'critical' }, { ...node, severity: 'warning', network: 'm' }, undefined],
    ['another instance', { ...node, severity: 'critical' }, { ...node, severity: 'warning', instance: 'j' }, undefined],
    [
      'neither has an instance',
      { network: 'n', subject: 's', severity: 'critical' },
      { network: 'n', subject: 's', severity: 'warning' },
      'a critical alert mutes warning and info about the same whole of a network',
    ],
    [
      'neither has an instance, of two networks',
      { network: 'n', subject: 's', severity: 'critical' },
      { network: 'm', subject: 's', severity: 'warning' },
      undefined,
    ],
    [
      'only one has an instance',
      { network: 'n', subject: 's', severity: 'critical' },
      { ...node, severity: 'warning' },
      undefined,
    ],
    [
      'a node that is down mutes what follows',
      { ...node, inhibits: 'instance', severity: 'critical' },
      { ...node, subject: 'x', severity: 'critical' },
      'an instance that is down mutes what follows from it of a network',
    ],
    [
      'two processes down do not mute each other',
      { ...node, inhibits: 'instance', severity: 'critical' },
      { ...node, inhibits: 'instance', severity: 'critical' },
      undefined,
    ],
    [
      'a host mutes of itself',
      { ...host, severity: 'critical' },
      { ...host, severity: 'warning' },
      'a critical alert mutes warning and info about the same of the environment',
    ],
    [
      'a host of another environment',
      { ...host, severity: 'critical' },
      { ...host, severity: 'warning', environment: 'x' },
      undefined,
    ],
    [
      'a host does not mute a node of the same name',
      { environment: 'dev', instance: 'i', inhibits: 'instance' },
      { ...node, environment: 'dev', severity: 'warning' },
      undefined,
    ],
    [
      'the Watchdog is muted by nothing',
      { ...host, inhibits: 'instance', severity: 'critical' },
      { ...host, alertname: 'Watchdog', severity: 'none' },
      undefined,
    ],
  ])('%s', (_, source, target, name) => {
    expect(inhibits(source, target)).toBe(name);
  });
});

test('an alert on both sides of a rule is muted by its sources, not by its like', () => {
  const is = (label: string) => ({ label, op: '=' as const, value: 'x' });
  const odd = { ...plan, inhibitRules: [{ name: 'odd', source: [is('a')], target: [is('b')], equal: ['n'] }] };
  const both = { a: 'x', b: 'x', n: '1' };
  expect(inhibitedBy(odd, both, { a: 'x', n: '1' })?.name).toBe('odd');
  expect(inhibitedBy(odd, both, both)).toBeUndefined();
  expect(inhibitedBy(odd, { b: 'x', n: '1' }, both)?.name).toBe('odd');
  expect(inhibitedBy(odd, { b: 'x', n: '2' }, both)).toBeUndefined();
});
