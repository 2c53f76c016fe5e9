/** Secrets and claims that are there already, as volumes of a pod. */
import type { MountPlan } from '../model/kubernetes/mounts.ts';

export function volumesOf(mounts: readonly MountPlan[]) {
  return mounts.map((mount) => {
    if ('claim' in mount) return { name: mount.name, persistentVolumeClaim: { claimName: mount.claim } };
    const items = mount.keys?.map((key) => ({ key, path: key }));
    const secret = { secretName: mount.secret, defaultMode: 0o440, ...(items === undefined ? {} : { items }) };
    return { name: mount.name, secret };
  });
}

export function volumeMountsOf(mounts: readonly MountPlan[]) {
  return mounts.map((mount) => {
    const { name, path: mountPath } = mount;
    // A folder belongs to one service: replicas that share a claim must not clear away each other's files.
    return 'claim' in mount ? { name, mountPath, subPathExpr: '$(POD_NAME)' } : { name, mountPath, readOnly: true };
  });
}

/** Paths of the files that are named. */
export function filesOf(mounts: readonly MountPlan[]): string[] {
  return mounts.flatMap((mount) => ('claim' in mount ? [] : (mount.keys ?? []).map((key) => `${mount.path}/${key}`)));
}

/** What the folder of a pod in a claim is called by. */
export function environmentOf(mounts: readonly MountPlan[]) {
  if (!mounts.some((mount) => 'claim' in mount)) return [];
  return [{ name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }];
}
