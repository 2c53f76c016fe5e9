/** Objects without which nothing can be scheduled or stored; kwok acts as if they were real. Pure. */

/** A Linux node with room for everything that a test puts on it. */
export function pretendedNode(name: string): object {
  const room = { cpu: '64', memory: '256Gi', 'ephemeral-storage': '1Ti', pods: '500' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'topology.kubernetes.io/zone': `zone-${name}`,
      },
    },
    status: { allocatable: room, capacity: room },
  };
}

/** The default class; kwok binds its claims (see the stages in tools/data.ts, which name it). */
export const pretendedStorageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'kwok-volume', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: 'kwok.x-k8s.io/volume',
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'Immediate',
  allowVolumeExpansion: true,
};
