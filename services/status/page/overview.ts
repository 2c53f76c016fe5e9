import { type Html, html } from '../../shared/page/html.ts';
import { type NetworkStatus, STATES, type Status, SYSTEM } from '../status.ts';
import { alertsPart } from './alerts.ts';
import { networkCard } from './card.ts';
import { heroPart } from './hero.ts';
import { targetsPart } from './targets.ts';

/** The part of the overview that changes. From the top: what is wrong, since when, where; then all there is to know. */
export function overview(status: Status): Html {
  const networks = [...status.networks].sort(worstFirst);
  return html`<main class="wide" id="main" data-live>
${heroPart(status)}
<div class="cards">${networks.map((network) => networkCard(network, status))}</div>
${alertsPart(status)}
${targetsPart(status)}
</main>`;
}

/** On a phone the first card is all that is seen. What is equally bad keeps its order; the monitoring itself stands last. */
function worstFirst(a: NetworkStatus, b: NetworkStatus): number {
  const rank = ({ name, state }: NetworkStatus) => STATES.indexOf(state) + (name === SYSTEM ? 0.5 : 0);
  return rank(a) - rank(b);
}
