import { Html, html } from '../../shared/page/html.ts';
import { timeSince } from '../../shared/page/timeSince.ts';
import { durationWords, plural } from '../../shared/page/words.ts';
import {
  type BalanceReading,
  type Finding,
  type FiringAlert,
  type HeadReading,
  isToldOf,
  type NetworkStatus,
  type Status,
  SYSTEM,
  type TargetStatus,
} from '../status.ts';
import { mutedSum } from './muted.ts';
import { titleOf } from './title.ts';

/** One network: its state and why, which of its programs answer, what is read from its chains. */
export function networkCard(network: NetworkStatus, { alerts, targets, upstreams, at }: Status): Html {
  const { name, chain, simulated, state, doubts, rules, alerts: counts } = network;
  const kind = name === SYSTEM ? 'watches itself' : `${chain}${simulated ? ', simulated' : ''}`;
  const own = alerts.filter((alert) => (alert.network || SYSTEM) === name);
  const notes = [
    upstreams.prometheus.ok ? plural(rules, 'alert rule') : 'alert rules not known',
    ...(counts.pending > 0 ? [`${counts.pending} pending`] : []),
    ...(counts.info > 0 ? [`${counts.info} for information`] : []),
  ];
  return html`<section class="card ${state}" id="network-${name}" aria-label="${titleOf(name)}"><div class="head"><h3>${titleOf(name)}</h3><span class="pill ${state}">${state}</span></div>
<p class="kind">${kind}</p>
${reasonsPart(own, doubts, at)}
${componentsPart(targets.filter((target) => target.network === name))}
${readingsPart(network)}
<div class="foot">${notes.join(' · ')}</div>
</section>`;
}

function reasonsPart(alerts: readonly FiringAlert[], doubts: readonly Finding[], now: number): Html {
  const hushed = alerts.filter((alert) => !isToldOf(alert));
  const counted = (['critical', 'warning'] as const).flatMap((severity) => {
    const some = alerts.filter((alert) => isToldOf(alert) && alert.severity === severity);
    if (some.length === 0) return [];
    const since = Math.min(...some.map((alert) => alert.since));
    return [html`<li><b class="${severity}">${some.length} ${severity}</b> for ${timeSince(since, now)}</li>`];
  });
  const reasons = [...counted, ...doubts.map(({ reason }) => html`<li>${sentence(reason)}</li>`)];
  const fine = hushed.length === 0 ? 'Nothing is wrong.' : 'Nothing else is wrong.';
  const muted = hushed.length === 0 ? null : html`<li class="hushed">${mutedSum(hushed, now)}</li>`;
  const all = reasons.length === 0 ? html`<li class="fine">${fine}</li>` : reasons;
  return html`<ul class="reasons">${[all, muted]}</ul>`;
}

function sentence(reason: string): string {
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}`;
}

/** Which programs answer their scrape: `op-geth 2`, and `op-geth 1 of 2` where one does not. */
function componentsPart(targets: readonly TargetStatus[]): Html | null {
  if (targets.length === 0) return null;
  const groups = [...Map.groupBy(targets, ({ component }) => component)].sort(([a], [b]) => (a < b ? -1 : 1));
  const item = ([component, some]: (typeof groups)[number]) => {
    const up = some.filter(({ health }) => health === 'up').length;
    const look = up === some.length ? 'up' : some.some(({ health }) => health === 'down') ? 'down' : 'unknown';
    const count = up === some.length ? String(up) : `${up} of ${some.length}`;
    return html`<li class="${look}"><span class="dot ${look}"></span>${component} <small>${count}</small></li>`;
  };
  return html`<ul class="components" aria-label="Programs that answer">${groups.map(item)}</ul>`;
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
