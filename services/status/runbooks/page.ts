import { type Content, type Html, html } from '../../receiver/page/html.ts';
import { severityClass } from '../../receiver/page/words.ts';
import { timeSince } from '../page/document.ts';
import { type FiringAlert, type Status, SYSTEM } from '../status.ts';
import type { RunbookName } from './shelf.ts';

/** One runbook, with what its alert does now. */
export function runbookMain({ chain, alert }: RunbookName, body: Html, status: Status): Html {
  return html`<main class="wide text">
<p class="crumbs"><a href="/runbooks">Runbooks</a> / ${chain}</p>
<h1>${alert}</h1>
${nowPart(alert, status)}
<article class="prose">${body}</article>
</main>`;
}

function nowPart(alert: string, { alerts, upstreams, at }: Status): Html {
  const { prometheus } = upstreams;
  if (!prometheus.ok) return html`<p class="now">Whether it fires now is unknown: ${prometheus.reason}.</p>`;
  const firing = alerts.filter(({ alertname }) => alertname === alert);
  if (firing.length === 0) return html`<p class="now quiet">It does not fire now.</p>`;
  const line = (each: FiringAlert): Content =>
    html`<li><strong>${each.network || SYSTEM}</strong> for ${timeSince(each.since, at)}${each.summary === '' ? null : `: ${each.summary}`}</li>`;
  return html`<div class="now ${severityClass(firing[0]?.severity ?? '')}">It fires now:<ul>${firing.map(line)}</ul></div>`;
}

/** All runbooks, by chain. */
export function indexMain(names: readonly RunbookName[], status: Status): Html {
  const firing = new Map(status.alerts.map(({ alertname, severity }) => [alertname, severity]));
  const chains = [...Map.groupBy(names, ({ chain }) => chain)];
  const entry = ({ chain, alert }: RunbookName) => {
    const severity = firing.get(alert);
    const pill = severity === undefined ? null : html` <span class="pill ${severityClass(severity)}">fires</span>`;
    return html`<li><a href="/runbooks/${chain}/${alert}">${alert}</a>${pill}</li>`;
  };
  return html`<main class="wide">
<section class="state quiet"><h1>Runbooks</h1><p>What each alert means, what to look at first, how to mend it, how to see that it is mended.</p></section>
${chains.length === 0 ? html`<p class="none">There are none in this environment.</p>` : null}
${chains.map(([chain, some]) => html`<h2>${chain} <small>${some.length}</small></h2><ul class="index">${some.map(entry)}</ul>`)}
</main>`;
}
