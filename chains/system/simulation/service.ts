/** What every service of ours exports alike, and the status page, which has little besides. */
import { Exposition } from '../../simulation/exposition.ts';
import type { Timeline } from '../../simulation/timeline.ts';
import { helpOf } from './help.ts';
import { machineProcess } from './process.ts';

const HTTP_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5];
const UPSTREAM_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export interface OwnService {
  /** What it is asked most. */
  readonly route: string;
  readonly method: 'GET' | 'POST';
  /** Faults in which it answers 503 to half of what it is asked. */
  readonly refusing: readonly string[];
  readonly notReady: readonly string[];
  /** The fault in which it opens files and closes none. */
  readonly leak?: string;
}

export function ownService(page: Exposition, timeline: Timeline, service: OwnService): void {
  const { route, method, refusing, notReady, leak } = service;
  const refused = refusing.reduce((sum, fault) => sum + timeline.count({ perSecond: 0, plus: { [fault]: 0.1 } }), 0);
  const answered = timeline.count({ perSecond: 0.2, not: refusing });
  const times = (code: string, count: number) =>
    page.histogram('chainwatch_http_request_duration_seconds', HTTP_SECONDS, [{ value: 0.004, count }], {
      method,
      route,
      code,
    });
  times('200', answered + refused);
  // A series of an event exists only once the event has happened.
  if (refused > 0) times('503', refused);
  page.gauge('chainwatch_service_ready', timeline.isActive(...notReady) ? 0 : 1);
  machineProcess(page, timeline, 90e6, leak);
}

export function exposeStatus(timeline: Timeline): string {
  const page = new Exposition({ help: helpOf });
  ownService(page, timeline, {
    route: '/',
    method: 'GET',
    refusing: ['service-errors'],
    notReady: ['service-not-ready'],
    leak: 'file-handles-leak',
  });
  for (const upstream of ['alertmanager', 'prometheus'])
    page
      .gauge('status_upstream_up', 1, { upstream })
      .counter('status_upstream_errors_total', 0, { upstream })
      .histogram(
        'status_upstream_request_duration_seconds',
        UPSTREAM_SECONDS,
        [{ value: 0.02, count: timeline.count({ perSecond: 0.1 }) }],
        { upstream },
      );
  return page.toString();
}
