/** Whether the kinds that a stack's objects are of are there, and whose they are. */
import { type Answer, FINE, fault, field, joined, listOf, note, textIn, type Verdict } from '../../verdict.ts';
import type { ClusterPlan } from '../cluster.ts';
import { RELEASES } from '../names.ts';
import { isOf, nameOf, ownerOf } from './objects.ts';

const GROUP = 'monitoring.coreos.com';
const INSTALL = 'chainwatch:kubernetes.install';

/** Of the operator, by version: those that we make objects of. */
export const NEEDED = {
  v1: ['alertmanagers', 'podmonitors', 'probes', 'prometheuses', 'prometheusrules', 'servicemonitors'],
  v1alpha1: ['scrapeconfigs'],
} as const;
/** And the others that the release brings. */
const BROUGHT: readonly string[] = [
  ...NEEDED.v1,
  ...NEEDED.v1alpha1,
  'alertmanagerconfigs',
  'prometheusagents',
  'thanosrulers',
];

type Wanted = Pick<ClusterPlan, 'namespace'>;

/**
 * For a stack that brings the kinds. What an `up` of ours that ended half-way has left is ours, and no fault.
 * @param definitions answer to `GET /apis/apiextensions.k8s.io/v1/customresourcedefinitions`; metadata is enough
 */
export function judgeOwners({ namespace }: Wanted, definitions: Answer): Verdict {
  if (definitions.status !== 200)
    return note(
      `nobody has seen whose the kinds of ${GROUP} are: they may not be listed (status ${definitions.status})`,
    );
  const ours = { name: RELEASES.crds, namespace };
  const brought = new Set(BROUGHT.map((plural) => `${plural}.${GROUP}`));
  const foreign = listOf(field(definitions.body, 'items')).filter(
    (each) => brought.has(nameOf(each)) && !isOf(each, ours),
  );
  if (foreign.length === 0) return FINE;
  const owners = [...Map.groupBy(foreign, ownerOf)].map(([owner, theirs]) => `${plurals(theirs)} of ${owner}`).sort();
  return fault(
    `kinds of ${GROUP} are there already and not ours: ${owners.join('; ')}. Use the operator that they belong to: ${INSTALL}: false. Or, where nobody else uses them, hand them to our release "${ours.name}": the commands are in docs/adopting.md, "Kinds that are there"`,
  );
}

function plurals(definitions: readonly unknown[]): string {
  return definitions
    .map((each) => nameOf(each).replace(`.${GROUP}`, ''))
    .sort()
    .join(', ');
}

/**
 * For a stack that finds the kinds there.
 * @param served by version, answers to `GET /apis/monitoring.coreos.com/<version>`
 */
export function judgeServed(served: Readonly<Record<keyof typeof NEEDED, Answer>>): Verdict {
  const { v1, v1alpha1 } = served;
  if (v1.status === 404 && v1alpha1.status === 404)
    return fault(
      `no operator of Prometheus has been installed here: the kinds of ${GROUP} are missing, and ${INSTALL}: false expects them. Set it to true, and it comes with the stack; or install one first`,
    );
  return joined([missingOf('v1', v1), missingOf('v1alpha1', v1alpha1)]);
}

function missingOf(version: keyof typeof NEEDED, answer: Answer): Verdict {
  if (answer.status !== 200 && answer.status !== 404)
    return note(`nobody has seen whether ${GROUP}/${version} is served (status ${answer.status})`);
  const missing = NEEDED[version].filter((plural) => !serves(answer, plural));
  if (missing.length === 0) return FINE;
  return fault(
    `the operator that is there has no ${missing.join(', ')} of ${GROUP}/${version}: bring its kinds up to date (charts leave them as they are when they are upgraded), or remove it and set ${INSTALL}: true`,
  );
}

/** @param answer to `GET /apis/gateway.networking.k8s.io/v1` */
export function judgeGateway({ exposure }: Pick<ClusterPlan, 'exposure'>, answer: Answer): Verdict {
  if (exposure?.via.kind !== 'gateway') return FINE;
  if (answer.status !== 200 && answer.status !== 404)
    return note(`nobody has seen whether there are HTTPRoutes (status ${answer.status})`);
  if (serves(answer, 'httproutes')) return FINE;
  return fault(
    'the kind HTTPRoute of gateway.networking.k8s.io/v1 is missing, and chainwatch:kubernetes.exposure.gateway makes some: install the Gateway API with the controller of your choice, or use exposure.ingress',
  );
}

function serves({ status, body }: Answer, plural: string): boolean {
  return status === 200 && listOf(field(body, 'resources')).some((each) => textIn(each, 'name') === plural);
}
