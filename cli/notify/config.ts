/** The configuration of one receiver alone: the same channels and credentials as for real alerts, with nothing between. */
import { nearest } from '../../config/faults.ts';
import { NOBODY } from '../../model/alertmanager/routes.ts';
import type { AlertmanagerPlan, AlertmanagerSettings, AlertReceiver } from '../../model/alertmanager/types.ts';
import { type Channel, channelsOf } from '../channels.ts';
import { CliError } from '../errors.ts';

/** @throws CliError for an unknown receiver */
export function findReceiver(plan: AlertmanagerPlan, name: string): AlertReceiver {
  const known = plan.receivers.filter((receiver) => receiver.name !== NOBODY);
  const found = known.find((receiver) => receiver.name === name);
  if (found) return found;
  const names = known.map((receiver) => receiver.name).sort();
  const near = nearest(name, names);
  const doubt = near === undefined ? '' : `; did you mean "${near}"?`;
  throw new CliError(`unknown receiver "${name}"${doubt}`, { remedy: `choose one of this stack: ${names.join(', ')}` });
}

export function onlyTo(receiver: AlertReceiver): AlertmanagerSettings {
  return {
    receivers: [receiver],
    route: {
      receiver: receiver.name,
      matchers: [],
      groupBy: ['...'],
      groupWait: 0,
      // So that the end of the alert follows at once.
      groupInterval: 1,
      repeatInterval: 3600,
      muteTimes: [],
      continue: false,
      routes: [],
    },
    inhibitRules: [],
    muteTimes: {},
  };
}

/** Each channel by the name that Alertmanager gives it: `webhook[0]`, `webhook[1]`, `slack[0]`. */
export function integrationsOf(receiver: AlertReceiver): Map<string, Channel> {
  const counts = new Map<string, number>();
  return new Map(
    channelsOf(receiver).map((channel) => {
      const index = counts.get(channel.kind) ?? 0;
      counts.set(channel.kind, index + 1);
      return [`${channel.kind}[${index}]`, channel];
    }),
  );
}
