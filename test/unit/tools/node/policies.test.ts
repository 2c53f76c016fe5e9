import { describe, expect, it } from 'vitest';
import {
  matches,
  namespaceSchema,
  type Pod,
  podSchema,
  policySchema,
  ruleset,
  type Seen,
} from '../../../../tools/node/policies.ts';

interface PodFacts {
  readonly ip?: string;
  readonly namespace?: string;
  readonly ports?: object[];
  readonly hostNetwork?: boolean;
  readonly phase?: string;
}

function pod(name: string, { ip, namespace = 'a', ports = [], hostNetwork = false, phase = 'Running' }: PodFacts): Pod {
  return podSchema.parse({
    metadata: { name, namespace, labels: { app: name } },
    spec: { hostNetwork, containers: [{ name: 'main', ports }] },
    status: { phase, ...(ip === undefined ? {} : { podIP: ip }) },
  });
}

const policy = (spec: object, namespace = 'a') => policySchema.parse({ metadata: { name: 'p', namespace }, spec });
const app = (name: string) => ({ matchLabels: { app: name } });
const web = pod('web', { ip: '10.0.0.1', ports: [{ name: 'http', containerPort: 8080 }] });
const reader = pod('reader', { ip: '10.0.0.2' });
const stranger = pod('reader', { ip: '10.0.0.3', namespace: 'b' });
const namespaces = ['a', 'b'].map((name) => namespaceSchema.parse({ metadata: { name, labels: { name } } }));

/** The lines of one pod's chain. */
function chain(seen: Partial<Seen>, direction: string, name: string): string[] | undefined {
  const text = ruleset({ pods: [web, reader, stranger], namespaces, policies: [], ...seen });
  const found = new RegExp(`  chain ${direction}-\\d+ \\{\\n    # ${name}\\n([^}]*(?:\\}[^\\n][^}]*)*)\\n  \\}`).exec(
    text,
  );
  return found?.[1]?.split('\n').map((line) => line.trim());
}

const REFUSED = 'reject with icmpx admin-prohibited';

describe('the rules of NetworkPolicies', () => {
  it('leave a pod alone that no policy selects', () => {
    const text = ruleset({ pods: [web], namespaces, policies: [policy({ podSelector: app('other') })] });
    expect(text).not.toContain('10.0.0.1');
  });

  it('refuse everything where a policy allows nothing, in the directions that it is about', () => {
    const policies = [policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] })];
    expect(chain({ policies }, 'ingress', 'a/web')).toEqual([REFUSED]);
    expect(chain({ policies }, 'egress', 'a/web')).toEqual([REFUSED]);
    expect(chain({ policies }, 'ingress', 'b/reader')).toBeUndefined();
    const only = [policy({ podSelector: {}, policyTypes: ['Ingress'] })];
    expect(chain({ policies: only }, 'egress', 'a/web')).toBeUndefined();
  });

  it('are about both directions without being told, where something is said of connections out', () => {
    expect(chain({ policies: [policy({ podSelector: {} })] }, 'egress', 'a/web')).toBeUndefined();
    expect(chain({ policies: [policy({ podSelector: {}, egress: [{}] })] }, 'egress', 'a/web')).toEqual([
      'return',
      REFUSED,
    ]);
  });

  it('let pods of the same namespace in by label, and of others only where those are selected', () => {
    const from = (...peers: object[]) => [
      policy({ podSelector: app('web'), ingress: [{ from: peers, ports: [{ port: 8080 }] }] }),
    ];
    const where = (policies: Seen['policies']) => chain({ policies }, 'ingress', 'a/web');
    expect(where(from({ podSelector: app('reader') }))).toEqual([
      'ip saddr { 10.0.0.2 } tcp dport 8080 return',
      REFUSED,
    ]);
    expect(where(from({ podSelector: app('reader'), namespaceSelector: {} }))).toEqual([
      'ip saddr { 10.0.0.2, 10.0.0.3 } tcp dport 8080 return',
      REFUSED,
    ]);
    expect(where(from({ namespaceSelector: { matchLabels: { name: 'b' } } }))).toEqual([
      'ip saddr { 10.0.0.3 } tcp dport 8080 return',
      REFUSED,
    ]);
    expect(where(from({ podSelector: app('nobody') }))).toEqual([REFUSED]);
  });

  it('take a port by the name that the pod gives it which is connected to', () => {
    const ports = [{ port: 'http' }];
    const inwards = [policy({ podSelector: app('web'), ingress: [{ ports }] })];
    expect(chain({ policies: inwards }, 'ingress', 'a/web')).toEqual(['tcp dport 8080 return', REFUSED]);
    const outwards = [policy({ podSelector: app('reader'), egress: [{ to: [{ podSelector: {} }], ports }] })];
    expect(chain({ policies: outwards }, 'egress', 'a/reader')).toEqual([
      'ip daddr 10.0.0.1 tcp dport 8080 return',
      REFUSED,
    ]);
  });

  it('know blocks of addresses with their exceptions, ranges of ports and protocols', () => {
    const egress = [
      { to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] } }, { ipBlock: { cidr: '::/0' } }] },
      { ports: [{ port: 53, protocol: 'UDP' }, { port: 1000, endPort: 2000 }, { protocol: 'SCTP' }] },
    ];
    expect(chain({ policies: [policy({ podSelector: {}, egress })] }, 'egress', 'a/web')).toEqual([
      'ip daddr 0.0.0.0/0 ip daddr != { 169.254.169.254/32 } return',
      'udp dport 53 return',
      'tcp dport 1000-2000 return',
      'meta l4proto sctp return',
      REFUSED,
    ]);
  });

  it('leave out who has no address of its own, or not any more', () => {
    const pods = [
      pod('host', { ip: '10.0.0.7', hostNetwork: true }),
      pod('ended', { ip: '10.0.0.8', phase: 'Succeeded' }),
      pod('coming', {}),
    ];
    const policies = [policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] })];
    expect(ruleset({ pods, namespaces, policies })).not.toMatch(/10\.0\.0\.|jump/);
  });

  it('are the same for the same objects in any order', () => {
    const policies = [policy({ podSelector: {} }), policy({ podSelector: app('reader') }, 'b')];
    const pods = [web, reader, stranger];
    const once = ruleset({ pods, namespaces, policies });
    expect(ruleset({ pods: pods.toReversed(), namespaces, policies: policies.toReversed() })).toBe(once);
  });
});

describe('a selector', () => {
  const expression = (operator: string, values: string[] = []) =>
    policySchema.parse({
      metadata: { name: 'p', namespace: 'a' },
      spec: { podSelector: { matchExpressions: [{ key: 'app', operator, values }] } },
    }).spec.podSelector;

  it.each([
    ['In', ['web'], true, false, false],
    ['NotIn', ['web'], false, true, true],
    ['Exists', [], true, true, false],
    ['DoesNotExist', [], false, false, true],
  ])('%s %j', (operator, values, web, other, none) => {
    const wanted = expression(operator, values);
    expect([{ app: 'web' }, { app: 'other' }, {}].map((labels) => matches(wanted, labels))).toEqual([web, other, none]);
  });
});
