/** Whether the disks that a stack asks for can come into being. */
import { type Answer, FINE, fault, field, listOf, note, textIn, type Verdict } from '../../verdict.ts';
import type { ClusterPlan } from '../cluster.ts';
import { nameOf } from './objects.ts';

/** What may stand in for a class that is not there. */
export interface Stored {
  /** To `GET /api/v1/persistentvolumes`. */
  readonly volumes: Answer;
  /** To `GET …/namespaces/<ours>/persistentvolumeclaims`. */
  readonly claims: Answer;
}

type Wanted = Pick<ClusterPlan, 'storageClass' | 'namespace'>;
const SETTING = 'chainwatch:kubernetes.storageClass';
const DEFAULTS = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];

/** @param classes answer to `GET /apis/storage.k8s.io/v1/storageclasses` */
export function lacksClass({ storageClass }: Wanted, classes: Answer): boolean {
  // An empty name asks for volumes that somebody has made, without a class.
  if (classes.status !== 200 || storageClass === '') return false;
  const all = itemsOf(classes);
  return storageClass === undefined ? !all.some(isDefault) : !all.some((each) => nameOf(each) === storageClass);
}

/** @param stored asked only where the class is not there */
export function judgeStorage(wanted: Wanted, classes: Answer, stored?: Stored): Verdict {
  const { storageClass, namespace } = wanted;
  if (classes.status !== 200)
    return note(`nobody has seen whether there is storage: the classes may not be listed (status ${classes.status})`);
  if (!lacksClass(wanted, classes)) return FINE;
  const missing =
    storageClass === undefined
      ? `there is no default storage class, and ${SETTING} names none`
      : `there is no storage class "${storageClass}", which ${SETTING} names`;
  if (stored && isServed(wanted, stored))
    return note(`${missing}: it will do for the disks that ${namespace} has already`);
  const there = itemsOf(classes).map(nameOf).sort();
  if (there.length === 0)
    return fault(
      `${missing}, nor is there any other: no disk could be made. Install a provisioner (the CSI driver of your cloud, or local-path-provisioner on a machine of your own)`,
    );
  return fault(
    `${missing}: name one that is there (${there.join(', ')})${storageClass === undefined ? ', or mark one as the default' : ', or leave it out for the default'}`,
  );
}

/** Disks that are bound stay so, and a name without a class may be that of volumes made by hand. */
function isServed({ storageClass }: Wanted, { volumes, claims }: Stored): boolean {
  const bound = itemsOf(claims).some((claim) => textIn(field(claim, 'status'), 'phase') === 'Bound');
  const ofClass = itemsOf(volumes).some((volume) => textIn(field(volume, 'spec'), 'storageClassName') === storageClass);
  return bound || (storageClass !== undefined && ofClass);
}

function isDefault(object: unknown): boolean {
  const annotations = field(field(object, 'metadata'), 'annotations');
  return DEFAULTS.some((key) => textIn(annotations, key) === 'true');
}

function itemsOf({ status, body }: Answer): readonly unknown[] {
  return status === 200 ? listOf(field(body, 'items')) : [];
}
