import { describe, expect, test } from 'vitest';
import { ConfigError, type Fault, formatPath, nearest, unknownName } from '../../../config/faults.ts';
import { type Config, network, stackOf } from '../../fixtures/toy.ts';

/** The faults of a configuration, as `path: message`; none where it is right. */
function faults(sections: Config, environment = 'dev'): string[] {
  try {
    stackOf(sections, { environment });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map(
      ({ path, message }: Fault) => `${formatPath(path).replaceAll('chainwatch:', '')}: ${message}`,
    );
  }
}

const withAlerts = (alerts: Config): Config => ({ networks: { net: { ...network, alerts } } });
const withNotifications = (notifications: Config): Config => ({ notifications });
const slack = { slack: { webhook: { secret: 'hook' } } };
const mainnet = {
  notifications: { receivers: { team: slack, deadman: slack }, default: 'team', watchdog: { receiver: 'deadman' } },
};

describe('what may be said, is taken', () => {
  test.each<[string, Config, string?]>([
    ['the least', {}],
    ['no network at all', { networks: undefined }],
    ['a mainnet', mainnet, 'mainnet'],
    ['an environment by key', { ...mainnet, environment: 'mainnet' }, 'mainnet-eu'],
    [
      'two simulated networks whose nodes have the same names',
      { networks: { a: { ...network, simulated: true }, b: { ...network, simulated: true } } },
    ],
    ['a warning at the critical limit', withAlerts({ BalanceLow: { threshold: '0.1 ETH' } })],
    [
      'a limit in another unit',
      withAlerts({ BalanceLow: { threshold: '400000000 gwei' }, LagHigh: { threshold: '2m' } }),
    ],
    [
      'a longer window for slower scrapes',
      {
        networks: {
          net: {
            ...network,
            scrape: { interval: '5m' },
            alerts: {
              HeadStalled: { window: '20m' },
              ErrorRateHigh: { window: '20m' },
              SlowRequests: { window: '20m' },
            },
          },
        },
      },
    ],
    [
      'a warning made critical, beyond a limit that is gone',
      withAlerts({ BalanceLow: { threshold: '0.05 ETH', severity: 'critical' }, BalanceEmpty: { enabled: false } }),
    ],
    [
      'a network that others scrape',
      { networks: { net: { chain: 'toy', matchers: { cluster: 'c1' }, alerts: { SignerDown: { for: '1m' } } } } },
    ],
    ['keys of other programs', { networks: { net: network }, secrets: { secure: 'v1:abc' } }],
  ])('%s', (_, sections, environment) => {
    expect(faults(sections, environment)).toEqual([]);
  });
});

describe('one fault', () => {
  const cases: readonly [string, Config, string, string?][] = [
    // Shape.
    [
      'an unknown key',
      { network: {} },
      'network: unknown key "chainwatch:network"; did you mean "chainwatch:networks"?',
    ],
    [
      'a key like no other',
      { zzzzzzzz: 1 },
      'zzzzzzzz: unknown key "chainwatch:zzzzzzzz"; known: chainwatch:environment, chainwatch:grafana, chainwatch:kubernetes, chainwatch:networks, chainwatch:notifications, chainwatch:prometheus, chainwatch:runbooks, chainwatch:secrets, chainwatch:services, chainwatch:system',
    ],
    [
      'an unknown key of a section',
      { prometheus: { retenton: '7d' } },
      'prometheus: unknown key "retenton"; did you mean "retention"?',
    ],
    [
      'an unknown key of a network',
      { networks: { net: { ...network, alert: {} } } },
      'networks.net: unknown key "alert"; did you mean "alerts"?',
    ],
    [
      'an unknown key of a tuning',
      withAlerts({ LagHigh: { treshold: '5s' } }),
      'networks.net.alerts.LagHigh: unknown key "treshold"; did you mean "threshold"?',
    ],
    [
      'an unknown component',
      { networks: { net: { chain: 'toy', nodes: { 'toy-nod': ['a:1'], 'toy-node': ['b:1'] } } } },
      'networks.net.nodes: unknown key "toy-nod"; did you mean "toy-node"?',
    ],
    ['networks that are a list', { networks: [network] }, 'networks: must be an object: a network under each name'],
    ['a network without chain', { networks: { net: { nodes: {} } } }, 'networks.net: says no chain; known: toy'],
    [
      'an unknown chain',
      { networks: { net: { ...network, chain: 'toi' } } },
      'networks.net.chain: unknown chain "toi"; did you mean "toy"?',
    ],
    [
      'a chain that has no networks',
      { networks: { net: { ...network, chain: 'system' } } },
      'networks.net.chain: unknown chain "system"; known: toy',
    ],
    [
      'a bad name',
      { networks: { Net: network } },
      'networks.Net: the name of a network must be lower-case letters, digits and dashes, start with a letter, and be at most 40 long',
    ],
    [
      'a name of our own',
      { networks: { system: network } },
      'networks.system: "system" is the name of scrapes of our own; call the network otherwise',
    ],
    [
      'what the chain itself refuses',
      { networks: { net: { ...network, chainId: 1 } } },
      'networks.net.chainId: is that of Ethereum',
    ],
    [
      'an environment that there is not',
      {},
      'environment: must be dev, testnet or mainnet: stack "staging" is none of them, so set it',
      'staging',
    ],
    [
      'an environment that there is not, by key',
      { environment: 'prod' },
      'environment: must be dev, testnet or mainnet: not "prod"',
      'staging',
    ],

    // Values.
    [
      'a duration without unit',
      { prometheus: { scrapeInterval: 15 } },
      'prometheus.scrapeInterval: expected text such as 30s, not the number 15',
    ],
    [
      'a duration that is none',
      { prometheus: { scrapeInterval: '15' } },
      'prometheus.scrapeInterval: "15" is not a duration, such as 30s, 10m or 1h30m (largest unit first)',
    ],
    ['too short a duration', { prometheus: { retention: '10m' } }, 'prometheus.retention: must be at least 1h'],
    [
      'bytes without unit',
      { prometheus: { storage: '50' } },
      'prometheus.storage: the number 50 has no unit; write for example "50 B"',
    ],
    [
      'bytes of another kind',
      { prometheus: { storage: '50 ETH' } },
      'prometheus.storage: "ETH" is not a unit of bytes; expected B, for example "50 B"',
    ],
    ['no bytes', { prometheus: { storage: '0GiB' } }, 'prometheus.storage: must be more than nothing'],
    [
      'a target with a scheme',
      { networks: { net: { chain: 'toy', nodes: { 'toy-node': ['http://a:1'] } } } },
      'networks.net.nodes.toy-node[0]: "http://a:1" is not host:port, such as 10.0.0.5:9464 (no http://, no path)',
    ],
    [
      'a target without port',
      { networks: { net: { chain: 'toy', nodes: { 'toy-node': [{ name: 'a', address: 'a' }] } } } },
      'networks.net.nodes.toy-node[0].address: "a" is not host:port, such as 10.0.0.5:9464 (no http://, no path)',
    ],
    [
      'a port that there is not',
      { networks: { net: { chain: 'toy', nodes: { 'toy-node': ['a:65536'] } } } },
      'networks.net.nodes.toy-node[0]: "a:65536" is not host:port, such as 10.0.0.5:9464 (no http://, no path)',
    ],
    [
      'an address of bad checksum',
      { networks: { net: { ...network, owner: '0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266' } } },
      'networks.net.owner: bad checksum in "0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266": one of its digits is wrong, or it should be 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
    ],
    [
      'an address that is too short',
      { networks: { net: { ...network, owner: '0xf39Fd6e51' } } },
      'networks.net.owner: "0xf39Fd6e51" is not an address: 0x and 40 hexadecimal digits',
    ],
    [
      'an address without quotes',
      { networks: { net: { ...network, owner: 0xf39f } } },
      'networks.net.owner: YAML read this address as a number: quote it ("0x…")',
    ],
    [
      'a URL with a password',
      { runbooks: 'https://me:pass@example.org' },
      'runbooks: holds a user or password; put it under chainwatch:secrets',
    ],
    [
      'a URL of another scheme',
      { runbooks: 'ftp://example.org' },
      'runbooks: "ftp://example.org" is not a URL that starts with http:// or https://',
    ],
    [
      'a secret of a bad name',
      withNotifications({ receivers: { team: { slack: { webhook: { secret: 'Slack-Hook' } } } }, default: 'team' }),
      'notifications.receivers.team.slack.webhook.secret: must be the name of an entry of chainwatch:secrets, in camelCase',
    ],
    [
      'an image by tag',
      { kubernetes: { image: 'registry.example/chainwatch:1.0' } },
      'kubernetes.image: must be pinned by digest: registry/name@sha256:…',
    ],

    // Secrets.
    [
      'a secret elsewhere',
      { grafana: { url: 'https://g.example', dataSourceUid: 'x', folderPrefix: { secure: 'v1:abc' } } },
      'grafana.folderPrefix: a secret may stand only under chainwatch:secrets; put it there and write { secret: <name> } here',
    ],
    ['secrets that are a text', { secrets: 'hunter2' }, 'secrets: must be an object: a secret under each name'],
    [
      'an unknown secret',
      {
        secrets: { slackHook: 'x' },
        ...withNotifications({ receivers: { team: { slack: { webhook: { secret: 'slackHok' } } } }, default: 'team' }),
      },
      'notifications.receivers.team.slack.webhook.secret: unknown secret "slackHok"; did you mean "slackHook"? (set it with: pulumi config set --secret --path \'chainwatch:secrets.slackHok\')',
    ],
    [
      'an unknown secret of a network',
      { secrets: {}, networks: { net: { ...network, rpc: { urls: [{ secret: 'rpcUrl' }] } } } },
      'networks.net.rpc.urls[0].secret: unknown secret "rpcUrl"; there are none here (set it with: pulumi config set --secret --path \'chainwatch:secrets.rpcUrl\')',
    ],

    // Targets.
    [
      'a target twice',
      { networks: { net: { chain: 'toy', nodes: { 'toy-node': ['a:1', 'a:1'] } } } },
      'networks.net.nodes.toy-node[1]: a:1 is already a target: toy-node of net',
    ],
    [
      'a target in two networks',
      { networks: { a: network, b: network } },
      'networks.b.nodes.toy-node[0]: 10.0.0.1:9000 is already a target: toy-node of a',
    ],
    [
      'a target that is a host as well',
      { system: { hosts: { h: '10.0.0.1:9000' } } },
      'system.hosts.h: 10.0.0.1:9000 is already a target: toy-node of net',
    ],
    [
      'a node name twice',
      {
        networks: {
          net: {
            chain: 'toy',
            nodes: {
              'toy-node': [
                { name: 'n', address: 'a:1' },
                { name: 'n', address: 'a:2' },
              ],
            },
          },
        },
      },
      'networks.net.nodes.toy-node[1]: net/toy-node/n is already a target: toy-node of net',
    ],
    [
      'no target',
      { networks: { net: { chain: 'toy', nodes: {} } } },
      'networks.net.nodes: has no target; list at least one node, or say with "matchers" how to find series that others scrape',
    ],
    [
      'a probe twice',
      {
        system: {
          probes: [
            { name: 'p', url: 'https://a.example' },
            { name: 'p', url: 'https://b.example' },
          ],
        },
      },
      'system.probes[1].name: "p" is the name of another one already',
    ],
    [
      'a remote write twice',
      {
        prometheus: {
          remoteWrite: [
            { name: 'm', url: 'https://a.example' },
            { name: 'm', url: 'https://b.example' },
          ],
        },
      },
      'prometheus.remoteWrite[1].name: "m" is the name of another one already',
    ],
    [
      'a port twice',
      { services: { status: { port: 9090 } } },
      'services.status.port: port 9090 is already that of prometheus',
    ],

    // Labels.
    [
      'a label of ours on a network',
      { networks: { net: { ...network, labels: { severity: 'info' } } } },
      'networks.net.labels.severity: "severity" is set by "severity" of a tuning; choose another label',
    ],
    [
      'a label of ours on an alert',
      withAlerts({ LagHigh: { labels: { component: 'x' } } }),
      'networks.net.alerts.LagHigh.labels.component: "component" is set by the rule and by the target; choose another label',
    ],
    [
      'a label of ours on everything',
      { prometheus: { externalLabels: { environment: 'x' } } },
      'prometheus.externalLabels.environment: "environment" is the name of the stack; choose another label',
    ],
    [
      'a label of Prometheus',
      { networks: { net: { ...network, labels: { __address__: 'x' } } } },
      'networks.net.labels.__address__: "__address__" is one of Prometheus’ own; choose another label',
    ],
    [
      'a label that is none',
      { networks: { net: { ...network, labels: { 'a-b': 'x' } } } },
      'networks.net.labels.a-b: must be a label name: letters, digits and underscores',
    ],

    // Alerts.
    [
      'an unknown alert',
      withAlerts({ LagHihg: { for: '1m' } }),
      'networks.net.alerts.LagHihg: unknown alert "LagHihg"; did you mean "LagHigh"?',
    ],
    [
      'an unknown alert of the system',
      { system: { alerts: { WatchDogs: {} } } },
      'system.alerts.WatchDogs: unknown alert "WatchDogs"; did you mean "Watchdog"?',
    ],
    [
      'an alert about nobody',
      withAlerts({ SignerDown: { for: '1m' } }),
      'networks.net.alerts.SignerDown: is about toy-signer, of which net lists no node: list one or remove this',
    ],
    [
      'a limit without unit',
      withAlerts({ BalanceLow: { threshold: 0.2 } }),
      'networks.net.alerts.BalanceLow.threshold: the number 0.2 has no unit; write for example "0.2 ETH"',
    ],
    [
      'a limit of another unit',
      withAlerts({ BalanceLow: { threshold: '10m' } }),
      'networks.net.alerts.BalanceLow.threshold: "s" is not a unit of ether; expected ETH, for example "600 ETH"',
    ],
    [
      'a limit per second',
      withAlerts({ HeadStalled: { threshold: '3 blocks/s' } }),
      'networks.net.alerts.HeadStalled.threshold: "blocks/s" is not a unit of blocks; expected blocks, for example "3 blocks"',
    ],
    [
      'a limit that is none',
      withAlerts({ BalanceLow: { threshold: 'half an ETH' } }),
      'networks.net.alerts.BalanceLow.threshold: "half an ETH" is not a number with a unit, such as 0.5 ETH, 80%, 2GiB or 10m',
    ],
    [
      'a limit without end',
      withAlerts({ HeadStalled: { threshold: '1e999' } }),
      'networks.net.alerts.HeadStalled.threshold: is not a finite number',
    ],
    [
      'a limit of what is up or down',
      withAlerts({ NodeDown: { threshold: 1 } }),
      'networks.net.alerts.NodeDown.threshold: NodeDown has no threshold to tune',
    ],
    [
      'a window that is not there',
      withAlerts({ LagHigh: { window: '10m' } }),
      'networks.net.alerts.LagHigh.window: LagHigh looks over no window that could be tuned',
    ],
    [
      'a severity for the Watchdog',
      { system: { alerts: { Watchdog: { severity: 'info' } } } },
      'system.alerts.Watchdog.severity: Watchdog proves that alerts travel; it has no severity',
    ],
    [
      'a severity misspelt',
      withAlerts({ LagHigh: { severity: 'critcal' } }),
      'networks.net.alerts.LagHigh.severity: must be critical, warning or info: did you mean "critical"?',
    ],
    [
      'a flag that is a text',
      { networks: { net: { ...network, simulated: 'yes' } } },
      'networks.net.simulated: must be true or false, not "yes"',
    ],
    ['a list that is an object', { system: { probes: {} } }, 'system.probes: must be a list, not an object'],
    [
      'a probe without name',
      { system: { probes: [{ url: 'https://a.example' }] } },
      'system.probes[0].name: is missing',
    ],
    [
      'a severity that there is not',
      withAlerts({ LagHigh: { severity: 'none' } }),
      'networks.net.alerts.LagHigh.severity: must be critical, warning or info: not "none"',
    ],
    [
      'a warning beyond the critical limit',
      withAlerts({ BalanceLow: { threshold: '0.05 ETH' } }),
      'networks.net.alerts.BalanceLow.threshold: the warning BalanceLow (0.05 ETH) would come after the critical BalanceEmpty (0.1 ETH)',
    ],
    [
      'a warning at nothing',
      withAlerts({ BalanceLow: { threshold: '0 ETH' } }),
      'networks.net.alerts.BalanceLow.threshold: the warning BalanceLow (0 ETH) would come after the critical BalanceEmpty (0.1 ETH)',
    ],
    [
      'a critical limit before the warning',
      withAlerts({ BalanceEmpty: { threshold: '1000 gwei' }, BalanceLow: { threshold: '100 gwei' } }),
      'networks.net.alerts.BalanceLow.threshold: the warning BalanceLow (1e-7 ETH) would come after the critical BalanceEmpty (0.000001 ETH)',
    ],
    [
      'a window of too few scrapes',
      withAlerts({ HeadStalled: { window: '50s' } }),
      'networks.net.alerts.HeadStalled.window: HeadStalled would look over 50s, fewer than 4 scrapes of 15s: scrape more often, or lengthen its window',
    ],

    [
      'a Grafana that is not there',
      { networks: { net: { ...network, engine: 'grafana' } } },
      'networks.net.engine: no Grafana is named that could evaluate its alerts: add chainwatch:grafana with its url, or use prometheus',
    ],

    // Notifications.
    [
      'an unknown receiver',
      withNotifications({ receivers: { oncall: slack }, routes: [{ receiver: 'oncal' }, { receiver: 'oncall' }] }),
      'notifications.routes[0].receiver: unknown receiver "oncal"; did you mean "oncall"?',
    ],
    [
      'an unknown receiver of a route below',
      withNotifications({ receivers: { a: slack }, default: 'a', routes: [{ routes: [{ receiver: 'zzzz' }] }] }),
      'notifications.routes[0].routes[0].receiver: unknown receiver "zzzz"; known: a',
    ],
    [
      'an unknown receiver by default',
      withNotifications({ default: 'team' }),
      'notifications.default: unknown receiver "team"; there are none here',
    ],
    [
      'an unknown receiver of the Watchdog',
      withNotifications({ watchdog: { receiver: 'dead' } }),
      'notifications.watchdog.receiver: unknown receiver "dead"; there are none here',
    ],
    [
      'a receiver that nothing uses',
      withNotifications({ receivers: { team: slack } }),
      'notifications.receivers.team: no route leads here: add one, make it the default, or remove it',
    ],
    [
      'a receiver without channel',
      withNotifications({ receivers: { team: {} }, default: 'team' }),
      'notifications.receivers.team: has no channel: give it slack, discord, email, pagerduty, telegram or webhook',
    ],
    [
      'a receiver of our name',
      withNotifications({ receivers: { chainwatch: slack }, default: 'chainwatch' }),
      'notifications.receivers.chainwatch: "chainwatch" is our own receiver; choose another name',
    ],
    [
      'a receiver called nobody',
      withNotifications({ receivers: { nobody: slack }, default: 'nobody' }),
      'notifications.receivers.nobody: "nobody" is where nobody is told; choose another name',
    ],
    [
      'a route to nowhere',
      withNotifications({ routes: [{ match: { severity: 'info' } }] }),
      'notifications.routes[0]: names no receiver, nor does a route above it',
    ],
    [
      'an unknown mute time',
      withNotifications({
        receivers: { a: slack },
        default: 'a',
        routes: [{ muteTimes: ['nights', 'night'] }],
        muteTimes: { nights: [{ weekdays: ['sunday'] }] },
      }),
      'notifications.routes[0].muteTimes[1]: unknown mute time "night"; did you mean "nights"?',
    ],
    [
      'a wrong pattern',
      withNotifications({ receivers: { a: slack }, routes: [{ receiver: 'a', matchRegex: { network: 'a(b' } }] }),
      'notifications.routes[0].matchRegex.network: "a(b" is not a regular expression',
    ],
    [
      'a pattern that Alertmanager does not take',
      withNotifications({ receivers: { a: slack }, routes: [{ receiver: 'a', matchRegex: { network: '(?!dev).*' } }] }),
      'notifications.routes[0].matchRegex.network: "(?!dev).*" is not a regular expression that Alertmanager takes: it has no look-around',
    ],
    [
      'all labels and one more',
      withNotifications({ groupBy: ['...', 'network'] }),
      'notifications.groupBy: "..." means all labels: it stands alone',
    ],
    [
      'a label twice',
      withNotifications({ groupBy: ['network', 'network'] }),
      'notifications.groupBy: lists a label twice',
    ],
    [
      'a group interval of nothing',
      withNotifications({ groupInterval: '0s' }),
      'notifications.groupInterval: must be at least 1s',
    ],
    [
      'a mute time backwards',
      withNotifications({ muteTimes: { n: [{ times: [{ start: '18:00', end: '08:00' }] }] } }),
      'notifications.muteTimes.n[0].times[0]: must start before it ends; what goes over midnight is two: until "24:00", and from "00:00" on',
    ],
    [
      'a time after midnight',
      withNotifications({ muteTimes: { n: [{ times: [{ start: '18:00', end: '24:30' }] }] } }),
      'notifications.muteTimes.n[0].times[0].end: must be a time of day in quotes, such as "09:30", and at most "24:00"',
    ],
    [
      'a day that there is not',
      withNotifications({ muteTimes: { n: [{ daysOfMonth: ['0'] }] } }),
      'notifications.muteTimes.n[0].daysOfMonth[0]: must be a day or a range of days, such as 1, 1:5 or -3:-1 (the last three)',
    ],
    [
      'a month that there is not',
      withNotifications({ muteTimes: { n: [{ months: ['smarch'] }] } }),
      'notifications.muteTimes.n[0].months[0]: must be a month or a range of months, such as december, 3 or june:august',
    ],
    [
      'a place that there is not',
      withNotifications({ muteTimes: { n: [{ location: 'Mars/Olympus' }] } }),
      'notifications.muteTimes.n[0].location: must be a time zone of the IANA, such as Europe/Berlin',
    ],

    // The environment.
    [
      'compressed time on testnet',
      { prometheus: { timeScale: 60, scrapeInterval: '2s' } },
      'prometheus.timeScale: only dev may compress time; remove it from testnet',
      'testnet',
    ],
    [
      'compressed time on mainnet',
      { ...mainnet, prometheus: { timeScale: 60, scrapeInterval: '2s' } },
      'prometheus.timeScale: only dev may compress time; remove it from mainnet',
      'mainnet',
    ],
    [
      'a simulated network on testnet',
      { networks: { net: { ...network, simulated: true } } },
      'networks.net.simulated: only dev may simulate a network; give net real nodes',
      'testnet',
    ],
    [
      'a mainnet without default',
      { notifications: { receivers: { d: slack }, watchdog: { receiver: 'd' } } },
      'notifications.default: mainnet needs a receiver for what no route matches',
      'mainnet',
    ],
    [
      'a mainnet that nobody watches',
      { notifications: { receivers: { d: slack }, default: 'd' } },
      'notifications.watchdog.receiver: mainnet needs somebody outside who notices when the Watchdog stops: name a receiver',
      'mainnet',
    ],
    [
      'a mainnet that forgets',
      { ...mainnet, prometheus: { retention: '6d' } },
      'prometheus.retention: mainnet keeps at least 7d: an incident is looked into later',
      'mainnet',
    ],
    [
      'a scrape longer than its interval',
      { prometheus: { scrapeTimeout: '20s' } },
      'prometheus.scrapeTimeout: a scrape may not take longer (20s) than the time to the next (15s)',
    ],
    [
      'a scrape of a network longer than its interval',
      { networks: { net: { ...network, scrape: { timeout: '20s' } } } },
      'networks.net.scrape.timeout: a scrape may not take longer (20s) than the time to the next (15s)',
    ],
    [
      'a disk that will be full',
      { prometheus: { retentionSize: '50GiB', storage: '50GiB' } },
      'prometheus.retentionSize: must be less than "storage": Prometheus needs room beside the blocks that it keeps',
    ],
  ];

  test.each(cases)('%s', (_, sections, message, environment) => {
    expect(faults(sections, environment)).toEqual([message]);
  });

  test('time so much compressed that windows hold no scrapes', () => {
    const [first, ...others] = faults({ prometheus: { timeScale: 60 } });
    expect(first).toBe(
      'prometheus.timeScale: HeadStalled would look over 10s, fewer than 4 scrapes of 15s: scrape more often, or lengthen its window',
    );
    expect(others.map((fault) => fault.split(' ')[1])).toEqual(['ErrorRateHigh', 'SlowRequests']);
  });

  test('scrapes so rare that windows hold few of them', () => {
    expect(faults({ networks: { net: { ...network, scrape: { interval: '3m' } } } })[0]).toMatch(
      /^networks\.net\.scrape\.interval: HeadStalled would look over 10m, fewer than 4 scrapes of 3m/,
    );
    expect(faults({ prometheus: { scrapeInterval: '3m' } })[0]).toMatch(/^prometheus\.scrapeInterval: HeadStalled/);
  });
});

describe('many faults', () => {
  test('are told all at once, shape and cross-checks, in every part of the file', () => {
    const all = faults({
      prometheus: { scrapeInterval: 15, timeScale: 60 },
      notifications: { default: 'team' },
      services: { status: { port: 9090 } },
      networks: {
        a: {
          chain: 'toy',
          nodes: { 'toy-node': ['x:1', 'y'] },
          labels: { job: 'j' },
          alerts: { LagHihg: {}, HeadStalled: { for: 5 }, SignerDown: {} },
        },
        b: { ...network, owner: 0xf39f, tpyo: 1, alerts: { BalanceLow: { threshold: '5m' } } },
        c: { ...network, alerts: { Watchdog: {} } },
      },
      grafna: {},
    });
    expect(all.map((fault) => fault.slice(0, fault.indexOf(': '))).sort()).toEqual([
      'grafna',
      'networks.a.alerts.HeadStalled.for',
      'networks.a.alerts.LagHihg',
      'networks.a.labels.job',
      'networks.a.nodes.toy-node[1]',
      'networks.b',
      'networks.b.alerts.BalanceLow.threshold',
      'networks.b.owner',
      'networks.c.alerts.Watchdog',
      'networks.c.nodes.toy-node[0]',
      'notifications.default',
      'prometheus.scrapeInterval',
      'services.status.port',
    ]);
  });

  test('a section that cannot be read gives rise to no faults of its own making', () => {
    const unreadable = {
      ...mainnet,
      notifications: { ...mainnet.notifications, tpyo: 1 },
      prometheus: { retention: '7' },
    };
    expect(faults(unreadable, 'mainnet')).toEqual([
      'notifications: unknown key "tpyo"; known: default, groupBy, groupInterval, groupWait, muteTimes, receivers, repeatInterval, routes, watchdog',
      'prometheus.retention: "7" is not a duration, such as 30s, 10m or 1h30m (largest unit first)',
    ]);
    expect(
      faults({
        prometheus: { scrapeInterval: 2 },
        networks: { net: { ...network, scrape: { timeout: '20s' }, alerts: { HeadStalled: { window: '50s' } } } },
      }),
    ).toEqual(['prometheus.scrapeInterval: expected text such as 30s, not the number 2']);
  });
});

describe('names', () => {
  test.each([
    ['receivr', ['receiver', 'route'], 'receiver'],
    ['RECEIVER', ['receiver'], 'receiver'],
    ['Balance', ['BatcherBalanceLow', 'Other'], 'BatcherBalanceLow'],
    ['xyz', ['receiver'], undefined],
    ['a', ['b', 'a1'], 'a1'],
    ['x', [], undefined],
  ])('nearest to %s of %j is %s', (name, known, near) => {
    expect(nearest(name, known)).toBe(near);
  });

  test('where nothing is near, all are listed, sorted', () => {
    expect(unknownName('thing', 'xyz', ['receiver', 'route'])).toBe('unknown thing "xyz"; known: receiver, route');
  });
});
