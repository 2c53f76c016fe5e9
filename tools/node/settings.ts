/** What the programs of a node are told. It is alone in a network of its own, so addresses and ports are fixed. Pure. */

export const NODE = 'chainwatch-node';
export const API_PORT = 6443;
export const SANDBOX_IMAGE = 'localhost/chainwatch/pause:1';

export const addresses = {
  node: '10.250.0.1',
  pods: '10.244.0.0/24',
  services: '10.96.0.0/16',
  dns: '10.96.0.10',
} as const;

export interface Folders {
  /** Everything of this node is below it. */
  readonly root: string;
  readonly containerdSocket: string;
  /** Where a connection ends up at the API server. */
  readonly apiSocket: string;
  readonly kubelet: string;
  readonly containerd: string;
  readonly cni: string;
  readonly settings: string;
  readonly logs: string;
  /** Of which each folder is a disk for one claim. */
  readonly volumes: string;
}

export function foldersOf(root: string): Folders {
  return {
    root,
    containerdSocket: `${root}/containerd.sock`,
    apiSocket: `${root}/api.sock`,
    kubelet: `${root}/kubelet`,
    containerd: `${root}/containerd`,
    cni: `${root}/cni`,
    settings: `${root}/settings`,
    logs: `${root}/logs`,
    volumes: `${root}/volumes`,
  };
}

/** Over those of a cluster that lives on loopback: of two flags the last one counts. */
export const apiServerExtras: readonly string[] = [
  '--bind-address=0.0.0.0',
  `--advertise-address=${addresses.node}`,
  // Pods find the API server behind the Service `kubernetes`.
  '--endpoint-reconciler-type=lease',
  `--service-cluster-ip-range=${addresses.services}`,
  '--kubelet-preferred-address-types=InternalIP',
];

export interface RuntimeFacts {
  readonly runc: string;
  /** Folder of the CNI plugins. */
  readonly plugins: string;
}

/** containerd's configuration. */
export function containerdConfig(folders: Folders, { runc, plugins }: RuntimeFacts): string {
  const quoted = JSON.stringify;
  return `version = 3
root = ${quoted(`${folders.containerd}/root`)}
state = ${quoted(`${folders.containerd}/state`)}

[grpc]
address = ${quoted(folders.containerdSocket)}

[plugins.'io.containerd.cri.v1.images'.pinned_images]
sandbox = ${quoted(SANDBOX_IMAGE)}

[plugins.'io.containerd.cri.v1.runtime']
# Whoever runs this may lack the right to make a process less likely to be killed than its parent.
restrict_oom_score_adj = true

[plugins.'io.containerd.cri.v1.runtime'.cni]
bin_dirs = [${quoted(plugins)}]
conf_dir = ${quoted(folders.cni)}

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
runtime_type = 'io.containerd.runc.v2'

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
BinaryName = ${quoted(runc)}
SystemdCgroup = false

[plugins.'io.containerd.internal.v1.opt']
path = ${quoted(`${folders.containerd}/opt`)}

[plugins.'io.containerd.nri.v1.nri']
disable = true
`;
}

/** Each pod has a line of its own to the node: whatever goes from pod to pod passes the node's rules, as between two machines. */
export const network = {
  cniVersion: '1.0.0',
  name: 'chainwatch',
  plugins: [
    {
      type: 'ptp',
      ipMasq: false,
      ipam: {
        type: 'host-local',
        ranges: [[{ subnet: addresses.pods }]],
        routes: [{ dst: '0.0.0.0/0' }],
        dataDir: '/run/cni',
      },
    },
  ],
} as const;

/** @param cgroup below which all pods are, e.g. `/chainwatch-node-1` */
export function kubeletConfig(folders: Folders, cgroup: string): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: addresses.node,
    // Nobody reaches it but the API server.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    clusterDNS: [addresses.dns],
    clusterDomain: 'cluster.local',
    resolvConf: `${folders.settings}/resolv.conf`,
    containerRuntimeEndpoint: `unix://${folders.containerdSocket}`,
    podLogsDir: `${folders.logs}/pods`,
    volumePluginDir: `${folders.kubelet}/plugins`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: cgroup,
    enforceNodeAllocatable: ['pods'],
    failCgroupV1: false,
    failSwapOn: false,
    makeIPTablesUtilChains: false,
    oomScoreAdj: 0,
    // The disk is not ours: how full it is must not decide whether a test passes, and an image that was cleared away could not be got again.
    evictionHard: { 'memory.available': '64Mi' },
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    serializeImagePulls: false,
  };
}

export function proxyConfig(kubeconfig: string): object {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    clientConnection: { kubeconfig },
    mode: 'nftables',
    clusterCIDR: addresses.pods,
    hostnameOverride: NODE,
    oomScoreAdj: 0,
    // Limits of the whole machine: not ours to change.
    conntrack: {
      maxPerCore: 0,
      min: 0,
      tcpEstablishedTimeout: '0s',
      tcpCloseWaitTimeout: '0s',
      udpTimeout: '0s',
      udpStreamTimeout: '0s',
    },
    nftables: { minSyncPeriod: '100ms', syncPeriod: '10s' },
  };
}
