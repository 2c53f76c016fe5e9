/** An API server as the tests talk to it: objects by kind and name, applied in the way of `pulumi up`. */
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { ApiAccess } from '../../tools/cluster/api.ts';

const metadata = z.looseObject({
  name: z.string(),
  namespace: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  generation: z.number().optional(),
  resourceVersion: z.string().optional(),
});

export const kubernetesObject = z.looseObject({ apiVersion: z.string(), kind: z.string(), metadata });
export type KubernetesObject = z.infer<typeof kubernetesObject>;
const itemsOf = z.looseObject({ items: z.array(z.looseObject({ metadata })) });
const resources = z.looseObject({
  resources: z.array(z.looseObject({ name: z.string(), kind: z.string(), namespaced: z.boolean() })),
});

export type Kind = Pick<KubernetesObject, 'apiVersion' | 'kind'>;
export interface Place {
  readonly name: string;
  readonly namespace?: string | undefined;
}

export interface Applied {
  readonly object: KubernetesObject;
  /** What the server has to remark, such as that pods would not be restricted. */
  readonly warnings: readonly string[];
}

export interface ApplyOptions {
  /** Who owns the fields. @default as the provider of Pulumi calls itself */
  readonly manager?: string;
  /** Nothing is stored. */
  readonly dryRun?: boolean;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly warnings: readonly string[];
}

const TIMEOUT_MS = 20_000;

export class Client {
  readonly #access: ApiAccess;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #paths = new Map<string, string>();

  constructor(access: ApiAccess) {
    this.#access = access;
  }

  /** Server-side, and strict: a field that the kind has not is an error. @throws Error with the server's words */
  async apply(
    object: KubernetesObject,
    { manager = 'pulumi-kubernetes', dryRun }: ApplyOptions = {},
  ): Promise<Applied> {
    const query = new URLSearchParams({
      fieldManager: manager,
      fieldValidation: 'Strict',
      ...(dryRun && { dryRun: 'All' }),
    });
    const path = await this.#pathOf(object, object.metadata);
    const answer = await this.#ask('PATCH', `${path}?${query}`, object, 'application/apply-patch+yaml');
    if (answer.status >= 300) throw refused(`${object.kind} ${object.metadata.name}`, answer);
    return { object: kubernetesObject.parse(answer.body), warnings: answer.warnings };
  }

  async get(kind: Kind, place: Place): Promise<KubernetesObject | undefined> {
    const answer = await this.#ask('GET', await this.#pathOf(kind, place));
    if (answer.status === 404) return undefined;
    if (answer.status >= 300) throw refused(`${kind.kind} ${place.name}`, answer);
    return kubernetesObject.parse(answer.body);
  }

  /** Sorted by name. @param namespace of all where none is given */
  async list({ apiVersion, kind }: Kind, namespace?: string): Promise<KubernetesObject[]> {
    const answer = await this.#ask('GET', await this.#pathOf({ apiVersion, kind }, { name: '', namespace }));
    if (answer.status >= 300) throw refused(`the list of ${kind}`, answer);
    const { items } = itemsOf.parse(answer.body);
    return items
      .map((item): KubernetesObject => ({ ...item, apiVersion, kind }))
      .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  }

  async remove({ metadata: place, ...kind }: KubernetesObject): Promise<void> {
    const answer = await this.#ask('DELETE', await this.#pathOf(kind, place));
    if (answer.status >= 300 && answer.status !== 404) throw refused(`${kind.kind} ${place.name}`, answer);
  }

  /** Ends the connections that are kept. */
  close(): void {
    this.#agent.destroy();
  }

  async #pathOf({ apiVersion, kind }: Kind, { name, namespace }: Place): Promise<string> {
    const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const plural = await this.#plural(base, kind);
    const where = namespace === undefined ? '' : `/namespaces/${namespace}`;
    return `${base}${where}/${plural}${name === '' ? '' : `/${name}`}`;
  }

  /** A kind that has just been defined takes a moment to be served. */
  async #plural(base: string, kind: string): Promise<string> {
    const key = `${base} ${kind}`;
    const deadline = Date.now() + TIMEOUT_MS;
    for (;;) {
      const known = this.#paths.get(key);
      if (known !== undefined) return known;
      const { status, body } = await this.#ask('GET', base);
      const served = status === 200 ? resources.parse(body).resources : [];
      for (const { name, kind: called } of served) if (!name.includes('/')) this.#paths.set(`${base} ${called}`, name);
      if (this.#paths.has(key)) continue;
      if (Date.now() > deadline) throw new Error(`the API server does not know ${kind} at ${base}`);
      await sleep(100);
    }
  }

  async #ask(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<Answer> {
    const deadline = Date.now() + TIMEOUT_MS;
    for (;;) {
      const answer = await this.#askOnce(method, path, body, contentType);
      // It says so as long as it makes room for a kind that has just been defined.
      if (answer.status !== 429 || Date.now() > deadline) return answer;
      await sleep(100);
    }
  }

  #askOnce(method: string, path: string, body: unknown, contentType: string): Promise<Answer> {
    const { url, certificate, token } = this.#access;
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': contentType };
      const options = { method, ca: certificate, agent: this.#agent, timeout: TIMEOUT_MS, headers };
      const sent = request(new URL(path, url), options, (response) => {
        const { statusCode: status = 0, headersDistinct } = response;
        const warnings = (headersDistinct.warning ?? []).map((line) => line.replace(/^299 - "(.*)"$/, '$1'));
        text(response).then((answer) => resolve({ status, body: JSON.parse(answer), warnings }), reject);
      });
      sent.once('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer`)));
      sent.once('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

function refused(what: string, { status, body }: Answer): Error {
  const said = typeof body === 'object' && body !== null && 'message' in body ? body.message : JSON.stringify(body);
  return new Error(`${what}: HTTP ${status}: ${said}`);
}
