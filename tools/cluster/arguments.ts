/** The command lines of a control plane that lives on loopback, for one user, for a while. Pure. */
import type { Credentials } from './credentials.ts';

export interface Ports {
  readonly etcd: number;
  readonly etcdPeer: number;
  readonly api: number;
}

export function etcdArguments(dataFolder: string, { etcd, etcdPeer }: Ports): readonly string[] {
  const client = `http://127.0.0.1:${etcd}`;
  const peer = `http://127.0.0.1:${etcdPeer}`;
  return [
    `--data-dir=${dataFolder}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    // It lives as long as a test; its data need not survive a power cut.
    '--unsafe-no-fsync',
    '--log-level=warn',
  ];
}

export function apiServerArguments(ports: Ports, credentials: Credentials): readonly string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${ports.api}`,
    // The Service `kubernetes` may not point to loopback, and nothing inside needs it.
    '--endpoint-reconciler-type=none',
    `--cert-dir=${credentials.certificateFolder}`,
    `--token-auth-file=${credentials.tokenFile}`,
    '--authorization-mode=Node,RBAC',
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${credentials.verifyingKey}`,
    `--service-account-signing-key-file=${credentials.signingKey}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    // Pod Security decides who may, by namespace; without this nobody could.
    '--allow-privileged=true',
    '--profiling=false',
  ];
}

/** Neither serves anything that is asked here, and a port that is not opened cannot be taken. */
const QUIET = ['--leader-elect=false', '--secure-port=0', '--profiling=false'];

export function controllerManagerArguments({ kubeconfig, signingKey, certificate }: Credentials): readonly string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--service-account-private-key-file=${signingKey}`,
    `--root-ca-file=${certificate}`,
    '--use-service-account-credentials=true',
    ...QUIET,
  ];
}

export function schedulerArguments({ kubeconfig }: Credentials): readonly string[] {
  return [`--kubeconfig=${kubeconfig}`, ...QUIET];
}

export function kwokArguments({ kubeconfig }: Credentials, stages: string): readonly string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--config=${stages}`,
    '--manage-all-nodes=true',
    '--node-lease-duration-seconds=40',
    '--cidr=10.244.0.0/16',
    '--node-ip=10.0.0.1',
  ];
}
