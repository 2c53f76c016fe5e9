import type { WatchdogView } from './store/reader.ts';

export type WatchdogState = 'alive' | 'stale' | 'ended' | 'never';

/** Whether the silence of the others can be believed. */
export interface WatchdogStatus {
  /** `ended`: its sender says that it no longer fires. */
  readonly state: WatchdogState;
  /** Milliseconds; null before the first. */
  readonly lastSeen: number | null;
  /** Each Watchdog that is known, the one heard last first. */
  readonly each: readonly KnownWatchdog[];
}

export interface KnownWatchdog {
  readonly name: string;
  readonly state: WatchdogState;
  readonly lastSeen: number;
}

/** A Watchdog that is silent for so long while another is heard was renamed or taken down, not lost. */
const FORGOTTEN_AFTER_MS = 86_400_000;

/**
 * The worst of the known Watchdogs decides: each stands for one Prometheus, and one that fell silent is one that nobody
 * watches.
 *
 * @param staleAfter milliseconds
 */
export function watchdogStatus(watchdogs: readonly WatchdogView[], now: number, staleAfter: number): WatchdogStatus {
  const known = watchdogs.map((watchdog): KnownWatchdog => {
    const fresh = now - watchdog.lastFiredAt <= staleAfter;
    const state = watchdog.status === 'resolved' ? 'ended' : fresh ? 'alive' : 'stale';
    return { name: nameOf(watchdog), state, lastSeen: watchdog.lastFiredAt };
  });
  const someAlive = known.some(({ state }) => state === 'alive');
  const each = known.filter(({ lastSeen }) => !someAlive || now - lastSeen <= Math.max(FORGOTTEN_AFTER_MS, staleAfter));
  const worst = each.find(({ state }) => state === 'ended') ?? each.find(({ state }) => state === 'stale') ?? each[0];
  if (worst === undefined) return { state: 'never', lastSeen: null, each };
  return { state: worst.state, lastSeen: worst.lastSeen, each };
}

/** What tells one Watchdog from another: its labels without those that all have. */
function nameOf({ labels }: WatchdogView): string {
  const telling = Object.entries(labels).filter(([name]) => name !== 'alertname' && name !== 'severity');
  return telling
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(' ');
}
