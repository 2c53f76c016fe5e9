import { type Html, html } from '../../shared/page/html.ts';
import { linkable } from '../../shared/page/link.ts';
import { severityClass } from '../../shared/page/severity.ts';
import { timeSince } from '../../shared/page/timeSince.ts';
import { durationWords, plural } from '../../shared/page/words.ts';
import type { AlertView } from '../store/reader.ts';

export function severityPill(severity: string): Html {
  return html`<span class="pill ${severityClass(severity)}">${severity === '' ? 'no severity' : severity}</span>`;
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
}

/** One alert as a card. On its own page it shows its labels at once and needs no link to itself. */
export function alertCard(alert: AlertView, { now, quietAfter }: Moment, alone = false): Html {
  const { annotations, severity, status } = alert;
  const look = status === 'firing' ? severityClass(severity) : 'resolved';
  return html`<article class="alert ${look}" id="alert-${alert.fingerprint}">
<div class="head"><h3>${nameOf(alert)}</h3>${severityPill(severity)}${status === 'resolved' ? html`<span class="pill resolved">resolved</span>` : null}<span class="thing">${thingOf(alert)}</span><span class="since">${spanWords(alert, now)}</span></div>
${paragraph('summary', annotations.summary)}${paragraph('description', annotations.description)}
<div class="foot">${links(alert, alone)}${quietWords(alert, now, quietAfter)}${alone ? labelList(alert) : labelDetails(alert)}</div>
</article>`;
}

/** What the alert is about, beside its network: the instance tells most. */
function thingOf({ labels }: AlertView): string {
  return labels.instance ?? labels.component ?? '';
}

function spanWords({ startsAt, endsAt }: AlertView, now: number): Html {
  if (endsAt === null) return html`for ${timeSince(Date.parse(startsAt), now)}`;
  return html`ended ${timeSince(Date.parse(endsAt), now)} ago, after ${durationWords(Date.parse(endsAt) - Date.parse(startsAt))}`;
}

function paragraph(kind: string, text: string | undefined): Html | null {
  return text === undefined || text.trim() === '' ? null : html`<p class="${kind}">${text}</p>`;
}

function links({ annotations, generatorURL, fingerprint }: AlertView, alone: boolean): Html {
  const runbook = linkable(annotations.runbook_url ?? '');
  const source = linkable(generatorURL);
  return html`${runbook === undefined ? null : html`<a class="runbook" href="${runbook}" rel="noreferrer">Runbook</a>`}${
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
