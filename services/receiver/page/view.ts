import { type Content, type Html, html } from '../../shared/page/html.ts';
import { type SeverityClass, severityClass, severityRank } from '../../shared/page/severity.ts';
import { timeSince } from '../../shared/page/timeSince.ts';
import { plural } from '../../shared/page/words.ts';
import type { AlertView, RecentChange } from '../store/reader.ts';
import type { WatchdogStatus } from '../watchdog.ts';
import { alertCard, historyPath, type Moment, nameOf } from './parts.ts';

/** What the page shows; plain data, so that the page is a function of it. */
export interface PageData extends Moment {
  /** How many seconds of the rules pass in each real one. */
  readonly timeScale: number;
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

/** The changing part of the page. */
export function mainPart(data: PageData): Html {
  return html`<main class="wide" id="main" data-live>
${data.trouble === null ? null : html`<p class="trouble" role="alert">New alerts cannot be stored: ${data.trouble}. Senders keep them and try again.</p>`}
${statePart(data)}
${networksPart(data)}
<h2>Recent history</h2>
${historyPart(data)}
</main>`;
}

/** How many of each severity fire, the worst first: `[['critical', 2], ['other', 1]]`. */
export function countsByLook(counts: ReadonlyMap<string, number>): [SeverityClass, number][] {
  const byLook = new Map<SeverityClass, number>();
  for (const [severity, count] of counts) {
    const look = severityClass(severity);
    if (count > 0) byLook.set(look, (byLook.get(look) ?? 0) + count);
  }
  return [...byLook].sort(([a], [b]) => severityRank(a) - severityRank(b));
}

/** `2 critical, 1 warning`; empty when nothing fires. */
export function countWords(counts: ReadonlyMap<string, number>): string {
  const all = countsByLook(counts);
  const only = all.length === 1 ? all[0] : undefined;
  if (only?.[0] === 'other') return plural(only[1], 'alert');
  return all.map(([look, count]) => `${count} ${look}`).join(', ');
}

/** The worst severity that fires, as a class; undefined when nothing fires. */
export function worstOf(counts: ReadonlyMap<string, number>): SeverityClass | undefined {
  return countsByLook(counts)[0]?.[0];
}

function statePart({ counts, watchdog, now }: PageData): Html {
  const worst = worstOf(counts);
  const alive = watchdog.state === 'alive';
  const firing = countsByLook(counts).map(([look, count], index) => {
    const word = look === 'other' && worst === 'other' ? 'alerts' : look;
    return html`${index === 0 ? null : ', '}<span class="${look}">${count} ${word}</span>`;
  });
  const heading = worst !== undefined ? html`${firing} firing` : alive ? 'All quiet' : 'No alert fires';
  return html`<section class="state ${worst ?? (alive ? 'quiet' : 'doubt')}" aria-live="polite"><h1>${heading}</h1>
<p class="dog ${watchdog.state}">${watchdogWords(watchdog, now, worst === undefined)}</p>${watchdogList(watchdog, now)}</section>`;
}

function watchdogWords({ state, lastSeen }: WatchdogStatus, now: number, quiet: boolean): Html {
  const ago = lastSeen === null ? null : html`${timeSince(lastSeen, now)} ago`;
  switch (state) {
    case 'alive':
      return html`<strong>Watchdog alive ${ago}</strong>: ${quiet ? 'alerts would arrive, so this silence can be trusted.' : 'alerts arrive.'}`;
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
      html`<li class="dog ${state}">${name === '' ? 'without labels' : name}, ${state === 'ended' ? 'gone, ' : ''}${timeSince(lastSeen, now)} ago</li>`,
  );
  return html`<ul class="dogs">${items}</ul>`;
}

function networksPart({ firing, counts, now, quietAfter }: PageData): Content {
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
      const about = chain === undefined || chain === network ? '' : `${chain} · `;
      return html`<section><h2>${network === '' ? 'No network' : network} <small>${about}${alerts.length} firing</small></h2>
${[...alerts].sort(worstThenNewest).map((alert) => alertCard(alert, { now, quietAfter }))}</section>`;
    }),
    hidden > 0 ? html`<p class="none">and ${hidden} more: <a href="/alerts?state=firing">all as JSON</a></p>` : null,
  ];
}

function worstThenNewest(a: AlertView, b: AlertView): number {
  return severityRank(a.severity) - severityRank(b.severity) || b.changeId - a.changeId;
}

function historyPart({ recent, now }: PageData): Html {
  if (recent.length === 0) return html`<p class="none">Nothing has happened yet.</p>`;
  const rows = recent.map(
    (entry) =>
      html`<li><span class="when">${timeSince(entry.receivedAt, now)} ago</span><span class="what ${entry.change} ${severityClass(entry.severity)}">${entry.change}</span><span class="which"><a href="${historyPath(entry.fingerprint)}">${nameOf(entry)}</a>${entry.summary === '' ? null : html`<small>${entry.summary}</small>`}</span><span class="where">${entry.network}</span></li>`,
  );
  return html`<ol class="log">${rows}</ol>`;
}
