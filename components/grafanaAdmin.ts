/** Who may do everything in the chart's Grafana: a password of our own, since the chart has one that everybody knows. */
import type * as pulumi from '@pulumi/pulumi';
import { RandomPassword } from '@pulumi/random/randomPassword.js';
import { GRAFANA_ADMIN } from '../model/kubernetes/chartValues.ts';
import { metadata, type Placement } from './base.ts';
import * as k8s from './kubernetesKinds.ts';

/** @param options of the children; the password's provider is the default one, since it is nowhere but here */
export function grafanaAdmin(name: string, place: Placement, options: pulumi.CustomResourceOptions): k8s.Secret {
  const password = new RandomPassword(`${name}-password`, { length: 32, special: false }, options);
  return new k8s.Secret(
    name,
    {
      metadata: metadata(place, GRAFANA_ADMIN.existingSecret),
      stringData: { [GRAFANA_ADMIN.userKey]: 'admin', [GRAFANA_ADMIN.passwordKey]: password.result },
    },
    options,
  );
}
