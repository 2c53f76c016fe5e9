import type { AlertView, RecentChange } from '../store/reader.ts';
import type { WatchdogStatus } from '../watchdog.ts';
import { type Content, type Html, html, linkable } from './html.ts';
import { durationWords, plural, SEVERITY_ORDER, severityClass, severityRank, utcWords } from './words.ts';

/** What the page shows; plain data, so that the page is a function of it. */
export interface PageData {
  /** Milliseconds. */
  readonly now: number;
  readonly lastChange: number;
  /** The alerts that fire, at most as many as are shown. */
  readonly firing: readonly AlertView[];
  /** How many fire in all, by severity. */
  readonly counts: ReadonlyMap<string, number>;
  readonly recent: readonly RecentChange[];
  readonly watchdog: WatchdogStatus;
  /** Why the store takes no writes, or null. */
  readonly trouble: string | null;
}

/** An alert that was not repeated for so long may have ended without anybody saying so. */
const QUIET_AFTER_MS = 86_400_000;
const NO_NETWORK = 'no network';

/** The changing part of the page. */
export function mainPart(data: PageData): Html {
  return html`<main class="wide">
${data.trouble === null ? null : html`<p class="trouble" role="alert">New alerts cannot be stored: ${data.trouble}. Senders keep them and try again.</p>`}
${statePart(data)}
${networksPart(data)}
<h2>Recent history</h2>
${historyPart(data)}
</main>`;
}

/** `2 critical, 1 warning`; for the heading and the title of the tab. */
export function countWords(counts: ReadonlyMap<string, number>): string {
  const words: string[] = [];
  let others = 0;
  for (const [severity, count] of counts) if (severityClass(severity) === 'other') others += count;
  for (const severity of SEVERITY_ORDER) {
    const count = counts.get(severity) ?? 0;
    if (count > 0) words.push(`${count} ${severity}`);
  }
  if (others > 0) words.push(words.length === 0 ? plural(others, 'alert') : `${others} other`);
  return words.join(', ');
}

/** The worst severity that fires, as a class; undefined when nothing fires. */
export function worstOf(counts: ReadonlyMap<string, number>): string | undefined {
  const firing = [...counts].filter(([, count]) => count > 0).map(([severity]) => severity);
  const worst = firing.sort((a, b) => severityRank(a) - severityRank(b))[0];
  return worst === undefined ? undefined : severityClass(worst);
}

function statePart({ counts, watchdog, now }: PageData): Html {
  const worst = worstOf(counts);
  const heading =
    worst === undefined
      ? watchdog.state === 'alive'
        ? 'All quiet'
        : 'No alert fires'
      : `${countWords(counts)} firing`;
  const look = worst ?? (watchdog.state === 'alive' ? 'quiet' : 'doubt');
  return html`<section class="state ${look}" aria-live="polite"><h1>${heading}</h1>
<p><span class="dog ${watchdog.state}"><span>${watchdogWords(watchdog, now)}</span></span></p>${watchdogList(watchdog, now)}</section>`;
}

function watchdogWords({ state, lastSeen }: WatchdogStatus, now: number): Html {
  const ago = lastSeen === null ? null : html`${timeSince(lastSeen, now)} ago`;
  switch (state) {
    case 'alive':
      return html`<strong>Watchdog alive ${ago}</strong>: alerts would arrive, so silence can be trusted.`;
    case 'stale':
      return html`<strong>Watchdog last heard ${ago}</strong>: alerts may not arrive. Do not trust silence; look at Prometheus and Alertmanager.`;
    case 'ended':
      return html`<strong>Watchdog reported gone, last heard ${ago}</strong>: its Prometheus has stopped evaluating. Do not trust silence.`;
    case 'never':
      return html`<strong>No Watchdog was ever heard</strong>: nothing proves that alerts can arrive. Route the always firing alert “Watchdog” to this receiver.`;
  }
}

/** Only where there are several: one is told in the line above. */
function watchdogList({ each }: WatchdogStatus, now: number): Html | null {
  if (each.length < 2) return null;
  const items = each.map(
    ({ name, state, lastSeen }) =>
      html`<li><span class="dog ${state}"><span>${name === '' ? 'without labels' : name}, ${state === 'ended' ? 'gone, ' : ''}${timeSince(lastSeen, now)} ago</span></span></li>`,
  );
  return html`<ul class="dogs">${items}</ul>`;
}

function networksPart({ firing, counts, now }: PageData): Content {
  const networks = Map.groupBy(firing, ({ network }) => network);
  const worst = (alerts: readonly AlertView[]) => Math.min(...alerts.map(({ severity }) => severityRank(severity)));
  const sorted = [...networks].sort(
    ([a, alertsA], [b, alertsB]) => worst(alertsA) - worst(alertsB) || (a < b ? -1 : 1),
  );
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const hidden = total - firing.length;
  return [
    ...sorted.map(([network, alerts]) => {
      const chain = alerts.find((alert) => alert.chain !== '')?.chain;
      return html`<section><h2>${network === '' ? NO_NETWORK : network} <small>${chain === undefined || chain === network ? null : `${chain} · `}${alerts.length} firing</small></h2>
${[...alerts].sort(worstThenNewest).map((alert) => alertPart(alert, now))}</section>`;
    }),
    hidden > 0 ? html`<p class="none">and ${hidden} more: <a href="/alerts?state=firing">all as JSON</a></p>` : null,
  ];
}

function worstThenNewest(a: AlertView, b: AlertView): number {
  return severityRank(a.severity) - severityRank(b.severity) || b.changeId - a.changeId;
}

function alertPart(alert: AlertView, now: number): Html {
  const { labels, annotations, severity } = alert;
  const runbook = linkable(annotations.runbook_url ?? '');
  const source = linkable(alert.generatorURL);
  const since = Date.parse(alert.startsAt);
  const lastHeard = Date.parse(alert.lastReceivedAt);
  const shown = Object.entries(labels)
    .filter(([name]) => name !== 'alertname' && name !== 'severity')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const subject = labels.instance ?? labels.component;
  return html`<article class="alert ${severityClass(severity)}">
<div class="head"><h3>${alert.alertname === '' ? alert.fingerprint : alert.alertname}</h3><span class="pill ${severityClass(severity)}">${severity === '' ? 'no severity' : severity}</span><span class="since">for ${timeSince(since, now)}</span></div>
${paragraph('summary', annotations.summary)}${paragraph('description', annotations.description)}
<div class="foot">${runbook === undefined ? null : html`<a class="runbook" href="${runbook}" rel="noreferrer">Runbook</a>`}${source === undefined ? null : html`<a href="${source}" rel="noreferrer">Source</a>`}<a href="/alerts/${encodeURIComponent(alert.fingerprint)}">History</a>${subject === undefined ? null : html`<span>${subject}</span>`}${
    now - lastHeard > QUIET_AFTER_MS
      ? html`<span class="old">not repeated for ${timeSince(lastHeard, now)}</span>`
      : null
  }<details id="labels-${alert.fingerprint}"><summary>${plural(shown.length, 'label')}, ${plural(alert.deliveries, 'delivery', 'deliveries')} by ${alert.channel}</summary><ul class="labels">${shown.map(([name, value]) => html`<li><b>${name}</b> ${value}</li>`)}</ul></details></div>
</article>`;
}

function paragraph(kind: string, text: string | undefined): Html | null {
  return text === undefined || text.trim() === '' ? null : html`<p class="${kind}">${text}</p>`;
}

function historyPart({ recent, now }: PageData): Html {
  if (recent.length === 0) return html`<p class="none">Nothing has happened yet.</p>`;
  const rows = recent.map(
    (entry) => html`<tr><td class="when">${timeSince(entry.receivedAt, now)} ago</td>
<td class="what"><span class="${entry.change} ${severityClass(entry.severity)}">${entry.change}</span></td>
<td class="which"><a href="/alerts/${encodeURIComponent(entry.fingerprint)}">${entry.alertname === '' ? entry.fingerprint : entry.alertname}</a>${entry.summary === '' ? null : html`<small>${entry.summary}</small>`}</td>
<td class="where">${entry.network}</td></tr>`,
  );
  return html`<table><tbody>${rows}</tbody></table>`;
}

/** Words that the page's script keeps right. */
function timeSince(milliseconds: number, now: number): Html {
  return html`<time data-since="${milliseconds}" datetime="${new Date(milliseconds).toISOString()}" title="${utcWords(milliseconds)}">${durationWords(now - milliseconds)}</time>`;
}
