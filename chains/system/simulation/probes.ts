/** What a blackbox exporter finds, the exporter itself, and a Pushgateway. */
import { Exposition } from '../../simulation/exposition.ts';
import type { Timeline } from '../../simulation/timeline.ts';
import { helpOf } from './help.ts';
import { machineProcess } from './process.ts';

const DAY = 86_400;
/** Certificates last three months, and are renewed a month before their end. */
const RENEWED = 60 * DAY;
const LEFT_AT_LEAST = 30 * DAY;
/** Fault → seconds that the certificate has left when it begins. */
const EXPIRES: Readonly<Record<string, number>> = { 'certificate-old': 14 * DAY, 'certificate-expiring': 2 * DAY };
/** Share of a probe's time. */
const PHASES = { connect: 0.2, processing: 0.5, resolve: 0.1, tls: 0.15, transfer: 0.05 } as const;

export function exposeProbe(timeline: Timeline): string {
  const page = new Exposition({ help: helpOf });
  const fails = timeline.isActive('endpoint-down');
  const seconds = timeline.isActive('endpoint-slow') ? 3.5 : 0.1 + 0.05 * timeline.noise('probe', 60);
  page
    .gauge('probe_success', fails ? 0 : 1)
    .gauge('probe_duration_seconds', timeline.duration(seconds))
    .gauge('probe_dns_lookup_time_seconds', timeline.duration(0.001))
    .gauge('probe_ip_protocol', 4)
    .gauge('probe_ip_addr_hash', 2_268_668_507)
    .gauge('probe_http_status_code', fails ? 0 : 200)
    .gauge('probe_http_version', fails ? 0 : 1.1)
    .gauge('probe_http_redirects', 0)
    .gauge('probe_http_ssl', fails ? 0 : 1)
    .gauge('probe_http_content_length', fails ? 0 : 512);
  for (const [phase, share] of Object.entries(PHASES))
    page.gauge('probe_http_duration_seconds', timeline.duration(fails ? 0 : share * seconds), { phase });
  if (!fails) page.gauge('probe_ssl_earliest_cert_expiry', timeline.wall(expiry(timeline)));
  return page.toString();
}

function expiry(timeline: Timeline): number {
  for (const [fault, left] of Object.entries(EXPIRES)) {
    const during = timeline.during(fault);
    if (during !== undefined) return timeline.now - during + left;
  }
  return Math.floor(timeline.now / RENEWED) * RENEWED + RENEWED + LEFT_AT_LEAST;
}

export function exposeProber(timeline: Timeline): string {
  const page = new Exposition({ help: helpOf })
    .gauge('blackbox_exporter_config_last_reload_successful', timeline.isActive('probe-config-refused') ? 0 : 1)
    .counter('blackbox_module_unknown_total', 0);
  machineProcess(page, timeline, 25e6);
  return page.toString();
}

/** Seconds between two pushes. */
const PUSHED = 300;
/** Each with two series: more in all than `SAMPLE_LIMIT` of a drill lets be without a word. */
const MANY_JOBS = 13_000;

export function exposePushgateway(timeline: Timeline): string {
  const stopped = timeline.during('push-stopped') ?? 0;
  const last = timeline.now - stopped - ((timeline.now - stopped) % PUSHED);
  const page = new Exposition({ help: helpOf });
  const pushed = (job: string) =>
    page.gauge('push_time_seconds', timeline.wall(last), { job }).gauge('push_failure_time_seconds', 0, { job });
  pushed('backup');
  if (timeline.isActive('too-many-jobs')) for (let index = 0; index < MANY_JOBS; index += 1) pushed(`run-${index}`);
  machineProcess(page, timeline, 20e6);
  return page.toString();
}
