/** The service's exposition: requests, jobs, and how long proofs took. It exports nothing of its process. */
import { Exposition } from '../../simulation/exposition.ts';
import type { Timeline } from '../../simulation/timeline.ts';
import { helpOf } from './help.ts';

/** Jobs that a healthy service begins each second: three in a minute. */
const JOBS = 0.05;
/** Clients poll until their proof is there. */
const REQUESTS = 2;
const FLOOD = 150;
/** PROOF_GEN_TIMEOUT_SECONDS, and the buckets that the service makes of it: steps of 5%, up to a tenth above it. */
const TIMEOUT = 120;
const EDGES = Array.from({ length: 22 }, (_, index) => Math.floor(((index + 1) * TIMEOUT) / 20));
/** Seconds that a proof takes. */
const USUAL = 27;
const SLOW = 99;
const VERY_SLOW = 117;
/** Shares of the jobs that fail. */
const SOME = 0.25;
const MOST = 0.75;
/** Kinds of errors that there are once their texts repeat, and seconds between two errors. */
const KINDS = 60;
const ERROR_EVERY = 60;

const IDLE = 'nobody-asks';

export function exposeService(timeline: Timeline): string {
  const page = new Exposition({ help: helpOf });
  if (timeline.isActive('eq-metrics-lost')) return page.toString();
  const { usual, slow, verySlow } = proven(timeline);
  page
    .counter(
      'eqs_grpc_req_total',
      timeline.count({ perSecond: REQUESTS, not: [IDLE], plus: { 'request-flood': FLOOD } }),
    )
    .counter(
      'eqs_jobs_attempted_total',
      timeline.count({ perSecond: JOBS, not: [IDLE], plus: { 'jobs-pile-up': JOBS } }),
    )
    .counter('eqs_jobs_finished_total', usual + slow + verySlow)
    // In compressed time the timeout is shorter too, and with it the buckets.
    .histogram(
      'eqs_zk_proof_wait_time',
      EDGES.map((edge) => timeline.duration(edge)),
      [
        { value: timeline.duration(USUAL), count: usual },
        { value: timeline.duration(SLOW), count: slow },
        { value: timeline.duration(VERY_SLOW), count: verySlow },
      ],
    );
  errors(page, timeline);
  return page.toString();
}

/** Jobs that ended well, by how long their proof took. */
function proven(timeline: Timeline) {
  const usual = timeline.count({
    perSecond: JOBS,
    not: [IDLE, 'jobs-stuck', 'jobs-failing', 'jobs-mostly-failing', 'slow-proofs', 'very-slow-proofs'],
    plus: { 'jobs-failing': JOBS * (1 - SOME), 'jobs-mostly-failing': JOBS * (1 - MOST) },
  });
  const slow = timeline.count({ perSecond: 0, plus: { 'slow-proofs': JOBS } });
  const verySlow = timeline.count({ perSecond: 0, plus: { 'very-slow-proofs': JOBS } });
  return { usual, slow, verySlow };
}

/** No series before the first error of its text. */
function errors(page: Exposition, timeline: Timeline): void {
  const add = (text: string, value: number) => {
    if (value > 0) page.counter('eqs_jobs_errors_total', value, { error_type: text });
  };
  add(
    'BlobNotFound("no blob at this commitment")',
    timeline.count({ perSecond: 0, plus: { 'jobs-failing': JOBS * SOME } }),
  );
  add('DaClientError("unauthorized")', timeline.count({ perSecond: 0, plus: { 'jobs-mostly-failing': JOBS * MOST } }));
  const { count } = timeline.events(ERROR_EVERY, 'error-texts');
  for (let kind = 0; kind < KINDS; kind += 1)
    add(`ShareConversionError("height ${4_700_000 + kind}")`, Math.ceil((count - kind) / KINDS));
}
