import { type Content, type Html, html } from '../../shared/page/html.ts';
import { severityClass } from '../../shared/page/severity.ts';
import { timeSince } from '../../shared/page/timeSince.ts';
import { mutedNote } from '../page/muted.ts';
import { titleOf } from '../page/title.ts';
import { type FiringAlert, isToldOf, type Status } from '../status.ts';
import type { RunbookName } from './shelf.ts';

/** One runbook, with what its alert does now: that alone is kept up to date, so that a person can copy from the rest. */
export function runbookMain({ chain, alert }: RunbookName, body: Html, limits: Html, status: Status): Html {
  return html`<main class="wide text">
<p class="crumbs"><a href="/runbooks">Runbooks</a> / ${chain}</p>
<h1>${alert}</h1>
${nowPart(alert, status)}
${limits}
<article class="prose">${body}</article>
</main>`;
}

function nowPart(alert: string, { alerts, upstreams, at }: Status): Html {
  const { prometheus } = upstreams;
  if (!prometheus.ok)
    return html`<p class="now" id="now" data-live>Whether it fires now is unknown: ${prometheus.reason}.</p>`;
  const firing = alerts.filter(({ alertname }) => alertname === alert);
  if (firing.length === 0) return html`<p class="now quiet" id="now" data-live>It does not fire now.</p>`;
  const line = (each: FiringAlert): Content =>
    html`<li><strong>${titleOf(each.network)}</strong> for ${timeSince(each.since, at)}${each.summary === '' ? null : `: ${each.summary}`}${isToldOf(each) ? null : html` <small>(${mutedNote(each, at)})</small>`}</li>`;
  const worst = firing.find(isToldOf);
  return html`<div class="now ${worst === undefined ? 'other' : severityClass(worst.severity)}" id="now" data-live>It fires now:<ul>${firing.map(line)}</ul></div>`;
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
  return html`<main class="wide" id="main" data-live>
<section class="state other"><h1>Runbooks</h1><p>What each alert means, what to look at first, how to mend it, how to see that it is mended.</p></section>
${chains.length === 0 ? html`<p class="none">There are none in this environment.</p>` : null}
${chains.map(([chain, some]) => html`<h2>${chain} <small>${some.length}</small></h2><ul class="index">${some.map(entry)}</ul>`)}
</main>`;
}
