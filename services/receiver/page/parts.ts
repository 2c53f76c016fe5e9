import { type Content, type Html, html } from '../../shared/page/html.ts';
import { linkable } from '../../shared/page/link.ts';
import { severityClass } from '../../shared/page/severity.ts';
import { timeSince } from '../../shared/page/timeSince.ts';
import { durationWords, plural } from '../../shared/page/words.ts';
import { chainDoubt, type Origin } from '../chains.ts';
import type { AlertView } from '../store/reader.ts';

export function severityPill(severity: string): Html {
  return html`<span class="pill ${severityClass(severity)}">${severityWord(severity)}</span>`;
}

/** Said, not only coloured. */
export function severityWord(severity: string): string {
  return severity === '' ? 'no severity' : severity;
}

/** A mark on what says that it belongs to no chain that is known here. */
export function chainMark(origin: Origin, chains: Moment['chains']): Html | null {
  const doubt = chainDoubt(origin, chains);
  return doubt === undefined ? null : html`<span class="pill odd" title="${doubt.meaning}">${doubt.mark}</span>`;
}

export function nameOf({
  alertname,
  fingerprint,
}: {
  readonly alertname: string;
  readonly fingerprint: string;
}): string {
  return alertname === '' ? fingerprint : alertname;
}

export function historyPath(fingerprint: string): string {
  return `/history/${encodeURIComponent(fingerprint)}`;
}

/** What a card depends on besides its alert. */
export interface Moment {
  /** Milliseconds. */
  readonly now: number;
  /** Milliseconds; an alert that was not repeated for so long may have ended without anybody saying so. */
  readonly quietAfter: number;
  /** Chains that are known here; undefined where that cannot be said of any. */
  readonly chains: ReadonlySet<string> | undefined;
}

export interface IncidentParts {
  /** What it went through. */
  readonly story: Content;
  /** The other alerts that tell of it. */
  readonly others: Content;
}

/**
 * One alert as a card. On its own page it shows its labels at once and needs no link to itself.
 *
 * @param incident what belongs to the same trouble; undefined on its own page
 */
export function alertCard(alert: AlertView, { now, quietAfter, chains }: Moment, incident?: IncidentParts): Html {
  const alone = incident === undefined;
  const { annotations, severity, status } = alert;
  const look = status === 'firing' ? severityClass(severity) : 'resolved';
  return html`<article class="alert ${look}" id="alert-${alert.fingerprint}">
<div class="head"><h3>${nameOf(alert)}</h3>${severityPill(severity)}${status === 'resolved' ? html`<span class="pill resolved">resolved</span>` : null}${chainMark(alert, chains)}<span class="thing">${thingOf(alert)}</span><span class="since">${spanWords(alert, now)}</span></div>
${paragraph('summary', annotations.summary)}${paragraph('description', annotations.description)}${paragraph('old', chainDoubt(alert, chains)?.meaning)}
<div class="foot">${links(alert, alone)}${quietWords(alert, now, quietAfter)}${alone ? labelList(alert) : labelDetails(alert)}${incident?.story}</div>${incident?.others}
</article>`;
}

/** What the alert is about, beside its network: the instance tells most. */
export function thingOf({ labels }: AlertView): string {
  return labels.instance ?? labels.component ?? '';
}

export function spanWords({ startsAt, endsAt }: AlertView, now: number): Html {
  if (endsAt === null) return html`for ${timeSince(Date.parse(startsAt), now)}`;
  return html`ended ${timeSince(Date.parse(endsAt), now)} ago, after ${durationWords(Date.parse(endsAt) - Date.parse(startsAt))}`;
}

function paragraph(kind: string, text: string | undefined): Html | null {
  return text === undefined || text.trim() === '' ? null : html`<p class="${kind}">${text}</p>`;
}

export function runbookLink({ annotations }: AlertView): Html | null {
  const runbook = linkable(annotations.runbook_url ?? '');
  return runbook === undefined ? null : html`<a class="runbook" href="${runbook}" rel="noreferrer">Runbook</a>`;
}

function links(alert: AlertView, alone: boolean): Html {
  const { generatorURL, fingerprint } = alert;
  const source = linkable(generatorURL);
  return html`${runbookLink(alert)}${
    source === undefined ? null : html`<a href="${source}" rel="noreferrer">Source</a>`
  }${alone ? html`<a href="/alerts/${encodeURIComponent(fingerprint)}">JSON</a>` : html`<a href="${historyPath(fingerprint)}">History</a>`}`;
}

function quietWords({ status, lastReceivedAt }: AlertView, now: number, quietAfter: number): Html | null {
  const lastHeard = Date.parse(lastReceivedAt);
  if (status === 'resolved' || now - lastHeard <= quietAfter) return null;
  return html`<span class="old">not repeated for ${timeSince(lastHeard, now)}: it may be over</span>`;
}

function labelDetails(alert: AlertView): Html {
  const words = `${plural(Object.keys(alert.labels).length, 'label')}, ${plural(alert.deliveries, 'delivery', 'deliveries')}`;
  return html`<details id="labels-${alert.fingerprint}"><summary>${words}</summary>${labelList(alert)}</details>`;
}

function labelList({ labels }: AlertView): Html {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return html`<ul class="labels">${sorted.map(([name, value]) => html`<li><b>${name}</b> ${value}</li>`)}</ul>`;
}
