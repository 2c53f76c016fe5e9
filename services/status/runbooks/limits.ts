import { type Html, html } from '../../shared/page/html.ts';
import { severityClass } from '../../shared/page/severity.ts';
import { titleOf } from '../page/title.ts';
import type { RunbookLimit } from '../settings.ts';

/** What this stack holds its networks to: a runbook's text cannot know it. @param timeScale times are those of the chain */
export function limitsTable(limits: readonly RunbookLimit[], timeScale: number): Html | null {
  if (limits.length === 0) return null;
  const pace = timeScale === 1 ? null : html` Times are the chain’s own; here all goes ${timeScale} times faster.`;
  const row = ({ of, threshold, window, for: wait, severity }: RunbookLimit) =>
    html`<tr><th scope="row">${of.map(titleOf).join(', ')}</th><td>${threshold ?? 'when it is so'}</td><td>${window ?? '–'}</td><td>${wait ?? 'at once'}</td><td><span class="pill ${severityClass(severity)}">${severity}</span></td></tr>`;
  return html`<table class="limits"><caption>In this stack.${pace}</caption>
<thead><tr><th scope="col">of</th><th scope="col">limit</th><th scope="col">over</th><th scope="col">for</th><th scope="col">severity</th></tr></thead>
<tbody>${limits.map(row)}</tbody></table>`;
}
