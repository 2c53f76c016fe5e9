import { type Content, type Html, html } from '../../shared/page/html.ts';
import { severityClass, severityRank } from '../../shared/page/severity.ts';
import { timeSince } from '../../shared/page/timeSince.ts';
import { durationWords, plural } from '../../shared/page/words.ts';
import type { RecentChange } from '../store/reader.ts';
import type { Incident } from './incident.ts';
import { chainMark, historyPath, type Moment, nameOf, severityWord } from './parts.ts';

/** A trouble that flaps has more than anybody reads at once. */
const MAX_CHANGES_SHOWN = 20;

/** What an incident went through, folded away; nothing where nothing is known. */
export function storyPart({ changes }: Incident, id: string, now: number): Html | null {
  if (changes.length === 0) return null;
  const hidden = changes.length - MAX_CHANGES_SHOWN;
  const several = new Set(changes.map(({ fingerprint }) => fingerprint)).size > 1;
  const rows = changes.slice(0, MAX_CHANGES_SHOWN).map((change) => changeRow(change, several, now));
  return html`<details class="story" id="${id}"><summary>${plural(changes.length, 'change')}</summary><ol class="changes">${rows}${hidden > 0 ? html`<li class="none">and ${hidden} before</li>` : null}</ol></details>`;
}

function changeRow({ change, severity, receivedAt, ...alert }: RecentChange, named: boolean, now: number): Html {
  const name = named ? html` <a href="${historyPath(alert.fingerprint)}">${nameOf(alert)}</a>` : null;
  return html`<li><span class="when">${timeSince(receivedAt, now)} ago</span><span><span class="what ${change} ${severityClass(severity)}">${severityWord(severity)} ${change}</span>${name}${lastedWords(alert)}</span></li>`;
}

function lastedWords({ startsAt, endsAt }: Pick<RecentChange, 'startsAt' | 'endsAt'>): string | null {
  return endsAt === null ? null : ` after ${durationWords(Date.parse(endsAt) - Date.parse(startsAt))}`;
}

/** Incidents that have ended, one row each. */
export function endedPart(ended: readonly Incident[], moment: Moment): Content {
  if (ended.length === 0) return html`<p class="none">Nothing yet.</p>`;
  return html`<ol class="log">${ended.map((incident) => endedRow(incident, moment))}</ol>`;
}

function endedRow(incident: Incident, { now, chains }: Moment): Html | null {
  const { changes } = incident;
  const [last] = changes;
  // The worst tells most of it; of equals the one that came first is nearest to the cause.
  const worst = [...changes].sort((a, b) => severityRank(a.severity) - severityRank(b.severity) || a.id - b.id)[0];
  if (last === undefined || worst === undefined) return null;
  const starts = changes.map(({ startsAt }) => Date.parse(startsAt));
  const ends = changes.flatMap(({ endsAt }) => (endsAt === null ? [] : [Date.parse(endsAt)]));
  const lasted = ends.length === 0 ? null : `lasted ${durationWords(Math.max(...ends) - Math.min(...starts))}`;
  const names = new Set(changes.map(nameOf));
  const summary = worst.annotations.summary ?? '';
  return html`<li><span class="when">${timeSince(last.receivedAt, now)} ago</span><span class="what ${severityClass(worst.severity)}">${severityWord(worst.severity)}</span><span class="which"><a href="${historyPath(worst.fingerprint)}">${nameOf(worst)}</a>${names.size > 1 ? ` and ${names.size - 1} more` : null} ${chainMark(worst, chains)}${summary === '' ? null : html`<small>${summary}</small>`}${storyPart(incident, `story-${last.id}`, now)}</span><span class="where">${worst.network}${lasted === null ? null : html`<small>${lasted}</small>`}</span></li>`;
}
