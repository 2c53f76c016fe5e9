/** Whether what a stack names in its namespace, and does not make, is there: pods that mount it would wait for it without a word. */
import { type Answer, FINE, fault, field, joined, listOf, note, textIn, type Verdict } from '../../verdict.ts';
import type { ClusterPlan } from '../cluster.ts';
import type { GivenObject } from '../given.ts';

type Wanted = Pick<ClusterPlan, 'namespace'>;

const PLURALS = { Secret: 'secrets', PersistentVolumeClaim: 'persistentvolumeclaims' } as const;

/** Of the API server. */
export function pathOf({ namespace }: Wanted, { kind, name }: GivenObject): string {
  return `/api/v1/namespaces/${namespace}/${PLURALS[kind]}/${name}`;
}

/**
 * @param space answer to `GET /api/v1/namespaces/<ours>`
 * @param answers to what {@link pathOf} says, in order; of a Secret only the names of its keys are looked at
 */
export function judgeGiven(
  wanted: Wanted,
  space: Answer,
  given: readonly GivenObject[],
  answers: readonly Answer[],
): Verdict {
  const { namespace } = wanted;
  if (given.length === 0) return FINE;
  if (space.status === 404)
    return note(
      `there is no namespace ${namespace} yet, so nothing that pods of ours will wait for is in it: put it there as soon as this run has made the namespace, or before (docs/cluster.md, "What has to be there"): ${given.map(said).join('; ')}`,
    );
  return joined(given.map((each, index) => judge(wanted, each, answers[index] ?? { status: 0, body: undefined })));
}

function judge({ namespace }: Wanted, given: GivenObject, { status, body }: Answer): Verdict {
  const { kind, name, setting } = given;
  if (status === 404)
    return fault(
      `there is no ${kind} "${name}" in namespace ${namespace}, which ${setting} names: ${remedy(namespace, given)}; or take the setting out`,
    );
  if (status !== 200)
    return note(`nobody has seen whether there is a ${kind} "${name}", which ${setting} names (status ${status})`);
  return given.kind === 'Secret' ? judgeKeys(namespace, given, body) : judgeClaim(given, body);
}

function judgeKeys(namespace: string, given: Extract<GivenObject, { kind: 'Secret' }>, body: unknown): Verdict {
  const { name, setting, keys = [] } = given;
  const data = field(body, 'data');
  const missing = keys.filter((key) => (textIn(data, key) ?? '') === '');
  if (missing.length === 0) return FINE;
  const authority = missing.includes('ca.crt')
    ? ' (cert-manager writes ca.crt only for an issuer whose authority it knows, such as kind CA)'
    : '';
  return fault(
    `Secret "${name}" in namespace ${namespace}, which ${setting} names, lacks ${enumerated(missing)}${authority}: ${remedy(namespace, given)}`,
  );
}

/** One that waits for its first pod is fine. */
function judgeClaim({ name, setting, shared }: Extract<GivenObject, { readonly shared: boolean }>, body: unknown) {
  if (textIn(field(body, 'status'), 'phase') === 'Lost')
    return fault(
      `PersistentVolumeClaim "${name}", which ${setting} names, has lost its volume: make it anew, or name another`,
    );
  const modes = listOf(field(field(body, 'spec'), 'accessModes'));
  if (!shared || modes.includes('ReadWriteMany')) return FINE;
  return note(
    `PersistentVolumeClaim "${name}", which ${setting} names, is ${modes.join(', ')} and not ReadWriteMany: replicas on other nodes than the first would wait for it`,
  );
}

function remedy(namespace: string, given: GivenObject): string {
  const { name } = given;
  if (given.kind === 'PersistentVolumeClaim')
    return `make one, such as docs/cluster.md has it under "What has to be there"`;
  if (given.keys === undefined)
    return `kubectl create secret docker-registry ${name} -n ${namespace} --docker-server=… --docker-username=… --docker-password=…`;
  const files = given.keys.map((key) => `--from-file=${key}`).join(' ');
  return `have cert-manager make it, or kubectl create secret generic ${name} -n ${namespace} ${files}`;
}

/** As a list of them has each. */
function said(given: GivenObject): string {
  const keys = given.kind === 'Secret' && given.keys !== undefined ? ` with ${enumerated(given.keys)}` : '';
  return `${given.kind} "${given.name}"${keys} (${given.setting})`;
}

function enumerated(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
