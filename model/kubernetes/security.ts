/** What every pod of ours meets: Pod Security `restricted`, and a root file system that nothing writes to. */

/** No user of the host, so that a file or process of another pod is out of reach. */
export const UID = 65_534;

export const podSecurity = {
  runAsNonRoot: true,
  runAsUser: UID,
  runAsGroup: UID,
  fsGroup: UID,
  // A volume of many files would be changed file by file at every start.
  fsGroupChangePolicy: 'OnRootMismatch',
  seccompProfile: { type: 'RuntimeDefault' },
} as const;

/** Capabilities as a fresh list: Kubernetes' types take no readonly one. */
export function containerSecurity() {
  return {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  };
}
