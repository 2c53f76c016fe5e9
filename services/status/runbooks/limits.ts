/**
 * What this stack holds its networks to, which a runbook's text cannot know. The rules say it themselves, in their annotation
 * `limit`: so the page tells what is evaluated, and a changed limit changes nothing of this service.
 */
import { type Html, html } from '../../shared/page/html.ts';
import { severityClass } from '../../shared/page/severity.ts';
import { titleOf } from '../page/title.ts';
import type { StatusSettings } from '../settings.ts';
import { SYSTEM } from '../status.ts';
import type { Asked } from '../upstream/ask.ts';
import type { RuleGroup } from '../upstream/prometheus.ts';
import type { RunbookName } from './shelf.ts';

/** For people, and in the chain's own time: `below 2 ETH for 5m`. */
export interface RunbookLimit {
  /** Networks, or `system`. Sorted. */
  readonly of: readonly string[];
  readonly limit: string;
  readonly severity: string;
}

/** Networks that are held to the same are told together. */
export function limitsOf({ chain, alert }: RunbookName, groups: readonly RuleGroup[]): RunbookLimit[] {
  const said = groups.flatMap(({ rules }) =>
    rules.flatMap(({ name, labels, annotations: { limit } }) => {
      if (name !== alert || labels.chain !== chain || limit === undefined) return [];
      return [{ of: labels.network ?? SYSTEM, limit, severity: labels.severity ?? '' }];
    }),
  );
  const alike = Map.groupBy(said, ({ limit, severity }) => JSON.stringify([limit, severity]));
  const rows = [...alike.values()].flatMap((some) => {
    const of = [...new Set(some.map((each) => each.of))].sort();
    return some.slice(0, 1).map((first) => ({ ...first, of }));
  });
  return rows.sort(({ of: [a = ''] }, { of: [b = ''] }) => (a < b ? -1 : 1));
}

type Facts = Pick<StatusSettings, 'networks' | 'timeScale' | 'links'>;

/** Kept up to date, so that it comes back when Prometheus does. */
export function limitsPart(page: RunbookName, asked: Asked<readonly RunbookLimit[]>, settings: Facts): Html {
  const { networks, timeScale } = settings;
  const ofChain = networks.filter(({ chain }) => chain === page.chain);
  const elsewhere = ofChain.filter(({ engine }) => engine === 'grafana').map(({ name }) => name);
  const allElsewhere = ofChain.length > 0 && elsewhere.length === ofChain.length;
  const here = asked.ok ? table(asked.value, timeScale) : allElsewhere ? null : unknown(asked.reason);
  return html`<div id="limits" data-live>${here}${inGrafana(page, elsewhere, settings)}</div>`;
}

function table(limits: readonly RunbookLimit[], timeScale: number): Html | null {
  if (limits.length === 0) return null;
  const pace = timeScale === 1 ? null : html` Times are the chain’s own; here all goes ${timeScale} times faster.`;
  const row = ({ of, limit, severity }: RunbookLimit) =>
    html`<tr><th scope="row">${of.map(titleOf).join(', ')}</th><td>${limit}</td><td><span class="pill ${severityClass(severity)}">${severity}</span></td></tr>`;
  return html`<table class="limits"><caption>In this stack.${pace}</caption>
<thead><tr><th scope="col">of</th><th scope="col">limit</th><th scope="col">severity</th></tr></thead>
<tbody>${limits.map(row)}</tbody></table>`;
}

function unknown(reason: string): Html {
  return html`<p class="none">What this stack’s limits are is not known now: ${reason}.</p>`;
}

/** Prometheus has no rules of these networks, and Grafana would want a token before it told them: the alert there says its limit. */
function inGrafana({ alert }: RunbookName, networks: readonly string[], { links }: Facts): Html | null {
  if (networks.length === 0) return null;
  const there =
    links.grafana === undefined
      ? html`the alert there`
      : html`<a href="${links.grafana}/alerting/list?search=${encodeURIComponent(`rule:${alert}`)}">the alert there</a>`;
  return html`<p class="none">${networks.map(titleOf).join(', ')}: evaluated by Grafana; ${there} says its limit.</p>`;
}
