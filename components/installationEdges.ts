/** Who talks to whom among the programs that the operator and its chart run. */
import { type Edge, mergeEdges, type Peer } from '../model/kubernetes/edges.ts';
import type { Placement } from './base.ts';
import type { PolicyFacts } from './networkPolicy.ts';

export interface InstallationFacts extends Placement {
  readonly egress: Readonly<Record<'prometheus' | 'alertmanager', readonly Edge[]>>;
  /** Whether operator, kube-state-metrics and node-exporter are ours. */
  readonly install: boolean;
  readonly grafana: boolean;
  /** Gates before them. @default none */
  readonly gates?: Readonly<Partial<Record<'prometheus' | 'alertmanager' | 'grafana', readonly Peer[]>>> | undefined;
}

/** The API server's address differs from cluster to cluster; these are the ports at which it answers. */
const API_SERVER: Edge = { to: 'anywhere', ports: [443, 6443] };
/** Of node-exporter, CoreDNS and the kubelet: they are reached at addresses of nodes. */
const NODES: Edge = { to: 'anywhere', ports: [9100, 9153, 10250] };
/** Replicas of Alertmanager tell each other what they sent: by UDP, and by TCP what is larger than a packet. */
const GOSSIP = [{ port: 9094 }, { port: 9094, protocol: 'UDP' }] as const;

export function installationEdges(facts: InstallationFacts): PolicyFacts[] {
  const { stack, namespace, egress, install, grafana, gates = {} } = facts;
  const place = { stack, namespace };
  const scraped: Edge[] = install
    ? [
        { to: 'operator', port: 8080 },
        { to: 'kube-state-metrics', port: 8080 },
        ...(grafana ? [{ to: 'grafana' as const, port: 3000 }] : []),
        NODES,
      ]
    : [];
  const readers = ['prometheus', 'status', ...(grafana ? ['grafana' as const] : [])] as const;
  const programs: PolicyFacts[] = [
    {
      ...place,
      of: 'prometheus',
      ingress: [{ from: [...readers, ...(gates.prometheus ?? [])], port: 9090 }],
      egress: mergeEdges([...egress.prometheus, API_SERVER, ...scraped]),
    },
    {
      ...place,
      of: 'alertmanager',
      ingress: [
        { from: [...readers, ...(gates.alertmanager ?? [])], port: 9093 },
        ...GOSSIP.map((how) => ({ from: ['alertmanager' as const], ...how })),
      ],
      egress: mergeEdges([...egress.alertmanager, ...GOSSIP.map((how) => ({ to: 'alertmanager' as const, ...how }))]),
    },
  ];
  if (!install) return programs;
  return [
    ...programs,
    { ...place, of: 'operator', ingress: [{ from: ['prometheus'], port: 8080 }], egress: [API_SERVER] },
    { ...place, of: 'kube-state-metrics', ingress: [{ from: ['prometheus'], port: 8080 }], egress: [API_SERVER] },
    ...(grafana ? [grafanaEdges(place, gates.grafana ?? [])] : []),
  ];
}

function grafanaEdges(place: Placement, gates: readonly Peer[]): PolicyFacts {
  const egress = mergeEdges([{ to: 'prometheus', port: 9090 }, { to: 'alertmanager', port: 9093 }, API_SERVER]);
  return { ...place, of: 'grafana', ingress: [{ from: ['prometheus', ...gates], port: 3000 }], egress };
}
