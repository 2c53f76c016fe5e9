import fastify from 'fastify';
import type { Address } from './address.ts';
import { type AppOptions, checkReadiness, closeApp, listen } from './http.ts';

export interface Health {
  readonly address: Address;
  close(): Promise<void>;
}

/**
 * `/healthz` and `/readyz` in the clear, and nothing else, for whoever looks after a service that speaks TLS: the kubelet has no
 * certificate to show, and nobody's secret is told.
 *
 * @throws ServiceFault when the address cannot be had
 */
export async function openHealth(
  want: { readonly host: string; readonly port: number },
  readiness: AppOptions['readiness'],
): Promise<Health> {
  const app = fastify({ logger: false, bodyLimit: 1_024, requestTimeout: 5_000, forceCloseConnections: true });
  app.get('/healthz', async () => ({ alive: true }));
  app.get('/readyz', async (_request, reply) => {
    const state = checkReadiness(readiness);
    return reply.code(state.ready ? 200 : 503).send(state);
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({
      error: 'not_found',
      reason: 'here is nothing but GET /healthz and GET /readyz',
      remedy: 'ask the address of the service itself (listen) for the rest',
    }),
  );
  const address = await listen(app, want);
  return { address, close: () => closeApp(app) };
}
