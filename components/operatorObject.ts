/** Objects of the Prometheus operator with the types of its CRDs: a field that does not exist is an error of the compiler. */
import type { IPodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import type { IProbe } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/Probe';
import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import type { IServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import type { IScrapeConfig } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1/ScrapeConfig';
import type * as pulumi from '@pulumi/pulumi';
import type { AlertmanagerSpec } from '../model/kubernetes/alertmanager.ts';
import type { PrometheusSpec } from '../model/kubernetes/prometheus.ts';
import type { Metadata } from './base.ts';
import * as k8s from './kubernetesKinds.ts';

interface Specs {
  Alertmanager: AlertmanagerSpec;
  PodMonitor: IPodMonitor['spec'];
  Probe: IProbe['spec'];
  Prometheus: PrometheusSpec;
  PrometheusRule: NonNullable<IPrometheusRule['spec']>;
  ScrapeConfig: IScrapeConfig['spec'];
  ServiceMonitor: IServiceMonitor['spec'];
}

export type OperatorKind = keyof Specs;

/**
 * @param name Pulumi's name of the resource
 * @param spec may hold outputs; its fields are those of the CRD
 */
export function operatorObject<Kind extends OperatorKind>(
  kind: Kind,
  name: string,
  { metadata, spec }: { readonly metadata: Metadata; readonly spec: Specs[Kind] },
  options: pulumi.CustomResourceOptions,
): k8s.CustomResource {
  const apiVersion = kind === 'ScrapeConfig' ? 'monitoring.coreos.com/v1alpha1' : 'monitoring.coreos.com/v1';
  return new k8s.CustomResource(name, { apiVersion, kind, metadata, spec }, options);
}
