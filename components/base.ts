/** What all components have in common. */
import { createHash } from 'node:crypto';
import * as pulumi from '@pulumi/pulumi';
import { stackLabels } from '../model/kubernetes/names.ts';

/** Where a component puts its objects. */
export interface Placement {
  /** The stack's name: the operator selects by it, so two stacks may share a cluster. */
  readonly stack: string;
  /** Must exist: `MonitoringNamespace` makes it. */
  readonly namespace: string;
}

export interface Metadata {
  name: string;
  namespace: string;
  labels: Record<string, string>;
}

/** The metadata of an object of a stack, with a fixed name. */
export function metadata({ stack, namespace }: Placement, name: string, labels: Record<string, string> = {}): Metadata {
  return { name, namespace, labels: { ...stackLabels(stack), ...labels } };
}

/** The options of a child: the component is its parent, so that what is given to the component holds for it. */
export function child(parent: pulumi.Resource, more: pulumi.CustomResourceOptions = {}): pulumi.CustomResourceOptions {
  return pulumi.mergeOptions({ parent }, more);
}

/** For what holds data: a stack that is destroyed or renamed by a slip loses nothing. */
export function guarded(protect: boolean): pulumi.CustomResourceOptions {
  return protect ? { protect: true, retainOnDelete: true } : {};
}

/** Stands on pods that read the text only when they start: a change of it rolls them. */
export function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
