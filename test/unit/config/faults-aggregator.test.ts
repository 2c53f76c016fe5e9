import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAgeRecipient } from '../../../config/ageRecipient.ts';
import { warningsOf } from '../../../config/check/warnings.ts';
import { formatPath } from '../../../config/faults.ts';
import { type Case, faults } from '../../fixtures/faults.ts';
import { known as real } from '../../fixtures/real.ts';
import { type Config, stackOf } from '../../fixtures/toy.ts';

const RECIPIENT = 'age1t39fr8ksxskh9ru7ch2tp2meyw22efuq87gk55ehwdpwjleu45cqwymwm0';
const MISTYPED = RECIPIENT.replace('9ru7', '9ru8');

const aggregator = (said: Config, more: Config = {}): Config => ({
  kubernetes: {},
  services: { aggregator: { enabled: true, ...said } },
  ...more,
});
const tls = { certificate: 'aggregator-tls' };
const exposed = (said: Config, services: Config = { aggregator: { host: 'push.example.org' } }) =>
  aggregator(said, {
    kubernetes: { exposure: { ingress: { class: 'nginx' }, controllerNamespace: 'ingress', services } },
  });

const cases: readonly Case[] = [
  [
    'backups more often than the service makes them',
    aggregator({ backup: { every: '30s' } }),
    'services.aggregator.backup.every: must be at least 1m',
  ],
  ['and less often', aggregator({ backup: { every: '5w' } }), 'services.aggregator.backup.every: must be at most 4w'],
  [
    'a backup that does not stay',
    aggregator({ backup: { keep: 0 } }),
    'services.aggregator.backup.keep: must be at least 1, not 0',
  ],
  [
    'a mistyped recipient, which is not repeated',
    aggregator({ backup: { ageRecipients: [RECIPIENT, MISTYPED] } }),
    'services.aggregator.backup.ageRecipients[1]: is no public key of age, such as age-keygen prints: age1…',
  ],
  [
    'a folder of the service, which the stack knows',
    aggregator({ backup: { folder: '/backups' } }),
    'services.aggregator.backup: unknown key "folder"; known: ageRecipients, claim, every, keep',
  ],
  [
    'a claim that is none',
    aggregator({ backup: { claim: 'Backups' } }),
    'services.aggregator.backup.claim: must be the name of an object: lower-case letters, digits, dashes',
  ],
  [
    'a claim without a cluster',
    aggregator({ backup: { claim: 'backups' } }, { kubernetes: undefined }),
    'services.aggregator.backup.claim: is of a cluster, and the stack file names none: set chainwatch:kubernetes, or leave it out',
  ],
  ['TLS without a certificate', aggregator({ tls: {} }), 'services.aggregator.tls.certificate: is missing'],
  [
    'TLS without a cluster',
    aggregator({ tls }, { kubernetes: undefined }),
    'services.aggregator.tls: names Secrets of a cluster, and the stack file names none: set chainwatch:kubernetes, or leave tls out; on one machine only that machine reaches it',
  ],
  [
    'certificates of clients, and none for Prometheus',
    aggregator({ tls: { ...tls, clientCa: 'nodes-ca' } }),
    'services.aggregator.tls.clientCertificate: goes together with clientCa: it is what Prometheus and replicas show to be let in',
  ],
  [
    'an aggregator that is exposed and not there',
    exposed({ enabled: false }),
    'kubernetes.exposure.services.aggregator: no aggregator runs in this stack: name it among the nodes of a network, or set chainwatch:services.aggregator.enabled',
  ],
  [
    'one that is exposed and lets in only who shows a certificate',
    exposed({ tls: { ...tls, clientCa: 'nodes-ca', clientCertificate: 'own' } }),
    'kubernetes.exposure.services.aggregator: whoever comes by a host shows its certificate to the controller, never to the aggregator, which wants one (chainwatch:services.aggregator.tls.clientCa): take out one of them',
  ],
  [
    'another authentication before it, which no agent could pass',
    exposed({}, { aggregator: { host: 'push.example.org', authentication: { basic: { secret: 'users' } } } }),
    'kubernetes.exposure.services.aggregator: unknown key "authentication"; did you mean "authentication"?',
  ],
];

describe('the aggregator of a stack file', () => {
  test.each(cases)('%s', (_, config, fault) => {
    expect(faults(config)).toEqual([fault]);
  });

  test('takes what is right', () => {
    const backup = { every: '6h', keep: 28, ageRecipients: [RECIPIENT], claim: 'backups' };
    expect(faults(aggregator({ backup, tls }))).toEqual([]);
    expect(faults(aggregator({ tls: { ...tls, clientCa: 'nodes-ca', clientCertificate: 'own' } }))).toEqual([]);
    expect(faults(exposed({ tls }))).toEqual([]);
  });

  test('does not take TLS from simulated nodes that push to it: they speak none', () => {
    const nodes = { 'tb-node': ['a:1'], aggregator: [{ name: 'aggregator', service: 'aggregator' }] };
    const pushing = (simulated: boolean) => {
      const networks = { net: { chain: 'the-block', simulated, nodes } };
      const config = { networks, kubernetes: {}, services: { aggregator: { tls } } };
      return () => stackOf(config, { knowledge: real.forConfig });
    };
    expect(pushing(true)).toThrow('the simulated nodes of net push to it without TLS');
    expect(pushing(false)).not.toThrow();
  });

  test('is warned of where each backup is old before the next one comes, unless somebody has tuned the alert', () => {
    const warnings = (every: string, alerts: Config = {}) => {
      const sections = aggregator({ backup: { every } }, { networks: {}, system: { alerts } });
      const stack = stackOf(sections, { knowledge: real.forConfig });
      const all = warningsOf(stack, real.forConfig).map(({ path, message }) => `${formatPath(path)}: ${message}`);
      return all.filter((text) => text.includes('AggregatorBackupOld'));
    };
    expect(warnings('1d')).toEqual([]);
    expect(warnings('2d')).toEqual([
      expect.stringMatching(/^chainwatch:services\.aggregator\.backup\.every: AggregatorBackupOld fires when/),
    ]);
    expect(warnings('1w', { AggregatorBackupOld: { threshold: '200 h' } })).toEqual([]);
  });
});

describe('a public key of age', () => {
  test('is told from one with a wrong letter, wherever it stands', () => {
    expect(isAgeRecipient(RECIPIENT)).toBe(true);
    const place = fc.integer({ min: 4, max: RECIPIENT.length - 1 });
    fc.assert(
      fc.property(place, fc.constantFrom(...'qpzry9x8gf2tvdw0s3jn54khce6mua7l'), (index, letter) => {
        const other = RECIPIENT.slice(0, index) + letter + RECIPIENT.slice(index + 1);
        return isAgeRecipient(other) === (other === RECIPIENT);
      }),
    );
  });

  test.each(['', 'age1', `AGE-SECRET-KEY-1${'Q'.repeat(58)}`, RECIPIENT.toUpperCase(), `${RECIPIENT} `])(
    '%j is none',
    (text) => {
      expect(isAgeRecipient(text)).toBe(false);
    },
  );
});
