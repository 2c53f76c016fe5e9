import type { Delivery, Muting } from './status.ts';
import type { AlertmanagerView, KnownAlert } from './upstream/alertmanager.ts';
import type { Asked } from './upstream/ask.ts';

/** Prometheus hands a firing alert over at its next evaluation; after a minute it should have been. */
const HANDED_OVER_WITHIN_MS = 60_000;

export interface Fate {
  readonly delivery: Delivery;
  readonly mutedBy: readonly Muting[];
}

/**
 * What Alertmanager does with an alert. Its labels there are those of Prometheus and the external ones.
 *
 * @param age milliseconds since the alert became active
 * @param alertmanager undefined where there is none to ask
 */
export function fateOf(
  labels: Readonly<Record<string, string>>,
  age: number,
  alertmanager: Asked<AlertmanagerView> | undefined,
): Fate {
  if (alertmanager?.ok !== true) return { delivery: 'unknown', mutedBy: [] };
  const view = alertmanager.value;
  const found = view.alerts.find((known) =>
    Object.entries(labels).every(([name, value]) => known.labels[name] === value),
  );
  if (found === undefined) return { delivery: age > HANDED_OVER_WITHIN_MS ? 'not arrived' : 'unknown', mutedBy: [] };
  return { delivery: deliveryOf(found), mutedBy: mutingsOf(found, view) };
}

function deliveryOf({ status: { silencedBy, inhibitedBy, mutedBy } }: KnownAlert): Delivery {
  if (silencedBy.length > 0) return 'silenced';
  if (inhibitedBy.length > 0) return 'inhibited';
  return mutedBy.length > 0 ? 'muted' : 'notified';
}

function mutingsOf({ status }: KnownAlert, { alerts, silences }: AlertmanagerView): Muting[] {
  return [
    ...status.silencedBy.map((id): Muting => {
      const silence = silences.find((each) => each.id === id);
      if (silence === undefined) return { by: 'silence', what: id };
      const { comment, createdBy, endsAt } = silence;
      const what = [comment, createdBy === '' ? '' : `(${createdBy})`].filter((part) => part !== '').join(' ');
      return { by: 'silence', what: what === '' ? id : what, ...(endsAt === null ? {} : { until: endsAt }) };
    }),
    // Alertmanager names the other alert by its fingerprint, which tells a person nothing.
    ...status.inhibitedBy.map((fingerprint): Muting => {
      const other = alerts.find((each) => each.fingerprint === fingerprint);
      return { by: 'alert', what: other?.labels.alertname ?? fingerprint };
    }),
    ...status.mutedBy.map((what): Muting => ({ by: 'time', what })),
  ];
}
