import { type Html, html } from '../../shared/page/html.ts';
import { timeSince } from '../../shared/page/timeSince.ts';
import { plural } from '../../shared/page/words.ts';
import type { Status, TargetStatus } from '../status.ts';
import { titleOf } from './title.ts';

/** Everything that is scraped; what does not answer is shown at once, the rest when asked for. */
export function targetsPart({ targets, at }: Status): Html {
  if (targets.length === 0) return html`<h2>Targets</h2><p class="none">None is known.</p>`;
  const down = targets.filter(({ health }) => health !== 'up');
  const list = (some: readonly TargetStatus[]) =>
    html`<ol class="log targets">${some.map((target) => targetRow(target, at))}</ol>`;
  return html`<h2>Targets <small>${targets.length - down.length} of ${targets.length} up</small></h2>
${down.length === 0 ? null : list(down)}
<details class="all" id="targets"><summary>All ${plural(targets.length, 'target')}</summary>${list(targets)}</details>`;
}

function targetRow({ network, component, instance, health, lastError, lastScrape }: TargetStatus, now: number): Html {
  const asked = lastScrape === null ? null : html`, ${timeSince(lastScrape, now)} ago`;
  return html`<li><span class="dot ${health}"></span><span class="which"><b>${component}</b> ${instance === component ? null : instance}${lastError === '' ? null : html`<small>${lastError}</small>`}</span><span class="where">${titleOf(network)}</span><span class="when">${health === 'unknown' ? 'not asked yet' : health}${asked}</span></li>`;
}
