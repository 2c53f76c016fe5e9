import { type Html, html } from '../../shared/page/html.ts';
import { severityClass } from '../../shared/page/severity.ts';
import { timeSince } from '../../shared/page/timeSince.ts';
import { durationWords, plural } from '../../shared/page/words.ts';
import { shortTimestamp } from '../payload/timestamp.ts';
import type { AlertView, DeliveryView, TransitionView } from '../store/reader.ts';
import { alertCard, type Moment, severityWord } from './parts.ts';

export interface HistoryData extends Moment {
  /** How many seconds of the rules pass in each real one. */
  readonly timeScale: number;
  readonly alert: AlertView;
  /** Newest first. */
  readonly transitions: readonly TransitionView[];
  readonly deliveries: readonly DeliveryView[];
  /** More than these were not read: the list may go on. */
  readonly limit: number;
}

/** One alert: where it stands, what it went through, and who said so. */
export function historyMain(data: HistoryData): Html {
  const { now, alert, transitions, deliveries } = data;
  return html`<main class="wide" id="main" data-live>
<h2><a href="/">All alerts</a>${alert.network === '' ? null : html`<small>${alert.network}</small>`}</h2>
${alertCard(alert, data)}
<h2>What it went through</h2>
<ol class="log">${transitions.map((transition) => transitionRow(transition, now))}</ol>${olderNote(transitions.length, data)}
<h2>Who said so</h2>
<ol class="log">${deliveries.map((delivery) => deliveryRow(delivery, now))}</ol>${olderNote(deliveries.length, data)}
</main>`;
}

function olderNote(count: number, { limit, alert }: HistoryData): Html | null {
  if (count < limit) return null;
  return html`<p class="none">Only the newest ${limit} are shown: <a href="/alerts/${encodeURIComponent(alert.fingerprint)}">more as JSON</a></p>`;
}

function transitionRow(
  { change, receivedAt, severity, startsAt, endsAt, annotations, channel }: TransitionView,
  now: number,
): Html {
  const lasted =
    endsAt === null
      ? `since ${words(startsAt)}`
      : `${durationWords(Date.parse(endsAt) - Date.parse(startsAt))}, until ${words(endsAt)}`;
  return html`<li><span class="when">${timeSince(Date.parse(receivedAt), now)} ago</span><span class="what ${change} ${severityClass(severity)}">${severityWord(severity)} ${change}</span><span class="which">${annotations.summary ?? ''}<small>${lasted}</small></span><span class="where">${channel}</span></li>`;
}

function deliveryRow(
  { status, lastReceivedAt, startsAt, source, channel, count, applied }: DeliveryView,
  now: number,
): Html {
  const what = status === 'firing' ? 'fired' : 'resolved';
  return html`<li><span class="when">${timeSince(Date.parse(lastReceivedAt), now)} ago</span><span class="what ${applied ? what : 'ignored'}">${status}</span><span class="which">${source}, ${plural(count, 'delivery', 'deliveries')}${applied ? null : ', changed nothing'}<small>of the episode that began ${words(startsAt)}</small></span><span class="where">${channel}</span></li>`;
}

/** `2026-05-01 10:00:03 UTC` of a sender's timestamp. */
function words(timestamp: string): string {
  return shortTimestamp(timestamp)
    .replace('T', ' ')
    .replace(/(\.\d+)?Z$/, ' UTC');
}
