/** Names to values; a plain object whose keys are all its own (`__proto__` is a name like any other). */
export type Labels = Readonly<Record<string, string>>;

export type Status = 'firing' | 'resolved';
export type Source = 'alertmanager' | 'grafana';

/** One alert of one webhook call, as its sender stated it. Timestamps are canonical (see timestamp.ts). */
export interface ReceivedAlert {
  readonly fingerprint: string;
  readonly status: Status;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAt: string;
  /** Null while the alert fires, and where the sender leaves it out. */
  readonly endsAt: string | null;
  readonly generatorURL: string;
}

/** One webhook call. */
export interface Notification {
  readonly source: Source;
  /** The name of the receiver in the sender's configuration. */
  readonly receiver: string;
  readonly groupKey: string;
  /** Alerts that the sender left out because of its own limit. */
  readonly truncatedAlerts: number;
  readonly alerts: readonly ReceivedAlert[];
}
