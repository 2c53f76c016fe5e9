/** The disk of a program that the operator runs. */
import { OBJECT } from './names.ts';

/** As the operator reads it. The packaged types demand a kind that its CRD has not, hence a type of our own. */
export interface Storage {
  volumeClaimTemplate: {
    metadata: { name: string };
    spec: {
      accessModes: string[];
      storageClassName?: string;
      resources: { requests: { storage: string } };
    };
  };
}

/** @param storageClass absent: the cluster's default */
export function storage(size: string, storageClass: string | undefined): Storage {
  return {
    volumeClaimTemplate: {
      metadata: { name: OBJECT },
      spec: {
        accessModes: ['ReadWriteOnce'],
        ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
        resources: { requests: { storage: size } },
      },
    },
  };
}

/** A quantity as Kubernetes writes it, so that what is read back is what was written: `50Gi`. */
export function quantity(bytes: number): string {
  for (const [unit, size] of [
    ['Ti', 2 ** 40],
    ['Gi', 2 ** 30],
    ['Mi', 2 ** 20],
    ['Ki', 2 ** 10],
  ] as const)
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`;
  return String(bytes);
}
