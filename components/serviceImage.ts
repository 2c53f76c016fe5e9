/** Which image our services run: one for all of them, always by digest. */
import * as pulumi from '@pulumi/pulumi';

/**
 * @returns nothing in dev without an image: everything but our services is then deployed, and a warning says so
 * @throws RunError for testnet and mainnet without one
 */
export function serviceImage(kind: 'dev' | 'testnet' | 'mainnet', image: string | undefined): string | undefined {
  if (image !== undefined) return image;
  const remedy = "set it: pulumi config set --path 'chainwatch:kubernetes.image' <registry>/chainwatch@sha256:<digest>";
  if (kind !== 'dev')
    throw new pulumi.RunError(
      `chainwatch:kubernetes.image is not set, and ${kind} runs only what is pinned by digest; ${remedy}`,
    );
  pulumi.log.warn(`our own services are left out, since chainwatch:kubernetes.image is not set; ${remedy}`);
  return undefined;
}
