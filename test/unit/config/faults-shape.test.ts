import { describe, expect, test } from 'vitest';
import { type Case, faults, withAlerts, withNotifications } from '../../fixtures/faults.ts';
import { network } from '../../fixtures/toy.ts';

const cases: readonly Case[] = [
  ['an unknown key', { network: {} }, 'network: unknown key "chainwatch:network"; did you mean "chainwatch:networks"?'],
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
  [
    'a network without chain',
    { networks: { net: { nodes: network.nodes } } },
    'networks.net: says no chain; known: toy',
  ],
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
    'an address or a secret that is neither',
    withNotifications({ receivers: { a: { webhook: { url: 5 } } }, default: 'a' }),
    'notifications.receivers.a.webhook.url: expected text such as https://example.org/path, not the number 5; or must be an object, not the number 5',
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

  [
    'a secret elsewhere',
    { grafana: { url: 'https://g.example', dataSourceUid: 'x', folderPrefix: { secure: 'v1:abc' } } },
    'grafana.folderPrefix: a secret may stand only under chainwatch:secrets; put it there and write { secret: <name> } here',
  ],
  [
    'a secret in plain text',
    { secrets: { rpcUrl: 'https://node.example/s3cr3t', grafanaToken: { secure: 'v1:x' } } },
    "secrets.rpcUrl: stands in plain text in a file of the repository; encrypt it: pulumi config set --secret --path 'chainwatch:secrets.rpcUrl' (and have a new one made if anybody may have read it)",
  ],
  ['secrets that are a text', { secrets: 'hunter2' }, 'secrets: must be an object: a secret under each name'],
  [
    'an unknown secret',
    {
      secrets: { slackHook: { secure: 'v1:x' } },
      ...withNotifications({ receivers: { team: { slack: { webhook: { secret: 'slackHok' } } } }, default: 'team' }),
    },
    'notifications.receivers.team.slack.webhook.secret: unknown secret "slackHok"; did you mean "slackHook"? (set it with: pulumi config set --secret --path \'chainwatch:secrets.slackHok\')',
  ],
  [
    'an unknown secret of a network',
    { secrets: {}, networks: { net: { ...network, rpc: { urls: [{ secret: 'rpcUrl' }] } } } },
    'networks.net.rpc.urls[0].secret: unknown secret "rpcUrl"; there are none here (set it with: pulumi config set --secret --path \'chainwatch:secrets.rpcUrl\')',
  ],
];

describe('a fault of shape', () => {
  test.each(cases)('%s', (_, sections, message, environment) => {
    expect(faults(sections, environment)).toEqual([message]);
  });
});

describe('a network whose chain is misspelt', () => {
  test('is checked all the same, as far as no chain is needed', () => {
    const net = {
      chain: 'toi',
      engine: 'prometeus',
      nodes: { 'toy-node': ['10.0.0.1:9000', '10.0.0.1:9000', 'no port'], anything: ['10.0.0.2:9000'] },
      labels: { severity: 'low' },
      alerts: { LagHigh: { treshold: '5s' }, Unknown: { labels: { network: 'x' } } },
      owner: { secret: 'nothing' },
    };
    expect(faults({ networks: { net }, secrets: {} }).sort()).toEqual([
      'networks.net.alerts.LagHigh: unknown key "treshold"; did you mean "threshold"?',
      'networks.net.alerts.Unknown.labels.network: "network" is the name of the network; choose another label',
      'networks.net.chain: unknown chain "toi"; did you mean "toy"?',
      'networks.net.engine: must be prometheus or grafana: did you mean "prometheus"?',
      'networks.net.labels.severity: "severity" is set by "severity" of a tuning; choose another label',
      'networks.net.nodes.toy-node[1]: 10.0.0.1:9000 is already a target: toy-node of net',
      'networks.net.nodes.toy-node[2]: "no port" is not host:port, such as 10.0.0.5:9464 (no http://, no path)',
      expect.stringMatching(/^networks\.net\.owner\.secret: unknown secret "nothing"/),
    ]);
  });

  test('has its targets looked at: none twice, and at least one', () => {
    const nodes = { 'toy-node': ['10.0.0.1:9000', '10.0.0.1:9000'] };
    expect(faults({ networks: { a: { chain: 'toi', nodes }, b: { chain: 'toi', nodes: {} } } })).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^networks\.a\.nodes\.toy-node\[1\]: 10\.0\.0\.1:9000 is already a target/),
        expect.stringMatching(/^networks\.b\.nodes: has no target/),
      ]),
    );
  });

  test('that is nothing at all is one fault', () => {
    expect(faults({ networks: { net: 5 } })).toEqual(['networks.net: says no chain; known: toy']);
  });
});

test.each([
  [{ name: 'a', service: 'gett' }, 'service: must be geth or aggregator: did you mean "geth"?'],
  [
    { name: 'a', adress: 'x:1' },
    'address: expected text such as 10.0.0.5:9464, not nothing',
    ': unknown key "adress"; did you mean "address"?',
  ],
  [{ name: 'a', servise: 'geth' }, 'service: is missing', ': unknown key "servise"; did you mean "service"?'],
  [{ name: 'A', address: 'x:1' }, expect.stringMatching(/^name: must be lower-case/)],
  [7, ': expected text such as 10.0.0.5:9464, not the number 7; or must be an object, not the number 7'],
])('a node %j is told as what it was meant to be', (node, ...expected) => {
  const told = faults({ networks: { net: { chain: 'toy', nodes: { 'toy-node': [node, 'x:2'] } } } });
  expect(told.map((text) => text.replace(/^networks\.net\.nodes\.toy-node\[0\]\.?/, ''))).toEqual(expected);
});
