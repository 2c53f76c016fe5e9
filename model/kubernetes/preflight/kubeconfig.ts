/** Whether a kubeconfig says which cluster is meant, and with which user. */
import { unknownName } from '../../../config/faults.ts';
import { FINE, fault, type Verdict } from '../../verdict.ts';

/** Names of what a kubeconfig holds. */
export interface KubeconfigNames {
  readonly current: string | undefined;
  readonly contexts: readonly { readonly name: string; readonly cluster: string; readonly user?: string }[];
  readonly clusters: readonly string[];
  readonly users: readonly string[];
}

export const SETTING = 'chainwatch:kubernetes.context';

/**
 * @param file where it was read from
 * @param wanted the context that the stack file names; absent: the current one
 */
export function judgeKubeconfig(file: string, wanted: string | undefined, names: KubeconfigNames): Verdict {
  const { contexts, clusters, users } = names;
  const known = contexts.map(({ name }) => name);
  const list = known.length === 0 ? 'there are none in it' : `there are: ${[...known].sort().join(', ')}`;
  const name = wanted ?? names.current;
  if (!name)
    return fault(
      `${file} names no current context: name one in ${SETTING} (${list}), or \`kubectl config use-context <name>\``,
    );
  const context = contexts.find((each) => each.name === name);
  if (context === undefined)
    return fault(
      `${file}: ${unknownName('context', name, known)} (${list}): ${wanted === undefined ? '`kubectl config use-context <name>`, or name one in' : 'correct'} ${SETTING}, or name the file that has it in KUBECONFIG`,
    );
  const lacking = [
    ...(clusters.includes(context.cluster) ? [] : [`cluster "${context.cluster}"`]),
    ...(context.user !== undefined && users.includes(context.user) ? [] : [`user "${context.user ?? ''}"`]),
  ];
  if (lacking.length === 0) return FINE;
  return fault(
    `${file}: the context "${name}" is of ${lacking.join(' and of ')}, which the file does not hold: fetch it anew from whoever runs the cluster, or name another context in ${SETTING}`,
  );
}
