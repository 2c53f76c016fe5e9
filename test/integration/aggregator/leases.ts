/** Leases as an API server of Kubernetes keeps them: what is not exactly right is refused, and so is a write upon an older version. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

const PATH = '/apis/coordination.k8s.io/v1/namespaces/ours/leases';
const microTime = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
const lease = z.strictObject({
  apiVersion: z.literal('coordination.k8s.io/v1'),
  kind: z.literal('Lease'),
  metadata: z.strictObject({
    name: z.string().min(1),
    namespace: z.literal('ours'),
    resourceVersion: z.string().optional(),
    creationTimestamp: z.string().optional(),
  }),
  spec: z.strictObject({
    holderIdentity: z.string().optional(),
    leaseDurationSeconds: z.int().min(1).optional(),
    leaseTransitions: z.int().min(0).optional(),
    acquireTime: microTime.optional(),
    renewTime: microTime.optional(),
  }),
});

export class Leases {
  readonly #server: Server;
  readonly caFile: string;
  /** Callers whose requests are heard of no more, by their token. */
  readonly cut = new Set<string>();
  /** Callers that may not. */
  readonly forbidden = new Set<string>();
  #stored = new Map<string, z.output<typeof lease>>();
  #version = 100;

  private constructor(folder: string) {
    const [key, cert] = [join(folder, 'api.key'), join(folder, 'api.crt')];
    const asked = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=api'];
    const out = ['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert];
    execFileSync('openssl', ['req', '-x509', ...asked, ...out], { stdio: 'ignore' });
    this.caFile = cert;
    const tls = { key: readFileSync(key), cert: readFileSync(cert) };
    this.#server = createServer(tls, (request, response) => void this.#answer(request, response));
  }

  static async start(folder: string): Promise<Leases> {
    const made = new Leases(folder);
    await new Promise<void>((resolve) => made.#server.listen(0, '127.0.0.1', resolve));
    return made;
  }

  get url(): string {
    const address = this.#server.address();
    return `https://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  }

  spec(name: string): z.output<typeof lease>['spec'] | undefined {
    return this.#stored.get(name)?.spec;
  }

  /** As kubectl delete does. */
  remove(): void {
    this.#stored.clear();
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const token = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
    if (this.cut.has(token)) return;
    const sent = await text(request);
    const [status, body] = this.#decide(token, request, sent === '' ? undefined : JSON.parse(sent));
    // What was cut off meanwhile has been done, and nobody hears of it.
    if (this.cut.has(token)) return;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  #decide(token: string, { method, url = '' }: IncomingMessage, sent: unknown): [number, unknown] {
    const failed = (code: number, message: string): [number, unknown] => [code, { kind: 'Status', code, message }];
    if (token === '') return failed(401, 'Unauthorized');
    if (this.forbidden.has(token)) return failed(403, 'leases.coordination.k8s.io is forbidden');
    const name = url.startsWith(`${PATH}/`) ? url.slice(PATH.length + 1) : undefined;
    const stored = name === undefined ? undefined : this.#stored.get(name);
    if (method === 'GET') return stored === undefined ? failed(404, 'not found') : [200, stored];
    const parsed = lease.safeParse(sent);
    if (!parsed.success) return failed(422, z.prettifyError(parsed.error));
    const { metadata } = parsed.data;
    if (method === 'POST' && url === PATH) {
      if (metadata.resourceVersion !== undefined) return failed(400, 'resourceVersion should not be set');
      return this.#stored.has(metadata.name) ? failed(409, 'already exists') : [201, this.#store(parsed.data)];
    }
    if (method !== 'PUT') return failed(405, `${method} ${url}`);
    if (stored === undefined) return failed(404, 'not found');
    if (metadata.resourceVersion === undefined) return failed(422, 'resourceVersion must be specified for an update');
    if (metadata.resourceVersion !== stored.metadata.resourceVersion)
      return failed(409, 'the object has been modified');
    return [200, this.#store(parsed.data)];
  }

  #store(written: z.output<typeof lease>): z.output<typeof lease> {
    this.#version += 1;
    const metadata = {
      ...written.metadata,
      creationTimestamp: '2026-01-01T00:00:00Z',
      resourceVersion: String(this.#version),
    };
    const stored = { ...written, metadata };
    this.#stored.set(metadata.name, stored);
    return stored;
  }
}
