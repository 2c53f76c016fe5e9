import { type Content, type Html, html } from '../../shared/page/html.ts';
import { type SeverityClass, severityClass } from '../../shared/page/severity.ts';
import { timeSince } from '../../shared/page/timeSince.ts';
import { plural } from '../../shared/page/words.ts';
import { type FiringAlert, isGrave, isToldOf, type NetworkStatus, type State, type Status, SYSTEM } from '../status.ts';
import { alertId, runbookHref } from './alerts.ts';
import { mutedSum } from './muted.ts';
import { titleOf } from './title.ts';

/** For the heading and the title of the tab. */
export function headline(status: Status): string {
  if (!status.upstreams.prometheus.ok) return 'State unknown';
  const words = severityCounts(status)
    .map(([severity, count]) => `${count} ${severity}`)
    .join(', ');
  return [...(words === '' ? [] : [`${words} firing`]), ...besides(status)].join(', ');
}

/** The same, with colours. */
function heading(status: Status): Content {
  const counts = severityCounts(status);
  if (!status.upstreams.prometheus.ok || counts.length === 0) return headline(status);
  const words = counts.map(
    ([severity, count], index) =>
      html`${index === 0 ? null : ', '}<span class="${severity}">${count} ${severity}</span>`,
  );
  return html`${words} firing${besides(status).map((part) => `, ${part}`)}`;
}

/** What is said after what fires: what is not known, and how many of these grave ones nobody is told of. */
function besides(status: Status): string[] {
  const { state, networks } = status;
  const doubt = doubtWords(networks);
  const muted = mutedGrave(status).length;
  const down = networks.reduce((sum, { targets }) => sum + targets.down, 0);
  const bare = severityCounts(status).length === 0 && doubt === '';
  return [
    ...(bare ? [state === 'healthy' ? 'All is well' : `${plural(down, 'target')} down`] : []),
    ...(doubt === '' ? [] : [doubt]),
    ...(muted === 0 ? [] : [`${muted} muted`]),
  ];
}

function mutedGrave({ alerts }: Status): FiringAlert[] {
  return alerts.filter((alert) => isGrave(alert) && !isToldOf(alert));
}

/** Of those that somebody is told of, as in the list below. */
function severityCounts({ alerts }: Status): (readonly ['critical' | 'warning', number])[] {
  return (['critical', 'warning'] as const)
    .map(
      (severity) =>
        [severity, alerts.filter((alert) => alert.severity === severity && isToldOf(alert)).length] as const,
    )
    .filter(([, count]) => count > 0);
}

function doubtWords(networks: readonly NetworkStatus[]): string {
  const unknown = networks.filter(({ state }) => state === 'unknown').map(({ name }) => titleOf(name));
  if (unknown.length === 0) return '';
  return unknown.length > 2 ? `${unknown.length} networks unknown` : `${unknown.join(' and ')} unknown`;
}

/** The answer at a glance: how bad, then what, where and since when. */
export function heroPart(status: Status): Html {
  const { state, networks, upstreams, evaluatedAt, at } = status;
  const { prometheus } = upstreams;
  const targets = networks.reduce((sum, network) => sum + network.targets.up, 0);
  const rules = networks.reduce((sum, network) => sum + network.rules, 0);
  const watched = networks.filter(({ name }) => name !== SYSTEM).length;
  const evaluated = evaluatedAt === undefined ? '.' : html`, evaluated ${timeSince(evaluatedAt, at)} ago.`;
  const facts = prometheus.ok
    ? html`<p>${plural(watched, 'network')}, ${plural(targets, 'target')} up, ${plural(rules, 'alert rule')}${evaluated}${quietWords(status)}</p>`
    : html`<p class="why"><strong>${prometheus.reason}.</strong> Nothing below can be trusted until it does.</p>`;
  const muted = mutedGrave(status);
  // A silence that covers everything must not look like a good day.
  const look = state !== 'healthy' ? state : muted.length === 0 ? 'quiet' : 'other';
  const note =
    muted.length === 0 ? null : html`<p class="hushed">${mutedSum(muted, at)}: <a href="#hushed">see below</a></p>`;
  return html`<section class="state ${look}" id="state" aria-live="polite"><h1>${heading(status)}</h1>
${prometheus.ok ? troublesPart(status) : null}${prometheus.ok ? note : null}${facts}</section>`;
}

/** Since when all is well: an hour after an alert is another matter than a week. */
function quietWords({ quiet, at }: Status): Html | null {
  if (quiet === undefined) return null;
  switch (quiet.after) {
    case 'alert':
      return html` No alert for ${timeSince(quiet.since, at)}.`;
    case 'beginning':
      return html` No alert since the rules are evaluated, for ${timeSince(quiet.since, at)}.`;
    case 'window':
      return html` No alert for more than a day.`;
  }
}

interface Trouble {
  readonly look: SeverityClass | State;
  readonly where: string;
  readonly what: Content;
  /** Milliseconds of Unix time, where it is known. */
  readonly since: number | undefined;
  readonly runbook: string | undefined;
}

/** More would be a list to read instead of an answer. */
const TROUBLES_SHOWN = 5;

function troublesPart(status: Status): Html | null {
  const all = troubles(status);
  if (all.length === 0) return null;
  const hidden = all.length - TROUBLES_SHOWN;
  const row = ({ look, where, what, since, runbook }: Trouble) =>
    html`<li class="${look}"><b>${where}</b><span class="what">${what}</span>${since === undefined ? null : html`<span class="since">for ${timeSince(since, status.at)}</span>`}${runbook === undefined ? null : html`<a class="runbook" href="${runbook}" rel="noreferrer">Runbook</a>`}</li>`;
  return html`<ul class="troubles">${all.slice(0, TROUBLES_SHOWN).map(row)}${hidden > 0 ? html`<li class="more">and ${hidden} more below</li>` : null}</ul>`;
}

/** What somebody has to look at, the worst first: alerts that are not muted, one line each, and networks that cannot be judged. */
function troubles({ alerts, networks }: Status): Trouble[] {
  const grave = alerts.filter(isGrave);
  const groups = Map.groupBy(grave.filter(isToldOf), ({ network, alertname }) => `${network} ${alertname}`);
  const told = [...groups.values()].flatMap((group) => (group[0] === undefined ? [] : [alertTrouble(group[0], group)]));
  const alerting = new Set(grave.map(({ network }) => network || SYSTEM));
  const doubts = networks.flatMap(({ name, doubts }) =>
    doubts
      // Of a target that is down its alert tells more; that nothing can be known no alert tells.
      .filter((doubt) => doubt.state === 'unknown' || !alerting.has(name))
      .map(({ state, reason }): Trouble => {
        const what = `${reason.charAt(0).toUpperCase()}${reason.slice(1)}`;
        return { look: state, where: titleOf(name), what, since: undefined, runbook: undefined };
      }),
  );
  // What began first is nearest to the cause.
  told.sort((a, b) => (a.since ?? 0) - (b.since ?? 0));
  const ofLook = (wanted: Trouble['look']) => told.filter(({ look }) => look === wanted);
  return [...ofLook('critical'), ...doubts, ...ofLook('warning')];
}

function alertTrouble(first: FiringAlert, group: readonly FiringAlert[]): Trouble {
  const { alertname, severity, network, summary } = first;
  const others = group.length > 1 ? ` (and ${group.length - 1} more alike)` : '';
  return {
    look: severityClass(severity),
    where: titleOf(network),
    what: html`<a href="#${alertId(first)}">${summary === '' ? alertname : summary}</a>${others}`,
    since: Math.min(...group.map(({ since }) => since)),
    runbook: runbookHref(first),
  };
}
