/** Labels that are set by us: a person who sets them again would break routes, inhibition or the selectors of the rules. */
import type { Fault, Path } from '../faults.ts';
import type { Tuning } from '../networks.ts';
import type { Stack } from '../stack.ts';

/** By whom or what each is set. */
const RESERVED: ReadonlyMap<string, string> = new Map([
  ['alertname', 'the name of the alert'],
  ['severity', 'set by "severity" of a tuning'],
  ['component', 'set by the rule and by the target'],
  ['subject', 'set by the rule'],
  ['inhibits', 'set by the rule'],
  ['network', 'the name of the network'],
  ['chain', 'the chain of the network'],
  ['environment', 'the name of the stack'],
  ['instance', 'the name of the node'],
  ['job', 'set by the scrape'],
]);

export function checkLabels({ networks, system, prometheus }: Stack): Fault[] {
  return [
    ...networks.flatMap(({ name, labels, alerts }) => [
      ...reserved(labels, ['chainwatch:networks', name, 'labels']),
      ...ofTunings(alerts, ['chainwatch:networks', name, 'alerts']),
    ]),
    ...ofTunings(system.alerts, ['chainwatch:system', 'alerts']),
    ...reserved(prometheus.externalLabels, ['chainwatch:prometheus', 'externalLabels']),
  ];
}

function ofTunings(alerts: Readonly<Record<string, Tuning>>, path: Path): Fault[] {
  return Object.entries(alerts).flatMap(([name, { labels = {} }]) => reserved(labels, [...path, name, 'labels']));
}

function reserved(labels: Readonly<Record<string, string>>, path: Path): Fault[] {
  return Object.keys(labels).flatMap((label) => {
    const why = label.startsWith('__') ? 'one of Prometheus’ own' : RESERVED.get(label);
    return why === undefined ? [] : [{ path: [...path, label], message: `"${label}" is ${why}; choose another label` }];
  });
}
