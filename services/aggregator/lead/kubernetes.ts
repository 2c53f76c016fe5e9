import { z } from 'zod';
import type { Attempt, Seat } from './election.ts';
import { exchange, read, type Told } from './exchange.ts';
import type { KubernetesSettings } from './settings.ts';

export interface KubernetesOptions {
  readonly settings: KubernetesSettings;
  /** Where the API server is, as every pod is told. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What stands in the Lease while we lead; no other process has the same. */
  readonly identity: string;
  /** The newest epoch that this replica has seen decide something. */
  readonly newest: () => Promise<number>;
  /** Milliseconds of a clock that never jumps; for tests. */
  readonly now?: () => number;
}

const lease = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string() }),
  spec: z
    .looseObject({
      holderIdentity: z.string().nullish(),
      leaseDurationSeconds: z.number().nullish(),
      leaseTransitions: z.number().nullish(),
      acquireTime: z.string().nullish(),
    })
    .default({}),
});
type Lease = z.output<typeof lease>;
const failed = z.looseObject({ message: z.string() });

/**
 * The seat is a Lease of Kubernetes (coordination.k8s.io/v1). Each write names the version that was read, and is refused where
 * somebody else has written since. The epoch is the number of its transitions: one more for each process that takes it, also after
 * one that let go, and more than whatever was decided here before: somebody may have removed the Lease.
 *
 * Times in it are for people. Whether its holder has gone is decided by our own clock: when the Lease has stayed the same for as
 * long as it says.
 */
export class KubernetesSeat implements Seat {
  readonly #options: KubernetesOptions;
  readonly #now: () => number;
  #observed: { readonly version: string; readonly at: number } | undefined;

  constructor(options: KubernetesOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  async attempt(): Promise<Attempt> {
    const found = await this.#read();
    if (found === undefined) return this.#create();
    const { spec } = found;
    const holder = spec.holderIdentity ?? '';
    const isOurs = holder === this.#options.identity;
    if (holder !== '' && !isOurs && !this.#isOver(found)) return this.#follow(found);
    const transitions = spec.leaseTransitions ?? 0;
    const newest = await this.#options.newest();
    const taken = isOurs && transitions >= newest ? {} : this.#acquired(Math.max(transitions, newest));
    return this.#write(found, { ...spec, ...this.#times(), ...taken });
  }

  async release(): Promise<void> {
    const found = await this.#read();
    if (found === undefined || found.spec.holderIdentity !== this.#options.identity) return;
    await this.#write(found, { ...found.spec, ...this.#times(), holderIdentity: '', leaseDurationSeconds: 1 });
  }

  #isOver({ metadata: { resourceVersion: version }, spec }: Lease): boolean {
    if (this.#observed?.version !== version) this.#observed = { version, at: this.#now() };
    return this.#now() - this.#observed.at > (spec.leaseDurationSeconds ?? 0) * 1000;
  }

  #follow({ spec }: Lease): Attempt {
    return { ours: false, leader: spec.holderIdentity ?? undefined, epoch: spec.leaseTransitions ?? undefined };
  }

  #times() {
    return { leaseDurationSeconds: Math.ceil(this.#options.settings.ttl / 1000), renewTime: microTime() };
  }

  #acquired(transitions: number) {
    return { holderIdentity: this.#options.identity, acquireTime: microTime(), leaseTransitions: transitions + 1 };
  }

  async #read(): Promise<Lease | undefined> {
    const told = await this.#ask('GET', this.#url(this.#options.settings.lease));
    if (told.status === 404) return undefined;
    return parsed(told);
  }

  async #create(): Promise<Attempt> {
    const { settings, identity, newest } = this.#options;
    const spec = { ...this.#times(), ...this.#acquired(await newest()) };
    const body = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: settings.lease, namespace: this.#namespace() },
      spec,
    };
    return this.#outcome(await this.#ask('POST', this.#url(), body), identity);
  }

  async #write(found: Lease, spec: Lease['spec']): Promise<Attempt> {
    const { settings, identity } = this.#options;
    return this.#outcome(await this.#ask('PUT', this.#url(settings.lease), { ...found, spec }), identity);
  }

  #outcome(told: Told, identity: string): Attempt {
    // Somebody was faster, and shows at the next look.
    if (told.status === 409) return { ours: false, leader: undefined, epoch: undefined };
    const written = parsed(told);
    const { holderIdentity: holder, leaseTransitions: epoch } = written.spec;
    if (holder !== identity || epoch === undefined || epoch === null) return this.#follow(written);
    return { ours: true, epoch };
  }

  #namespace(): string {
    const { namespace, namespaceFile } = this.#options.settings;
    return namespace ?? read(namespaceFile).trim();
  }

  #url(name = ''): URL {
    const { settings, env } = this.#options;
    const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '443' } = env;
    const inside = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
    if (settings.server === undefined && host === '') {
      throw new Error('KUBERNETES_SERVICE_HOST is not set: outside of a pod leader.kubernetes needs its server');
    }
    const path = `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(this.#namespace())}/leases`;
    return new URL(name === '' ? path : `${path}/${name}`, settings.server ?? inside);
  }

  async #ask(method: 'GET' | 'POST' | 'PUT', url: URL, body?: unknown): Promise<Told> {
    const { caFile, tokenFile, ttl } = this.#options.settings;
    // Kubernetes replaces it each hour.
    const headers = { authorization: `Bearer ${read(tokenFile).trim()}` };
    return exchange({ method, url, tls: { caFile }, headers, body, timeout: ttl / 4 });
  }
}

function parsed(told: Told): Lease {
  const found = told.status < 300 ? lease.safeParse(told.body) : undefined;
  if (found?.success) return found.data;
  const said = failed.safeParse(told.body);
  throw new Error(`the API server answers ${told.status}${said.success ? `: ${said.data.message}` : ''}`);
}

/** Kubernetes takes six digits behind the second, no less and no more. */
function microTime(): string {
  return new Date().toISOString().replace('Z', '000Z');
}
