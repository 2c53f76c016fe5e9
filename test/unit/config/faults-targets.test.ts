import { describe, expect, test } from 'vitest';
import { type Case, faults, withAlerts } from '../../fixtures/faults.ts';
import { network } from '../../fixtures/toy.ts';

const cases: readonly Case[] = [
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
    'a page asked for at no URL',
    { system: { probes: [{ name: 'p', url: 'a.example:443' }] } },
    'system.probes[0].url: "a.example:443" is not a URL that starts with http:// or https://',
  ],
  [
    'a URL to connect to',
    { system: { probes: [{ name: 'p', url: 'https://a.example', module: 'tcp_connect' }] } },
    'system.probes[0].url: "https://a.example" is not host:port, such as 10.0.0.5:9464 (no http://, no path)',
  ],
  [
    'a port to ping',
    { system: { probes: [{ name: 'p', url: 'a.example:443', module: 'icmp' }] } },
    'system.probes[0].url: "a.example:443" is not a host, such as node-1.example.org or 10.0.0.5 (no http://, no port)',
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
];

describe('a fault of targets and labels', () => {
  test.each(cases)('%s', (_, sections, message, environment) => {
    expect(faults(sections, environment)).toEqual([message]);
  });
});
