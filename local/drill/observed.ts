/** What was seen of the alerts of one network, in Prometheus and at the receiver. */

export type Labels = Readonly<Record<string, string>>;

/** One alert: of its name and labels there may be several at once, each with its own. */
export interface Seen {
  readonly alert: string;
  readonly labels: Labels;
  /** Milliseconds of Unix time; when it was first seen to fire in Prometheus. */
  fired?: number;
  /** The same, last. */
  lastFired?: number;
  /** When it came to the receiver first. */
  received?: number;
  /** When the receiver heard last that it is over; absent while it fires there. */
  resolved?: number;
}

/** As Prometheus tells of an alert that fires, and the receiver of one that it knows. */
export interface FiringNow {
  readonly labels: Labels;
}
export interface AtReceiver {
  readonly labels: Labels;
  readonly status: 'firing' | 'resolved';
  readonly firstReceivedAt: number;
  readonly receivedAt: number;
}

/** Labels that do not tell alerts apart: the receiver's carry what is added on the way there. */
const ADDED = ['alertstate', '__name__', 'environment'];

export class Observations {
  readonly #seen = new Map<string, Seen>();
  #pending: readonly FiringNow[] = [];

  /** All alerts of a network; `''`: those of none. */
  of(network: string): Seen[] {
    return [...this.#seen.values()].filter(({ labels }) => networkOf(labels) === network);
  }

  firing(alerts: readonly FiringNow[], now: number): void {
    for (const { labels } of alerts) {
      const seen = this.#entry(labels);
      seen.fired ??= now;
      seen.lastFired = now;
    }
  }

  /** @param alerts all that wait now */
  pending(alerts: readonly FiringNow[]): void {
    this.#pending = alerts;
  }

  /** Alerts of a network that may yet fire. */
  coming(network: string): string[] {
    return this.#pending
      .filter(({ labels }) => networkOf(labels) === network)
      .map(({ labels }) => labels.alertname ?? '');
  }

  received(alerts: readonly AtReceiver[]): void {
    for (const { labels, status, firstReceivedAt, receivedAt } of alerts) {
      const seen = this.#entry(labels);
      seen.received ??= firstReceivedAt;
      if (status === 'resolved') seen.resolved = receivedAt;
      else delete seen.resolved;
    }
  }

  #entry(labels: Labels): Seen {
    const kept = Object.entries(labels)
      .filter(([name]) => !ADDED.includes(name))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const key = JSON.stringify(kept);
    const known = this.#seen.get(key);
    if (known !== undefined) return known;
    const made: Seen = { alert: labels.alertname ?? '', labels: Object.fromEntries(kept) };
    this.#seen.set(key, made);
    return made;
  }
}

/** What is about all processes of a job together may have lost their network, which the job is named after; `''`: this monitoring itself. */
function networkOf({ network, job = '' }: Labels): string {
  const [owner = ''] = job.split('/');
  return network ?? (owner === 'system' ? '' : owner);
}
