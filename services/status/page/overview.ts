import { type Content, Html, html, linkable } from '../../receiver/page/html.ts';
import { durationWords, plural, severityClass, utcWords } from '../../receiver/page/words.ts';
import {
  type BalanceReading,
  type FiringAlert,
  type HeadReading,
  type NetworkStatus,
  type Status,
  SYSTEM,
  type TargetStatus,
} from '../status.ts';
import { timeSince } from './document.ts';

/** The part of the overview that changes. */
export function overview(status: Status): Html {
  const { alerts, networks, upstreams, at } = status;
  return html`<main class="wide">
${heroPart(status)}
<div class="cards">${networks.map(networkCard)}</div>
${alerts.length === 0 ? null : html`<h2>Firing alerts <small>${alerts.length}</small></h2>`}
${upstreams.alertmanager?.ok === false ? html`<p class="none">${upstreams.alertmanager.reason}: whether somebody is told of an alert is not known.</p>` : null}
${alerts.map((alert) => alertPart(alert, at))}
${targetsPart(status)}
</main>`;
}

/** For the heading and the title of the tab. */
export function headline({ state, networks, upstreams, alerts }: Status): string {
  if (!upstreams.prometheus.ok) return 'State unknown';
  const words = severityWords(alerts);
  const unknown = networks.filter((network) => network.state === 'unknown').map(({ name }) => title(name));
  const doubt = unknown.length > 2 ? `${unknown.length} networks unknown` : `${unknown.join(' and ')} unknown`;
  if (words !== '') return unknown.length === 0 ? `${words} firing` : `${words} firing, ${doubt}`;
  if (unknown.length > 0) return doubt;
  const down = networks.reduce((sum, { targets }) => sum + targets.down, 0);
  return state === 'healthy' ? 'All is well' : `${plural(down, 'target')} down`;
}

function severityWords(alerts: readonly FiringAlert[]): string {
  return ['critical', 'warning']
    .map((severity) => [severity, alerts.filter((alert) => alert.severity === severity).length] as const)
    .flatMap(([severity, count]) => (count === 0 ? [] : [`${count} ${severity}`]))
    .join(', ');
}

function heroPart(status: Status): Html {
  const { state, networks, upstreams, evaluatedAt, at } = status;
  const { prometheus } = upstreams;
  const targets = networks.reduce((sum, network) => sum + network.targets.up, 0);
  const rules = networks.reduce((sum, network) => sum + network.rules, 0);
  const watched = networks.filter(({ name }) => name !== SYSTEM).length;
  return html`<section class="state ${state === 'healthy' ? 'quiet' : state}" aria-live="polite"><h1>${headline(status)}</h1>
<p>${
    prometheus.ok
      ? html`${plural(watched, 'network')}, ${plural(targets, 'target')} up, ${plural(rules, 'alert rule')}${evaluatedAt === undefined ? '.' : html`, evaluated ${timeSince(evaluatedAt, at)} ago.`}`
      : html`<strong>${prometheus.reason}.</strong> Nothing below can be trusted until it does.`
  }</p></section>`;
}

function title(network: string): string {
  return network === SYSTEM ? 'Monitoring' : network;
}

function networkCard(network: NetworkStatus): Html {
  const { name, chain, simulated, state, reasons, alerts, rules, targets } = network;
  const kind =
    name === SYSTEM ? 'hosts, Prometheus, Alertmanager, services' : `${chain}${simulated ? ', simulated' : ''}`;
  const all = targets.up + targets.down + targets.unknown;
  const notes = [
    ...(alerts.info > 0 ? [`${alerts.info} for information`] : []),
    ...(alerts.pending > 0 ? [`${alerts.pending} pending`] : []),
  ];
  return html`<section class="card ${state}${name === SYSTEM ? ' whole' : null}" aria-label="${title(name)}"><div class="head"><h3>${title(name)}</h3><span class="pill ${state}">${state}</span></div>
<p class="kind">${kind}</p>
${reasons.length === 0 ? null : html`<ul class="reasons">${reasons.map((reason) => html`<li>${sentence(reason)}</li>`)}</ul>`}
${readingsPart(network)}
<div class="foot">${targetBar(targets)}${all === 0 ? 'no targets' : `${targets.up} of ${plural(all, 'target')} up`} · ${plural(rules, 'rule')}${notes.map((note) => ` · ${note}`)}</div>
</section>`;
}

function readingsPart({ heads, balances }: NetworkStatus): Html | null {
  if (heads.length === 0 && balances.length === 0) return null;
  const headRow = ({ layer, height, ageSeconds, agreeing, sources }: HeadReading) =>
    height === undefined
      ? html`<dt>${layer.toUpperCase()} head</dt><dd class="doubt">no majority of ${sources} agrees</dd>`
      : html`<dt>${layer.toUpperCase()} head</dt><dd${agreeing < sources ? new Html(' class="doubt"') : null}>${height.toLocaleString('en')}<small>${durationWords((ageSeconds ?? 0) * 1000)} old, ${agreeing} of ${sources} agree</small></dd>`;
  const balanceRow = ({ role, address, ether }: BalanceReading) =>
    ether === undefined
      ? html`<dt title="${address}">${role}</dt><dd class="doubt">no majority agrees</dd>`
      : html`<dt title="${address}">${role}</dt><dd>${etherWords(ether)} ETH</dd>`;
  return html`<dl>${heads.map(headRow)}${balances.map(balanceRow)}</dl>`;
}

/** Four places that count, but whole numbers whole. */
function etherWords(ether: number): string {
  return ether >= 1_000
    ? Math.floor(ether).toLocaleString('en')
    : ether.toLocaleString('en', { maximumSignificantDigits: 4 });
}

function sentence(reason: string): string {
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}`;
}

/** The widths are in the markup as numbers of a grid: the page's policy allows no style attributes. */
function targetBar({ up, down, unknown }: NetworkStatus['targets']): Content {
  const all = up + down + unknown;
  if (all === 0) return null;
  const parts = [
    ['up', up],
    ['down', down],
    ['unknown', unknown],
  ] as const;
  let from = 0;
  const rects = parts.map(([kind, count]) => {
    const start = from;
    from += count;
    return count === 0 ? null : html`<rect class="${kind}" x="${start}" width="${count}" height="1"/>`;
  });
  return html`<svg class="bar" viewBox="0 0 ${all} 1" preserveAspectRatio="none" aria-hidden="true">${rects}</svg>`;
}

const DELIVERY_WORDS: Readonly<Record<FiringAlert['delivery'], string | undefined>> = {
  notified: undefined,
  unknown: undefined,
  silenced: 'silenced: nobody is told',
  inhibited: 'muted by another alert',
  muted: 'muted at this time of day',
  'not arrived': 'has not reached Alertmanager: nobody is told',
};

function alertPart(alert: FiringAlert, now: number): Html {
  const { alertname, severity, network, labels, summary, description, since, runbook, delivery } = alert;
  const shown = Object.entries(labels)
    .filter(([name]) => name !== 'alertname' && name !== 'severity')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const href = runbook?.startsWith('/') ? runbook : linkable(runbook ?? '');
  const told = DELIVERY_WORDS[delivery];
  const id = `labels-${shown.map(([, value]) => value).join('-')}-${alertname}`.replace(/[^\w-]+/g, '_');
  return html`<article class="alert ${severityClass(severity)} ${delivery.replace(' ', '-')}">
<div class="head"><h3>${alertname}</h3><span class="pill ${severityClass(severity)}">${severity === '' ? 'no severity' : severity}</span><span class="since">for ${timeSince(since, now)}, since ${utcWords(since).slice(11)}</span></div>
${summary === '' ? null : html`<p class="summary">${summary}</p>`}${description === '' ? null : html`<p class="description">${description}</p>`}
<div class="foot"><span class="from">${title(network || SYSTEM)}</span>${href === undefined ? null : html`<a class="runbook" href="${href}" rel="noreferrer">Runbook</a>`}${told === undefined ? null : html`<span class="old">${told}</span>`}<details id="${id}"><summary>${plural(shown.length, 'label')}</summary><ul class="labels">${shown.map(([name, value]) => html`<li><b>${name}</b> ${value}</li>`)}</ul></details></div>
</article>`;
}

function targetsPart({ targets, at }: Status): Html {
  const down = targets.filter(({ health }) => health !== 'up');
  const rows = (some: readonly TargetStatus[]) =>
    html`<table><tbody>${some.map((target) => targetRow(target, at))}</tbody></table>`;
  if (targets.length === 0) return html`<h2>Targets</h2><p class="none">None is known.</p>`;
  return html`<h2>Targets <small>${targets.length - down.length} of ${targets.length} up</small></h2>
${down.length === 0 ? null : rows(down)}
<details class="all" id="targets"><summary>All ${plural(targets.length, 'target')}</summary>${rows(targets)}</details>`;
}

function targetRow({ network, component, instance, health, lastError, lastScrape }: TargetStatus, now: number): Html {
  return html`<tr><td class="name"><span class="dot ${health}"></span><b>${component}</b> ${instance === component ? null : instance}${lastError === '' ? null : html`<small>${lastError}</small>`}</td>
<td class="where">${title(network)}</td>
<td class="when">${health === 'unknown' ? 'not asked yet' : health}${lastScrape === null ? null : html`, ${timeSince(lastScrape, now)} ago`}</td></tr>`;
}
