/** Alertmanager's configuration as data: services and secrets by name, times in seconds. */
import type { MuteTime, Receiver } from '../../config/notifications.ts';
import type { DeepReadonly } from '../../config/stack.ts';
import type { Reachable } from '../places.ts';

export interface AlertMatcher {
  readonly label: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** A webhook of our own receiver service, by path. */
export interface OwnWebhook {
  readonly address: Reachable;
  readonly path: string;
}

export interface AlertReceiver {
  readonly name: string;
  /** What a person configured; absent for our own. */
  readonly channels?: DeepReadonly<Receiver>;
  readonly own?: OwnWebhook;
}

export interface AlertRoute {
  readonly receiver: string;
  readonly matchers: readonly AlertMatcher[];
  readonly groupBy: readonly string[];
  readonly groupWait: number;
  readonly groupInterval: number;
  readonly repeatInterval: number;
  readonly muteTimes: readonly string[];
  readonly continue: boolean;
  readonly routes: readonly AlertRoute[];
}

export interface InhibitRule {
  /** What it is for, in words; `explain` says it. */
  readonly name: string;
  readonly source: readonly AlertMatcher[];
  readonly target: readonly AlertMatcher[];
  readonly equal: readonly string[];
}

/** What its configuration file says. */
export interface AlertmanagerSettings {
  /** Sorted by name. */
  readonly receivers: readonly AlertReceiver[];
  readonly route: AlertRoute;
  readonly inhibitRules: readonly InhibitRule[];
  readonly muteTimes: Readonly<Record<string, DeepReadonly<MuteTime>>>;
}

export interface AlertmanagerPlan extends AlertmanagerSettings {
  /** Seconds for which it remembers what it sent, and silences that have ended: a flag, not said in the file. */
  readonly retention: number;
}
