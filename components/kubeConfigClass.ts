/**
 * The part of Kubernetes' client that reads a kubeconfig and finds credentials. It imports the classes of the whole API, six hundred modules, for
 * a method that nobody calls here: they are left out, because they would take half a second of every preview.
 */
import { registerHooks } from 'node:module';
import type { KubeConfig } from '@kubernetes/client-node';

const API = './gen/index.js';
const IMPORTER = '/@kubernetes/client-node/dist/config.js';
const NOTHING = 'data:text/javascript,export const createConfiguration = undefined, ServerConfiguration = undefined;';

/** @returns a class whose `makeApiClient` does not work */
export async function kubeConfigClass(): Promise<typeof KubeConfig> {
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      specifier === API && context.parentURL?.endsWith(IMPORTER)
        ? { url: NOTHING, shortCircuit: true }
        : next(specifier, context),
  });
  try {
    return (await import('@kubernetes/client-node/dist/config.js')).KubeConfig;
  } finally {
    hooks.deregister();
  }
}
