import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../../config/faults.ts';
import { readStackFile } from '../../../config/file.ts';
import { parseStack } from '../../../config/parse.ts';
import { known } from '../../fixtures/toy.ts';

const FILE = 'Pulumi.dev.yaml';

/** What a person reads of a stack file with faults. */
function message(text: string): string {
  try {
    const { config, locate } = readStackFile(text, FILE);
    parseStack(config, { environment: 'dev', knowledge: known.forConfig, file: FILE, locate });
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'no fault';
}

describe('a stack file', () => {
  test('with faults lists them all in the order of the file, each with line and column', () => {
    const text = `# what there is
config:
  other:key: 1
  chainwatch:networks:
    net:
      chain: toy
      nodes:
        toy-node: ["10.0.0.1:9000", "10.0.0.1:9000"]
        "toy-nod": []
      owner: 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266
      alerts:
        LagHihg: { for: 10m }
        BalanceLow: { threshold: 0.2, window: 5m }
  chainwatch:notifications:
    receivers: { team: { slack: { webhook: { secure: v1:abc } } } }
    default: team
  chainwatch:prometheus:
    remoteWrite:
      - { name: a, url: "https://a.example" }
      - name: b
        url: nowhere
`;
    expect(message(text)).toBe(
      `Pulumi.dev.yaml has 8 faults:
  Pulumi.dev.yaml:7:7  chainwatch:networks.net.nodes: unknown key "toy-nod"; did you mean "toy-node"?
  Pulumi.dev.yaml:8:37  chainwatch:networks.net.nodes.toy-node[1]: 10.0.0.1:9000 is already a target: toy-node of net
  Pulumi.dev.yaml:10:7  chainwatch:networks.net.owner: YAML read this address as a number: quote it ("0x…")
  Pulumi.dev.yaml:12:9  chainwatch:networks.net.alerts.LagHihg: unknown alert "LagHihg"; did you mean "LagHigh"?
  Pulumi.dev.yaml:13:23  chainwatch:networks.net.alerts.BalanceLow.threshold: the number 0.2 has no unit; write for example "0.2 ETH"
  Pulumi.dev.yaml:13:39  chainwatch:networks.net.alerts.BalanceLow.window: BalanceLow looks over no window that could be tuned
  Pulumi.dev.yaml:15:35  chainwatch:notifications.receivers.team.slack.webhook: a secret may stand only under chainwatch:secrets; put it there and write { secret: <name> } here
  Pulumi.dev.yaml:21:9  chainwatch:prometheus.remoteWrite[1].url: "nowhere" is not a URL that starts with http:// or https://`,
    );
  });

  test('with one fault says so', () => {
    expect(message('config:\n  chainwatch:prometheus:\n    retention: 5\n')).toBe(`Pulumi.dev.yaml has 1 fault:
  Pulumi.dev.yaml:3:5  chainwatch:prometheus.retention: expected text such as 30s, not the number 5`);
  });

  test('an item of a list is found by its place', () => {
    const text =
      'config:\n  chainwatch:networks:\n    net:\n      chain: toy\n      nodes:\n        toy-node:\n          - 10.0.0.1:9000\n          - nowhere\n';
    expect(message(text)).toContain(
      'Pulumi.dev.yaml:8:13  chainwatch:networks.net.nodes.toy-node[1]: "nowhere" is not host:port',
    );
  });

  test.each([
    [
      '',
      'Pulumi.dev.yaml has 1 fault:\n  Pulumi.dev.yaml  config: holds no configuration; it starts with "config:" and keys such as "chainwatch:networks:" under it',
    ],
    [
      'config:\n  chainwatch:networks: {}\nchainwatch:prometheus: {}\nencryptionsalt: v1:x\n',
      'has 1 fault:\n  Pulumi.dev.yaml:3:1  chainwatch:prometheus: is read only under "config:": indent it under config:',
    ],
    [
      'chainwatch:networks: {}\nchainwatch:prometheus: {}\n',
      'has 2 faults:\n  Pulumi.dev.yaml:1:1  chainwatch:networks: is read only under "config:": indent it under config:',
    ],
    ['confg: {}\n', 'Pulumi.dev.yaml:1:1  confg: is nothing that Pulumi knows; did you mean "config"?'],
    [
      'config: {}\nnetworks: {}\n',
      'Pulumi.dev.yaml:2:1  networks: is nothing that Pulumi knows (config, environment, secretsprovider, encryptedkey, encryptionsalt, imports), so nobody would read it: remove it, or indent it under "config:" as chainwatch:networks',
    ],
    ['config: {}\nsecretsprovider: x\nencryptedkey: y\nenvironment: { imports: [a] }\n', 'no fault'],
    ['- a\n', 'config: holds no configuration'],
    ['config: text\n', 'config: holds no configuration'],
    ['config:\n', 'config: holds no configuration'],
    [
      'config:\n  a: [1\n',
      'Pulumi.dev.yaml:3:1  Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    ['config:\n  a: 1\n  a: 2\n', 'Pulumi.dev.yaml:3:3  Map keys must be unique'],
    [
      'config:\n  a: *nothing\n',
      'Pulumi.dev.yaml  Unresolved alias (the anchor must be set before the alias): nothing',
    ],
  ])('%j', (text, expected) => {
    expect(message(text)).toContain(expected);
  });

  test('that is a part of itself is refused', () => {
    expect(message('config:\n  chainwatch:system: &a\n    hosts: { b: *a }\n')).toBe(
      'Pulumi.dev.yaml has 1 fault:\n  Pulumi.dev.yaml:3:14  config.chainwatch:system.hosts.b: is an alias of something that it is itself a part of',
    );
  });

  test('of aliases of aliases is refused, not unfolded', () => {
    const levels = Array.from(
      { length: 9 },
      (_, index) => `  x:l${index + 1}: &l${index + 1} [${Array(9).fill(`*l${index}`).join(', ')}]`,
    );
    expect(message(`config:\n  x:l0: &l0 [a, b]\n${levels.join('\n')}\n`)).toContain('Pulumi.dev.yaml has 1 fault');
  });
});
