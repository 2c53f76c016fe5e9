/** Who answers the pods of a cluster when they look a name up. */
import { usualNameServers } from '../../config/inCluster.ts';

export interface NameServers {
  /** By their labels. */
  readonly pods: readonly { readonly namespace: string; readonly labels: Readonly<Record<string, string>> }[];
  /** Ranges of those that are no pods. */
  readonly addresses: readonly string[];
  /** Of the pods, not of the Service before them: that is what a NetworkPolicy sees. */
  readonly ports: readonly number[];
}

/** Those of kind, k3s, EKS, GKE and AKS. */
export const NAME_SERVERS: NameServers = usualNameServers;
