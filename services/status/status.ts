import type { Quiet } from './quiet.ts';

/** What the page shows and `GET /api/status` answers: plain data. Times are milliseconds of Unix time. */

/** The worst first. What is unknown may be anything, so it stands above what is known to be only a warning. */
export const STATES = ['critical', 'unknown', 'warning', 'healthy'] as const;
export type State = (typeof STATES)[number];

export function worstState(states: readonly State[]): State {
  return STATES.find((state) => states.includes(state)) ?? 'unknown';
}

/** The name of what belongs to no network: hosts, Prometheus, Alertmanager, our services. */
export const SYSTEM = 'system';

/** What became of a firing alert: whether somebody hears of it. */
export type Delivery = 'notified' | 'silenced' | 'inhibited' | 'muted' | 'not arrived' | 'unknown';

/** Why nobody hears of an alert. */
export interface Muting {
  readonly by: 'silence' | 'alert' | 'time';
  /** What a person wrote of the silence, the name of the other alert, or the name of the time. */
  readonly what: string;
  /** When the silence ends, in milliseconds of Unix time. */
  readonly until?: number;
}

export interface FiringAlert {
  readonly alertname: string;
  readonly severity: string;
  /** Empty for what belongs to no network. */
  readonly network: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly description: string;
  /** Since when its expression holds. */
  readonly since: number;
  /** Where its runbook is: a path here, or an address elsewhere. */
  readonly runbook: string | undefined;
  readonly delivery: Delivery;
  /** Empty for what is not muted. */
  readonly mutedBy: readonly Muting[];
}

/** What wakes somebody, or is this working day's. */
export function isGrave({ severity }: Pick<FiringAlert, 'severity'>): boolean {
  return severity === 'critical' || severity === 'warning';
}

const HUSHED: ReadonlySet<Delivery> = new Set(['silenced', 'inhibited', 'muted']);

/** Not so where a person or a rule has said that nobody shall be; one that is lost on the way must be seen here. */
export function isToldOf({ delivery }: Pick<FiringAlert, 'delivery'>): boolean {
  return !HUSHED.has(delivery);
}

export interface TargetStatus {
  readonly network: string;
  readonly component: string;
  readonly instance: string;
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
  readonly lastScrape: number | null;
}

/** What the exporter reads of one chain of a network, by quorum. */
export interface HeadReading {
  readonly layer: string;
  /** Undefined where no majority agrees on a block. */
  readonly height: number | undefined;
  readonly ageSeconds: number | undefined;
  readonly agreeing: number;
  readonly sources: number;
}

export interface BalanceReading {
  readonly layer: string;
  readonly role: string;
  readonly address: string;
  /** Undefined where no majority agrees on a balance. */
  readonly ether: number | undefined;
}

/** Why a network is not healthy. */
export interface Finding {
  readonly state: State;
  readonly reason: string;
}

export interface NetworkStatus {
  /** SYSTEM for what belongs to no network. */
  readonly name: string;
  readonly chain: string;
  readonly simulated: boolean;
  readonly state: State;
  /** Why it is not healthy, or what the state rests on. */
  readonly reasons: readonly string[];
  /** Those of the reasons that no alert tells: why it cannot be judged, which targets are down. */
  readonly doubts: readonly Finding[];
  /** By severity those that somebody is told of; whoever muted the others has said that they do not count. */
  readonly alerts: {
    readonly critical: number;
    readonly warning: number;
    readonly info: number;
    readonly muted: number;
    readonly pending: number;
  };
  /** Alert rules that watch it. */
  readonly rules: number;
  readonly targets: { readonly up: number; readonly down: number; readonly unknown: number };
  readonly heads: readonly HeadReading[];
  readonly balances: readonly BalanceReading[];
}

export interface Upstream {
  readonly ok: boolean;
  readonly reason: string | undefined;
}

export interface Status {
  readonly at: number;
  readonly environment: string;
  readonly state: State;
  readonly networks: readonly NetworkStatus[];
  /** The worst first, of one severity the newest first. */
  readonly alerts: readonly FiringAlert[];
  /** Sorted; those that are down first. */
  readonly targets: readonly TargetStatus[];
  readonly upstreams: { readonly prometheus: Upstream; readonly alertmanager: Upstream | undefined };
  /** When Prometheus last evaluated an alert rule. */
  readonly evaluatedAt: number | undefined;
  /** Undefined while something fires, and where it cannot be told. */
  readonly quiet: Quiet | undefined;
}
