import type { Registry } from 'prom-client';
import { gauge } from '../../shared/metrics.ts';
import type { ControlLog } from '../control/control.ts';
import { aggregatorMetrics } from '../metrics.ts';
import type { Store } from '../store/store.ts';
import { Decisions } from './decisions.ts';
import type { Leadership } from './leadership.ts';
import { type LeadershipOptions, openLeadership } from './open.ts';
import { startPruning } from './pruning.ts';
import type { LeaderSettings } from './settings.ts';

export interface LeadOptions extends Omit<LeadershipOptions, 'newest'> {
  readonly registry: Registry;
  readonly store: Store;
  readonly control: ControlLog;
  /** Seconds. */
  readonly retention: number;
}

export interface Lead {
  readonly leadership: Leadership;
  readonly decisions: Decisions;
  /** Begins with what a leader does by itself. */
  begin(): void;
  /** Hands the leadership over. Nothing may be decided any more. */
  stop(): Promise<void>;
}

/** @throws ServiceFault for files that cannot be used */
export function openLead(settings: LeaderSettings | undefined, options: LeadOptions): Lead {
  const { registry, store, control } = options;
  const newest = async () => {
    const reply = await store.ask({ ask: 'decided' });
    if (reply.of !== 'decided') throw new Error('the store does not say what was decided');
    return reply.epoch;
  };
  const leadership = openLeadership(settings, { ...options, newest });
  const decisions = new Decisions({ leadership, control, now: Date.now });
  gauge(registry, aggregatorMetrics.leader, (metric) => metric.set(leadership.epoch() === undefined ? 0 : 1));
  gauge(registry, aggregatorMetrics.leaderEpoch, (metric) => metric.set(leadership.known().epoch ?? Number.NaN));
  let end = () => {};
  return {
    leadership,
    decisions,
    begin: () => {
      end = startPruning({ ...options, leadership, decisions });
    },
    stop: async () => {
      end();
      await leadership.stop();
    },
  };
}
