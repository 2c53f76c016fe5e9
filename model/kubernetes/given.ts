/** What a stack names and does not make: objects that somebody else puts into its namespace, without which pods wait for ever. */
import type { Stack } from '../../config/stack.ts';
import { hasAggregator } from '../plan/jobs.ts';

export type GivenObject =
  | {
      readonly kind: 'Secret';
      readonly name: string;
      /** Where the stack file names it. */
      readonly setting: string;
      /** That are read. @default it is the container runtime's, which reads all */
      readonly keys?: readonly string[];
    }
  | {
      readonly kind: 'PersistentVolumeClaim';
      readonly name: string;
      readonly setting: string;
      /** Whether pods of several nodes may write to it. */
      readonly shared: boolean;
    };

const PAIR = ['tls.crt', 'tls.key'] as const;
const AUTHORITY = 'ca.crt';

/** @returns nothing where no image of ours is named, so that none of our pods comes about */
export function givenObjects(stack: Stack): GivenObject[] {
  const { kubernetes } = stack;
  if (kubernetes?.image === undefined && kubernetes?.build === undefined) return [];
  const { imagePullSecret: login } = kubernetes;
  return [
    ...(typeof login === 'string'
      ? [{ kind: 'Secret', name: login, setting: 'chainwatch:kubernetes.imagePullSecret' } as const]
      : []),
    ...(hasAggregator(stack) ? ofAggregator(stack.services.aggregator) : []),
  ];
}

function ofAggregator({ tls, backup, replicas }: Stack['services']['aggregator']): GivenObject[] {
  const setting = 'chainwatch:services.aggregator';
  const secret = (name: string | undefined, key: string, keys: readonly string[]): GivenObject[] =>
    name === undefined ? [] : [{ kind: 'Secret', name, setting: `${setting}.tls.${key}`, keys }];
  return [
    ...secret(tls?.certificate, 'certificate', [...PAIR, AUTHORITY]),
    ...secret(tls?.clientCa, 'clientCa', [AUTHORITY]),
    ...secret(tls?.clientCertificate, 'clientCertificate', PAIR),
    ...(backup?.claim === undefined
      ? []
      : [
          {
            kind: 'PersistentVolumeClaim',
            name: backup.claim,
            setting: `${setting}.backup.claim`,
            shared: replicas > 1,
          } as const,
        ]),
  ];
}
