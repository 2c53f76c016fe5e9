/** The three stacks as they are: somebody is told of every alert that they have. */
import { describe, expect, test } from 'vitest';
import { explainLabels, explainWay, type Told } from '../../../cli/explain/explain.ts';
import { knownAlerts } from '../../../cli/explain/labels.ts';
import { formatExplanation } from '../../../cli/explain/show.ts';
import { paint } from '../../../cli/output.ts';
import { NOBODY } from '../../../model/alertmanager/routes.ts';
import { known, planNamed, STACKS } from '../../fixtures/real.ts';

describe.each(STACKS)('explain in %s', (name) => {
  const plan = planNamed(name);
  const alerts = knownAlerts(plan);
  const receivers = new Set(plan.alertmanager.receivers.map((receiver) => receiver.name));
  const persons = plan.alertmanager.receivers.filter(({ channels }) => channels !== undefined);

  test('names a receiver for every alert of every network', { timeout: 60_000 }, () => {
    const owners = new Set(alerts.map(({ owner }) => owner));
    expect([...owners].sort()).toEqual([...plan.networks.map((network) => network.name), 'system'].sort());
    const lost = alerts.flatMap(({ labels: { alertname = '', network, severity } }) => {
      const typed = network === undefined ? { alertname } : { alertname, network };
      const { told, subject, decidedBy } = explainWay(plan, typed);
      if (decidedBy !== 'alertmanager')
        return isTold(told) ? [] : [{ alertname, network, names: told.map(({ receiver }) => receiver) }];
      const names = told.map(({ receiver }) => receiver);
      // What always fires goes to whoever notices its absence, and in a stack without such a one to our record only.
      const reached = persons.length === 0 || severity === 'none' || told.some(({ channels }) => channels.length > 0);
      const ok =
        names.length > 0 && names.every((each) => receivers.has(each)) && names.some((each) => each !== NOBODY);
      return ok && reached && subject.labels.network === network ? [] : [{ alertname, network, names }];
    });
    expect(lost).toEqual([]);
  });

  /** By a contact point of the plan and no other, with the timings that its rule has. */
  function isTold(told: readonly Told[]): boolean {
    const { contactPoints = [], existingContactPoints = [] } = plan.grafana ?? {};
    const there = [...contactPoints.map((point) => point.name), ...existingContactPoints];
    return told.length > 0 && told.every(({ receiver, groupWait }) => there.includes(receiver) && groupWait > 0);
  }
});

test('an alert of genlayer-asimov goes to the contact point in its Grafana, and our receiver has no part in it', () => {
  const labels = { alertname: 'HighMemory3Validators1GB', network: 'genlayer-asimov' };
  const explanation = explainLabels(planNamed('testnet'), labels, { at: undefined, known, timeScale: 1 });
  expect(explanation).toMatchObject({ decidedBy: 'rule', inhibitedBy: [], inhibits: [] });
  expect(explanation.told).toEqual([
    {
      ...{ receiver: 'GenLayerLabs Slack', channels: [], existing: true, route: '', muteTimes: [] },
      ...{ groupBy: ['grafana_folder', 'alertname', 'threshold'], groupWait: 30, groupInterval: 300 },
      ...{ repeatInterval: 14_400, group: { alertname: 'HighMemory3Validators1GB', threshold: '1gb' } },
    },
  ]);
  const text = formatExplanation(explanation, paint({ color: false }));
  expect(text).toContain("GenLayerLabs Slack: a contact point of that Grafana's own\n");
  expect(text).toContain('again every 4h\n  not our receiver: it records nothing of this alert\n');
  expect(text).toContain('Grafana holds nothing back');
  expect(text).not.toMatch(/webhook|Held back|in the order in which Alertmanager/);
});
