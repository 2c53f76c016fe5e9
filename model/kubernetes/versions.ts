/** What is installed in a cluster, at which version: the one place where they stand. `docs/upgrade.md` says how to raise them. */

/** Charts, by OCI reference. */
export const charts = {
  crds: { ref: 'oci://ghcr.io/prometheus-community/charts/prometheus-operator-crds', version: '31.0.1' },
  stack: { ref: 'oci://ghcr.io/prometheus-community/charts/kube-prometheus-stack', version: '88.5.3' },
  nats: { ref: 'nats', repo: 'https://nats-io.github.io/k8s/helm/charts/', version: '2.14.2' },
} as const;

/** Programs of the operator's objects; the images are those that the operator knows by the version. */
export const versions = { prometheus: 'v3.15.0', alertmanager: 'v0.31.1' } as const;

/** By digest what its makers build anew under the same tag; the others never move a release. */
export const images = {
  blackbox: 'quay.io/prometheus/blackbox-exporter:v0.28.0',
  gate: 'docker.io/nginxinc/nginx-unprivileged:1.28.0-alpine@sha256:c97ff0bf7cbae369953c6da1232ec14ad9f971d66360c5698db0856a4cd657a0',
} as const;
