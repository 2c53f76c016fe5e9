import { nodeHindrance } from '../../tools/node/hindrance.ts';

/** The kubeconfig of a cluster that is to be used instead of a node of our own. */
export const GIVEN = process.env.CHAINWATCH_TEST_KUBECONFIG || undefined;

/** Why there is no place for pods here; `undefined` when there is one. */
export function hindrance(): string | undefined {
  return GIVEN === undefined ? nodeHindrance() : undefined;
}
