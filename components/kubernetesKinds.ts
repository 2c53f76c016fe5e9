/**
 * The kinds of Kubernetes that we make, each from its own file. By the front door of the package all its groups and versions are loaded, at
 * every start of the program.
 */
export { CustomResource } from '@pulumi/kubernetes/apiextensions/customResource.js';
export { DaemonSet } from '@pulumi/kubernetes/apps/v1/daemonSet.js';
export { Deployment } from '@pulumi/kubernetes/apps/v1/deployment.js';
export { StatefulSet } from '@pulumi/kubernetes/apps/v1/statefulSet.js';
export { ConfigMap } from '@pulumi/kubernetes/core/v1/configMap.js';
export { LimitRange } from '@pulumi/kubernetes/core/v1/limitRange.js';
export { Namespace } from '@pulumi/kubernetes/core/v1/namespace.js';
export { ResourceQuota } from '@pulumi/kubernetes/core/v1/resourceQuota.js';
export { Secret } from '@pulumi/kubernetes/core/v1/secret.js';
export { Service } from '@pulumi/kubernetes/core/v1/service.js';
export { ServiceAccount } from '@pulumi/kubernetes/core/v1/serviceAccount.js';
export { Release } from '@pulumi/kubernetes/helm/v3/release.js';
export { Ingress } from '@pulumi/kubernetes/networking/v1/ingress.js';
export { NetworkPolicy } from '@pulumi/kubernetes/networking/v1/networkPolicy.js';
export { PodDisruptionBudget } from '@pulumi/kubernetes/policy/v1/podDisruptionBudget.js';
export { Provider } from '@pulumi/kubernetes/provider.js';
export { ClusterRole } from '@pulumi/kubernetes/rbac/v1/clusterRole.js';
export { ClusterRoleBinding } from '@pulumi/kubernetes/rbac/v1/clusterRoleBinding.js';
export { Role } from '@pulumi/kubernetes/rbac/v1/role.js';
export { RoleBinding } from '@pulumi/kubernetes/rbac/v1/roleBinding.js';
