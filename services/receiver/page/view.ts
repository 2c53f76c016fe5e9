import { type Content, type Html, html } from '../../shared/page/html.ts';
import { type SeverityClass, severityClass, severityRank } from '../../shared/page/severity.ts';
import { timeSince } from '../../shared/page/timeSince.ts';
import { plural } from '../../shared/page/words.ts';
import type { AlertView, RecentChange } from '../store/reader.ts';
import type { WatchdogStatus } from '../watchdog.ts';
import { type Incident, type Incidents, incidentsOf, worstThenNewest } from './incident.ts';
import {
  alertCard,
  historyPath,
  type Moment,
  nameOf,
  runbookLink,
  severityPill,
  severityWord,
  spanWords,
  thingOf,
} from './parts.ts';
import { endedPart, storyPart } from './story.ts';

const MAX_ENDED_SHOWN = 30;

/** What the page shows; plain data, so that the page is a function of it. */
export interface PageData extends Moment {
  /** How many seconds of the rules pass in each real one. */
  readonly timeScale: number;
  readonly lastChange: number;
  /** The alerts that fire, at most as many as are shown. */
  readonly firing: readonly AlertView[];
  /** How many fire in all, by severity. */
  readonly counts: ReadonlyMap<string, number>;
  /** What happened lately, and what the alerts that fire went through. */
  readonly changes: readonly RecentChange[];
  readonly watchdog: WatchdogStatus;
  /** Why the store takes no writes, or null. */
  readonly trouble: string | null;
}

/** The changing part of the page. */
export function mainPart(data: PageData): Html {
  const incidents = incidentsOf(data.firing, data.changes);
  return html`<main class="wide" id="main" data-live>
${data.trouble === null ? null : html`<p class="trouble" role="alert">New alerts cannot be stored: ${data.trouble}. Senders keep them and try again.</p>`}
${statePart(data, incidents)}
${networksPart(data, incidents)}
<h2>Ended lately</h2>
${endedPart(incidents.ended.slice(0, MAX_ENDED_SHOWN), data)}
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

function statePart({ counts, watchdog, firing: alerts, now }: PageData, { ended }: Incidents): Html {
  const worst = worstOf(counts);
  const alive = watchdog.state === 'alive';
  const firing = countsByLook(counts).map(([look, count], index) => {
    const word = look === 'other' && worst === 'other' ? 'alerts' : look;
    return html`${index === 0 ? null : ', '}<span class="${look}">${count} ${word}</span>`;
  });
  const heading = worst !== undefined ? html`${firing} firing` : alive ? 'All quiet' : 'No alert fires';
  return html`<section class="state ${worst ?? (alive ? 'quiet' : 'doubt')}" aria-live="polite"><h1>${heading}</h1>
${sinceWords(alerts, ended, now)}<p class="dog ${watchdog.state}">${watchdogWords(watchdog, now, worst === undefined)}</p>${watchdogList(watchdog, now)}</section>`;
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

/** Since when the worst is so, or since when nothing is. */
function sinceWords(firing: readonly AlertView[], ended: readonly Incident[], now: number): Html | null {
  const rank = Math.min(...firing.map(({ severity }) => severityRank(severity)));
  const byStart = firing
    .filter(({ severity }) => severityRank(severity) === rank)
    .sort((a, b) => Date.parse(a.startsAt) - Date.parse(b.startsAt));
  const [oldest, newest] = [byStart[0], byStart.at(-1)];
  if (oldest !== undefined && newest !== undefined) {
    const link = (alert: AlertView) => html`<a href="#alert-${alert.fingerprint}">${nameOf(alert)}</a>`;
    const since = (alert: AlertView) => timeSince(Date.parse(alert.startsAt), now);
    const first = html`${severityWord(oldest.severity)} for <strong>${since(oldest)}</strong>`;
    if (oldest === newest) return html`<p class="begun">${first}: ${link(oldest)}</p>`;
    return html`<p class="begun">${first}, first ${link(oldest)}; the newest, ${link(newest)}, for ${since(newest)}</p>`;
  }
  const last = ended[0]?.changes[0];
  if (last === undefined) return null;
  return html`<p>For <strong>${timeSince(last.receivedAt, now)}</strong>; the last was <a href="${historyPath(last.fingerprint)}">${nameOf(last)}</a></p>`;
}

function networksPart(data: PageData, { standing }: Incidents): Content {
  const networks = Map.groupBy(standing, ({ lead }) => lead.network);
  const worst = (incidents: Incidents['standing']) =>
    Math.min(...incidents.map(({ lead }) => severityRank(lead.severity)));
  const sorted = [...networks].sort(([a, ofA], [b, ofB]) => worst(ofA) - worst(ofB) || (a < b ? -1 : 1));
  const total = [...data.counts.values()].reduce((sum, count) => sum + count, 0);
  const hidden = total - data.firing.length;
  return [
    ...sorted.map(([network, incidents]) => {
      const alerts = incidents.flatMap(({ firing }) => firing);
      const chain = alerts.find((alert) => alert.chain !== '')?.chain;
      const about = chain === undefined || chain === network ? '' : `${chain} · `;
      const grouped = incidents.length === alerts.length ? '' : `, ${plural(incidents.length, 'incident')}`;
      return html`<section><h2>${network === '' ? 'No network' : network} <small>${about}${alerts.length} firing${grouped}</small></h2>
${[...incidents].sort((a, b) => worstThenNewest(a.lead, b.lead)).map((incident) => incidentCard(incident, data))}</section>`;
    }),
    hidden > 0 ? html`<p class="none">and ${hidden} more: <a href="/alerts?state=firing">all as JSON</a></p>` : null,
  ];
}

/** The worst of its alerts, the others beneath, and what they went through. */
function incidentCard(incident: Incidents['standing'][number], moment: Moment): Html {
  const { lead, firing } = incident;
  const others = firing.slice(1).map((alert) => otherRow(alert, lead, moment.now));
  const list = others.length === 0 ? null : html`<ul class="also" aria-label="Of the same incident">${others}</ul>`;
  return alertCard(lead, moment, {
    story: storyPart(incident, `story-of-${lead.fingerprint}`, moment.now),
    others: list,
  });
}

/** An alert that tells of the same trouble, in one line. */
function otherRow(alert: AlertView, lead: AlertView, now: number): Html {
  const runbook = alert.annotations.runbook_url === lead.annotations.runbook_url ? null : runbookLink(alert);
  return html`<li id="alert-${alert.fingerprint}">${severityPill(alert.severity)}<span class="which"><a href="${historyPath(alert.fingerprint)}">${nameOf(alert)}</a> <span class="thing">${thingOf(alert)}</span>${alert.alertname === lead.alertname ? null : html`<small>${alert.annotations.summary}</small>`}</span><span class="since">${spanWords(alert, now)}</span>${runbook}</li>`;
}
