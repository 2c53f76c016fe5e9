/** What is reached from outside, what takes pushed metrics, and which image: fields that must agree, and what an environment asks for. */
import { hasAggregator } from '../aggregator.ts';
import type { Fault, Path } from '../faults.ts';
import { type Authentication, EXPOSABLE, type Exposable } from '../inCluster.ts';
import type { DeepReadonly, Stack } from '../stack.ts';

const ROOT = 'chainwatch:kubernetes';
type Kubernetes = NonNullable<Stack['kubernetes']>;
type Exposure = NonNullable<Kubernetes['exposure']>;

export function checkInCluster(stack: Stack): Fault[] {
  const { kubernetes } = stack;
  if (kubernetes === undefined) return [];
  const { exposure } = kubernetes;
  return [
    ...image(kubernetes),
    ...ingestion(kubernetes),
    ...(exposure === undefined ? [] : exposed(stack, kubernetes, exposure)),
  ];
}

function image(kubernetes: Kubernetes): Fault[] {
  if (kubernetes.image === undefined || kubernetes.build === undefined) return [];
  return [{ path: [ROOT, 'build'], message: 'an image is given by digest beside it: say one of them' }];
}

function ingestion({ ingestion: said, exposure }: Kubernetes): Fault[] {
  if (said === undefined) return [];
  const path = [ROOT, 'ingestion'];
  const faults: Fault[] = [];
  if (!said.otlp && !said.remoteWrite)
    faults.push({ path, message: 'takes nothing: set otlp, remoteWrite, or both to true' });
  if (said.from.length === 0 && exposure?.services.ingestion === undefined)
    faults.push({
      path,
      message:
        'nobody can reach it: name the namespaces that push under "from", or expose it (exposure.services.ingestion)',
    });
  return faults;
}

function exposed(stack: Stack, kubernetes: Kubernetes, exposure: Exposure): Fault[] {
  const path = [ROOT, 'exposure'];
  const names = EXPOSABLE.filter((name) => exposure.services[name] !== undefined);
  const faults: Fault[] = [];
  if ((exposure.ingress === undefined) === (exposure.gateway === undefined))
    faults.push({ path, message: 'say one of "ingress" and "gateway": how requests come in' });
  if (names.length === 0)
    faults.push({ path: [...path, 'services'], message: 'names no service; say which, or remove exposure' });
  return [
    ...faults,
    ...names.flatMap((name) => there(stack, kubernetes, name)),
    ...hosts(exposure, names),
    ...certificates(exposure, names),
    ...authentications(exposure, names),
    ...names.flatMap((name) => unguarded(stack, exposure, name)),
  ];
}

const at = (name: Exposable, ...more: readonly string[]): Path => [ROOT, 'exposure', 'services', name, ...more];

function there(stack: Stack, { grafana, ingestion: taken }: Kubernetes, name: Exposable): Fault[] {
  const { services } = stack;
  const path = at(name);
  if (name === 'aggregator') return aggregator(stack);
  if ((name === 'status' || name === 'receiver') && !services[name].enabled)
    return [
      { path, message: `${name} is switched off (chainwatch:services.${name}.enabled), so there is nothing to reach` },
    ];
  if (name === 'grafana' && !grafana)
    return [{ path, message: 'no Grafana runs in the cluster: set chainwatch:kubernetes.grafana' }];
  if (name === 'ingestion' && taken === undefined)
    return [{ path, message: 'nothing takes pushed metrics: set chainwatch:kubernetes.ingestion' }];
  return [];
}

function aggregator(stack: Stack): Fault[] {
  const path = at('aggregator');
  const none =
    'no aggregator runs in this stack: name it among the nodes of a network, or set chainwatch:services.aggregator.enabled';
  if (!hasAggregator(stack)) return [{ path, message: none }];
  if (stack.services.aggregator.tls?.clientCa === undefined) return [];
  const unseen =
    'whoever comes by a host shows its certificate to the controller, never to the aggregator, which wants one (chainwatch:services.aggregator.tls.clientCa): take out one of them';
  return [{ path, message: unseen }];
}

function hosts({ services }: Exposure, names: readonly Exposable[]): Fault[] {
  const taken = new Map<string, Exposable>();
  return names.flatMap((name) => {
    const host = services[name]?.host ?? '';
    const before = taken.get(host);
    if (before === undefined) taken.set(host, name);
    return before === undefined ? [] : [{ path: at(name, 'host'), message: `${host} is already that of ${before}` }];
  });
}

function certificates({ gateway, services }: Exposure, names: readonly Exposable[]): Fault[] {
  if (gateway === undefined) return [];
  return names
    .filter((name) => services[name]?.certificate !== undefined)
    .map((name) => ({
      path: at(name, 'certificate'),
      message: 'a Gateway holds the certificates at its listener; put it there',
    }));
}

function authentications(exposure: Exposure, names: readonly Exposable[]): Fault[] {
  const own = names.flatMap((name) => {
    const said = ownAuthentication(exposure, name);
    return said === undefined || said === 'none' ? [] : authentication(said, at(name, 'authentication'));
  });
  const common = exposure.authentication;
  return [...(common ? authentication(common, [ROOT, 'exposure', 'authentication']) : []), ...own];
}

/** `http://oauth2-proxy.auth.svc:4180/oauth2/auth`, with or without the domain of the cluster. */
const IN_CLUSTER = /^http:\/\/[a-z0-9-]+\.[a-z0-9-]+\.svc(\.[a-z0-9.-]+)?(:\d+)?(\/[A-Za-z0-9._~/-]*)?$/;
/** Nothing that means something to the gate. */
const PLAIN = /^[A-Za-z0-9:/?=&%._~-]+$/;

function authentication({ basic, forward, addresses }: DeepReadonly<Authentication>, path: Path): Fault[] {
  const faults: Fault[] = [];
  if (!basic && !forward && addresses.length === 0)
    faults.push({ path, message: 'asks for nothing: say basic, forward or addresses' });
  if (basic && forward) faults.push({ path, message: 'asks twice: say one of basic and forward' });
  if (forward && !IN_CLUSTER.test(forward.url))
    faults.push({
      path: [...path, 'forward', 'url'],
      message: 'must be a Service of the cluster, such as http://oauth2-proxy.auth.svc:4180/oauth2/auth',
    });
  if (forward?.signIn !== undefined && !PLAIN.test(forward.signIn))
    faults.push({ path: [...path, 'forward', 'signIn'], message: 'has characters that do not belong in an address' });
  return faults;
}

/** What anyone could do who is not asked. */
const WORTH_ASKING: Readonly<Partial<Record<Exposable, string>>> = {
  receiver: 'everybody could read every alert',
  prometheus: 'everybody could read every series, and ask until it falls over',
  alertmanager: 'everybody could silence every alert',
};

/** The webhooks of the receiver and ingestion carry a token of their own; Grafana has its login. */
function unguarded({ kind }: Stack, exposure: Exposure, name: Exposable): Fault[] {
  const own = ownAuthentication(exposure, name);
  const guarded = own === undefined ? exposure.authentication !== undefined : own !== 'none';
  if (guarded || kind === 'dev') return [];
  // A status page for everybody is a thing that testnets have.
  const danger = name === 'status' && kind === 'mainnet' ? 'everybody could read what is wrong' : WORTH_ASKING[name];
  if (danger === undefined) return [];
  return [{ path: at(name), message: `without authentication ${danger}; say basic, forward or addresses` }];
}

function ownAuthentication({ services }: Exposure, name: Exposable) {
  const said = services[name];
  return said !== undefined && 'authentication' in said ? said.authentication : undefined;
}
