/** The three stacks as they are: somebody is told of every alert that they have. */
import { describe, expect, test } from 'vitest';
import { explainWay } from '../../../cli/explain/explain.ts';
import { knownAlerts } from '../../../cli/explain/labels.ts';
import { NOBODY } from '../../../model/alertmanager/routes.ts';
import { planNamed, STACKS } from '../../fixtures/real.ts';

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
      const { told, subject } = explainWay(plan, typed);
      const names = told.map(({ receiver }) => receiver);
      // What always fires goes to whoever notices its absence, and in a stack without such a one to our record only.
      const reached = persons.length === 0 || severity === 'none' || told.some(({ channels }) => channels.length > 0);
      const ok =
        names.length > 0 && names.every((each) => receivers.has(each)) && names.some((each) => each !== NOBODY);
      return ok && reached && subject.labels.network === network ? [] : [{ alertname, network, names }];
    });
    expect(lost).toEqual([]);
  });
});
