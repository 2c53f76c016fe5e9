import { unmetRequirement } from '../../tools/node/requirements.ts';

/** The kubeconfig of a cluster that is to be used instead of a node of our own; nothing of it may be in use. */
export const GIVEN = process.env.CHAINWATCH_TEST_KUBECONFIG || undefined;
/** Of our services, where that cluster can pull it: `registry/chainwatch@sha256:…`. */
export const IMAGE = process.env.CHAINWATCH_TEST_IMAGE || undefined;

/** Why there is no place for pods here; `undefined` when there is one. */
export function skipReason(): string | undefined {
  if (GIVEN === undefined) return unmetRequirement();
  return IMAGE === undefined
    ? 'a cluster was named, but no image that it can pull: name it by CHAINWATCH_TEST_IMAGE=<registry>/chainwatch@sha256:<digest>'
    : undefined;
}
