/** What Grafana is to hold, as data: a backend hands it to the provider, field by field. Secrets and services by name. */
import type { MuteTime } from '../../config/notifications.ts';
import type { DeepReadonly } from '../../config/stack.ts';
import type { SecretRef } from '../places.ts';
import type { Stage } from './stages.ts';

export interface GrafanaPlan {
  readonly url: string;
  /** Whoever calls the API needs it. */
  readonly auth?: SecretRef;
  /** Whether the Grafana is asked first if all that is needed is there. */
  readonly preflight: boolean;
  readonly dataSourceUid: string;
  /** `rules`: each rule says who is told. `tree`: `policy` is the whole notification policy of this Grafana. */
  readonly routing: 'rules' | 'tree';
  /** Whether the dashboards of the plan go here, by the API. */
  readonly dashboards: boolean;
  /** UIDs of dashboards that are there already, to be replaced. Sorted. */
  readonly adoptedDashboards: readonly string[];
  /** Of rules and dashboards. Sorted by UID, as all that follows. */
  readonly folders: readonly GrafanaFolder[];
  readonly ruleGroups: readonly GrafanaRuleGroup[];
  /** Those to be made. */
  readonly contactPoints: readonly ContactPoint[];
  /** Names of those that are there already and are used as they are. Sorted. */
  readonly existingContactPoints: readonly string[];
  readonly muteTimings: readonly MuteTiming[];
  readonly policy?: NotificationPolicy;
}

export interface GrafanaFolder {
  /** The network, or `system`. */
  readonly owner: string;
  readonly uid: string;
  readonly title: string;
  /** There before us: it keeps its title, and stays when all of ours goes. */
  readonly adopted?: true;
}

export interface GrafanaRuleGroup {
  /** The network, or `system`. */
  readonly owner: string;
  /** As the pack calls it; unique among those of its owner. */
  readonly name: string;
  /** What it is called there, where the stack file says so. Unique within its folder, as `name` is where there is none. */
  readonly title?: string;
  /** There before us, and left as it is for now. */
  readonly adopted?: true;
  readonly folderUid: string;
  readonly intervalSeconds: number;
  readonly rules: readonly GrafanaRule[];
}

export type GrafanaRule = GrafanaAlertRule | GrafanaRecordingRule;

export interface GrafanaAlertRule {
  readonly kind: 'alert';
  readonly uid: string;
  /** The alert's name; Grafana makes the label `alertname` of it. */
  readonly title: string;
  readonly condition: string;
  readonly data: readonly Stage[];
  readonly noDataState: 'OK';
  readonly execErrState: 'OK' | 'KeepLast';
  readonly missingSeriesEvalsToResolve: number;
  readonly for: string;
  readonly keepFiringFor?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Absent where the tree decides. */
  readonly notificationSettings?: NotificationSettings;
}

/** Needs Grafana's recording rules to be switched on, and a data source that may be written to: preflight asks for both. */
export interface GrafanaRecordingRule {
  readonly kind: 'recording';
  readonly uid: string;
  readonly title: string;
  readonly data: readonly Stage[];
  readonly record: { readonly metric: string; readonly from: string; readonly targetDatasourceUid: string };
  readonly labels: Readonly<Record<string, string>>;
}

export interface Timings {
  readonly groupBy: readonly string[];
  readonly groupWait: string;
  readonly groupInterval: string;
  readonly repeatInterval: string;
  readonly muteTimings: readonly string[];
}

export interface NotificationSettings extends Timings {
  readonly contactPoint: string;
}

/** One node of the notification policy; the root has no matchers. */
export interface NotificationPolicy extends Timings {
  readonly contactPoint: string;
  readonly matchers: readonly {
    readonly label: string;
    readonly match: '=' | '!=' | '=~' | '!~';
    readonly value: string;
  }[];
  readonly continue: boolean;
  readonly policies: readonly NotificationPolicy[];
}

export interface ContactPoint {
  /** Unique in the Grafana, so it carries the environment's name. */
  readonly name: string;
  /** All of them get each message. */
  readonly integrations: readonly Integration[];
}

interface Common {
  readonly disableResolveMessage: boolean;
}

export type Integration =
  | (Common & { readonly type: 'slack'; readonly url: SecretRef; readonly recipient?: string })
  | (Common & { readonly type: 'discord'; readonly url: SecretRef })
  /** Grafana sends it by its own mail server: `from` and `smarthost` of the stack file are Alertmanager's. */
  | (Common & { readonly type: 'email'; readonly addresses: readonly string[]; readonly singleEmail: boolean })
  | (Common & { readonly type: 'pagerduty'; readonly integrationKey: SecretRef })
  | (Common & { readonly type: 'telegram'; readonly token: SecretRef; readonly chatId: string })
  | (Common & {
      readonly type: 'webhook';
      readonly url: string | SecretRef;
      readonly authorizationScheme?: 'Bearer';
      readonly authorizationCredentials?: SecretRef;
      /** 0: all. */
      readonly maxAlerts: number;
    });

export interface MuteTiming {
  readonly name: string;
  readonly intervals: readonly MuteInterval[];
}

export interface MuteInterval {
  readonly weekdays?: NonNullable<DeepReadonly<MuteTime>[number]['weekdays']>;
  readonly times?: readonly { readonly start: string; readonly end: string }[];
  readonly daysOfMonths?: readonly string[];
  readonly months?: readonly string[];
  readonly location: string;
}
