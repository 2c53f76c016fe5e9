/** What we make in a Grafana, each from its own file: by the front door of the package all the others are loaded too, at every start. */
export { ContactPoint } from '@pulumiverse/grafana/alerting/contactPoint.js';
export { MuteTiming } from '@pulumiverse/grafana/alerting/muteTiming.js';
export { NotificationPolicy } from '@pulumiverse/grafana/alerting/notificationPolicy.js';
export { RuleGroup } from '@pulumiverse/grafana/alerting/ruleGroup.js';
export { Dashboard } from '@pulumiverse/grafana/oss/dashboard.js';
export { Folder } from '@pulumiverse/grafana/oss/folder.js';
export { Provider } from '@pulumiverse/grafana/provider.js';
