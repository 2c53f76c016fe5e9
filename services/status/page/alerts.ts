import { createHash } from 'node:crypto';
import { type Content, type Html, html } from '../../shared/page/html.ts';
import { linkable } from '../../shared/page/link.ts';
import { severityClass } from '../../shared/page/severity.ts';
import { timeSince } from '../../shared/page/timeSince.ts';
import { momentWords, plural } from '../../shared/page/words.ts';
import { type FiringAlert, isToldOf, type Status } from '../status.ts';
import { mutedNote, mutedSum } from './muted.ts';
import { titleOf } from './title.ts';

/** Where on the page an alert stands. */
export function alertId({ labels }: FiringAlert): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return `alert-${createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 16)}`;
}

export function runbookHref({ runbook }: FiringAlert): string | undefined {
  return runbook?.startsWith('/') ? runbook : linkable(runbook ?? '');
}

/** What fires: first what somebody is told of, the rest folded away. */
export function alertsPart({ alerts, upstreams, at }: Status): Content {
  const told = alerts.filter(isToldOf);
  const hushed = alerts.filter((alert) => !isToldOf(alert));
  const { alertmanager } = upstreams;
  return [
    alerts.length === 0
      ? null
      : html`<h2>Firing alerts <small>${told.length}${hushed.length === 0 ? null : `, ${hushed.length} muted`}</small></h2>`,
    alertmanager?.ok === false
      ? html`<p class="none">${alertmanager.reason}: whether somebody is told of an alert is not known.</p>`
      : null,
    told.map((alert) => alertPart(alert, at)),
    hushed.length === 0
      ? null
      : html`<details class="all" id="hushed"><summary>${mutedSum(hushed, at)}</summary>${hushed.map((alert) => alertPart(alert, at))}</details>`,
  ];
}

function alertPart(alert: FiringAlert, now: number): Html {
  const { alertname, severity, network, labels, summary, description, since, delivery } = alert;
  const shown = Object.entries(labels)
    .filter(([name]) => name !== 'alertname' && name !== 'severity')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const href = runbookHref(alert);
  const told = isToldOf(alert);
  const note = !told
    ? mutedNote(alert, now)
    : delivery === 'not arrived'
      ? 'has not reached Alertmanager: nobody is told'
      : undefined;
  const thing = labels.instance ?? labels.component;
  const id = alertId(alert);
  return html`<article class="alert ${told ? severityClass(severity) : 'hushed'}" id="${id}">
<div class="head"><h3>${alertname}</h3><span class="pill ${severityClass(severity)}">${severity === '' ? 'no severity' : severity}</span><span class="thing"><b>${titleOf(network)}</b>${thing === undefined ? null : ` ${thing}`}</span><span class="since">for ${timeSince(since, now)}, since ${momentWords(since, now)}</span></div>
${summary === '' ? null : html`<p class="summary">${summary}</p>`}${description === '' ? null : html`<p class="description">${description}</p>`}
<div class="foot">${href === undefined ? null : html`<a class="runbook" href="${href}" rel="noreferrer">Runbook</a>`}${note === undefined ? null : html`<span class="old">${note}</span>`}<details id="${id}-labels"><summary>${plural(shown.length, 'label')}</summary><ul class="labels">${shown.map(([name, value]) => html`<li><b>${name}</b> ${value}</li>`)}</ul></details></div>
</article>`;
}
