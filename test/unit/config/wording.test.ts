import { expect, test } from 'vitest';
import { type Case, faults, withAlerts, withNotifications } from '../../fixtures/faults.ts';
import { network } from '../../fixtures/toy.ts';

const mail = (email: object) =>
  withNotifications({
    receivers: { a: { email: { to: ['a@b.example'], from: 'a@b.example', smarthost: 'm:25', ...email } } },
    default: 'a',
  });
const slack = { webhook: { secret: 'x' }, channel: 'ops' };
const LIMIT = 'must be a limit with its unit, such as "0.5 ETH", "80%", 10m or 3';

test.each<Case>([
  [
    'a port of nothing',
    { services: { status: { port: 0 } } },
    'services.status.port: must be the number of a port, from 1 to 65535',
  ],
  [
    'a port too high',
    { services: { status: { port: 70_000 } } },
    'services.status.port: must be the number of a port, from 1 to 65535',
  ],
  ['too few', { prometheus: { replicas: 0 } }, 'prometheus.replicas: must be at least 1, not 0'],
  ['too many', { prometheus: { replicas: 9 } }, 'prometheus.replicas: must be at most 5, not 9'],
  [
    'none where some must be',
    { networks: { net: { ...network, chainId: 0 } } },
    'networks.net.chainId: must be more than 0, not 0',
  ],
  ['an empty list', withNotifications({ groupBy: [] }), 'notifications.groupBy: must list at least one'],
  ['an empty text', { kubernetes: { context: '' } }, 'kubernetes.context: must not be empty'],
  [
    'a channel',
    withNotifications({ receivers: { a: { slack } }, default: 'a' }),
    'notifications.receivers.a.slack.channel: must start with "#", such as "#alerts", not "ops"',
  ],
  [
    'an address of e-mail',
    mail({ from: 'nobody' }),
    'notifications.receivers.a.email.from: must be an address of e-mail such as ops@example.org, not "nobody"',
  ],
  [
    'no number',
    withAlerts({ LagHigh: { threshold: Number.NaN } }),
    `networks.net.alerts.LagHigh.threshold: ${LIMIT}, not what is no number (.nan)`,
  ],
  [
    'no end',
    withAlerts({ LagHigh: { threshold: Infinity } }),
    `networks.net.alerts.LagHigh.threshold: ${LIMIT}, not a number without end (.inf)`,
  ],
  [
    'a list',
    withAlerts({ LagHigh: { threshold: [1] } }),
    `networks.net.alerts.LagHigh.threshold: ${LIMIT}, not a list`,
  ],
])('%s is told in our words', (_, sections, message) => {
  expect(faults(sections)).toEqual([message]);
});
